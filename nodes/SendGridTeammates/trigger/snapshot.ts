import type { IDataObject } from 'n8n-workflow';

import { isGrantable } from '../sendgrid/scopes';
import {
	expiresWithin,
	expirySecondsOf,
	invitationIsAdmin,
	invitationState,
	isAdmin,
	isOwner,
	scopesOf,
} from './records';
import { textOf } from '../transport/sanitize';

/** What one poll has read, as SendGrid gives it. */
export interface Reading {
	invitations: readonly IDataObject[];
	teammates: readonly IDataObject[];
	/** Only where access requests are asked for. */
	requests?: readonly IDataObject[];
	/** Only where scopes are asked for. */
	scopes?: ScopesReading;
}

/** Scopes need a request for each teammate, so a poll may not get to all of them. */
export interface ScopesReading {
	/** Full records by key, of those that were read. */
	records: ReadonlyMap<string, IDataObject>;
	/** Key of the first teammate that was not reached: the next poll goes on there. */
	next?: string;
}

/** How far an invitation has come: each stage is reported once for each expiry date. */
export const STAGE = { open: 0, expiring: 1, expired: 2 } as const;

export type Stage = (typeof STAGE)[keyof typeof STAGE];

/** What is remembered of an invitation. The token is not: it would let its reader join the account. */
export interface KnownInvitation {
	email: string;
	isAdmin: boolean;
	/** Epoch seconds, where SendGrid says when. */
	expires?: number;
	stage: Stage;
}

/** What is remembered of a teammate. */
export interface KnownTeammate {
	username: string;
	email: string;
	isAdmin: boolean;
	/** As far as anybody can grant them; of an admin never. `undefined`: not read yet. */
	scopes?: readonly string[];
}

/** What has been seen, reduced to keys and to what is compared. */
export interface Snapshot {
	/** By address, in small letters. */
	invitations: Map<string, KnownInvitation>;
	/** By username, in small letters. */
	teammates: Map<string, KnownTeammate>;
	/** Key of the account's owner, where the list shows one. */
	owner?: string;
	/** IDs. `undefined`: not asked for so far, so there is nothing to compare with. */
	requests?: Set<string>;
	/** Key of the teammate whose scopes are read first by the next poll. */
	nextScopes?: string;
}

/** Against what an invitation's expiry is held. */
export interface EvaluatedAt {
	/** Epoch milliseconds. */
	now: number;
	/** How many days before its end an invitation counts as expiring. */
	expiresWithinDays: number;
}

/** SendGrid keeps upper and lower case as they were typed; they tell nobody apart. */
export const keyOf = (text: unknown): string => textOf(text).trim().toLowerCase();

export const invitationKey = ({ email }: IDataObject): string => keyOf(email);

export const teammateKey = ({ username, email }: IDataObject): string => keyOf(username ?? email);

export const requestKey = ({ id }: IDataObject): string => textOf(id);

/** The stage that an invitation's date alone puts it in; without a date it stays open. */
function stageOf(invitation: IDataObject, { now, expiresWithinDays }: EvaluatedAt): Stage {
	if (invitationState(invitation, now).status === 'expired') return STAGE.expired;
	return expiresWithin(invitation, expiresWithinDays, now) ? STAGE.expiring : STAGE.open;
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

export function knownInvitation(invitation: IDataObject, moment: EvaluatedAt): KnownInvitation {
	return {
		email: textOf(invitation.email),
		isAdmin: invitationIsAdmin(invitation),
		expires: expirySecondsOf(invitation),
		stage: stageOf(invitation, moment),
	};
}

/**
 * A teammate's scopes as far as they are compared: without those that SendGrid gives and takes by itself.
 * An admin has all there are, also those that the plan gains, so there is nothing to compare.
 */
export function comparableScopes(record: IDataObject | undefined): string[] | undefined {
	if (!record || isAdmin(record)) return undefined;
	return scopesOf(record).filter(isGrantable).sort();
}

export const knownTeammate = (
	teammate: IDataObject,
	scopes?: readonly string[],
): KnownTeammate => ({
	username: textOf(teammate.username ?? teammate.email),
	email: textOf(teammate.email),
	isAdmin: isAdmin(teammate),
	scopes,
});

/** A reading as a base line: whatever is so now has been so before, and nothing is reported of it. */
export function baseLine(reading: Reading, moment: EvaluatedAt): Snapshot {
	const { invitations, teammates, requests, scopes } = reading;
	const owner = teammates.find(isOwner);
	return {
		invitations: new Map(
			[...byAddress(invitations)].map(([key, record]) => [key, knownInvitation(record, moment)]),
		),
		teammates: new Map(
			teammates.map((teammate) => {
				const key = teammateKey(teammate);
				return [key, knownTeammate(teammate, comparableScopes(scopes?.records.get(key)))];
			}),
		),
		owner: owner && teammateKey(owner),
		requests: requests && new Set(requests.map(requestKey)),
		nextScopes: scopes?.next,
	};
}
