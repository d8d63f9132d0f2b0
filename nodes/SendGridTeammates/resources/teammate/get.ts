import type { Delivery } from '../../execution/executeItem';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { nameOf, readTeammateRecord, usernameOf } from './locate';

export const getFields = [teammateField];

/** `GET /v3/teammates/{username}`: the list's fields, and the scopes. */
export async function getTeammate(delivery: Delivery) {
	const choice = readTeammate(delivery.item);
	const unfulfilled = `The record of '${nameOf(choice)}' could not be read`;
	const username = await usernameOf(delivery, choice, unfulfilled);
	return [await readTeammateRecord(delivery, username, unfulfilled)];
}
