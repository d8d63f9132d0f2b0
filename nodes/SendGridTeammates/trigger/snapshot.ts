import type { IDataObject } from 'n8n-workflow';

import { addressKey } from '../sendgrid/account';
import { groupBy } from '../sendgrid/person';
import { isGrantable } from '../sendgrid/scopes';
import {
	emailOf,
	expiresWithin,
	expirySecondsOf,
	invitationState,
	isAdmin,
	isAdminIfKnown,
	isOwner,
	scopesOf,
} from './records';
import type { SendGridError } from '../transport/errors';
import { textOf } from '../transport/sanitize';
import { ScopeBitset } from './scopeBitset';

/** What one poll has read, as SendGrid sent it. */
export interface Reading {
	/** Part of the hash of the API key that it was read with. */
	keyHash?: string;
	invitations: readonly IDataObject[];
	teammates: readonly IDataObject[];
	/** Only if access requests are wanted. */
	requests?: readonly IDataObject[];
	/** Only if scopes are wanted. */
	scopes?: ScopesReading;
}

/** A teammate's full record, and its scopes in the form that is compared: encoded as each record arrives. */
export interface ScopedRecord {
	record: IDataObject;
	/** None for an admin. */
	scopes?: string;
}

/** Scopes need a request for each teammate, so a poll may not reach all of them. */
export interface ScopesReading {
	/** The teammates that were read, by key. */
	records: ReadonlyMap<string, ScopedRecord>;
	/** The code of their scopes. */
	code: ScopeBitset;
	/** Key of the first teammate who was not reached: the next poll continues there. */
	next?: string;
	/** How many records could not be read. */
	unread: number;
	/** Why nobody's record could be read, if there were people to read. */
	error?: SendGridError;
}

/** What has been reported about an invitation: each thing once per expiry date. Bits, so that they add up. */
export const REPORTED = { nothing: 0, expiring: 1, expired: 2 } as const;

/** An expiry date in epoch seconds, and what has been reported about it: a sum of `REPORTED`. */
export type ReportedDate = [expires: number, reported: number];

/** What is remembered of an invitation. Not the token, with which anybody could join the account. */
export interface KnownInvitation {
	email: string;
	/** `undefined`: no record has said so far. */
	isAdmin?: boolean;
	/** Epoch seconds, if SendGrid gives a date. */
	expires?: number;
	/** A sum of `REPORTED`. */
	reported: number;
	/**
	 * Until when it is remembered, in epoch seconds. Only for one that is gone from SendGrid's list: it was
	 * revoked, accepted with the teammate not listed yet, or has expired, or the list lacks it this once.
	 */
	goneUntil?: number;
	/** How many people it can still let in: one, or several if the address has several invitations. */
	open: number;
	/** Other dates that the address had before: a list that lags, or a second invitation, may show one again. */
	otherDates: ReportedDate[];
}

/** What is remembered of a teammate. */
export interface KnownTeammate {
	username: string;
	email: string;
	/** `undefined`: no record has said so far. */
	isAdmin?: boolean;
	/**
	 * Encoded by `Snapshot.scopeCode`, as far as anybody can grant them; never for an admin. `undefined`: not read
	 * yet.
	 */
	scopes?: string;
}

/** What has been seen, reduced to keys and to what is compared. */
export interface Snapshot {
	/** When it was seen, by SendGrid's clock, in epoch milliseconds. Unknown in a state of the first version. */
	at?: number;
	/** Part of the hash of the API key that it was read with. Unknown in states of earlier versions. */
	keyHash?: string;
	/** By address, in lower case. */
	invitations: Map<string, KnownInvitation>;
	/** By username, in lower case. */
	teammates: Map<string, KnownTeammate>;
	/** The code of all teammates' scopes. */
	scopeCode: ScopeBitset;
	/** Key of the account's owner, if the list shows one. */
	owner?: string;
	/** IDs. `undefined`: not wanted so far, so there is nothing to compare with. */
	requests?: Set<string>;
	/** Whether nobody wanted to know which invitations expire soon. */
	ignoresExpiring?: true;
	/** Key of the teammate whose scopes are read first by the next poll. */
	nextScopes?: string;
	/** Whether only part of it was stored: people missing from it may have been there all along. */
	hasGaps?: true;
}

/** What an invitation's expiry date is compared with. */
export interface EvaluatedAt {
	/** Epoch milliseconds, by SendGrid's clock. */
	now: number;
	/** How many days before its end an invitation counts as expiring. `undefined`: not wanted, so it never does. */
	expiresWithinDays?: number;
}

/** The key of an address or a username in a record. */
export const keyOf = (text: unknown): string => addressKey(textOf(text));

export const invitationKey = ({ email }: IDataObject): string => keyOf(email);

export const teammateKey = ({ username, email }: IDataObject): string =>
	keyOf(textOf(username) || email);

/** The key of a teammate's address. */
export const addressOf = (teammate: IDataObject): string => keyOf(emailOf(teammate));

/** The addresses of all teammates. */
export const joinedOf = ({ teammates }: Reading): Set<string> => new Set(teammates.map(addressOf));

export const requestKey = ({ id }: IDataObject): string => textOf(id);

/**
 * Teammates whom the list does not name completely for once, as they are known: by their address, or by their
 * username. Else they would be taken for somebody else.
 */
export function withKnownNames(
	teammates: readonly IDataObject[],
	known?: Snapshot,
): readonly IDataObject[] {
	if (!known || teammates.every(({ username, email }) => textOf(username) && textOf(email))) {
		return teammates;
	}
	const listed = new Set(teammates.map(({ username }) => keyOf(username)));
	const missing = [...known.teammates].filter(([key]) => !listed.has(key));
	const unnamed = groupBy(missing, ([, { email }]) => keyOf(email));
	return teammates.map((teammate) => {
		if (textOf(teammate.username) === '') {
			const [, past] = unnamed.get(invitationKey(teammate))?.shift() ?? [];
			return past ? { ...teammate, username: past.username } : teammate;
		}
		const past = known.teammates.get(keyOf(teammate.username));
		return textOf(teammate.email) === '' && past?.email
			? { ...teammate, email: past.email }
			: teammate;
	});
}

/** What an invitation's expiry date alone calls for; nothing without a date. */
export function dueOf(invitation: IDataObject, { now, expiresWithinDays }: EvaluatedAt): number {
	const isExpiring =
		expiresWithinDays !== undefined && expiresWithin(invitation, expiresWithinDays, now);
	const isExpired = invitationState(invitation, now).status === 'expired';
	return (isExpiring ? REPORTED.expiring : 0) | (isExpired ? REPORTED.expired : 0);
}

/**
 * Invitations by address. Unknown: whether an address can have two. If so, the one that lasts longer counts, as it
 * does for the person.
 */
export function byAddress(invitations: readonly IDataObject[]): Map<string, IDataObject> {
	const found = new Map<string, IDataObject>();
	for (const invitation of invitations) {
		const other = found.get(invitationKey(invitation));
		const isLater = (expirySecondsOf(invitation) ?? 0) >= (expirySecondsOf(other ?? {}) ?? 0);
		if (!other || isLater) found.set(invitationKey(invitation), invitation);
	}
	return found;
}

export const knownInvitation = (invitation: IDataObject, moment: EvaluatedAt): KnownInvitation => ({
	email: textOf(invitation.email),
	isAdmin: isAdminIfKnown(invitation),
	expires: expirySecondsOf(invitation),
	reported: dueOf(invitation, moment),
	open: 1,
	otherDates: [],
});

/**
 * The code for scopes that are compared, without those that SendGrid gives and takes away on its own.
 *
 * @param names the names known so far
 */
export const comparedScopes = (names: string[] = []): ScopeBitset =>
	new ScopeBitset(names, isGrantable);

/** A teammate's scopes. An admin has every scope, including those added to the plan later: nothing to compare. */
export function scopedRecord(record: IDataObject, code: ScopeBitset): ScopedRecord {
	const scopes = isAdmin(record) ? undefined : scopesOf(record);
	return { record, scopes: scopes && code.encode(scopes) };
}

const knownTeammate = (teammate: IDataObject, scopes?: string): KnownTeammate => ({
	username: textOf(teammate.username) || textOf(teammate.email),
	email: emailOf(teammate),
	isAdmin: isAdminIfKnown(teammate),
	scopes,
});

/** A reading as a base line: everything counts as having been so before, and nothing is reported. */
export function baseLine(reading: Reading, moment: EvaluatedAt): Snapshot {
	const { keyHash, invitations, teammates, requests, scopes } = reading;
	const owner = teammates.find(isOwner);
	const pending = groupBy(
		invitations.filter((record) => dueOf(record, moment) < REPORTED.expired),
		invitationKey,
	);
	return {
		at: moment.now,
		keyHash,
		invitations: new Map(
			[...byAddress(invitations)].map(([key, record]) => {
				const known = knownInvitation(record, moment);
				return [key, { ...known, open: pending.get(key)?.length ?? known.open }];
			}),
		),
		teammates: new Map(
			teammates.map((teammate) => {
				const key = teammateKey(teammate);
				return [key, knownTeammate(teammate, scopes?.records.get(key)?.scopes)];
			}),
		),
		scopeCode: scopes?.code ?? comparedScopes(),
		owner: owner && teammateKey(owner),
		requests: requests && new Set(requests.map(requestKey)),
		...(moment.expiresWithinDays === undefined && { ignoresExpiring: true }),
		nextScopes: scopes?.next,
	};
}

/**
 * Who may have been there all along, though SendGrid's last list was empty: everybody but those who have accepted an
 * invitation since.
 */
function unlisted(before: Snapshot, { invitations, teammates }: Snapshot): Snapshot['teammates'] {
	const isNew = (address: string) => before.invitations.has(address) && !invitations.has(address);
	return new Map([...teammates].filter(([, { email }]) => !isNew(keyOf(email))));
}

/**
 * Gaps in a stored state, and a list of teammates that was empty, are filled from the reading, so that nothing is
 * reported about them.
 */
export function withoutGaps(before: Snapshot, present: Snapshot): Snapshot {
	if (before.hasGaps) {
		return {
			...before,
			invitations: new Map([...present.invitations, ...before.invitations]),
			teammates: new Map([...present.teammates, ...before.teammates]),
			requests: present.requests
				? new Set([...present.requests, ...(before.requests ?? [])])
				: before.requests,
		};
	}
	return before.teammates.size > 0 ? before : { ...before, teammates: unlisted(before, present) };
}
