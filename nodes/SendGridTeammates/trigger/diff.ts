import type { IDataObject } from 'n8n-workflow';

import { invitationRecord, invitationState, isOwner } from './records';
import { textOf } from '../transport/sanitize';
import {
	eventOf,
	rememberedInvitation,
	rememberedTeammate,
	type EventName,
	type PeopleEvent,
} from './events';
import {
	baseLine,
	byAddress,
	comparableScopes,
	keyOf,
	requestKey,
	STAGE,
	teammateKey,
	type KnownInvitation,
	type EvaluatedAt,
	type Reading,
	type Snapshot,
} from './snapshot';

/** How far n8n's clock and SendGrid's may lie apart, in milliseconds. */
const CLOCK_SKEW = 60_000;

/** What is known before, what is read now, and what will be known after. */
interface Change {
	before: Snapshot;
	reading: Reading;
	after: Snapshot;
	moment: EvaluatedAt;
}

const addressesOf = (teammates: readonly IDataObject[]) =>
	new Set(teammates.map(({ email }) => keyOf(email)));

/**
 * An acceptance is a teammate who is new while an invitation of the same address was pending: in the poll
 * before, or in this one, whose list of invitations is read before that of the teammates.
 *
 * So an invitation that goes away beside somebody who was a teammate already is not accepted, but revoked;
 * one that was sent and accepted between two polls was never seen, and is a teammate added; and one that
 * was revoked and sent anew is the same person's and not accepted.
 */
function acceptedInvitations({ before, reading, after }: Change): PeopleEvent[] {
	return reading.teammates.flatMap((teammate): PeopleEvent[] => {
		if (before.teammates.has(teammateKey(teammate))) return [];
		const address = keyOf(teammate.email);
		const invitation = before.invitations.get(address) ?? after.invitations.get(address);
		if (!invitation) return [];
		return [
			eventOf('invitationAccepted', teammate, {
				teammate,
				invitation: rememberedInvitation(invitation),
			}),
		];
	});
}

const nameOfStage = (stage: number): EventName =>
	stage === STAGE.expired ? 'invitationExpired' : 'invitationExpiring';

/**
 * Invitations that have reached a further stage. Each is reported once for its expiry date: whoever is
 * invited again gets another date. Whoever is a teammate needs no invitation, so nothing is reported then.
 *
 * Sets the stages of `after`, so that an event that is not asked for counts as reported too: choosing it
 * later does not bring up what happened before.
 */
function agedInvitations({ before, reading, after, moment }: Change): PeopleEvent[] {
	const joined = addressesOf(reading.teammates);
	const events: PeopleEvent[] = [];
	for (const [address, invitation] of byAddress(reading.invitations)) {
		const known = after.invitations.get(address);
		if (!known) continue;
		const past = before.invitations.get(address);
		const reported = past && past.expires === known.expires ? past.stage : STAGE.open;
		const isOver = joined.has(address) || known.stage <= reported;
		if (isOver) {
			known.stage = reported;
			continue;
		}
		const record = { ...invitationRecord(invitation), ...invitationState(invitation, moment.now) };
		events.push(eventOf(nameOfStage(known.stage), invitation, { invitation: record }));
	}
	return events;
}

/**
 * Invitations that are gone without a teammate: expired where their date says so, revoked where it does
 * not. Unknown: whether SendGrid keeps expired ones in its list; those that it does keep have been reported
 * while they were there.
 */
function vanishedInvitations({ before, reading, after, moment }: Change): PeopleEvent[] {
	const joined = addressesOf(reading.teammates);
	const hasExpired = ({ expires, stage }: KnownInvitation) =>
		stage < STAGE.expired && expires !== undefined && expires * 1000 <= moment.now + CLOCK_SKEW;
	return [...before.invitations]
		.filter(([address]) => !after.invitations.has(address) && !joined.has(address))
		.filter(([, known]) => hasExpired(known))
		.map(([, known]) => {
			const record = rememberedInvitation(known);
			return eventOf('invitationExpired', record, {
				invitation: { ...record, status: 'expired', days_left: 0 },
			});
		});
}

function addedTeammates({ before, reading }: Change): PeopleEvent[] {
	return reading.teammates
		.filter((teammate) => !before.teammates.has(teammateKey(teammate)))
		.map((teammate) => eventOf('teammateAdded', teammate, { teammate }));
}

function removedTeammates({ before, after }: Change): PeopleEvent[] {
	return [...before.teammates]
		.filter(([key]) => !after.teammates.has(key))
		.map(([, known]) => {
			const teammate = rememberedTeammate(known);
			return eventOf('teammateRemoved', teammate, { teammate });
		});
}

function changedAdmins({ before, reading, after }: Change): PeopleEvent[] {
	return reading.teammates.flatMap((teammate): PeopleEvent[] => {
		const past = before.teammates.get(teammateKey(teammate));
		const present = after.teammates.get(teammateKey(teammate));
		if (!past || past.isAdmin === present?.isAdmin) return [];
		return [{ event: 'adminChanged', email: textOf(teammate.email), details: { teammate } }];
	});
}

/** The first reading of access requests sets their base line and reports none. */
function newRequests({ before, reading, after }: Change): PeopleEvent[] {
	const { requests } = before;
	if (!requests) return [];
	return (reading.requests ?? [])
		.filter((request) => !requests.has(requestKey(request)))
		.map((request) => ({
			event: 'accessRequested',
			email: textOf(request.email),
			isAdmin: after.teammates.get(teammateKey(request))?.isAdmin ?? false,
			details: { access_request: request },
		}));
}

/**
 * Teammates whose scopes differ from when they were last read. Scopes that are read for the first time, or
 * after somebody was an admin, set the base line.
 *
 * Sets the scopes of `after` for those whom this poll did not get to.
 */
function changedScopes({ before, reading, after }: Change): PeopleEvent[] {
	if (!reading.scopes) return [];
	const events: PeopleEvent[] = [];
	for (const [key, known] of after.teammates) {
		const past = before.teammates.get(key)?.scopes;
		const record = reading.scopes.records.get(key);
		if (!record) {
			if (!known.isAdmin) known.scopes = past;
			continue;
		}
		const present = comparableScopes(record);
		if (!past || !present) continue;
		const added = present.filter((scope) => !past.includes(scope));
		const removed = past.filter((scope) => !present.includes(scope));
		if (added.length + removed.length === 0) continue;
		events.push(
			eventOf('scopesChanged', record, {
				teammate: record,
				added_scopes: added,
				removed_scopes: removed,
			}),
		);
	}
	return events;
}

/**
 * What happened between a snapshot and a reading: each event once, and the snapshot to compare with next.
 *
 * Applied to the snapshot, the events give what was read; whoever was invited, or whose invitation was
 * revoked or sent again, makes no event. All events come out, asked for or not: who asks for one later
 * starts from what is known by then.
 */
export function diff(
	before: Snapshot,
	reading: Reading,
	moment: EvaluatedAt,
): { events: PeopleEvent[]; after: Snapshot } {
	const after = baseLine(reading, moment);
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

/**
 * Whether the reading is of another account than the snapshot, although nothing in the node says so: the
 * credential's key has been replaced. An owner cannot be deleted, so the account is another where there is
 * a new owner and the old one is gone.
 */
export const isOtherAccount = ({ owner }: Snapshot, { teammates }: Reading): boolean =>
	owner !== undefined &&
	teammates.some(isOwner) &&
	!teammates.some((teammate) => teammateKey(teammate) === owner);
