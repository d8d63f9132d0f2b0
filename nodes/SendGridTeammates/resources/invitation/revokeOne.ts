import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, teammates, tokenOf, withEmail } from '../../sendgrid/directory';
import { settle, type Finding } from '../../transport/reconcile';
import { textOf } from '../../transport/sanitize';
import { NO_SUCH_INVITATION, type PendingInvitation } from './pending';

/** `DELETE /v3/teammates/pending/{token}`, sent until it is known what became of it. Answers nothing. */
export async function revokeOne(
	{ client, directory }: Delivery,
	request: Pick<Call, 'method' | 'path'>,
	{ token, record, field, unfulfilled }: PendingInvitation,
): Promise<Outcome<IDataObject>> {
	/** Whether it is gone, and not because it has been accepted. */
	async function look(): Promise<Finding<IDataObject>> {
		const invitation = await directory.findAnew(
			pendingInvitations(unfulfilled),
			(other) => tokenOf(other) === token,
		);
		if (invitation) return 'not done';
		if (!record) return 'unknown';
		const teammate = await directory.findAnew(
			teammates(unfulfilled),
			withEmail(textOf(record.email)),
		);
		return teammate ? 'unknown' : { done: {} };
	}

	return await settle(
		client,
		{
			...request,
			values: { token: { value: token, field } },
			purpose: {
				unfulfilled,
				scope: 'teammates.delete',
				fixNotFound: NO_SUCH_INVITATION,
				secret: token,
			},
		},
		look,
	);
}
