import type { OperationContext } from '../../execution/operation';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { expiryOf, invitationState } from '../../sendgrid/invitations';
import { findPerson, statusOf } from '../../sendgrid/person';
import { toSingleLine } from '../../transport/sanitize';

export const getStatusFields = [emailField];

/** Where somebody stands: not known, invited, invitation expired, or a teammate. Reads both lists. */
export async function getStatus({ item, account }: OperationContext) {
	const email = readEmail(item);
	const person = await findPerson(account, email, {
		failureMessage: `The status of '${toSingleLine(email)}' could not be read`,
	});
	const [teammate] = person.teammates;
	// An invitation is of no interest once somebody is a teammate.
	const invitation = teammate ? undefined : person.invitations[0];
	const now = account.now();
	return [
		{
			email: (teammate ?? invitation)?.email ?? email,
			status: statusOf(person, now),
			username: teammate?.username ?? null,
			is_admin: teammate
				? person.teammates.some(({ isAdmin }) => isAdmin)
				: invitation?.isAdmin === true,
			is_owner: person.teammates.some(({ isOwner }) => isOwner),
			is_sso: teammate?.isSso === true,
			expires_at: (invitation && expiryOf(invitation)) ?? null,
			days_left: invitation ? invitationState(invitation, now).days_left : null,
		},
	];
}
