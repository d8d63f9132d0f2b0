import type { Delivery } from '../../delivery';
import { accessFields, fixScopes, readAccess } from '../../fields/access';
import { emailField, readEmail } from '../../fields/email';
import { invitationRecord } from '../../sendgrid/invitation';
import { quotable } from '../../sendgrid/text';

export const inviteFields = [emailField, ...accessFields];

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
