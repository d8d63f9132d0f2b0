import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { simplifyField } from '../../parameters/simplify';
import { teammateCall } from '../../sendgrid/teammates';
import { quoteTeammate, usernameOf } from './locate';

export const getFields = [teammateField, simplifyField];

/** `GET /v3/teammates/{username}`: the list's fields, and the scopes. Returns the record as it came. */
export async function get({ item, account }: OperationContext): Promise<IDataObject[]> {
	const choice = readTeammateChoice(item);
	const wording = { failureMessage: `The record of ${quoteTeammate(choice)} could not be read` };
	const username = await usernameOf(account, choice, wording);
	const teammate = { username, field: teammateField.displayName };
	return [await account.client.send(teammateCall(teammate, wording))];
}
