import type { OperationContext } from '../../execution/executeItem';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { nameOf, readTeammateRecord, usernameOf } from './locate';

export const getFields = [teammateField];

/** `GET /v3/teammates/{username}`: the list's fields, and the scopes. */
export async function getTeammate(context: OperationContext) {
	const choice = readTeammate(context.item);
	const failureMessage = `The record of '${nameOf(choice)}' could not be read`;
	const username = await usernameOf(context, choice, failureMessage);
	return [await readTeammateRecord(context, username, failureMessage)];
}
