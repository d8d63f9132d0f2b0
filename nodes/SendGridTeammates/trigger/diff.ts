import type { IDataObject } from 'n8n-workflow';

import { VALIDITY_DAYS } from '../sendgrid/invitations';
import {
	emailOf,
	expirySecondsOf,
	invitationRecord,
	isAdminIfKnown,
	isOwner,
	isSso,
} from './records';
import { eventOf, rememberedInvitation, rememberedTeammate, type PeopleEvent } from './events';
import {
	addressOf,
	baseLine,
	byAddress,
	dueOf,
	joinedOf,
	keyOf,
	REPORTED,
	requestKey,
	teammateKey,
	withoutGaps,
	type EvaluatedAt,
	type KnownInvitation,
	type KnownTeammate,
	type Reading,
	type ReportedDate,
	type Snapshot,
} from './snapshot';

/** How long before its date an invitation may disappear and still count as expired, in milliseconds. */
const CLOCK_SKEW = 60_000;

const DAY_IN_SECONDS = 86_400;

/** What was known before, what is read now, and what will be known afterwards. */
interface Change {
	before: Snapshot;
	reading: Reading;
	after: Snapshot;
	moment: EvaluatedAt;
}

/**
 * An account has one owner, whom nobody can remove. If the old owner is gone and another one is there who was not
 * there before, the owner has changed the address that is the username.
 */
function isRenamedOwner({ before, after }: Change, key: string): boolean {
	const [old, present] = [before.owner, after.owner];
	if (old === undefined || present === undefined || (key !== old && key !== present)) return false;
	return !after.teammates.has(old) && !before.teammates.has(present);
}

const newTeammates = (change: Change): IDataObject[] =>
	change.reading.teammates.filter((teammate) => {
		const key = teammateKey(teammate);
		return !change.before.teammates.has(key) && !isRenamedOwner(change, key);
	});

const goneTeammates = (change: Change): KnownTeammate[] =>
	[...change.before.teammates]
		.filter(([key]) => !change.after.teammates.has(key) && !isRenamedOwner(change, key))
		.map(([, known]) => known);

/** Whether it had expired when it was last looked at, by a clock that was right. */
const hadExpired = ({ reported, expires }: KnownInvitation, { now }: EvaluatedAt): boolean =>
	reported >= REPORTED.expired && expires !== undefined && expires * 1000 <= now + CLOCK_SKEW;

/** The invitation by which somebody with this address can have joined: first of all one that was known before. */
function openInvitation(
	{ before, after, moment }: Change,
	address: string,
): KnownInvitation | undefined {
	const [past, listed] = [before.invitations.get(address), after.invitations.get(address)];
	const isSame = past !== undefined && (listed?.expires ?? past.expires) === past.expires;
	return [past, isSame ? undefined : listed].find(
		(known) => known && known.open > 0 && !hadExpired(known, moment),
	);
}

/**
 * An acceptance is a new teammate with an invitation of the same address that was pending in the last poll; in this
 * one, whose list of invitations is read before that of the teammates; or earlier, if the invitation has gone
 * before its date while the lists lagged behind. Nobody can accept one that has expired.
 *
 * So an invitation that goes away while its person was already a teammate was not accepted, but revoked; one that
 * was sent and accepted between two polls was never seen, and is a teammate added; one that was revoked and resent
 * belongs to the same person and was not accepted; who signs in with single sign-on was given access without any;
 * and if another teammate of the address goes, but no invitation does, it is the username that has changed.
 *
 * Notes in the snapshots whom an invitation has let in.
 */
function acceptedInvitations(change: Change): PeopleEvent[] {
	const { invitations } = change.after;
	const left = new Set(goneTeammates(change).map(({ email }) => keyOf(email)));
	return newTeammates(change).flatMap((teammate): PeopleEvent[] => {
		const address = addressOf(teammate);
		const invitation = openInvitation(change, address);
		if (!invitation || isSso(teammate)) return [];
		const hasJustGone = !invitations.has(address) && invitation.goneUntil === undefined;
		if (left.has(address) && !hasJustGone) return [];
		// One invitation lets one person in.
		invitation.open -= 1;
		return [
			eventOf('invitationAccepted', teammate, {
				teammate,
				invitation: rememberedInvitation(invitation),
			}),
		];
	});
}

/** How many expiry dates that it has had are remembered of an invitation. */
const MOST_PAST_DATES = 5;

/** Every date about which something has been reported. */
const reportedDates = ({ expires, reported, otherDates }: KnownInvitation): ReportedDate[] =>
	expires === undefined || reported === REPORTED.nothing
		? otherDates
		: [...otherDates.slice(-MOST_PAST_DATES), [expires, reported]];

/**
 * What has been reported about an invitation. If the clock behind that has turned out to be wrong, whatever is no
 * longer due was not true, and is reported again when it is.
 */
function reportedOf({ before, moment }: Change, address: string, invitation: IDataObject): number {
	const past = before.invitations.get(address);
	if (!past) return REPORTED.nothing;
	const expires = expirySecondsOf(invitation);
	// Without a date there is nothing to report, and what was known stays.
	if (expires === undefined) return past.reported;
	const [, reported] = reportedDates(past).find(([date]) => date === expires) ?? [
		expires,
		REPORTED.nothing,
	];
	const wasAhead = before.at !== undefined && moment.now < before.at - CLOCK_SKEW;
	return wasAhead ? reported & dueOf(invitation, moment) : reported;
}

/**
 * Invitations that expire soon or have expired. Each is reported once per expiry date, and a new invitation has a
 * new date. Nothing is reported about somebody who is a teammate by now.
 *
 * Notes in `after` what is reported. An expiry counts as reported even if that event isn't chosen; what expires soon
 * when that event is chosen counts as reported then. So choosing them later does not bring up what happened before.
 */
function agedInvitations(change: Change): PeopleEvent[] {
	const { reading, after, moment } = change;
	const joined = joinedOf(reading);
	return [...byAddress(reading.invitations)].flatMap(([address, invitation]): PeopleEvent[] => {
		const known = after.invitations.get(address);
		if (!known) return [];
		const due = known.reported;
		const missed = change.before.ignoresExpiring ? due & REPORTED.expiring : REPORTED.nothing;
		known.reported = reportedOf(change, address, invitation) | missed;
		const past = change.before.invitations.get(address);
		known.expires ??= past?.expires;
		if (past) known.otherDates = reportedDates(past).filter(([date]) => date !== known.expires);
		if (past && past.expires !== undefined && past.expires === known.expires) {
			known.open = Math.min(known.open, past.open);
		}
		known.isAdmin ??= past?.isAdmin;
		const next = due >= REPORTED.expired ? REPORTED.expired : due;
		if (joined.has(address) || (known.reported & next) === next) return [];
		// Once it has expired, it is too late to report that it is about to.
		if (known.reported >= REPORTED.expired) return [];
		known.reported |= next;
		const record = invitationRecord(invitation, moment.now);
		const event = next === REPORTED.expired ? 'invitationExpired' : 'invitationExpiring';
		return [eventOf(event, invitation, { invitation: record })];
	});
}

const inDays = (days: number, { now }: EvaluatedAt): number => now / 1000 + days * DAY_IN_SECONDS;

/**
 * Invitations that are gone and have let nobody in, also those of an address that has a teammate already. At their date they have expired. Before it they have been revoked,
 * or accepted while the list of teammates lags behind, so they are remembered until then. Unknown: whether SendGrid
 * keeps expired ones in its list; those that it keeps have been reported while they were there. They are remembered
 * for a while too, so that they aren't new after a list has lacked them once.
 */
function vanishedInvitations({ before, reading, after, moment }: Change): PeopleEvent[] {
	const joined = joinedOf(reading);
	return [...before.invitations].flatMap(([address, known]): PeopleEvent[] => {
		if (after.invitations.has(address) || known.open === 0) return [];
		const { expires, reported, goneUntil } = known;
		if (goneUntil !== undefined) {
			if (goneUntil * 1000 > moment.now) after.invitations.set(address, known);
			return [];
		}
		const isOver = expires !== undefined && expires * 1000 <= moment.now + CLOCK_SKEW;
		const until = isOver || expires === undefined ? inDays(VALIDITY_DAYS, moment) : expires;
		const isNews = isOver && reported < REPORTED.expired && !joined.has(address);
		after.invitations.set(address, {
			...known,
			reported: isOver ? reported | REPORTED.expired : reported,
			goneUntil: until,
		});
		if (!isNews) return [];
		const record = rememberedInvitation(known);
		return [
			eventOf('invitationExpired', record, {
				invitation: { ...record, status: 'expired', days_left: 0 },
			}),
		];
	});
}

const addedTeammates = (change: Change): PeopleEvent[] =>
	newTeammates(change).map((teammate) => eventOf('teammateAdded', teammate, { teammate }));

function removedTeammates(change: Change): PeopleEvent[] {
	return goneTeammates(change).map((known) => {
		const teammate = rememberedTeammate(known);
		return eventOf('teammateRemoved', teammate, { teammate });
	});
}

/** Only a change from one known role to another counts. Carries over to `after` what a record doesn't say this time. */
function changedAdmins({ before, reading, after }: Change): PeopleEvent[] {
	return reading.teammates.flatMap((teammate): PeopleEvent[] => {
		const past = before.teammates.get(teammateKey(teammate));
		const present = after.teammates.get(teammateKey(teammate));
		if (!past || !present) return [];
		present.isAdmin ??= past.isAdmin;
		if (past.isAdmin === undefined || past.isAdmin === present.isAdmin) return [];
		return [{ event: 'adminChanged', email: emailOf(teammate), details: { teammate } }];
	});
}

/** How many access requests that are no longer in the list are remembered. */
const MOST_PAST_REQUESTS = 200;

/**
 * The first reading of access requests sets their base line and reports none. A request that is missing once is not
 * new when it is there again.
 */
function newRequests({ before, reading, after }: Change): PeopleEvent[] {
	const { requests } = before;
	if (!requests || !reading.requests) return [];
	const past = [...requests].filter((key) => !after.requests?.has(key));
	after.requests = new Set([...past.slice(-MOST_PAST_REQUESTS), ...(after.requests ?? [])]);
	return reading.requests
		.filter((request) => !requests.has(requestKey(request)))
		.map((request) => ({
			event: 'accessRequested',
			email: emailOf(request),
			isAdmin: after.teammates.get(teammateKey(request))?.isAdmin ?? false,
			details: { access_request: request },
		}));
}

/**
 * Teammates whose scopes have changed since they were last read. Scopes that are read for the first time, or after
 * somebody was an admin, set the base line.
 *
 * Carries over to `after` the scopes of people whom this poll did not read, or who may be admins by now.
 */
function changedScopes({ before, reading, after }: Change): PeopleEvent[] {
	if (!reading.scopes) return [];
	const { scopeCode } = after;
	const events: PeopleEvent[] = [];
	for (const [key, known] of after.teammates) {
		const past = before.teammates.get(key)?.scopes;
		const record = reading.scopes.records.get(key)?.record;
		if (!record || isAdminIfKnown(record) === undefined) {
			if (!known.isAdmin) known.scopes = past;
			continue;
		}
		// Of a thousand people hardly anybody has changed, and equal texts mean equal sets.
		if (past === undefined || known.scopes === undefined || past === known.scopes) continue;
		const [then, now] = [scopeCode.decode(past), scopeCode.decode(known.scopes)];
		events.push(
			eventOf('scopesChanged', record, {
				teammate: record,
				added_scopes: now.filter((scope) => !then.includes(scope)),
				removed_scopes: then.filter((scope) => !now.includes(scope)),
			}),
		);
	}
	return events;
}

/** An owner whom the list has, but does not mark as such this time, still is the owner. */
function withKnownOwner(after: Snapshot, { owner }: Snapshot): Snapshot {
	const known = after.owner === undefined && owner !== undefined && after.teammates.get(owner);
	if (!known) return after;
	known.isAdmin = true;
	return { ...after, owner };
}

/**
 * What happened between a snapshot and a reading: each event once, and the next snapshot to compare with.
 *
 * Applied to the snapshot, the events give the reading. Sending, revoking or resending an invitation isn't an event.
 * All events are returned, chosen or not: if one is chosen later, it starts from what is known by then.
 */
export function diff(
	stored: Snapshot,
	reading: Reading,
	moment: EvaluatedAt,
): { events: PeopleEvent[]; after: Snapshot } {
	const after = withKnownOwner(baseLine(reading, moment), stored);
	const before = withoutGaps(stored, after);
	const change: Change = { before, reading, after, moment };
	const events = [
		...acceptedInvitations(change),
		...agedInvitations(change),
		...vanishedInvitations(change),
		...addedTeammates(change),
		...removedTeammates(change),
		...changedAdmins(change),
		...newRequests(change),
		...changedScopes(change),
	];
	return { events, after };
}

/** The share of the others who must be known for an account to be the same. */
const MOST_OF_THEM = 0.5;

/** The same if the key is another one. People who are in two accounts are rare, apart from admins. */
const HARDLY_ANYBODY = 0.1;

/** Whether there is a new owner, and the old one is gone. */
const hasNewOwner = (
	{ owner }: Snapshot,
	reading: Reading,
	present: ReadonlySet<string>,
): boolean => owner !== undefined && reading.teammates.some(isOwner) && !present.has(owner);

/**
 * Whether the key is new, and hardly any of the people are there. A subuser's list may have the same admins as that
 * of its parent or of another subuser, so only the others say which account it is, if there are any. If one person
 * has left and nobody has come, the key was replaced for that reason.
 */
function hasNewPeople(
	{ keyHash, owner, teammates }: Snapshot,
	reading: Reading,
	present: ReadonlySet<string>,
): boolean {
	if (keyHash === undefined || keyHash === reading.keyHash) return false;
	const people = [...teammates].filter(([key]) => key !== owner);
	const ordinary = people.filter(([, { isAdmin }]) => isAdmin === false);
	const counted = ordinary.length > 0 ? ordinary : people;
	const gone = counted.filter(([key]) => !present.has(key)).length;
	const isAnybodyNew = [...present].some((key) => !teammates.has(key));
	const areReplaced = gone > 1 || (gone === 1 && isAnybodyNew);
	return areReplaced && counted.length - gone <= counted.length * HARDLY_ANYBODY;
}

/**
 * Whether the reading is of another account than the snapshot, although nothing in the node says so: the
 * credential's key has been replaced. An owner can't be deleted, so it is another account if there is a new owner,
 * the old one is gone, and most of the others are gone as well. If the others are still there, the owner has only
 * changed the address. Subusers have the same owner, or none in their lists.
 */
export function isOtherAccount(before: Snapshot, reading: Reading): boolean {
	const present = new Set(reading.teammates.map(teammateKey));
	if (!hasNewOwner(before, reading, present)) return hasNewPeople(before, reading, present);
	const others = [...before.teammates.keys()].filter((key) => key !== before.owner);
	const known = others.filter((key) => present.has(key));
	return others.length === 0 || known.length < others.length * MOST_OF_THEM;
}
