import type { OperationContext } from '../../execution/executeItem';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { tokenOf } from '../../sendgrid/directory';
import { expiryOf, invitationState } from '../../sendgrid/invitations';
import { isOwner } from '../../sendgrid/teammates';
import { toSingleLine } from '../../transport/sanitize';
import { lookUp, statusOf } from './person';

export const getStatusFields = [emailField];

/** Where somebody stands: not known, invited, invitation expired, or a teammate. Reads both lists. */
export async function getStatus(context: OperationContext) {
	const email = readEmail(context.item);
	const person = await lookUp(
		context,
		email,
		`The status of '${toSingleLine(email)}' could not be read`,
	);
	const { teammate } = person;
	// Of somebody who is in, an invitation is of no interest.
	const invitation = teammate ? undefined : person.invitation;
	return [
		{
			email: (teammate ?? invitation)?.email ?? email,
			status: statusOf(person),
			username: teammate?.username ?? null,
			is_admin: (teammate ?? invitation)?.is_admin === true,
			is_owner: teammate !== undefined && isOwner(teammate),
			is_sso: teammate?.is_sso === true,
			expires_at: expiryOf(invitation?.expiration_date) ?? null,
			days_left: invitation ? invitationState(invitation).days_left : null,
			token: invitation ? tokenOf(invitation) : null,
		},
	];
}
