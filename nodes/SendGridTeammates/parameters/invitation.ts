import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { checkSegment } from '../transport/path';
import { isRecord } from '../transport/responseErrors';
import { maskedToken, toSingleLine } from '../transport/sanitize';
import { checkEmail } from './emailAddress';

/** Ways to name an invitation. */
const MODE = { list: 'list', email: 'email', token: 'token' } as const;

export const invitationField: INodeProperties = {
	displayName: 'Invitation',
	name: 'invitation',
	type: 'resourceLocator',
	default: { mode: MODE.list, value: '' },
	required: true,
	description: 'The invitation that has not been accepted yet',
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
			hint: 'The address that was invited. Upper and lower case make no difference.',
		},
		{
			displayName: 'By Token',
			name: MODE.token,
			type: 'string',
			placeholder: 'e.g. 4a6b9d2c…',
			hint: "The 'token' that Invite gives out",
		},
	],
};

/** An invitation, the way the item names it. */
export type InvitationChoice = { by: 'email'; email: string } | { by: 'token'; token: string };

/** People may paste a token into the address field. Messages must not repeat it. */
const quotableChoice = (text: string) =>
	text.includes('@') ? toSingleLine(text) : maskedToken(text);

/**
 * Which invitation the item is about.
 *
 * @throws SendGridError where it names none, or nothing that could be a token
 */
export function readInvitation(item: IExecuteSingleFunctions): InvitationChoice {
	const choice: unknown = item.getNodeParameter('invitation', '');
	const { mode, value } = isRecord(choice) ? choice : { mode: undefined, value: undefined };
	// Workflows from before the list gave addresses have a token there.
	if (mode === MODE.email || (mode === MODE.list && String(value).includes('@'))) {
		return { by: 'email', email: checkEmail(value, 'Invitation', quotableChoice) };
	}

	if (typeof value !== 'string' || value.trim() === '') {
		throw new SendGridError(
			"'Invitation' is empty",
			"Choose an invitation from the list in 'Invitation', or name it by e-mail address or token.",
		);
	}
	return { by: 'token', token: checkSegment(value, invitationField.displayName) };
}

/** How a message names an invitation: by its address, or by a few characters of its token. */
export const quoteInvitation = (choice: InvitationChoice): string =>
	`'${choice.by === 'email' ? toSingleLine(choice.email) : maskedToken(choice.token)}'`;
