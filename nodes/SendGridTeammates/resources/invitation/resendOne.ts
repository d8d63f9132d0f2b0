import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, tokenOf, withEmail } from '../../sendgrid/directory';
import { wasSentAfter } from '../../sendgrid/invitations';
import { reconcile, type WriteState } from '../../transport/reconcile';
import { textOf } from '../../transport/sanitize';
import { NO_SUCH_INVITATION, type PendingInvitation } from './pending';

/** `POST /v3/teammates/pending/{token}/resend`, without a body, sent until it is known what became of it. */
export async function resendInvitation(
	{ client, directory }: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	{ token, record, field, failureMessage }: PendingInvitation,
): Promise<Outcome<IDataObject>> {
	// Unknown: whether the token changes. The address does not.
	const isIt = record
		? withEmail(textOf(record.email))
		: (invitation: IDataObject) => tokenOf(invitation) === token;

	/** Whether the expiry has moved. */
	async function look(since: number): Promise<WriteState<IDataObject>> {
		const invitation = await directory.findAnew(pendingInvitations(failureMessage), isIt);
		if (!invitation) return 'unknown';
		const isFresh = wasSentAfter(invitation, since);
		if (!record) return isFresh ? { done: invitation } : isFresh === false ? 'not done' : 'unknown';
		if (Number(invitation.expiration_date) > Number(record.expiration_date)) {
			return { done: invitation };
		}
		// One that was sent only a moment before would not show it.
		return isFresh === false ? 'not done' : 'unknown';
	}

	return await reconcile(
		client,
		{
			...request,
			values: { token: { value: token, field } },
			context: {
				failureMessage,
				scope: 'teammates.create',
				on404: NO_SUCH_INVITATION,
				secret: token,
			},
		},
		look,
	);
}
