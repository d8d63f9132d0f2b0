import type { INodeProperties } from 'n8n-workflow';

import { checkSegment } from '../transport/path';
import { maskedToken, toSingleLine } from '../transport/sanitize';
import { readLocator } from './choice';
import { checkEmail } from './emailAddress';
import type { Fields } from './field';

/** Ways to name an invitation. */
const MODE = { list: 'list', email: 'email', token: 'token' } as const;

export const invitationField: INodeProperties = {
	displayName: 'Invitation',
	name: 'invitation',
	type: 'resourceLocator',
	default: { mode: MODE.list, value: '' },
	required: true,
	description: 'The pending invitation',
	modes: [
		{
			displayName: 'From List',
			name: MODE.list,
			type: 'list',
			placeholder: 'Select an invitation…',
			typeOptions: { searchListMethod: 'searchInvitations', searchable: true },
		},
		{
			displayName: 'By Email',
			name: MODE.email,
			type: 'string',
			placeholder: 'e.g. nathan@example.com',
			hint: 'The address that was invited, in upper or lower case',
		},
		{
			displayName: 'By Token',
			name: MODE.token,
			type: 'string',
			placeholder: 'e.g. 4a6b9d2c…',
			hint: "The 'token' from the output of Invite",
		},
	],
};

/** An invitation as the item names it. */
export type InvitationChoice = { by: 'email'; email: string } | { by: 'token'; token: string };

/**
 * Which invitation the item is about. Anything with an @ is an address, even if it comes from the list or from an
 * expression.
 *
 * @throws SendGridError if it names none, or something that can't be a token
 */
export function readInvitation(fields: Fields): InvitationChoice {
	const { mode, value } = readLocator(
		fields,
		invitationField,
		Object.values(MODE),
		"Choose an invitation from the list in 'Invitation', or name it by email address or token.",
	);
	// Workflows saved before the list gave addresses have a token here.
	return mode === MODE.email || (mode !== MODE.token && value.includes('@'))
		? { by: 'email', email: checkEmail(fields, invitationField, value) }
		: { by: 'token', token: checkSegment(value, invitationField.displayName) };
}

/** How a message names an invitation: by its address, or by a few characters of its token. */
export const quoteInvitation = (choice: InvitationChoice): string =>
	`'${choice.by === 'email' ? toSingleLine(choice.email) : maskedToken(choice.token)}'`;
