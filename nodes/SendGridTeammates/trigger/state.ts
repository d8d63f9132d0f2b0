import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { readVersion1 } from './stateVersion1';
import {
	comparedScopes,
	keyOf,
	type KnownInvitation,
	type KnownTeammate,
	type ReportedDate,
	type Snapshot,
} from './snapshot';

/** Goes up when the form below changes, so that a later version knows what it finds. */
const VERSION = 2;

/** Its key in the node's static data. */
const NAME = 'seen';

/** Whether somebody is an admin; `null` if no record has said so. */
type AdminFlag = 0 | 1 | null;

/** `[username, admin, address if it differs, scopes if they have been read]` */
type TeammateRow = [string, AdminFlag, string?, string?];

/**
 * `[address, admin, what has been reported, epoch seconds of its expiry or null, epoch seconds until when it is
 * remembered if it is gone, what has been reported about other dates, how many people it can let in]`
 */
type InvitationRow = [
	string,
	AdminFlag,
	number,
	number | null,
	(number | null)?,
	ReportedDate[]?,
	number?,
];

/** What has been seen, in the form that n8n stores with the workflow: rows without field names, to save space. */
export interface Stored {
	version: number;
	/** The node's ID. Unknown in states of earlier versions. */
	node?: string;
	/** Credential, host and subuser. */
	account: string;
	/** Part of the API key's hash. */
	keyHash?: string;
	/** When it was seen, in epoch seconds. */
	at?: number;
	owner?: string;
	teammates: TeammateRow[];
	invitations: InvitationRow[];
	requests?: string[];
	/** What the bits of the teammates' scopes stand for. */
	scopeNames?: string[];
	ignoresExpiring?: true;
	nextScopes?: string;
}

function flagOf({ isAdmin }: KnownTeammate | KnownInvitation): AdminFlag {
	if (isAdmin === undefined) return null;
	return isAdmin ? 1 : 0;
}

const isAdminBy = (flag: AdminFlag): boolean | undefined =>
	flag === null ? undefined : flag === 1;

function rowOfTeammate(known: KnownTeammate): TeammateRow {
	const { username, email, scopes } = known;
	const row: TeammateRow = [username, flagOf(known)];
	if (email !== username || scopes !== undefined) row.push(email === username ? '' : email);
	if (scopes !== undefined) row.push(scopes);
	return row;
}

function rowOfInvitation(known: KnownInvitation): InvitationRow {
	const { email, reported, expires, goneUntil, otherDates, open } = known;
	const row: InvitationRow = [email, flagOf(known), reported, expires ?? null];
	const until = goneUntil === undefined ? null : Math.round(goneUntil);
	if (open !== 1) row.push(until, otherDates, open);
	else if (otherDates.length > 0) row.push(until, otherDates);
	else if (until !== null) row.push(until);
	return row;
}

/** A snapshot as it is stored. */
export function store(
	snapshot: Snapshot,
	{ node, account }: Pick<Stored, 'node' | 'account'>,
): Stored {
	const { at, keyHash, teammates, invitations, owner, requests, scopeCode, nextScopes } = snapshot;
	const { ignoresExpiring } = snapshot;
	return {
		version: VERSION,
		node,
		account,
		teammates: [...teammates.values()].map(rowOfTeammate),
		invitations: [...invitations.values()].map(rowOfInvitation),
		...(keyHash !== undefined && { keyHash }),
		...(at !== undefined && { at: Math.round(at / 1000) }),
		...(owner !== undefined && { owner }),
		...(requests && { requests: [...requests] }),
		...(scopeCode.names.length > 0 && { scopeNames: [...scopeCode.names] }),
		...(ignoresExpiring && { ignoresExpiring }),
		...(nextScopes !== undefined && { nextScopes }),
	};
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isNumber = (value: unknown): value is number =>
	typeof value === 'number' && Number.isFinite(value);

const isOptional =
	<Value>(is: (value: unknown) => value is Value) =>
	(value: unknown): value is Value | undefined =>
		value === undefined || is(value);

const isFlag = (value: unknown) => value === 0 || value === 1 || value === null;

const isTeammateRow = (row: unknown): row is TeammateRow =>
	Array.isArray(row) &&
	isText(row[0]) &&
	isFlag(row[1]) &&
	isOptional(isText)(row[2]) &&
	isOptional(isText)(row[3]);

const isReported = (value: unknown): value is number => [0, 1, 2, 3].includes(value as number);

const isNumberOrNull = (value: unknown): value is number | null =>
	value === null || isNumber(value);

const areDates = (value: unknown): value is ReportedDate[] =>
	Array.isArray(value) &&
	value.every((date) => Array.isArray(date) && isNumber(date[0]) && isReported(date[1]));

const isInvitationRow = (row: unknown): row is InvitationRow =>
	Array.isArray(row) &&
	isText(row[0]) &&
	isFlag(row[1]) &&
	isReported(row[2]) &&
	isNumberOrNull(row[3]) &&
	isOptional(isNumberOrNull)(row[4]) &&
	isOptional(areDates)(row[5]) &&
	isOptional(isNumber)(row[6]);

/** The readable part of a list; anything else leaves a gap. */
function readable<Row>(
	value: unknown,
	isRow: (row: unknown) => row is Row,
): { rows: Row[]; hasGaps: boolean } {
	const all: unknown[] = Array.isArray(value) ? value : [];
	const rows = all.filter(isRow);
	return { rows, hasGaps: !Array.isArray(value) || rows.length < all.length };
}

function knownTeammate(
	[username, flag, email, scopes]: TeammateRow,
	hasNames: boolean,
): KnownTeammate {
	return {
		username,
		email: email || username,
		isAdmin: isAdminBy(flag),
		scopes: hasNames ? scopes : undefined,
	};
}

const knownInvitation = ([
	email,
	flag,
	reported,
	expires,
	goneUntil,
	otherDates = [],
	open = 1,
]: InvitationRow): KnownInvitation => ({
	email,
	isAdmin: isAdminBy(flag),
	reported,
	expires: expires ?? undefined,
	...(isNumber(goneUntil) && { goneUntil }),
	otherDates,
	open,
});

/**
 * A stored state of this version, or of a later one, as far as it can be read; the rest becomes gaps in the
 * snapshot.
 */
function readStored(value: Record<string, unknown>): Snapshot {
	const teammates = readable(value.teammates, isTeammateRow);
	const invitations = readable(value.invitations, isInvitationRow);
	const requests = readable(value.requests ?? [], isText);
	const names = readable(value.scopeNames ?? [], isText);
	// If a name were missing, the bits would stand for others.
	const code = comparedScopes(names.hasGaps ? [] : names.rows);
	const hasGaps =
		value.version !== VERSION || [teammates, invitations, requests].some((part) => part.hasGaps);
	return {
		at: isNumber(value.at) ? value.at * 1000 : undefined,
		keyHash: isText(value.keyHash) ? value.keyHash : undefined,
		teammates: new Map(
			teammates.rows.map((row) => [keyOf(row[0]), knownTeammate(row, !names.hasGaps)]),
		),
		invitations: new Map(invitations.rows.map((row) => [keyOf(row[0]), knownInvitation(row)])),
		scopeCode: code,
		owner: isText(value.owner) ? value.owner : undefined,
		requests: value.requests === undefined ? undefined : new Set(requests.rows),
		...(value.ignoresExpiring === true && { ignoresExpiring: true }),
		nextScopes: isText(value.nextScopes) ? value.nextScopes : undefined,
		...(hasGaps && { hasGaps }),
	};
}

/**
 * What has been seen of this account, or `undefined` if a base line has to be set first: nothing, or another
 * account, has been seen. As much as possible is kept of a state of another version or of a broken one.
 *
 * @param value what n8n has stored
 */
export function readState(value: unknown, account: string): Snapshot | undefined {
	if (!isRecord(value) || value.account !== account) return undefined;
	return readStored(value.version === 1 ? readVersion1(value) : value);
}

/** How far a stored time may be ahead of what is now known to be right, in seconds. */
const CLOCK_SKEW = 60;

/** Whether a state differs from the one before in anything but its time. */
export function isNews(state: Stored, before: unknown): boolean {
	if (!isRecord(before)) return true;
	const textOf = (value: object) => JSON.stringify({ ...value, at: undefined });
	const wasAhead = isNumber(before.at) && before.at > (state.at ?? 0) + CLOCK_SKEW;
	return wasAhead || textOf(before) !== textOf(state);
}

/**
 * What n8n has stored for the node. It stores by the node's name, so a node may find what a deleted one of the same
 * name has left behind: that is nothing.
 *
 * @param node its ID
 */
export function storedIn(data: IDataObject, node: string): unknown {
	const stored = data[NAME];
	const isOfAnother = isRecord(stored) && isText(stored.node) && stored.node !== node;
	return isOfAnother ? undefined : stored;
}

/**
 * Puts what has been seen into the node's static data, in one step, as the last thing that a poll does.
 *
 * With durable cursors n8n 2.x stores it after each poll. Otherwise it is saved together with the execution that
 * the poll starts, and after activation; until then, n8n keeps what a poll without events has seen in memory, or
 * not at all (read in the code of 2.40.7).
 */
export function keepIn(data: IDataObject, stored: Stored): void {
	data[NAME] = stored as unknown as IDataObject;
}
