import type { Account } from '../../sendgrid/account';
import { findTeammates } from '../../sendgrid/person';
import { SendGridError } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

/** Says why an address has no pending invitation. */
export async function notPendingError(
	account: Account,
	email: string,
	failureMessage: string,
): Promise<SendGridError> {
	const { items } = await findTeammates(account, email, { failureMessage });
	return items.length > 0
		? new SendGridError(
				`${failureMessage}: the person has already accepted and is a teammate`,
				'Nothing is left to do for this item.',
			)
		: new SendGridError(
				`${failureMessage}: there is no pending invitation for '${toSingleLine(email)}'`,
				'Check the address, or send a new one with Invitation > Invite.',
			);
}
