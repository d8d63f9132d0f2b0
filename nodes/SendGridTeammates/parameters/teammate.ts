import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { SendGridError } from '../transport/errors';
import { checkEmail } from './emailAddress';

/** Ways to name a teammate. */
const MODE = { list: 'list', email: 'email', username: 'username' } as const;

export const teammateField: INodeProperties = {
	displayName: 'Teammate',
	name: 'teammate',
	type: 'resourceLocator',
	default: { mode: MODE.list, value: '' },
	required: true,
	description: 'The person in the SendGrid account',
	modes: [
		{
			displayName: 'From List',
			name: MODE.list,
			type: 'list',
			placeholder: 'Select a teammate…',
			typeOptions: { searchListMethod: 'searchTeammates', searchable: true },
		},
		{
			displayName: 'By Email',
			name: MODE.email,
			type: 'string',
			placeholder: 'e.g. nathan@example.com',
			hint: 'Upper and lower case make no difference',
		},
		{
			displayName: 'By Username',
			name: MODE.username,
			type: 'string',
			placeholder: 'e.g. nathan_acme',
			hint: 'For most teammates, and with single sign-on for all, the e-mail address',
		},
	],
};

/** A teammate, the way the item names them. */
export type TeammateChoice = { by: 'email'; email: string } | { by: 'username'; username: string };

/**
 * Which teammate the item is about.
 *
 * @throws SendGridError where it names none
 */
export function readTeammateChoice(item: IExecuteSingleFunctions): TeammateChoice {
	const choice: unknown = item.getNodeParameter('teammate', '');
	const { mode, value } = isRecord(choice) ? choice : { mode: undefined, value: undefined };
	if (mode === MODE.email) return { by: 'email', email: checkEmail(value, 'Teammate') };

	if (typeof value !== 'string' || value.trim() === '') {
		throw new SendGridError(
			"'Teammate' is empty",
			"Choose somebody from the list in 'Teammate', or name them by e-mail address or username.",
		);
	}
	return { by: 'username', username: value.trim() };
}
