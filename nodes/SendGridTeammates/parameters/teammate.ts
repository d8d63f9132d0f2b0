import type { INodeProperties } from 'n8n-workflow';

import { readLocator } from './choice';
import { checkEmail } from './emailAddress';
import type { Fields } from './field';

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
			hint: 'In upper or lower case',
		},
		{
			displayName: 'By Username',
			name: MODE.username,
			type: 'string',
			placeholder: 'e.g. nathan_acme',
			hint: 'Usually the email address; for SSO teammates always',
		},
	],
};

/** A teammate, the way the item names them. */
export type TeammateChoice = { by: 'email'; email: string } | { by: 'username'; username: string };

/**
 * Which teammate the item is about. Without a mode, what has an @ is taken for an address.
 *
 * @throws SendGridError where it names none
 */
export function readTeammateChoice(fields: Fields): TeammateChoice {
	const { mode, value } = readLocator(
		fields,
		teammateField,
		Object.values(MODE),
		"Choose somebody from the list in 'Teammate', or name them by email address or username.",
	);
	return mode === MODE.email || (mode === undefined && value.includes('@'))
		? { by: 'email', email: checkEmail(fields, teammateField, value) }
		: { by: 'username', username: value };
}
