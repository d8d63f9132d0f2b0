import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readTeammateChoice, teammateField } from '../../parameters/teammate';
import { teammateCall } from '../../sendgrid/teammates';
import { quoteTeammate, teammatesWithEmail } from './locate';

export const getFields = [teammateField];

/** `GET /v3/teammates/{username}`: the list's fields, and the scopes. Gives out what came. */
export async function get({ item, account }: OperationContext): Promise<IDataObject[]> {
	const choice = readTeammateChoice(item);
	const wording = { failureMessage: `The record of ${quoteTeammate(choice)} could not be read` };
	const usernames =
		choice.by === 'username'
			? [choice.username]
			: (await teammatesWithEmail(account, choice.email, wording)).items.map(
					({ username }) => username,
				);
	const records: IDataObject[] = [];
	for (const username of usernames) {
		const teammate = { username, field: teammateField.displayName };
		records.push(await account.client.send(teammateCall(teammate, wording)));
	}
	return records;
}
