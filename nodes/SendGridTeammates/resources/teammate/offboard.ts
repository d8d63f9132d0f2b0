import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { oncePerRun, type Progress } from '../../execution/runMemory';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { readFlag } from '../../parameters/flag';
import { dryRunField } from '../../parameters/options';
import { personKey } from '../../sendgrid/account';
import { checkTokens, revokeInvitation } from '../../sendgrid/invitationWrites';
import {
	findPerson,
	findPersonNow,
	refuseHidden,
	refuseNamesake,
	type Person,
} from '../../sendgrid/person';
import { checkUsernames, deleteTeammate, refuseAdmin, refuseOwner } from '../../sendgrid/teammates';
import type { Outcome, Validity } from '../../transport/client';
import { changeOf, liveWording, type RequestError, type Wording } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

export const offboardFields = [emailField, dryRunField];

const field = emailField.displayName;

/** How often somebody who was there and then wasn't is looked up again. */
const MAX_ROUNDS = 5;

/**
 * Revokes all invitations and deletes all teammates with an address. If the person has already gone, that is a
 * success, so that the same leaver can be handled twice.
 */
export async function offboard(context: OperationContext) {
	const { item, policy, options } = context;
	const email = readEmail(item);
	const isDryRun = readFlag(item, dryRunField) || options.dryRun;
	policy.checkDeletion();
	const { progress, wording } = removalOf(context, email);
	if (isDryRun) {
		const preview = async () => await plan(context, email, wording);
		return await withPersonLock(context, email, wording, preview);
	}
	const removeNow = async () => {
		const done = progress();
		await remove(context, email, done, wording);
		const { address, revoked, deleted, usernames } = done;
		const [username = null] = usernames;
		return [{ changed: revoked || deleted, revoked, deleted, email: address, username }];
	};
	const wish = 'offboard';
	return await withPersonLock(
		context,
		email,
		wording,
		async () =>
			await oncePerRun(context, email, wish, removeNow, (records) =>
				records.map((record) => ({ ...record, changed: false, revoked: false, deleted: false })),
			),
		{ name: email, wish },
	);
}

/** What has been done about a leaver so far, and the current wording of messages. */
export function removalOf({ account, memory }: OperationContext, email: string) {
	const untouched = changeOf(`'${toSingleLine(email)}'`, 'offboarded');
	const progress = () => memory.progressOf(personKey(account, email), email);
	return { progress, wording: liveWording(() => partialWording(progress()) ?? untouched) };
}

/** @throws SendGridError for the owner, and for admins unless the item allows them */
export function refuseProtected(
	{ invitations, teammates: joined }: Person,
	{ options }: OperationContext,
	wording: Wording,
): void {
	const { failureMessage } = wording;
	for (const teammate of joined) {
		refuseOwner(teammate, failureMessage);
		refuseAdmin(teammate, options.allowAdmins, failureMessage);
	}
	for (const invitation of invitations)
		refuseAdmin(invitation, options.allowAdmins, failureMessage);
	// A record without a name in SendGrid's list would fail after the others had been removed.
	checkTokens(invitations, wording);
	checkUsernames(joined, wording);
}

/** @throws SendGridError if somebody else may be the person too: then it is unclear who would stay */
function refuseDoubtful(person: Person, wording: Wording): void {
	refuseHidden(person, wording);
	refuseNamesake(
		person,
		wording,
		'Offboard that address if it is the same person, or use Teammate > Delete, By Username.',
	);
}

const addressIn = ({ invitations, teammates: joined }: Person): string | undefined =>
	(joined[0] ?? invitations[0])?.email;

async function plan(context: OperationContext, email: string, wording: Wording) {
	const { account } = context;
	// The list says who is an admin.
	await account.waitForLists(email);
	const person = await findPerson(account, email, wording);
	refuseProtected(person, context, wording);
	refuseDoubtful(person, wording);
	const { invitations, teammates: joined } = person;
	const would = [invitations.length > 0 && 'revoke', joined.length > 0 && 'delete'];
	return [
		{
			would: would.filter(Boolean).join(' and ') || 'nothing',
			dry_run: true,
			email: addressIn(person) ?? email,
			username: joined[0]?.username ?? null,
		},
	];
}

/** Repeats until no record is left: the person may accept the invitation while it is being revoked. */
export async function remove(
	context: OperationContext,
	email: string,
	progress: Progress,
	wording: Wording,
): Promise<void> {
	const { account, memory } = context;
	const unknown = new Map<string, RequestError>();
	// They say who is an admin.
	await account.waitForLists(email);
	for (let round = 1; ; round += 1) {
		const missed = await onFreshReadings(context, wording, async (validUntil) => {
			const person = await findPerson(account, email, wording);
			refuseProtected(person, context, wording);
			refuseDoubtful(person, wording);
			progress.address = addressIn(person) ?? progress.address;
			return await removeAll(
				context,
				person,
				progress,
				wording,
				validUntil(person.readAt),
				unknown,
			);
		});
		if (!missed) return memory.finish(personKey(account, email));
		// SendGrid said that it is gone. The person may be a teammate by now, or the list may lag behind.
		if (round === MAX_ROUNDS || !(await account.client.retryBudget.wait(round * 500))) {
			throw missed.forSubject(wording);
		}
		account.requireFreshReadings();
	}
}

/**
 * @param unknown errors about admins whom SendGrid lists and does not know by their usernames: those of the parent
 *   account, in a subuser. Nothing more is sent for them
 * @returns the error about a record that SendGrid did not find, if there was one
 */
async function removeAll(
	{ account }: OperationContext,
	{ invitations, teammates: joined }: Person,
	progress: Progress,
	wording: Wording,
	validUntil: Validity,
	unknown: Map<string, RequestError>,
): Promise<RequestError | undefined> {
	let missed: RequestError | undefined;
	const settle = (outcome: Outcome<unknown>): boolean => {
		if (!('error' in outcome)) return true;
		if (outcome.error.status !== 404) throw outcome.error;
		missed = outcome.error;
		return false;
	};
	const usernames = new Set(joined.map(({ username }) => username));

	for (const known of invitations) {
		const named = {
			token: known.token,
			field,
			known,
			wording,
			validUntil,
			on404:
				'Run this item again later. If it stays there, revoke it under Settings > Teammates in SendGrid.',
		};
		const findPersonSince = async () => {
			const now = await findPersonNow(account, known.email, wording);
			// Only somebody who was not a teammate before can have accepted it.
			const newcomers = now.teammates.filter(({ username }) => !usernames.has(username));
			return { invitations: now.invitations, teammates: newcomers };
		};
		const outcome = await revokeInvitation(account, named, {
			known: invitations,
			findPerson: findPersonSince,
		});
		if (settle(outcome)) progress.revoked = true;
	}
	for (const before of joined) {
		const { username } = before;
		missed = unknown.get(username) ?? missed;
		if (unknown.has(username)) continue;
		const outcome = await deleteTeammate(account, {
			username,
			before,
			field,
			wording,
			validUntil,
		});
		if (settle(outcome)) {
			progress.deleted = true;
			progress.usernames.push(username);
		} else if (missed && before.isAdmin) unknown.set(username, missed);
	}
	return missed;
}

/** What was and what was not done; `undefined` if nothing was. */
function partialWording({ revoked, deleted, address }: Progress): Required<Wording> | undefined {
	if (!revoked && !deleted) return undefined;
	const done = deleted
		? `One teammate with the address '${toSingleLine(address)}' was deleted`
		: `The invitation of '${toSingleLine(address)}' was revoked`;
	return {
		failureMessage: `${done}, but not everything was removed`,
		unclearMessage: `${done}, but it is unclear whether the rest was removed`,
	};
}
