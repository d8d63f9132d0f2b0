import type { OperationContext } from '../../execution/executeItem';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { bodyOf } from '../../transport/client';
import { invitationRecord } from '../../sendgrid/invitations';
import { toSingleLine } from '../../transport/sanitize';
import { createInvitation } from './send';

export const inviteFields = [emailField, ...accessFields];

/**
 * `POST /v3/teammates` with `email`, `scopes` and `is_admin`: the schema wants all three, so an empty list
 * and `false` are sent too.
 */
export async function invite(context: OperationContext) {
	const { item, request, policy: guards } = context;
	const email = readEmail(item);
	guards.checkEmail(email);
	const failureMessage = `'${toSingleLine(email)}' was not invited`;
	const wanted = await readAccess(context, failureMessage);
	const { access } = wanted;
	const outcome = await createInvitation(context, request, {
		email,
		access,
		failureMessage,
		// Unknown: what SendGrid says about somebody who is invited already, or in.
		fixRefused:
			"Check the values of this item against what SendGrid says about them. For people who may be invited already, or be teammates, use the operation 'Create or Update' of the resource 'Teammate'.",
	});
	return [{ ...invitationRecord(bodyOf(outcome)), ...skippedField(wanted) }];
}
