import type { IDataObject } from 'n8n-workflow';

import { tokenOf } from './directory';

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
