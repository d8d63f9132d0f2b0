import type { TeammateChoice } from '../../parameters/teammate';
import type { Account } from '../../sendgrid/account';
import { findInvitations, findTeammates, onlyTeammate } from '../../sendgrid/person';
import type { Teammate } from '../../sendgrid/teammates';
import { SendGridError, type Wording } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

/** The address or the username, whichever the item names. */
export const nameOf = (choice: TeammateChoice): string =>
	choice.by === 'email' ? choice.email : choice.username;

/** How a message names the teammate. */
export const quoteTeammate = (choice: TeammateChoice): string =>
	`'${toSingleLine(nameOf(choice))}'`;

/**
 * The teammates with an address, as in the list; at least one.
 *
 * @throws SendGridError, which says whether the address is only invited or not known at all
 */
export async function teammatesWithEmail(
	account: Account,
	email: string,
	wording: Wording,
): Promise<{ items: Teammate[]; readAt: number }> {
	const found = await findTeammates(account, email, wording);
	if (found.items.length > 0) return found;

	const { items: invitations } = await findInvitations(account, email, wording);
	throw invitations.length > 0
		? new SendGridError(
				`${wording.failureMessage}: this person has been invited and has not accepted yet`,
				"Wait until the person has accepted, or use the resource 'Invitation'. An invitation cannot be changed, only revoked and sent again.",
			)
		: new SendGridError(
				`${wording.failureMessage}: no teammate has the address '${toSingleLine(email)}'`,
				"Check the address in 'Teammate'.",
			);
}

/**
 * The username of the one teammate that the item names.
 *
 * @throws SendGridError where there is none, and where two share the address
 */
export async function usernameOf(
	account: Account,
	choice: TeammateChoice,
	wording: Wording,
): Promise<string> {
	if (choice.by === 'username') return choice.username;
	const { items } = await teammatesWithEmail(account, choice.email, wording);
	return onlyTeammate(items, wording.failureMessage)?.username ?? '';
}
