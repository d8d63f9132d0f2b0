import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import { fixScopes } from '../../parameters/scopes';
import type { Access } from '../../sendgrid/access';
import type { Call, Outcome } from '../../transport/client';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { wasSentAfter } from '../../sendgrid/invitations';
import { settle, type Finding } from '../../transport/reconcile';

/** An invitation to be sent. */
export interface NewInvitation {
	/** As typed: SendGrid keeps it so. */
	email: string;
	access: Access;
	/** Whether the address is known to have had no invitation and no teammate right before. */
	isNew?: boolean;
	/** Start of the message where it is not sent. */
	unfulfilled: string;
	/** What to do where SendGrid refuses it, and not for its scopes. */
	fixRefused?: string;
}

/** `POST /v3/teammates` with `email`, `scopes` and `is_admin`, sent until it is known what became of it. */
export async function sendInvitation(
	{ client, directory }: Delivery,
	request: Pick<Call, 'method' | 'path'>,
	{ email, access, isNew = false, unfulfilled, fixRefused }: NewInvitation,
): Promise<Outcome<IDataObject>> {
	const isTheirs = withEmail(email);

	/** Whether the address is invited now, or even in. */
	async function look(since: number): Promise<Finding<IDataObject>> {
		const invitation = await directory.findAnew(pendingInvitations(unfulfilled), isTheirs);
		if (invitation) {
			// An older invitation of the same person looks the same, but for its date.
			return isNew || wasSentAfter(invitation, since) ? { done: invitation } : 'unknown';
		}
		const teammate = await directory.findAnew(teammates(unfulfilled), isTheirs);
		return teammate ? 'unknown' : 'not done';
	}

	return await settle(
		client,
		{
			...request,
			body: { email, ...access },
			purpose: {
				unfulfilled,
				scope: 'teammates.create',
				fixRejected: async (complaint) =>
					(await fixScopes(complaint, access.scopes, client)) ?? fixRefused,
			},
		},
		look,
	);
}
