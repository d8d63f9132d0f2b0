import type { IDataObject } from 'n8n-workflow';

import { BASE_DELAY_MS, type Outcome, type Validity } from '../transport/client';
import { decodeAnswer, decodeObject, isEmptyBody } from '../transport/decode';
import { RequestError, unnamedError, type Wording } from '../transport/errors';
import { LIST_LAG_MS, type WriteState } from '../transport/reconcile';
import type { RequestContext } from '../transport/responseErrors';
import { flagOf, textOf } from '../transport/sanitize';
import type { Span } from '../transport/serverClock';
import { difference, isSame, type Access } from './access';
import {
	addressKey,
	Expiring,
	isAbout,
	personKey,
	tokenLock,
	type Account,
	type Write,
} from './account';
import {
	bestFirst,
	DAY_MS,
	decodeInvitation,
	pendingInvitations,
	statusOfInvitation,
	VALIDITY_DAYS,
	type Invitation,
} from './invitations';

/** SendGrid's dates are in whole seconds, and its clock is known to half a second. In milliseconds. */
const TOLERANCE_MS = 1500;

/** Whether a moment of SendGrid's clock is known well enough to distinguish the dates of two invitations. */
const isSharp = ({ earliest, latest }: Span): boolean => latest - earliest <= 2 * TOLERANCE_MS;

/**
 * Whether it was sent after a moment of SendGrid's clock; `undefined` if its expiry doesn't tell, or if that clock
 * isn't known well enough.
 */
function wasSentAfter({ expiresAt }: Invitation, moment: Span): boolean | undefined {
	if (expiresAt === undefined) return undefined;
	const { earliest, latest } = moment;
	const sentAt = expiresAt - VALIDITY_DAYS * DAY_MS;
	if (isSharp(moment)) return sentAt > (earliest + latest) / 2 - TOLERANCE_MS;
	if (sentAt <= earliest - TOLERANCE_MS) return false;
	return sentAt > latest - TOLERANCE_MS ? true : undefined;
}

/**
 * The documented expiry, to the second, of an invitation sent at a moment of SendGrid's clock; `undefined` if that
 * clock isn't known well enough.
 */
const expiryAfter = (moment: Span): number | undefined =>
	isSharp(moment)
		? Math.floor((moment.earliest + moment.latest) / 2000) * 1000 + VALIDITY_DAYS * DAY_MS
		: undefined;

/** Whether an invitation was not among these, or has been resent since. */
const isNewTo = (known: readonly Invitation[], { token, expiresAt = 0 }: Invitation): boolean =>
	!known.some(
		(other) => other.token === token && expiresAt <= (other.expiresAt ?? Number.MAX_VALUE),
	);

/**
 * People whom this process has emailed so recently that dates can't tell the emails apart, by account and address.
 */
const justMailed = new Expiring<true>();

const noteMail = (account: Account, email: string): void =>
	justMailed.set(personKey(account, email), true, Date.now() + 2 * TOLERANCE_MS);

/** An invitation to be created. */
export interface NewInvitation {
	/** As typed: SendGrid keeps this spelling. */
	email: string;
	access: Access;
	/**
	 * The invitations that the address had just before, if that was looked up; they may be revoked by now. There
	 * was no teammate with it then.
	 */
	known?: readonly Invitation[];
	wording: Wording;
	on400?: RequestContext['on400'];
	validUntil?: Validity;
}

/**
 * Sends `POST /v3/teammates` with `email`, `scopes` and `is_admin`, and finds out the outcome. The schema requires
 * all three, so an empty list and `false` are sent too.
 *
 * @param findPerson reads what SendGrid knows about the address now
 * @throws StaleDecision if it is known what the address had, and somebody else has invited it in the meantime
 */
export async function createInvitation(
	account: Account,
	{ email, access, known, wording, on400, validUntil }: NewInvitation,
	findPerson: () => Promise<{ invitations: Invitation[]; teammates: unknown[] }>,
): Promise<Outcome<Invitation>> {
	const isAmbiguous = !known && justMailed.get(personKey(account, email)) === true;

	/** Whether it was sent by this request, or at the same moment; `undefined` if that can't be told. */
	function isSentNow(invitation: Invitation, sentAt: Span): boolean | undefined {
		const byDate = wasSentAfter(invitation, sentAt);
		if (!known) return byDate;
		if (isNewTo(known, invitation)) return byDate ?? true;
		return byDate ? undefined : false;
	}

	// If an invitation that may be ours is gone at the next probe, somebody else has removed it.
	let isUnclear = false;

	async function probe(sentAt: () => Span): Promise<WriteState<Invitation>> {
		// The lists must not show somebody who has just been deleted.
		await account.waitForRecord(email);
		const { invitations, teammates } = await findPerson();
		const isSent = (invitation: Invitation) => isSentNow(invitation, sentAt());
		const ours = invitations.find(
			(invitation) => isSent(invitation) && isSame(difference(invitation, access)),
		);
		if (ours) return isAmbiguous ? 'unknown' : { applied: ours };
		// Somebody else may have invited the person at the same moment, instead of us or after us.
		isUnclear ||=
			teammates.length > 0 ||
			invitations.some(
				(invitation) => invitation.expiresAt === undefined || isSent(invitation) !== false,
			);
		if (isUnclear) return 'unknown';
		return known && invitations.some((invitation) => isNewTo(known, invitation))
			? 'changed'
			: 'notApplied';
	}

	const write: Write<Invitation> = {
		method: 'POST',
		path: '/v3/teammates',
		body: { email, ...access },
		decode: (body) => {
			const record = decodeObject(body);
			return record && textOf(record.email) !== '' ? decodeInvitation(record) : undefined;
		},
		isAbout: ({ record }) => isAbout(record, email),
		context: { ...wording, scope: 'teammates.create', on400 },
		validUntil,
		probe,
		about: ({ token }) => [email, tokenLock(token)],
	};
	const outcome = await account.write(write);
	if ('error' in outcome) return outcome;
	noteMail(account, email);
	if (!isOtherAccess(outcome.body, access)) return outcome;
	return { error: otherInvitationError(wording) };
}

/** Whether a response shows other access than requested. It may lack the flag and the scopes. */
function isOtherAccess(answer: Invitation, access: Access): boolean {
	const { isAdmin, scopes } = answer;
	if (isAdmin !== access.is_admin) return flagOf(answer.record.is_admin) !== undefined;
	return scopes !== undefined && !isSame(difference(answer, access));
}

/** Unknown: whether SendGrid answers with an existing invitation, if there is one. */
const otherInvitationError = (wording: Wording): RequestError =>
	new RequestError(
		wording,
		'SendGrid answered with an invitation that gives other access; somebody else may have just invited this person',
		'',
		{ accepted: true },
	);

/** An invitation to be resent or revoked. */
export interface NamedInvitation {
	token: string;
	/** Display name of the field that names it, for messages. */
	field: string;
	/** Its entry in the list, if it was looked up. */
	known?: Invitation;
	/** Advice if SendGrid no longer knows it. */
	on404?: string;
	wording: Wording;
	validUntil?: Validity;
}

const NO_LONGER_THERE =
	'It was accepted or revoked, or has expired. Invite the person again if needed.';

const valuesOf = ({ token, field, wording }: NamedInvitation) => {
	if (token !== '') return { token: { value: token, field } };
	throw unnamedError('token', wording);
};

/**
 * Makes sure that each of several invitations has a token, before the first one is revoked.
 *
 * @throws SendGridError
 */
export function checkTokens(invitations: readonly Invitation[], wording: Wording): void {
	if (invitations.some(({ token }) => token === '')) throw unnamedError('token', wording);
}

const contextOf = (
	{ token, wording, on404 = NO_LONGER_THERE }: NamedInvitation,
	scope: string,
): RequestContext => ({
	...wording,
	scope,
	gone: 'this invitation no longer exists',
	on404,
	secret: token,
});

const sameAddress = (one: string, other: string) => addressKey(one) === addressKey(other);

/**
 * Sends `POST /v3/teammates/pending/{token}/resend`, without a body, and finds out the outcome: a later expiry date
 * proves a resend.
 */
export async function resendInvitation(
	account: Account,
	invitation: NamedInvitation,
): Promise<Outcome<Invitation>> {
	const { token, known, validUntil } = invitation;
	const bare = withoutWhatChanges(known);
	let lastSentAt = Date.now();

	async function probe(sentAt: () => Span): Promise<WriteState<Invitation>> {
		const found = await findAgain(account, invitation);
		if (found?.expiresAt === undefined) return 'unknown';
		const isFresh = wasSentAfter(found, sentAt());
		// Under another token it may be a different invitation, and this one may have been accepted since.
		const isSame = found.token === token;
		const notSent = isSame ? 'notApplied' : 'unknown';
		if (known?.expiresAt === undefined) return isFresh === false ? notSent : 'unknown';
		// An invitation sent only a moment before, or by somebody else, would look the same.
		if (isFresh === false) return notSent;
		if (found.expiresAt <= known.expiresAt) return 'unknown';
		return isFresh || isSame ? { applied: found } : 'unknown';
	}

	const write: Write<Invitation> = {
		method: 'POST',
		path: '/v3/teammates/pending/{token}/resend',
		values: valuesOf(invitation),
		decode: (body) => {
			const record = decodeAnswer('email')(body);
			// In other people's fixtures: 200 without a body, which still means success.
			return record && (isEmptyBody(body) ? bare : decodeInvitation(record));
		},
		isAbout: ({ record }) => !known?.email || isAbout(record, known.email),
		context: contextOf(invitation, 'teammates.create'),
		validUntil,
		onSend: () => {
			lastSentAt = Date.now();
		},
		probe,
		about: ({ email }) => [email, tokenLock(token)],
	};
	const outcome = await account.write(write);
	if ('error' in outcome) return outcome;
	const { body } = outcome;
	const mailed = body.email || (known?.email ?? '');
	if (mailed !== '') noteMail(account, mailed);
	if (body === bare) return { body: (await readRenewed(account, invitation)) ?? bare };
	// Documented: the response doesn't have the new expiry date.
	const expiresAt = body.expiresAt ?? expiryAfter(account.client.serverSpan(lastSentAt));
	return { body: { ...body, expiresAt } };
}

/** An invitation in SendGrid's list, as it is now. */
async function findAgain(
	account: Account,
	{ token, known, wording }: NamedInvitation,
): Promise<Invitation | undefined> {
	const { value } = await account.readFresh(pendingInvitations(wording));
	const same = value.items.find((other) => token !== '' && other.token === token);
	if (same || !known) return same;
	// Unknown: whether the token changes. The address does not.
	return bestFirst(
		value.items.filter(({ email }) => sameAddress(email, known.email)),
		account.now(),
	)[0];
}

/** What is known about a resent invitation: neither its new expiry date nor its token. */
const withoutWhatChanges = (known?: Invitation): Invitation => {
	const changing = ['token', 'pending_id', 'expiration_date'];
	const kept = Object.entries(known?.record ?? {}).filter(([name]) => !changing.includes(name));
	return decodeInvitation(Object.fromEntries(kept));
};

/**
 * A resent invitation, read from the list, which may lag behind.
 *
 * @returns `undefined` if the list doesn't show its new state, or can't be read
 */
async function readRenewed(
	account: Account,
	invitation: NamedInvitation,
): Promise<Invitation | undefined> {
	const { client } = account;
	const before = invitation.known?.expiresAt;
	const end = Date.now() + LIST_LAG_MS;
	for (let delay = BASE_DELAY_MS; ; delay *= 2) {
		const isLast = Date.now() >= end;
		const found = await findAgain(account, invitation).catch(() => 'unreadable' as const);
		if (found === 'unreadable') return undefined;
		const isRenewed = before !== undefined && (found?.expiresAt ?? 0) > before;
		if (isRenewed) return found;
		if (isLast)
			return found && statusOfInvitation(found, account.now()) === 'pending' ? found : undefined;
		const pause = Math.min(delay, end - Date.now());
		if (client.isCancelled() || !(await client.retryBudget.wait(pause))) return undefined;
	}
}

/**
 * Sends `DELETE /v3/teammates/pending/{token}`, and finds out the outcome. The response is empty.
 *
 * @param look if the address is known: its earlier invitations, and a function that reads everything SendGrid knows
 *   about it now
 * @throws StaleDecision if it is known what the address had, and it has joined or was invited again in the meantime
 */
export async function revokeInvitation(
	account: Account,
	invitation: NamedInvitation,
	look?: {
		known: readonly Invitation[];
		findPerson: () => Promise<{ invitations: Invitation[]; teammates: unknown[] }>;
	},
): Promise<Outcome<IDataObject>> {
	const { token, validUntil } = invitation;

	/** Whether it is gone, and not because it was accepted or resent under another token. */
	async function probe(): Promise<WriteState<IDataObject>> {
		if (!look) {
			const { value } = await account.readFresh(pendingInvitations(invitation.wording));
			return value.items.some((other) => other.token === token) ? 'notApplied' : 'unknown';
		}
		const { invitations, teammates } = await look.findPerson();
		if (invitations.some((other) => other.token === token)) return 'notApplied';
		const isAnother = ({ token: other }: Invitation) =>
			!look.known.some((before) => before.token === other);
		return teammates.length > 0 || invitations.some(isAnother) ? 'changed' : { applied: {} };
	}

	return await account.write<IDataObject>({
		method: 'DELETE',
		path: '/v3/teammates/pending/{token}',
		values: valuesOf(invitation),
		decode: decodeAnswer(),
		context: contextOf(invitation, 'teammates.delete'),
		validUntil,
		probe,
		about: () => [invitation.known?.email ?? '', tokenLock(token)],
	});
}
