import type { IDataObject } from 'n8n-workflow';

import { decodeList, readAddress, readEpoch, readRole, withOwn } from '../transport/decode';
import type { Wording } from '../transport/errors';
import type { ListEndpoint } from '../transport/pagination';
import { flagOf, textOf } from '../transport/sanitize';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Documented: an invitation can be accepted for seven days after it was sent or resent. */
export const VALIDITY_DAYS = 7;

/** An invitation that has not been accepted. */
export interface Invitation {
	/** As typed. */
	email: string;
	/** Empty if SendGrid does not say. */
	token: string;
	isAdmin: boolean;
	/** Whether SendGrid says at all whether it gives admin access. */
	isRoleKnown: boolean;
	/** `undefined` if SendGrid does not say. */
	scopes?: string[];
	/** Epoch milliseconds; `undefined` if SendGrid does not say. */
	expiresAt?: number;
	/** SendGrid's own record. */
	record: IDataObject;
}

const textsOf = (value: unknown): string[] | undefined =>
	Array.isArray(value) && value.every((entry) => typeof entry === 'string')
		? (value as string[])
		: undefined;

/** Schema and observed: `token`; examples of the reference: `pending_id`. An empty one counts as missing. */
const tokenOf = ({ token, pending_id }: IDataObject): string => textOf(token) || textOf(pending_id);

export const decodeInvitation = (record: IDataObject): Invitation => ({
	email: readAddress(record.email),
	token: tokenOf(record),
	// As in teammates' records: as text, or missing beside the type.
	isAdmin: flagOf(record.is_admin) === true || readRole(record) === 'admin',
	isRoleKnown: flagOf(record.is_admin) !== undefined || readRole(record) !== undefined,
	scopes: textsOf(record.scopes),
	expiresAt: readEpoch(record.expiration_date),
	record,
});

/** `GET /v3/teammates/pending`: people who have been invited and have not accepted yet. */
export const pendingInvitations = (wording: Wording): ListEndpoint<Invitation> => ({
	method: 'GET',
	path: '/v3/teammates/pending',
	decode: (body) => decodeList(body)?.map(decodeInvitation),
	identify: ({ token }) => token,
	context: { ...wording, scope: 'teammates.read' },
});

/** When an invitation expires, in ISO 8601, or `undefined` if unknown. */
export const expiryOf = ({ expiresAt }: Pick<Invitation, 'expiresAt'>): string | undefined =>
	expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();

/** Unknown: whether SendGrid keeps expired invitations in its list. */
export type InvitationStatus = 'expired' | 'pending';

/** @param now epoch milliseconds */
export const statusOfInvitation = (
	{ expiresAt }: Pick<Invitation, 'expiresAt'>,
	now: number,
): InvitationStatus => (expiresAt !== undefined && expiresAt <= now ? 'expired' : 'pending');

/** Whether an invitation has expired, or will have within a number of days. */
export const expiresWithin = (
	{ expiresAt }: Pick<Invitation, 'expiresAt'>,
	days: number,
	now: number,
): boolean => expiresAt !== undefined && expiresAt <= now + days * DAY_MS;

/**
 * The meaning of an invitation's expiry date now: `status`, and `days_left` in whole days, 0 on the last day and
 * after, `null` if SendGrid does not say.
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

/**
 * An invitation without the token, with which anybody can join the account: its status, and SendGrid's fields.
 *
 * @param now epoch milliseconds of SendGrid's clock
 */
export function publicOutput(invitation: Invitation, now: number): IDataObject {
	const { status, days_left } = invitationState(invitation, now);
	const expires_at = expiryOf(invitation) ?? null;
	const { email, is_admin = null, ...others } = withoutToken(invitation.record);
	return withOwn({ email: email ?? null, status, expires_at, days_left }, { is_admin, ...others });
}

/** The token, which comes last, even if SendGrid calls it `pending_id`. */
export const tokenOutput = ({ record, token }: Invitation): IDataObject => ({
	...(record.pending_id !== undefined && { pending_id: record.pending_id }),
	...(token && { token }),
});

/**
 * An invitation from SendGrid's response: with its expiry date, if SendGrid gives one, and the token last.
 *
 * @param more further fields for the output
 */
export function invitationOutput(invitation: Invitation, more: IDataObject = {}): IDataObject {
	const { email, is_admin = null, ...others } = withoutToken(invitation.record);
	const expires_at = expiryOf(invitation) ?? null;
	return {
		...withOwn({ email: email ?? null, expires_at }, { is_admin, ...others }),
		...more,
		...tokenOutput(invitation),
	};
}

/** Invitations that can be accepted come first, the one that lasts longest at the top. */
export function bestFirst(invitations: readonly Invitation[], now: number): Invitation[] {
	const isExpired = (invitation: Invitation) => statusOfInvitation(invitation, now) === 'expired';
	return [...invitations].sort(
		(one, other) =>
			Number(isExpired(one)) - Number(isExpired(other)) ||
			(other.expiresAt ?? 0) - (one.expiresAt ?? 0),
	);
}
