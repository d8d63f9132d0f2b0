import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { onFreshReadings } from '../../execution/runExclusive';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { personKey } from '../../sendgrid/account';
import { teammateLock } from '../../sendgrid/person';
import {
	deleteTeammate,
	readTeammate,
	refuseAdmin,
	refuseOwner,
	type DetailedTeammate,
	type Teammate,
} from '../../sendgrid/teammates';
import { bodyOf, type Validity } from '../../transport/client';
import { changeOf, liveWording, type Wording } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import { quoteTeammate, withLocatedTeammates } from './locate';

export const deleteFields = [teammateField];

const field = teammateField.displayName;

/**
 * `DELETE /v3/teammates/{username}`, whose response is empty and which can't be undone. By email, for all teammates
 * with that address. The records are read first: they say who is the owner or an admin, and give the output its
 * names.
 */
export async function deleteOne(context: OperationContext): Promise<IDataObject[]> {
	const { item, account, policy, memory } = context;
	policy.checkDeletion();
	const choice = readTeammateChoice(item);
	// Teammates that an earlier try has deleted count too.
	const key = personKey(account, teammateLock(choice));
	const deleted = () => memory.removedOf('deleted', key);
	const untouched = changeOf(quoteTeammate(choice), 'deleted');
	const wording = liveWording(() => partialWording(deleted(), 'another teammate') ?? untouched);
	return await withLocatedTeammates(context, choice, 'delete', wording, async (found) => {
		const known = deleted();
		// The list was read after its lag, so the people in it are there again.
		for (const { username } of found) known.delete(username);
		return await deleteAll(context, found, known, wording);
	});
}

/**
 * What was and what was not done; `undefined` if nothing was.
 *
 * @param other the teammate who is still there
 */
function partialWording([deleted]: Iterable<string>, other: string): Required<Wording> | undefined {
	if (deleted === undefined) return undefined;
	const done = `'${toSingleLine(deleted)}' was deleted, but`;
	return {
		failureMessage: `${done} ${other}, who has the same address, was not`,
		unclearMessage: `${done} it is unclear whether ${other}, who has the same address, was too`,
	};
}

/**
 * All are checked before the first one is deleted.
 *
 * @param deleted usernames that have been deleted so far
 */
const deleteAll = async (
	context: OperationContext,
	found: readonly Teammate[],
	deleted: Set<string>,
	wording: Wording,
): Promise<IDataObject[]> => {
	await onFreshReadings(
		context,
		wording,
		async (validUntil) => await deleteRest(context, found, deleted, wording, validUntil),
	);
	const usernames = [...deleted];
	return [{ deleted: true, email: found[0].email, username: usernames[0], usernames }];
};

async function deleteRest(
	{ account, options }: OperationContext,
	found: readonly Teammate[],
	deleted: Set<string>,
	untouched: Wording,
	validUntil: (readAt: number) => Validity,
): Promise<void> {
	const wordingFor = (username: string): Wording =>
		partialWording(deleted, `'${toSingleLine(username)}'`) ?? untouched;
	const people: DetailedTeammate[] = [];
	for (const { username, email } of found.filter((one) => !deleted.has(one.username))) {
		const wording = wordingFor(username);
		const teammate = await readTeammate(account, { username, email, field }, wording, false);
		refuseOwner(teammate, wording.failureMessage);
		refuseAdmin(teammate, options.allowAdmins, wording.failureMessage);
		people.push(teammate);
	}
	for (const before of people) {
		const { username, readAt } = before;
		const outcome = await deleteTeammate(account, {
			username,
			before,
			field,
			wording: wordingFor(username),
			validUntil: validUntil(readAt),
		});
		bodyOf(outcome);
		deleted.add(username);
	}
}
