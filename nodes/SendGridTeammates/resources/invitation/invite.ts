import type { Delivery } from '../../delivery';
import { accessFields, readAccess, skippedField } from '../../fields/access';
import { emailField, readEmail } from '../../fields/email';
import { fixScopes } from '../../fields/scopes';
import { invitationRecord } from '../../sendgrid/invitation';
import { quotable } from '../../sendgrid/text';

export const inviteFields = [emailField, ...accessFields];

/**
 * `POST /v3/teammates` with `email`, `scopes` and `is_admin`: the schema wants all three, so an empty list
 * and `false` are sent too.
 */
export async function invite(delivery: Delivery) {
	const { item, request, client, guards } = delivery;
	const email = readEmail(item);
	guards.checkEmail(email);
	const unfulfilled = `'${quotable(email)}' was not invited`;
	const wanted = await readAccess(delivery, unfulfilled);
	const invitation = await client.send({
		...request,
		body: { email, ...wanted.access },
		purpose: {
			unfulfilled,
			scope: 'teammates.create',
			fixRejected: async (complaint) => await fixScopes(complaint, wanted.access.scopes, client),
		},
	});
	return [{ ...invitationRecord(invitation), ...skippedField(wanted) }];
}
