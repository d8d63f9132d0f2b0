import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, tokenOf, withEmail } from '../../sendgrid/directory';
import { wasSentAfter } from '../../sendgrid/invitations';
import { settle, type Finding } from '../../transport/reconcile';
import { textOf } from '../../transport/sanitize';
import { NO_SUCH_INVITATION, type PendingInvitation } from './pending';

/** `POST /v3/teammates/pending/{token}/resend`, without a body, sent until it is known what became of it. */
export async function resendOne(
	{ client, directory }: Delivery,
	request: Pick<Call, 'method' | 'path'>,
	{ token, record, field, unfulfilled }: PendingInvitation,
): Promise<Outcome<IDataObject>> {
	// Unknown: whether the token changes. The address does not.
	const isIt = record
		? withEmail(textOf(record.email))
		: (invitation: IDataObject) => tokenOf(invitation) === token;

	/** Whether the expiry has moved. */
	async function look(since: number): Promise<Finding<IDataObject>> {
		const invitation = await directory.findAnew(pendingInvitations(unfulfilled), isIt);
		if (!invitation) return 'unknown';
		const isFresh = wasSentAfter(invitation, since);
		if (!record) return isFresh ? { done: invitation } : isFresh === false ? 'not done' : 'unknown';
		if (Number(invitation.expiration_date) > Number(record.expiration_date)) {
			return { done: invitation };
		}
		// One that was sent only a moment before would not show it.
		return isFresh === false ? 'not done' : 'unknown';
	}

	return await settle(
		client,
		{
			...request,
			values: { token: { value: token, field } },
			purpose: {
				unfulfilled,
				scope: 'teammates.create',
				fixNotFound: NO_SUCH_INVITATION,
				secret: token,
			},
		},
		look,
	);
}
