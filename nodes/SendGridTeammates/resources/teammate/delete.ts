import type { Delivery } from '../../execution/executeItem';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { bodyOf } from '../../transport/client';
import { deleteOne } from './deleteOne';
import { FIELD, nameOf, readTeammateRecord, refuseOwner, usernameOf } from './locate';

export const deleteFields = [teammateField];

/**
 * `DELETE /v3/teammates/{username}`, which answers nothing and cannot be undone. The record is read first:
 * it tells the owner, and whom the output is about.
 */
export async function deleteTeammate(delivery: Delivery) {
	const { item, request, guards } = delivery;
	guards.checkDeletion();
	const choice = readTeammate(item);
	const unfulfilled = `'${nameOf(choice)}' was not deleted`;
	const username = await usernameOf(delivery, choice, unfulfilled);
	const teammate = await readTeammateRecord(delivery, username, unfulfilled);
	refuseOwner(teammate, unfulfilled);

	bodyOf(await deleteOne(delivery, request, { username, field: FIELD, unfulfilled }));
	return [{ deleted: true, username, email: teammate.email }];
}
