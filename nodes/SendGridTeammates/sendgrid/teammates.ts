import type { IDataObject } from 'n8n-workflow';

import { bodyOf, type Outcome, type ReadCall, type Validity } from '../transport/client';
import {
	decodeAnswer,
	decodeList,
	decodeObject,
	readAddress,
	readRole,
	withOwn,
} from '../transport/decode';
import {
	asUnclear,
	RequestError,
	SendGridError,
	unnamedError,
	type Wording,
} from '../transport/errors';
import type { ListEndpoint } from '../transport/pagination';
import type { WriteState } from '../transport/reconcile';
import type { RequestContext } from '../transport/responseErrors';
import { flagOf, textOf, toSingleLine } from '../transport/sanitize';
import { difference, isSame, type Access } from './access';
import { addressKey, isAbout, usernameLock, type Account } from './account';

/** Somebody who belongs to the account. */
export interface Teammate {
	/** Empty if SendGrid does not say. */
	username: string;
	/** Empty if SendGrid does not say. */
	email: string;
	isAdmin: boolean;
	/** Whether SendGrid says at all which role the person has. */
	isRoleKnown: boolean;
	/** Documented: the owner is in the list like everybody else, marked only by `user_type`. */
	isOwner: boolean;
	/** `undefined` if SendGrid does not say. */
	isSso?: boolean;
	/** Only the record of a single teammate has them. */
	scopes?: string[];
	/** SendGrid's own record. */
	record: IDataObject;
}

/** A single teammate's record. */
export interface DetailedTeammate extends Teammate {
	/** Epoch milliseconds: nothing is known about what happened later. */
	readAt: number;
}

export const decodeTeammate = (record: IDataObject): Teammate => {
	const { scopes } = record;
	const role = readRole(record);
	const isOwner = role === 'owner';
	const username = textOf(record.username).trim();
	const email = readAddress(record.email);
	const isSso = flagOf(record.is_sso);
	return {
		username,
		// Documented for those who sign in with single sign-on only: the username is the address.
		email: email || (isSso ? readAddress(username) : ''),
		isRoleKnown: flagOf(record.is_admin) !== undefined || role !== undefined,
		// In other people's fixtures: as text, or missing beside the type.
		isAdmin: !isOwner && (flagOf(record.is_admin) === true || role === 'admin'),
		isOwner,
		isSso,
		// If the list holds anything else, it is not understood, and no decision may be based on a part of it.
		...(Array.isArray(scopes) &&
			scopes.every((scope) => typeof scope === 'string') && { scopes: scopes as string[] }),
		record,
	};
};

/** Whether somebody can do everything in the account, as its owner or as an admin. */
export const hasAdminAccess = ({ isAdmin, isOwner }: Teammate): boolean => isAdmin || isOwner;

/** `GET /v3/teammates`: who belongs to the account. The records carry no scopes. Documented and observed: it has pages. */
export const teammates = (wording: Wording): ListEndpoint<Teammate> => ({
	method: 'GET',
	path: '/v3/teammates',
	decode: (body) => decodeList(body)?.map(decodeTeammate),
	identify: ({ username }) => username,
	context: { ...wording, scope: 'teammates.read' },
	hasPages: true,
	isNeverEmpty: true,
});

/** A username, and the field of the node that it came from. */
export interface NamedTeammate {
	username: string;
	/** The address that the username was found by, if it was. */
	email?: string;
	field: string;
}

const valuesOf = ({ username, field }: NamedTeammate, wording: Wording) => {
	if (username !== '') return { username: { value: username, field } };
	throw unnamedError('username', wording);
};

/**
 * Makes sure that each of several teammates has a username, before the first one is deleted.
 *
 * @throws SendGridError
 */
export function checkUsernames(people: readonly Teammate[], wording: Wording): void {
	if (people.some(({ username }) => username === '')) throw unnamedError('username', wording);
}

/**
 * What a 404 means, which SendGrid calls "unable to get teammate data at this time". Observed: a subuser's list has the
 * parent's admins too. Whether a subuser's key can change them is unknown.
 */
export const onUnknownUsername = ({ username, field }: NamedTeammate, before?: Teammate) => ({
	gone: `no teammate has the username '${toSingleLine(username)}'`,
	on404: before?.isAdmin
		? 'This person may have just left. If the API key is that of a subuser, it may be an admin of the parent account, whom SendGrid lists in the subuser too: only the parent can change or remove these.'
		: field === 'Email'
			? 'This person may have just left. Run this item again.'
			: `Check '${field}'. A username may differ from the email address; try By Email.`,
});

/** A teammate's record as SendGrid has it, scopes included: `GET /v3/teammates/{username}`. */
export const teammateCall = (teammate: NamedTeammate, wording: Wording): ReadCall<IDataObject> => ({
	method: 'GET',
	path: '/v3/teammates/{username}',
	values: valuesOf(teammate, wording),
	decode: decodeObject,
	isAbout: (record) => isAbout(record, teammate.username),
	context: {
		...wording,
		scope: 'teammates.read',
		...onUnknownUsername(teammate),
	},
});

/**
 * A teammate's record, understood: it belongs to this teammate, and it lists scopes, except for admins, who have
 * them all. Nothing may be written on a record of any other shape, or with another address than the list's.
 *
 * @param needsScopes whether what follows depends on the scopes
 * @throws RequestError, SendGridError
 */
export async function readTeammate(
	{ client }: Pick<Account, 'client'>,
	teammate: NamedTeammate,
	wording: Wording,
	needsScopes = true,
	onBegin?: () => void,
): Promise<DetailedTeammate> {
	const wanted = teammate.username.toLowerCase();
	const isUnderstood = ({ username, scopes, isAdmin, isOwner }: Teammate) =>
		username !== '' && (!needsScopes || scopes !== undefined || isAdmin || isOwner);
	let readAt = Date.now();
	const read = async () =>
		await client.send({
			...teammateCall(teammate, wording),
			// Not while it waits for the rate limit.
			onSend: () => {
				readAt = Date.now();
				onBegin?.();
			},
			decode: (body) => {
				const record = decodeObject(body);
				const decoded = record && decodeTeammate(record);
				return decoded && isUnderstood(decoded) ? decoded : undefined;
			},
			isAbout: ({ username }) => username.toLowerCase() === wanted,
		});
	const first = await read();
	refuseOtherAddress(first, teammate, wording);
	// SendGrid gives everybody some scopes, so a record without any is only believed twice.
	const isBlank = first.scopes?.length === 0 && !hasAdminAccess(first);
	return { ...(isBlank && needsScopes ? await read() : first), readAt };
}

/** @throws SendGridError if a record and the list that led to it disagree on whose it is */
function refuseOtherAddress(
	{ email, username }: Teammate,
	{ email: listed = '' }: NamedTeammate,
	{ failureMessage }: Wording,
): void {
	if (email === '' || listed === '' || addressKey(email) === addressKey(listed)) return;
	throw new SendGridError(
		`${failureMessage}: SendGrid's list and record of '${toSingleLine(username)}' give different email addresses, '${toSingleLine(listed)}' and '${toSingleLine(email)}'`,
		'The address may have just been changed. Run this item again later.',
	);
}

/** @throws SendGridError for the account's owner, whom nobody can change or remove */
export function refuseOwner({ isOwner, email, username }: Teammate, failureMessage: string): void {
	if (!isOwner) return;
	throw new SendGridError(
		`${failureMessage}: '${email || username}' owns the account, and an owner's permissions can't be changed`,
		'Remove this person from the list.',
	);
}

/** What a record of a teammate or of an invitation says about admin access. */
interface Role {
	isAdmin: boolean;
	isRoleKnown: boolean;
}

/** How the person of such a record is an admin: somebody who was invited may not have joined. */
export const asAdmin = (record: object): string =>
	'username' in record ? 'is an admin' : 'was invited as an admin';

/**
 * Makes sure that a person is known not to be an admin, before anything is taken away.
 *
 * @param otherwise what to do if it doesn't matter
 * @throws SendGridError if SendGrid does not say whether somebody is an admin
 */
export function refuseUnknownRole(role: Role, failureMessage: string, otherwise: string): void {
	if (role.isRoleKnown) return;
	throw new SendGridError(
		`${failureMessage}: SendGrid doesn't say whether this person ${asAdmin(role)}`,
		`Run this item again later, or ${otherwise}.`,
	);
}

/**
 * Admins are left alone unless the item says otherwise: a form or an HR system must not remove them.
 *
 * @throws SendGridError for an admin, for an invitation as an admin, and if SendGrid doesn't say
 */
export function refuseAdmin(role: Role, allowAdmins: unknown, failureMessage: string): void {
	if (allowAdmins === true) return;
	refuseUnknownRole(role, failureMessage, "turn on 'Allow Admins' in 'Options'");
	if (!role.isAdmin) return;
	throw new SendGridError(
		`${failureMessage}: this person ${asAdmin(role)}`,
		"Turn on 'Allow Admins' in 'Options' to include admins.",
	);
}

/** A write about one teammate. */
export interface TeammateWrite extends NamedTeammate {
	/** The record at the time of the decision. */
	before: Teammate;
	wording: Wording;
	validUntil?: Validity;
}

/** Whether a person has the same access as before, as far as it can be changed. */
export const hasSameAccess = (now: Teammate, { isAdmin, scopes = [] }: Teammate): boolean =>
	isSame(difference(now, { scopes: [...scopes], is_admin: isAdmin }));

/**
 * Sends `DELETE /v3/teammates/{username}`, and finds out the outcome. The response is empty. Also removes people who sign
 * in with single sign-on.
 */
export async function deleteTeammate(
	account: Account,
	teammate: TeammateWrite,
): Promise<Outcome<IDataObject>> {
	const { before, wording, validUntil } = teammate;

	/** Whether the person is gone, or has become somebody who must be left alone. */
	async function probe(): Promise<WriteState<IDataObject>> {
		const now = await readTeammate(account, teammate, wording, false).catch(
			ifGone('gone' as const),
		);
		if (now === 'gone') return { applied: {} };
		const isSameRole =
			hasAdminAccess(now) === hasAdminAccess(before) && now.isRoleKnown === before.isRoleKnown;
		return isSameRole ? 'notApplied' : 'outdated';
	}

	return await account.write<IDataObject>({
		method: 'DELETE',
		path: '/v3/teammates/{username}',
		values: valuesOf(teammate, wording),
		decode: decodeAnswer(),
		context: { ...wording, scope: 'teammates.delete', ...onUnknownUsername(teammate, before) },
		validUntil,
		probe,
		about: () => namesOf(before),
	});
}

/** What a teammate is known by, as far as a record tells. */
export const namesOf = ({ email, username }: Teammate): string[] => [email, usernameLock(username)];

/** What stands for the record of somebody who has left. @throws anything else that was thrown */
export const ifGone =
	<Instead>(instead: Instead) =>
	(thrown: unknown): Instead => {
		if (thrown instanceof RequestError && thrown.status === 404) return instead;
		throw thrown;
	};

/** A change of somebody's permissions that has been decided on. */
export interface PermissionChange extends TeammateWrite {
	access: Access;
	/** Whether a record shows the whole wish, perhaps with more. */
	isMetBy: (teammate: Teammate) => boolean;
	on400?: RequestContext['on400'];
}

/**
 * Sends `PATCH /v3/teammates/{username}` with `scopes` and `is_admin`, which replace everything, and finds out the
 * outcome.
 *
 * Observed: the response repeats scopes that SendGrid drops, so it proves nothing: read the record again.
 *
 * @throws RequestError
 */
export async function replacePermissions(
	account: Account,
	change: PermissionChange,
): Promise<void> {
	const { access, before, isMetBy, wording, on400, validUntil } = change;

	/** Whether the record shows the wanted state, the earlier one, or what others have changed. */
	async function probe(): Promise<WriteState<IDataObject>> {
		const now = await readTeammate(account, change, wording);
		if (access.is_admin && !now.isRoleKnown) return 'unknown';
		if (isSame(difference(now, access))) return { applied: now.record };
		if (hasSameAccess(now, before)) return 'notApplied';
		// Somebody else has given more. With an admin, that can't be told.
		const isShown = now.isAdmin === access.is_admin && isMetBy(now);
		return isShown ? { applied: now.record } : 'changed';
	}

	const outcome = await account.write({
		method: 'PATCH',
		path: '/v3/teammates/{username}',
		values: valuesOf(change, wording),
		body: { ...access },
		decode: decodeAnswer('username', 'email'),
		isAbout: (answer) => isAbout(answer, change.username, before.email),
		context: {
			...wording,
			scope: 'teammates.update',
			on400,
			...onUnknownUsername(change, before),
		},
		validUntil,
		probe,
		about: () => namesOf(before),
		isReadBack: true,
	});
	bodyOf(outcome);
}

/** Reported by other clients: a record may lag behind a write. Guess: by no more than this, in milliseconds. */
const READ_LAG_MS = 4_000;

/** First pause before a stale record is read again, in milliseconds. */
const READ_AGAIN_MS = 250;

/** How a change is read back. */
export interface Verification<Written, Unmet> {
	read: () => Promise<Written>;
	/** Whose it is, as in `Write`. */
	about: string[];
	/** What the record should show and does not; `undefined` if it shows everything. */
	unmetIn: (written: Written) => Unmet | undefined;
	/** For changes that SendGrid accepted but did not carry out. */
	droppedError: (unmet: Unmet, written: Written) => SendGridError;
	wording: Wording;
}

/**
 * Reads a record until it shows the change, or until it can no longer be lagging behind.
 *
 * @returns the record afterwards
 * @throws RequestError if the outcome of the change is unknown
 * @throws SendGridError if SendGrid did not carry out what it accepted
 */
export async function readBack<Written, Unmet>(
	account: Account,
	verification: Verification<Written, Unmet>,
): Promise<Written> {
	return await readUntilShown(account, verification).catch((thrown: unknown) => {
		// The next change must not start from a record that doesn't show this one yet.
		account.noteWrite(verification.about);
		throw thrown;
	});
}

async function readUntilShown<Written, Unmet>(
	{ client }: Account,
	{ read, unmetIn, droppedError, wording }: Verification<Written, Unmet>,
): Promise<Written> {
	const end = Date.now() + READ_LAG_MS;
	let wasUnreadable = false;
	for (let delay = READ_AGAIN_MS; ; delay *= 2) {
		const isLast = Date.now() >= end;
		const outcome = await read().then(
			(written) => ({ written, unmet: unmetIn(written) }),
			(error: unknown) => ({ error }),
		);
		if ('written' in outcome) {
			const { written, unmet } = outcome;
			if (unmet === undefined) return written;
			// What it showed in between is unknown: others may have changed it back.
			if (isLast && !wasUnreadable) throw droppedError(unmet, written);
		}
		wasUnreadable ||= 'error' in outcome;
		const pause = Math.min(delay, Math.max(0, end - Date.now()));
		const goesOn = !isLast && !client.isCancelled() && (await client.retryBudget.wait(pause));
		if (goesOn) continue;
		if ('error' in outcome) return asUnclear(wording)(outcome.error);
		throw new RequestError(
			wording,
			"SendGrid accepted the change, but its data doesn't show it yet",
			'',
			{ accepted: true },
		);
	}
}

/** For given admin access, if SendGrid doesn't say who has it. */
export const untoldRoleError = (wording: Wording): RequestError =>
	new RequestError(
		wording,
		'SendGrid accepted the change, but does not say whether this person is an admin',
		'',
		{ accepted: true },
	);

/** A teammate in the same form as people who are only invited, with the same status fields. */
export const activeOutput = ({ email, record }: Teammate): IDataObject => ({
	email,
	...withOwn({ status: 'active', expires_at: null, days_left: null }, record),
});

/** Whether an address is at this domain, however it is spelled. `@example.com` counts as `example.com`. */
export const isAtDomain = (email: string, domain: string): boolean =>
	addressKey(email).endsWith(addressKey(`@${domain.trim().replace(/^@/, '')}`));
