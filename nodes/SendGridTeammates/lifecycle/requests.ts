import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../delivery';
import { fixScopes } from '../fields/scopes';
import type { Access } from '../sendgrid/access';
import type { Outcome } from '../sendgrid/client';
import { tokenOf } from '../sendgrid/directory';
import { fillPath } from '../sendgrid/path';

/** `POST /v3/teammates` */
export async function postInvitation(
	{ client }: Delivery,
	email: string,
	access: Access,
	unfulfilled: string,
): Promise<Outcome<IDataObject>> {
	return await client.attempt({
		method: 'POST',
		path: '/v3/teammates',
		body: { email, ...access },
		purpose: {
			unfulfilled,
			scope: 'teammates.create',
			fixRejected: async (complaint) => await fixScopes(complaint, access.scopes, client),
		},
	});
}

const pathOf = (invitation: IDataObject, end: string) =>
	fillPath(`/v3/teammates/pending/{token}${end}`, {
		token: { value: tokenOf(invitation), field: 'Email' },
	});

/** `POST /v3/teammates/pending/{token}/resend` */
export async function postResend(
	{ client }: Delivery,
	invitation: IDataObject,
	unfulfilled: string,
): Promise<Outcome<IDataObject>> {
	return await client.attempt({
		method: 'POST',
		path: pathOf(invitation, '/resend'),
		purpose: { unfulfilled, scope: 'teammates.create', secret: tokenOf(invitation) },
	});
}

/**
 * `DELETE /v3/teammates/pending/{token}`. One that is gone already is as good as revoked.
 *
 * @returns whether there was one
 * @throws SendGridFailure
 */
export async function deleteInvitation(
	{ client }: Delivery,
	invitation: IDataObject,
	unfulfilled: string,
): Promise<boolean> {
	const outcome = await client.attempt({
		method: 'DELETE',
		path: pathOf(invitation, ''),
		purpose: { unfulfilled, scope: 'teammates.delete', secret: tokenOf(invitation) },
	});
	return wasThere(outcome);
}

/**
 * `DELETE /v3/teammates/{username}`. Somebody who is gone already is as good as deleted.
 *
 * @returns whether they were there
 * @throws SendGridFailure
 */
export async function deleteUser(
	{ client }: Delivery,
	username: string,
	unfulfilled: string,
): Promise<boolean> {
	const outcome = await client.attempt({
		method: 'DELETE',
		path: fillPath('/v3/teammates/{username}', { username: { value: username, field: 'Email' } }),
		purpose: { unfulfilled, scope: 'teammates.delete' },
	});
	return wasThere(outcome);
}

function wasThere(outcome: Outcome<IDataObject>): boolean {
	if (!('failure' in outcome)) return true;
	if (outcome.failure.status === 404) return false;
	throw outcome.failure;
}
