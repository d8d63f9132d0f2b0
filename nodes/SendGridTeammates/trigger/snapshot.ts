import type { IDataObject } from 'n8n-workflow';

import { addressKey } from '../sendgrid/account';
import { isGrantable } from '../sendgrid/scopes';
import {
	emailOf,
	expiresWithin,
	expirySecondsOf,
	invitationIsAdmin,
	invitationState,
	isAdmin,
	isOwner,
	scopesOf,
} from './records';
import { textOf } from '../transport/sanitize';
import { ScopeBitset } from './scopeBitset';

/** What one poll has read, as SendGrid gives it. */
export interface Reading {
	invitations: readonly IDataObject[];
	teammates: readonly IDataObject[];
	/** Only where access requests are asked for. */
	requests?: readonly IDataObject[];
	/** Only where scopes are asked for. */
	scopes?: ScopesReading;
}

/** A teammate's full record, and its scopes as they are compared: written as it comes in, one at a time. */
export interface ScopedRecord {
	record: IDataObject;
	/** Of an admin none. */
	scopes?: string;
}

/** Scopes need a request for each teammate, so a poll may not get to all of them. */
export interface ScopesReading {
	/** Of those that were read, by key. */
	records: ReadonlyMap<string, ScopedRecord>;
	/** What their scopes are written in. */
	code: ScopeBitset;
	/** Key of the first teammate that was not reached: the next poll goes on there. */
	next?: string;
	/** Of how many the record could not be read. */
	unread: number;
}

/** What has been reported of an invitation: each once for each expiry date. Bits, so that they add up. */
export const REPORTED = { nothing: 0, expiring: 1, expired: 2 } as const;

/** What is remembered of an invitation. The token is not: it would let its reader join the account. */
export interface KnownInvitation {
	email: string;
	isAdmin: boolean;
	/** Epoch seconds, where SendGrid says when. */
	expires?: number;
	/** A sum of `REPORTED`. */
	reported: number;
	/**
	 * Only of one that is gone from SendGrid's list: it was revoked, or accepted and the teammate is not listed
	 * yet, or has expired, or the list lacks it for once. Until then, in epoch seconds, it is remembered.
	 */
	goneUntil?: number;
}

/** What is remembered of a teammate. */
export interface KnownTeammate {
	username: string;
	email: string;
	isAdmin: boolean;
	/** By `Snapshot.scopeCode`, as far as anybody can grant them; of an admin never. `undefined`: not read yet. */
	scopes?: string;
}

/** What has been seen, reduced to keys and to what is compared. */
export interface Snapshot {
	/** When, by SendGrid's clock, in epoch milliseconds. Unknown in a state of the first version. */
	at?: number;
	/** By address, in small letters. */
	invitations: Map<string, KnownInvitation>;
	/** By username, in small letters. */
	teammates: Map<string, KnownTeammate>;
	/** What the scopes of all teammates are written in. */
	scopeCode: ScopeBitset;
	/** Key of the account's owner, where the list shows one. */
	owner?: string;
	/** IDs. `undefined`: not asked for so far, so there is nothing to compare with. */
	requests?: Set<string>;
	/** Key of the teammate whose scopes are read first by the next poll. */
	nextScopes?: string;
	/** Whether only part of it was stored: people missing in it may have been there all along. */
	hasGaps?: true;
}

/** Against what an invitation's expiry is held. */
export interface EvaluatedAt {
	/** Epoch milliseconds, by SendGrid's clock. */
	now: number;
	/** How many days before its end an invitation counts as expiring. */
	expiresWithinDays: number;
}

/** The key of an address or a username, as a record has it. */
export const keyOf = (text: unknown): string => addressKey(textOf(text));

export const invitationKey = ({ email }: IDataObject): string => keyOf(email);

export const teammateKey = ({ username, email }: IDataObject): string => keyOf(username ?? email);

export const requestKey = ({ id }: IDataObject): string => textOf(id);

/** What an invitation's expiry date alone gives reason to report; nothing without a date. */
export function dueOf(invitation: IDataObject, { now, expiresWithinDays }: EvaluatedAt): number {
	const isExpiring = expiresWithin(invitation, expiresWithinDays, now);
	const isExpired = invitationState(invitation, now).status === 'expired';
	return (isExpiring ? REPORTED.expiring : 0) | (isExpired ? REPORTED.expired : 0);
}

/**
 * Invitations by address. Unknown: whether an address can have two. The one that lasts longer counts then,
 * as it does for the person.
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
	isAdmin: invitationIsAdmin(invitation),
	expires: expirySecondsOf(invitation),
	reported: dueOf(invitation, moment),
});

/**
 * The code for scopes that are compared: without those that SendGrid gives and takes on its own.
 *
 * @param names of those that are known so far
 */
export const comparedScopes = (names: string[] = []): ScopeBitset =>
	new ScopeBitset(names, isGrantable);

/** A teammate's scopes. An admin has all there are, also those that the plan gains: nothing to compare. */
export function scopedRecord(record: IDataObject, code: ScopeBitset): ScopedRecord {
	const scopes = isAdmin(record) ? undefined : scopesOf(record);
	return { record, scopes: scopes && code.encode(scopes) };
}

const knownTeammate = (teammate: IDataObject, scopes?: string): KnownTeammate => ({
	username: textOf(teammate.username ?? teammate.email),
	email: emailOf(teammate),
	isAdmin: isAdmin(teammate),
	scopes,
});

/** A reading as a base line: whatever is so now has been so before, and nothing is reported of it. */
export function baseLine(reading: Reading, moment: EvaluatedAt): Snapshot {
	const { invitations, teammates, requests, scopes } = reading;
	const owner = teammates.find(isOwner);
	return {
		at: moment.now,
		invitations: new Map(
			[...byAddress(invitations)].map(([key, record]) => [key, knownInvitation(record, moment)]),
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
		nextScopes: scopes?.next,
	};
}

/** What could not be read of a stored state counts as it is now, so that nothing is reported of it. */
export const withoutGaps = (before: Snapshot, present: Snapshot): Snapshot =>
	before.hasGaps
		? {
				...before,
				invitations: new Map([...present.invitations, ...before.invitations]),
				teammates: new Map([...present.teammates, ...before.teammates]),
				requests: present.requests
					? new Set([...present.requests, ...(before.requests ?? [])])
					: before.requests,
			}
		: before;
