import type { OperationContext } from '../../execution/executeItem';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { bodyOf } from '../../transport/client';
import { deleteTeammate } from './deleteOne';
import { FIELD, nameOf, readTeammateRecord, refuseOwner, usernameOf } from './locate';

export const deleteFields = [teammateField];

/**
 * `DELETE /v3/teammates/{username}`, which answers nothing and cannot be undone. The record is read first:
 * it tells the owner, and whom the output is about.
 */
export async function deleteTeammateOperation(context: OperationContext) {
	const { item, request, policy: guards } = context;
	guards.checkDeletion();
	const choice = readTeammate(item);
	const failureMessage = `'${nameOf(choice)}' was not deleted`;
	const username = await usernameOf(context, choice, failureMessage);
	const teammate = await readTeammateRecord(context, username, failureMessage);
	refuseOwner(teammate, failureMessage);

	bodyOf(await deleteTeammate(context, request, { username, field: FIELD, failureMessage }));
	return [{ deleted: true, username, email: teammate.email }];
}
