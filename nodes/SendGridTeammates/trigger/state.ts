import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { ScopeBitset } from './scopeBitset';
import {
	keyOf,
	STAGE,
	type KnownInvitation,
	type KnownTeammate,
	type Snapshot,
	type Stage,
} from './snapshot';

/** Counts up when the form below changes, so that a later version can tell what it finds. */
const VERSION = 1;

/** Where the node's static data keeps it. */
const NAME = 'seen';

/** `[username, admin, address where it is another, scopes where they have been read]` */
type TeammateRow = [string, 0 | 1, string?, string?];

/** `[address, admin, stage, epoch seconds of its expiry or null]` */
type InvitationRow = [string, 0 | 1, Stage, number | null];

/** What has been seen, in the form that n8n stores with the workflow: rows without names, for their size. */
interface Stored {
	version: typeof VERSION;
	/** Credential, host and on behalf of. */
	account: string;
	owner?: string;
	teammates: TeammateRow[];
	invitations: InvitationRow[];
	requests?: string[];
	/** What the bits of the teammates' scopes stand for. */
	scopeNames?: string[];
	nextScopes?: string;
}

function rowOfTeammate(known: KnownTeammate, code: ScopeBitset): TeammateRow {
	const { username, email, isAdmin, scopes } = known;
	const row: TeammateRow = [username, isAdmin ? 1 : 0];
	if (email !== username || scopes) row.push(email === username ? '' : email);
	if (scopes) row.push(code.encode(scopes));
	return row;
}

const rowOfInvitation = ({ email, isAdmin, stage, expires }: KnownInvitation): InvitationRow => [
	email,
	isAdmin ? 1 : 0,
	stage,
	expires ?? null,
];

function stored(snapshot: Snapshot, account: string): Stored {
	const { teammates, invitations, owner, requests, nextScopes } = snapshot;
	const code = new ScopeBitset();
	const rows = [...teammates.values()].map((known) => rowOfTeammate(known, code));
	return {
		version: VERSION,
		account,
		teammates: rows,
		invitations: [...invitations.values()].map(rowOfInvitation),
		...(owner !== undefined && { owner }),
		...(requests && { requests: [...requests] }),
		...(code.names.length > 0 && { scopeNames: code.names }),
		...(nextScopes !== undefined && { nextScopes }),
	};
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isTextOrNothing = (value: unknown): value is string | undefined =>
	value === undefined || isText(value);

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

const isFlag = (value: unknown) => value === 0 || value === 1;

const isTeammateRow = (row: unknown): row is TeammateRow =>
	Array.isArray(row) &&
	isText(row[0]) &&
	isFlag(row[1]) &&
	isTextOrNothing(row[2]) &&
	isTextOrNothing(row[3]);

const STAGES: readonly unknown[] = Object.values(STAGE);

const isInvitationRow = (row: unknown): row is InvitationRow =>
	Array.isArray(row) &&
	isText(row[0]) &&
	isFlag(row[1]) &&
	STAGES.includes(row[2]) &&
	(row[3] === null || typeof row[3] === 'number');

function isStored(value: unknown): value is Stored {
	if (!isRecord(value) || value.version !== VERSION || !isText(value.account)) return false;
	const { teammates, invitations, owner, requests, scopeNames, nextScopes } = value;
	return (
		Array.isArray(teammates) &&
		teammates.every(isTeammateRow) &&
		Array.isArray(invitations) &&
		invitations.every(isInvitationRow) &&
		isTextOrNothing(owner) &&
		isTextOrNothing(nextScopes) &&
		(requests === undefined || isTexts(requests)) &&
		(scopeNames === undefined || isTexts(scopeNames))
	);
}

function snapshotOf({
	teammates,
	invitations,
	owner,
	requests,
	scopeNames,
	nextScopes,
}: Stored): Snapshot {
	const code = new ScopeBitset([...(scopeNames ?? [])]);
	return {
		teammates: new Map(
			teammates.map(([username, isAdmin, email, scopes]) => [
				keyOf(username),
				{
					username,
					email: email || username,
					isAdmin: isAdmin === 1,
					scopes: scopes === undefined ? undefined : code.decode(scopes),
				},
			]),
		),
		invitations: new Map(
			invitations.map(([email, isAdmin, stage, expires]) => [
				keyOf(email),
				{ email, isAdmin: isAdmin === 1, stage, expires: expires ?? undefined },
			]),
		),
		owner,
		requests: requests && new Set(requests),
		nextScopes,
	};
}

/**
 * What has been seen of this account, or `undefined` where a base line has to be set first: nothing has
 * been seen, or another account, or what is there cannot be read.
 *
 * @param data the node's static data
 */
export function loadState(data: IDataObject, account: string): Snapshot | undefined {
	const value: unknown = data[NAME];
	return isStored(value) && value.account === account ? snapshotOf(value) : undefined;
}

/**
 * Puts what has been seen into the node's static data, in one go and as the last thing that a poll does.
 * n8n saves it together with the execution that the poll starts, and after activation; what a poll without
 * events has seen it keeps in memory until then (read in the code of 2.40.7, with its default settings).
 */
export function saveState(data: IDataObject, account: string, snapshot: Snapshot): void {
	data[NAME] = stored(snapshot, account) as unknown as IDataObject;
}
