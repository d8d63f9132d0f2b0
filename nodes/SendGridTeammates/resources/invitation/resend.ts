import { updateDisplayOptions } from 'n8n-workflow';

import type { Delivery } from '../../delivery';
import { invitationField, readInvitation } from '../../fields/invitation';
import type { Outcome } from '../../sendgrid/client';
import { pendingInvitations, teammates, tokenOf } from '../../sendgrid/directory';
import { SendGridFailure } from '../../sendgrid/failure';
import { invitationRecord } from '../../sendgrid/invitation';
import { fillPath } from '../../sendgrid/path';
import { maskedToken, quotable } from '../../sendgrid/text';

export const resendFields = updateDisplayOptions(
	{ show: { resource: ['invitation'], operation: ['resend'] } },
	[invitationField],
);

/** `POST /v3/teammates/pending/{token}/resend`, without a body. */
export async function resend(delivery: Delivery) {
	const choice = readInvitation(delivery.item);
	const invitation =
		choice.by === 'email'
			? await resendByEmail(delivery, choice.email)
			: accepted(await resendByToken(delivery, choice.token, maskedToken(choice.token)));
	return [invitationRecord(invitation)];
}

const unfulfilled = (name: string) => `The invitation of '${quotable(name)}' was not sent again`;

async function resendByToken({ request, client }: Delivery, token: string, name: string) {
	return await client.attempt({
		...request,
		path: fillPath(request.path, { token: { value: token, field: 'Invitation' } }),
		purpose: {
			unfulfilled: unfulfilled(name),
			scope: 'teammates.create',
			fixNotFound:
				'It has been accepted or revoked, or has expired. Find out which under Settings > Teammates in SendGrid, and invite the person anew if needed.',
			secret: token,
		},
	});
}

async function resendByEmail(delivery: Delivery, email: string) {
	const { directory } = delivery;
	const pending = pendingInvitations(unfulfilled(email));
	const found = await directory.find(pending, email);
	if (!found) throw await failureOfNotPending(delivery, email);

	const outcome = await resendByToken(delivery, tokenOf(found), email);
	if (!('failure' in outcome) || outcome.failure.status !== 404) return accepted(outcome);

	// Unknown: whether the token changes when an invitation is sent again, by another item say.
	const renewed = await directory.findAnew(pending, email);
	const isAnother = renewed && tokenOf(renewed) !== tokenOf(found);
	return accepted(isAnother ? await resendByToken(delivery, tokenOf(renewed), email) : outcome);
}

function accepted<Body>(outcome: Outcome<Body>): Body {
	if ('failure' in outcome) throw outcome.failure;
	return outcome.body;
}

/** Says which case it is when an address has no pending invitation. */
async function failureOfNotPending({ directory }: Delivery, email: string) {
	const teammate = await directory.find(teammates(unfulfilled(email)), email);
	return teammate
		? new SendGridFailure(
				`${unfulfilled(email)}: the person has accepted it and is a teammate already`,
				'Nothing is left to do for this item.',
			)
		: new SendGridFailure(
				`${unfulfilled(email)}: this address has not been invited, or its invitation is gone`,
				"Check the address in 'Invitation', or use the operation 'Invite'.",
			);
}
