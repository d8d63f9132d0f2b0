import type { Delivery } from '../../delivery';
import { listFields, readLimit } from '../../fields/list';
import { firstRecords, type List } from '../../sendgrid/pages';
import { textOf } from '../../sendgrid/text';

export const getAllFields = [...listFields];

/** What teammates have asked for and nobody has decided. */
export const accessRequests = (unfulfilled: string): List => ({
	path: '/v3/scopes/requests',
	identify: ({ id }) => textOf(id),
	purpose: {
		unfulfilled,
		scope: 'teammates.read',
		fixNotFound:
			'SendGrid took access requests out of its public API in January 2026, and this account has them no more. Teammates can still be given scopes with Update Permissions.',
	},
});

/** `GET /v3/scopes/requests`. Documented: a bare array, 50 at a time unless told otherwise. */
export async function getAllAccessRequests({ item, client }: Delivery) {
	const list = accessRequests('The access requests could not be read');
	return await firstRecords(client, list, readLimit(item));
}
