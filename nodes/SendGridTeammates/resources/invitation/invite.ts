import { updateDisplayOptions } from 'n8n-workflow';

import type { Delivery } from '../../delivery';
import { accessFields, readAccess } from '../../fields/access';
import { emailField, readEmail } from '../../fields/email';
import type { Complaint } from '../../sendgrid/answer';
import type { SendGridClient } from '../../sendgrid/client';
import { invitationRecord } from '../../sendgrid/invitation';
import { grantableScopes } from '../../sendgrid/scopes';
import { enumerate, quotable } from '../../sendgrid/text';

export const inviteFields = updateDisplayOptions(
	{ show: { resource: ['invitation'], operation: ['invite'] } },
	[emailField, ...accessFields],
);

/**
 * `POST /v3/teammates` with `email`, `scopes` and `is_admin`: the schema wants all three, so an empty list
 * and `false` are sent too.
 */
export async function invite({ item, request, client }: Delivery) {
	const email = readEmail(item);
	const access = readAccess(item);
	const invitation = await client.send({
		...request,
		body: { email, ...access },
		purpose: {
			unfulfilled: `'${quotable(email)}' was not invited`,
			scope: 'teammates.create',
			fixRejected: async (complaint) => await fixScopes(complaint, access.scopes, client),
		},
	});
	return [invitationRecord(invitation)];
}

/** Names the scopes that SendGrid meant: it says only that there are some. */
async function fixScopes({ field }: Complaint, scopes: string[], client: SendGridClient) {
	if (field !== 'scopes') return undefined;
	const known = await grantableScopes(client, '').catch(() => scopes);
	const unknown = scopes.filter((scope) => !known.includes(scope));
	const suspects = unknown.length > 0 ? unknown : scopes;
	const names = enumerate(suspects.map((scope) => `'${quotable(scope)}'`));
	return unknown.length > 0
		? `Remove what this account cannot grant from 'Scope Names or IDs': ${names}.`
		: `Remove scopes from 'Scope Names or IDs' until SendGrid takes the rest. It was sent ${names}.`;
}
