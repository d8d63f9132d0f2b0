import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { adviseOnScopes } from '../../parameters/scopes';
import type { Access } from '../../sendgrid/access';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { wasSentAfter } from '../../sendgrid/invitations';
import { reconcile, type WriteState } from '../../transport/reconcile';

/** An invitation to be sent. */
export interface NewInvitation {
	/** As typed: SendGrid keeps it so. */
	email: string;
	access: Access;
	/** Whether the address is known to have had no invitation and no teammate right before. */
	isNew?: boolean;
	/** Start of the message where it is not sent. */
	failureMessage: string;
	/** What to do where SendGrid refuses it, and not for its scopes. */
	fixRefused?: string;
}

/** `POST /v3/teammates` with `email`, `scopes` and `is_admin`, sent until it is known what became of it. */
export async function createInvitation(
	{ client, directory }: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	{ email, access, isNew = false, failureMessage, fixRefused }: NewInvitation,
): Promise<Outcome<IDataObject>> {
	const isTheirs = withEmail(email);

	/** Whether the address is invited now, or even in. */
	async function look(since: number): Promise<WriteState<IDataObject>> {
		const invitation = await directory.findAnew(pendingInvitations(failureMessage), isTheirs);
		if (invitation) {
			// An older invitation of the same person looks the same, but for its date.
			return isNew || wasSentAfter(invitation, since) ? { done: invitation } : 'unknown';
		}
		const teammate = await directory.findAnew(teammates(failureMessage), isTheirs);
		return teammate ? 'unknown' : 'not done';
	}

	return await reconcile(
		client,
		{
			...request,
			body: { email, ...access },
			context: {
				failureMessage,
				scope: 'teammates.create',
				on400: async (complaint) =>
					(await adviseOnScopes(complaint, access.scopes, client)) ?? fixRefused,
			},
		},
		look,
	);
}
