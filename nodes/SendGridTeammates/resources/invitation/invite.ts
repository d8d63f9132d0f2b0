import type { Delivery } from '../../execution/executeItem';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { bodyOf } from '../../transport/client';
import { invitationRecord } from '../../sendgrid/invitations';
import { quotable } from '../../transport/sanitize';
import { sendInvitation } from './send';

export const inviteFields = [emailField, ...accessFields];

/**
 * `POST /v3/teammates` with `email`, `scopes` and `is_admin`: the schema wants all three, so an empty list
 * and `false` are sent too.
 */
export async function invite(delivery: Delivery) {
	const { item, request, guards } = delivery;
	const email = readEmail(item);
	guards.checkEmail(email);
	const unfulfilled = `'${quotable(email)}' was not invited`;
	const wanted = await readAccess(delivery, unfulfilled);
	const { access } = wanted;
	const outcome = await sendInvitation(delivery, request, {
		email,
		access,
		unfulfilled,
		// Unknown: what SendGrid says about somebody who is invited already, or in.
		fixRefused:
			"Check the values of this item against what SendGrid says about them. For people who may be invited already, or be teammates, use the operation 'Create or Update' of the resource 'Teammate'.",
	});
	return [{ ...invitationRecord(bodyOf(outcome)), ...skippedField(wanted) }];
}
