import type { IDataObject } from 'n8n-workflow';

import type { Call, Outcome, Validity } from '../transport/client';
import {
	decodeList,
	decodeObject,
	decodeOptionalObject,
	isEmptyBody,
	readEpoch,
} from '../transport/decode';
import { unnamedError, type Wording } from '../transport/errors';
import type { ListEndpoint } from '../transport/pagination';
import { LIST_LAG_MS, reconcile, type WriteState } from '../transport/reconcile';
import type { RequestContext } from '../transport/responseErrors';
import { flagOf, textOf } from '../transport/sanitize';
import { difference, isSame, type Access } from './access';
import type { Account } from './account';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Documented: an invitation can be accepted for seven days after it was sent, or sent again. */
export const VALIDITY_DAYS = 7;

/** SendGrid's dates have whole seconds, and its clock is known to half of one. In milliseconds. */
const TOLERANCE_MS = 1500;

/** An invitation that has not been accepted. */
export interface Invitation {
	/** As it was typed. */
	email: string;
	/** Empty where SendGrid does not say. */
	token: string;
	isAdmin: boolean;
	/** `undefined` where SendGrid does not say. */
	scopes?: string[];
	/** Epoch milliseconds; `undefined` where SendGrid does not say. */
	expiresAt?: number;
	/** As SendGrid has it. */
	record: IDataObject;
}

const textsOf = (value: unknown): string[] | undefined =>
	Array.isArray(value) && value.every((entry) => typeof entry === 'string')
		? (value as string[])
		: undefined;

/** Schema and observed: `token`; examples of the reference: `pending_id`. An empty one is none. */
const tokenOf = ({ token, pending_id }: IDataObject): string => textOf(token) || textOf(pending_id);

export const decodeInvitation = (record: IDataObject): Invitation => ({
	email: textOf(record.email).trim(),
	token: tokenOf(record),
	isAdmin: flagOf(record.is_admin) === true,
	scopes: textsOf(record.scopes),
	expiresAt: readEpoch(record.expiration_date),
	record,
});

/** `GET /v3/teammates/pending`: who has been invited and has not accepted yet. */
export const pendingInvitations = (wording: Wording): ListEndpoint<Invitation> => ({
	method: 'GET',
	path: '/v3/teammates/pending',
	decode: (body) => decodeList(body)?.map(decodeInvitation),
	identify: ({ token }) => token,
	context: { ...wording, scope: 'teammates.read' },
});

/** When an invitation expires, in ISO 8601, or `undefined` where that is not known. */
export const expiryOf = ({ expiresAt }: Pick<Invitation, 'expiresAt'>): string | undefined =>
	expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();

/** Unknown: whether SendGrid keeps expired invitations in its list. */
export type InvitationStatus = 'expired' | 'pending';

/** @param now epoch milliseconds */
export const statusOfInvitation = (
	{ expiresAt }: Pick<Invitation, 'expiresAt'>,
	now: number,
): InvitationStatus => (expiresAt !== undefined && expiresAt <= now ? 'expired' : 'pending');

/** Whether an invitation has expired, or will have within so many days. */
export const expiresWithin = (
	{ expiresAt }: Pick<Invitation, 'expiresAt'>,
	days: number,
	now: number,
): boolean => expiresAt !== undefined && expiresAt <= now + days * DAY_MS;

/**
 * What an invitation's expiry means now: `status`, and `days_left` in whole days, 0 on the last day and
 * after, `null` where SendGrid does not say.
 */
export const invitationState = (
	invitation: Pick<Invitation, 'expiresAt'>,
	now: number,
): { status: InvitationStatus; days_left: number | null } => ({
	status: statusOfInvitation(invitation, now),
	days_left:
		invitation.expiresAt === undefined
			? null
			: Math.max(0, Math.floor((invitation.expiresAt - now) / DAY_MS)),
});

const withoutToken = (record: IDataObject): IDataObject =>
	Object.fromEntries(
		Object.entries(record).filter(([name]) => name !== 'token' && name !== 'pending_id'),
	);

/** An invitation without the token, which lets its holder join the account: SendGrid's fields, and `expires_at`. */
export function publicOutput(invitation: Invitation): IDataObject {
	const expires_at = expiryOf(invitation);
	return { ...withoutToken(invitation.record), ...(expires_at && { expires_at }) };
}

/**
 * An invitation as SendGrid has it, `expires_at` where SendGrid says when, and last the `token`, also where
 * SendGrid calls it `pending_id`.
 *
 * @param more what else to give out of it
 */
export function invitationOutput(invitation: Invitation, more: IDataObject = {}): IDataObject {
	const { record, token } = invitation;
	return {
		...publicOutput(invitation),
		...more,
		...(record.pending_id !== undefined && { pending_id: record.pending_id }),
		...(token && { token }),
	};
}

/** What is left of an invitation when it is simplified, in this order. */
const ESSENTIALS = ['email', 'scopes', 'is_admin', 'expiration_date'] as const;

/** An invitation with what most workflows need, without the token. */
export function essentialsOf(invitation: Invitation): IDataObject {
	const { record } = invitation;
	const expires_at = expiryOf(invitation);
	const essentials = ESSENTIALS.filter((field) => field in record);
	return {
		...Object.fromEntries(essentials.map((field) => [field, record[field]])),
		...(expires_at && { expires_at }),
	};
}

/** Those that can be accepted first, and the one that lasts longest first among them. */
export function bestFirst(invitations: readonly Invitation[], now: number): Invitation[] {
	const isExpired = (invitation: Invitation) => statusOfInvitation(invitation, now) === 'expired';
	return [...invitations].sort(
		(one, other) =>
			Number(isExpired(one)) - Number(isExpired(other)) ||
			(other.expiresAt ?? 0) - (one.expiresAt ?? 0),
	);
}

/** Whether it was sent after a moment of SendGrid's clock; `undefined` where its expiry does not tell. */
function wasSentAfter({ expiresAt }: Invitation, moment: number): boolean | undefined {
	if (expiresAt === undefined) return undefined;
	return expiresAt - VALIDITY_DAYS * DAY_MS > moment - TOLERANCE_MS;
}

/** When this process last emailed somebody, by account and address, in epoch milliseconds of this machine. */
const lastMailAt = new Map<string, number>();

const mailKey = (account: Account, email: string): string =>
	`${account.key} ${email.toLowerCase()}`;

export function noteMail(account: Account, email: string): void {
	const now = Date.now();
	for (const [key, at] of lastMailAt) {
		if (now - at > 2 * LIST_LAG_MS) lastMailAt.delete(key);
	}
	lastMailAt.set(mailKey(account, email), now);
}

/**
 * Waits until SendGrid's lists must show an invitation that this process has just sent, perhaps in another
 * workflow. What is decided by a list depends on it.
 */
export async function waitForOwnMail(account: Account, email: string): Promise<void> {
	const at = lastMailAt.get(mailKey(account, email));
	if (at === undefined) return;
	await account.client.retryBudget.pause(at + LIST_LAG_MS - Date.now());
}

/** Whether this process emailed somebody so shortly before a moment that dates cannot tell which was which. */
const wasMailedJustBefore = (account: Account, email: string, moment: number): boolean =>
	moment - (lastMailAt.get(mailKey(account, email)) ?? -Infinity) < 2 * TOLERANCE_MS;

/** An invitation to be created. */
export interface NewInvitation {
	/** As typed: SendGrid keeps it so. */
	email: string;
	access: Access;
	/** Whether the address is known to have had neither an invitation nor a teammate right before. */
	isKnownToBeNew?: boolean;
	wording: Wording;
	on400?: RequestContext['on400'];
	validUntil?: Validity;
}

/**
 * `POST /v3/teammates` with `email`, `scopes` and `is_admin`, until it is known what became of it. The
 * schema wants all three, so an empty list and `false` are sent too.
 *
 * @param findPerson reads what SendGrid knows of the address now
 */
export async function createInvitation(
	account: Account,
	{ email, access, isKnownToBeNew = false, wording, on400, validUntil }: NewInvitation,
	findPerson: () => Promise<{ invitations: Invitation[]; teammates: unknown[] }>,
): Promise<Outcome<Invitation>> {
	const isAmbiguous = !isKnownToBeNew && wasMailedJustBefore(account, email, Date.now());

	async function probe(since: () => number): Promise<WriteState<Invitation>> {
		const { invitations, teammates } = await findPerson();
		const sent = invitations.filter(
			(invitation) => wasSentAfter(invitation, since()) ?? isKnownToBeNew,
		);
		const ours = sent.find((invitation) => isSame(difference(invitation, access)));
		if (ours) return isAmbiguous ? 'unknown' : { applied: ours };
		// Somebody else may have invited the person at the same moment, in place of us or after us.
		const isUnclear =
			sent.length > 0 ||
			teammates.length > 0 ||
			invitations.some(({ expiresAt }) => expiresAt === undefined);
		return isUnclear ? 'unknown' : 'notApplied';
	}

	const call: Call<Invitation> = {
		method: 'POST',
		path: '/v3/teammates',
		body: { email, ...access },
		decode: (body) => {
			const record = decodeObject(body);
			return record && textOf(record.email) !== '' ? decodeInvitation(record) : undefined;
		},
		context: { ...wording, scope: 'teammates.create', on400 },
		validUntil,
	};
	const outcome = await reconcile(account.client, call, probe);
	if (!('error' in outcome)) noteMail(account, email);
	return outcome;
}

/** An invitation to be sent again or revoked. */
export interface NamedInvitation {
	token: string;
	/** Display name of the field that names it, for messages. */
	field: string;
	/** As the list has it, where it was looked up. */
	known?: Invitation;
	/** Advice where SendGrid does not know it any more. */
	on404?: string;
	wording: Wording;
	validUntil?: Validity;
}

const NO_LONGER_THERE =
	'This invitation no longer exists (accepted, revoked or expired). Invite the person again if needed.';

const valuesOf = ({ token, field, wording }: NamedInvitation) => {
	if (token !== '') return { token: { value: token, field } };
	throw unnamedError('token', wording);
};

/**
 * Makes sure that each of several invitations can be named, before the first one goes.
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
	on404,
	secret: token,
});

const bareInvitation = (token: string): Invitation => decodeInvitation({ token });

const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/**
 * `POST /v3/teammates/pending/{token}/resend`, without a body, until it is known what became of it: a resend
 * shows by a later expiry.
 */
export async function resendInvitation(
	account: Account,
	invitation: NamedInvitation,
): Promise<Outcome<Invitation>> {
	const { token, known, wording, validUntil } = invitation;

	async function probe(since: () => number): Promise<WriteState<Invitation>> {
		const { value } = await account.readFresh(pendingInvitations(wording));
		// Unknown: whether the token changes. The address does not.
		const found = bestFirst(
			value.items.filter((other) =>
				known ? sameAddress(other.email, known.email) : other.token === token,
			),
			account.now(),
		)[0];
		if (!found) return 'unknown';
		const isFresh = wasSentAfter(found, since());
		if (isFresh === undefined) return 'unknown';
		const hasMoved = known?.expiresAt !== undefined && (found.expiresAt ?? 0) > known.expiresAt;
		if (isFresh && hasMoved) return { applied: found };
		// One that had been sent only a moment before, or by somebody else, would look the same.
		return isFresh ? 'unknown' : 'notApplied';
	}

	const call: Call<Invitation> = {
		method: 'POST',
		path: '/v3/teammates/pending/{token}/resend',
		values: valuesOf(invitation),
		decode: (body) => {
			const record = decodeOptionalObject(body);
			// In other people's fixtures: 200 without a body. It says yes all the same.
			return (
				record && (isEmptyBody(body) ? (known ?? bareInvitation(token)) : decodeInvitation(record))
			);
		},
		context: contextOf(invitation, 'teammates.create'),
		validUntil,
	};
	const outcome = await reconcile(account.client, call, probe);
	if (!('error' in outcome) && outcome.body.email) noteMail(account, outcome.body.email);
	return outcome;
}

/**
 * `DELETE /v3/teammates/pending/{token}`, until it is known what became of it. Answers nothing.
 *
 * @param findPerson reads what SendGrid knows of the address now, where the address is known
 */
export async function revokeInvitation(
	account: Account,
	invitation: NamedInvitation,
	findPerson?: () => Promise<{ invitations: Invitation[]; teammates: unknown[] }>,
): Promise<Outcome<IDataObject>> {
	const { token, validUntil } = invitation;

	/** Whether it is gone, and not because it has been accepted. */
	async function probe(): Promise<WriteState<IDataObject>> {
		if (!findPerson) {
			const { value } = await account.readFresh(pendingInvitations(invitation.wording));
			return value.items.some((other) => other.token === token) ? 'notApplied' : 'unknown';
		}
		const { invitations, teammates } = await findPerson();
		if (invitations.some((other) => other.token === token)) return 'notApplied';
		return teammates.length > 0 ? 'unknown' : { applied: {} };
	}

	const call: Call<IDataObject> = {
		method: 'DELETE',
		path: '/v3/teammates/pending/{token}',
		values: valuesOf(invitation),
		decode: decodeOptionalObject,
		context: contextOf(invitation, 'teammates.delete'),
		validUntil,
	};
	return await reconcile(account.client, call, probe);
}
