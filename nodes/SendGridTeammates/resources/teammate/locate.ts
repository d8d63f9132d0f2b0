import type { OperationContext } from '../../execution/operation';
import { withPersonLock } from '../../execution/runExclusive';
import { unlessUnclear } from '../../execution/runMemory';
import { teammateField } from '../../parameters/emailAddress';
import type { TeammateChoice } from '../../sendgrid/access';
import type { Account } from '../../sendgrid/account';
import {
	findInvitations,
	findTeammates,
	lockOf,
	onlyTeammate,
	teammateLock,
} from '../../sendgrid/person';
import { readTeammate, type Teammate } from '../../sendgrid/teammates';
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
				`${wording.failureMessage}: this person has been invited and hasn't accepted yet`,
				"Wait until the person has accepted, or use the resource 'Invitation'. An invitation can't be changed, only revoked and sent again.",
			)
		: new SendGridError(
				`${wording.failureMessage}: no teammate has the address '${toSingleLine(email)}'`,
				"Check the address in 'Teammate'.",
			);
}

/**
 * Runs work on the people whom an item names, while nothing else writes about them: by email, all teammates with
 * that address; by username, only that one, locked by username first, and by address as soon as it is known.
 *
 * @param wish tells apart what is wanted
 * @throws SendGridError if nobody is found
 */
export async function withLocatedTeammates<Result>(
	context: OperationContext,
	choice: TeammateChoice,
	wish: string,
	wording: Wording,
	use: (found: Teammate[]) => Promise<Result>,
): Promise<Result> {
	const { account } = context;
	const name = teammateLock(choice);
	const findAndUse = async (): Promise<Result> => {
		await account.waitForRecord(name);
		if (choice.by === 'email') {
			return await use((await teammatesWithEmail(account, choice.email, wording)).items);
		}
		const { username } = choice;
		const named = { username, field: teammateField.displayName };
		const teammate = await readTeammate(account, named, wording, false);
		const person = await lockOf(account, teammate, wording);
		return await withPersonLock(context, person, wording, async () => await use([teammate]));
	};
	return await withPersonLock(
		context,
		name,
		wording,
		async () => await unlessUnclear(context, name, wish, findAndUse),
		{ name, wish },
	);
}

/**
 * The username of the one teammate that the item names.
 *
 * @throws SendGridError if there is none, and if two share the address
 */
export async function usernameOf(
	account: Account,
	choice: TeammateChoice,
	wording: Wording,
): Promise<string> {
	await account.waitForRecord(teammateLock(choice));
	if (choice.by === 'username') return choice.username;
	const { items } = await teammatesWithEmail(account, choice.email, wording);
	return onlyTeammate(items, wording.failureMessage)?.username ?? '';
}
