import type { IDataObject } from 'n8n-workflow';

import { tokenOf } from './directory';

const DAY = 24 * 60 * 60 * 1000;

/** The last moment that an ISO date can tell, in seconds. */
const LATEST_SECOND = 8_640_000_000_000;

/**
 * When an invitation expires, in ISO 8601, or `undefined` where that is not known.
 *
 * @param expirationDate SendGrid's `expiration_date`. Documented and observed: epoch seconds.
 */
export function expiryOf(expirationDate: unknown): string | undefined {
	const isGiven = typeof expirationDate === 'number' || typeof expirationDate === 'string';
	const seconds = isGiven && expirationDate !== '' ? Number(expirationDate) : NaN;
	return Math.abs(seconds) <= LATEST_SECOND ? new Date(seconds * 1000).toISOString() : undefined;
}

/** Documented: for so long an invitation is valid after it was sent, the first time or again. */
const VALIDITY = 7 * DAY;

/** SendGrid's dates have whole seconds, and its clock is known to half of one. */
const TOLERANCE = 1500;

/**
 * Whether an invitation was sent after a moment, by its expiry; `undefined` where that does not tell.
 *
 * @param moment epoch milliseconds by SendGrid's clock
 */
export function wasSentAfter(invitation: IDataObject, moment: number): boolean | undefined {
	const expiry = expiryOf(invitation.expiration_date);
	return expiry === undefined ? undefined : Date.parse(expiry) - VALIDITY > moment - TOLERANCE;
}

/**
 * An invitation as the node gives it out: SendGrid's fields as they are, the `token` also where SendGrid
 * calls it `pending_id`, and `expires_at` where SendGrid says when.
 */
export function invitationRecord(invitation: IDataObject): IDataObject {
	const token = tokenOf(invitation);
	const expiresAt = expiryOf(invitation.expiration_date);
	return {
		...invitation,
		...(token && { token }),
		...(expiresAt && { expires_at: expiresAt }),
	};
}

/**
 * Whether an invitation has expired or will have within so many days.
 *
 * @param now epoch milliseconds
 */
export function expiresWithin(invitation: IDataObject, days: number, now = Date.now()): boolean {
	const expiry = expiryOf(invitation.expiration_date);
	return expiry !== undefined && Date.parse(expiry) <= now + days * DAY;
}

/** What a pending invitation's expiry means now. */
export interface InvitationState {
	/** Unknown: whether SendGrid keeps expired ones in its list. */
	status: 'expired' | 'pending';
	/** Whole days until it expires, 0 on the last day and after; `null` where SendGrid does not say. */
	days_left: number | null;
}

/** @param now epoch milliseconds */
export function invitationState(invitation: IDataObject, now = Date.now()): InvitationState {
	const expiry = expiryOf(invitation.expiration_date);
	if (expiry === undefined) return { status: 'pending', days_left: null };
	const left = Date.parse(expiry) - now;
	return {
		status: left > 0 ? 'pending' : 'expired',
		days_left: Math.max(0, Math.floor(left / DAY)),
	};
}
