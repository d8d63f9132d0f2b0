import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, teammates, tokenOf, withEmail } from '../../sendgrid/directory';
import { reconcile, type WriteState } from '../../transport/reconcile';
import { textOf } from '../../transport/sanitize';
import { NO_SUCH_INVITATION, type PendingInvitation } from './pending';

/** `DELETE /v3/teammates/pending/{token}`, sent until it is known what became of it. Answers nothing. */
export async function revokeInvitation(
	{ client, directory }: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	{ token, record, field, failureMessage }: PendingInvitation,
): Promise<Outcome<IDataObject>> {
	/** Whether it is gone, and not because it has been accepted. */
	async function look(): Promise<WriteState<IDataObject>> {
		const invitation = await directory.findAnew(
			pendingInvitations(failureMessage),
			(other) => tokenOf(other) === token,
		);
		if (invitation) return 'not done';
		if (!record) return 'unknown';
		const teammate = await directory.findAnew(
			teammates(failureMessage),
			withEmail(textOf(record.email)),
		);
		return teammate ? 'unknown' : { done: {} };
	}

	return await reconcile(
		client,
		{
			...request,
			values: { token: { value: token, field } },
			context: {
				failureMessage,
				scope: 'teammates.delete',
				on404: NO_SUCH_INVITATION,
				secret: token,
			},
		},
		look,
	);
}
