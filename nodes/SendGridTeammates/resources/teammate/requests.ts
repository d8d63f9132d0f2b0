import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { revokeInvitation } from '../invitation/revokeOne';
import { deleteTeammate } from './deleteOne';
import type { Outcome } from '../../transport/client';
import { tokenOf } from '../../sendgrid/directory';

/** The requests of other operations that those of a person's lifecycle are made of. */
export const REQUESTS = {
	delete: { method: 'DELETE', path: '/v3/teammates/{username}' },
	invite: { method: 'POST', path: '/v3/teammates' },
	resend: { method: 'POST', path: '/v3/teammates/pending/{token}/resend' },
	revoke: { method: 'DELETE', path: '/v3/teammates/pending/{token}' },
	update: { method: 'PATCH', path: '/v3/teammates/{username}' },
} as const;

/** All of them name the person in this field. */
export const FIELD = 'Email';

/**
 * Revokes an invitation. One that is gone already is as good as revoked.
 *
 * @returns whether there was one
 * @throws SendGridError
 */
export async function revokeIfThere(
	context: OperationContext,
	record: IDataObject,
	failureMessage: string,
): Promise<boolean> {
	const invitation = { token: tokenOf(record), record, field: FIELD, failureMessage };
	return wasThere(await revokeInvitation(context, REQUESTS.revoke, invitation));
}

/**
 * Deletes a teammate. Somebody who is gone already is as good as deleted.
 *
 * @returns whether they were there
 * @throws SendGridError
 */
export async function deleteIfThere(
	context: OperationContext,
	username: string,
	failureMessage: string,
): Promise<boolean> {
	const teammate = { username, field: FIELD, failureMessage };
	return wasThere(await deleteTeammate(context, REQUESTS.delete, teammate));
}

function wasThere(outcome: Outcome<IDataObject>): boolean {
	if (!('failure' in outcome)) return true;
	if (outcome.failure.status === 404) return false;
	throw outcome.failure;
}
