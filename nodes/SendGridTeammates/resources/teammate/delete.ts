import type { Delivery } from '../../delivery';
import { readTeammate, teammateField } from '../../fields/teammate';
import { fillPath } from '../../sendgrid/path';
import {
	FIELD,
	nameOf,
	NO_SUCH_USERNAME,
	readTeammateRecord,
	refuseOwner,
	usernameOf,
} from './locate';

export const deleteFields = [teammateField];

/**
 * `DELETE /v3/teammates/{username}`, which answers nothing and cannot be undone. The record is read first:
 * it tells the owner, and whom the output is about.
 */
export async function deleteTeammate(delivery: Delivery) {
	const { item, request, client, guards } = delivery;
	guards.checkDeletion();
	const choice = readTeammate(item);
	const unfulfilled = `'${nameOf(choice)}' was not deleted`;
	const username = await usernameOf(delivery, choice, unfulfilled);
	const teammate = await readTeammateRecord(delivery, username, unfulfilled);
	refuseOwner(teammate, unfulfilled);

	await client.send({
		...request,
		path: fillPath(request.path, { username: { value: username, field: FIELD } }),
		purpose: { unfulfilled, scope: 'teammates.delete', fixNotFound: NO_SUCH_USERNAME },
	});
	return [{ deleted: true, username, email: teammate.email }];
}
