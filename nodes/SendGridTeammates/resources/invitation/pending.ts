import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../delivery';
import type { InvitationChoice } from '../../fields/invitation';
import type { Outcome } from '../../sendgrid/client';
import { pendingInvitations, teammates, tokenOf, withEmail } from '../../sendgrid/directory';
import { SendGridFailure } from '../../sendgrid/failure';
import { fillPath } from '../../sendgrid/path';
import { maskedToken, quotable } from '../../sendgrid/text';

/** What an operation on a pending invitation says and needs. */
export interface PendingOperation {
	/** `was not sent again` */
	unfulfilled: string;
	/** Scope that the API key needs for it. */
	scope: string;
}

const nameOf = (choice: InvitationChoice) =>
	choice.by === 'email' ? choice.email : maskedToken(choice.token);

const sentence = (choice: InvitationChoice, { unfulfilled }: PendingOperation) =>
	`The invitation of '${quotable(nameOf(choice))}' ${unfulfilled}`;

/** Sends the operation's request for the invitation with this token. */
async function sendFor(
	{ request, client }: Delivery,
	token: string,
	choice: InvitationChoice,
	operation: PendingOperation,
): Promise<Outcome<IDataObject>> {
	return await client.attempt({
		...request,
		path: fillPath(request.path, { token: { value: token, field: 'Invitation' } }),
		purpose: {
			unfulfilled: sentence(choice, operation),
			scope: operation.scope,
			fixNotFound:
				'It has been accepted or revoked, or has expired. Find out which under Settings > Teammates in SendGrid, and invite the person anew if needed.',
			secret: token,
		},
	});
}

/**
 * Carries out a request on the invitation that the item names, finding the token where it names an address.
 *
 * @returns SendGrid's answer, and the invitation as the list had it, where it was looked up
 * @throws SendGridFailure, which for an address says whether it was never invited or is a teammate already
 */
export async function actOnPending(
	delivery: Delivery,
	choice: InvitationChoice,
	operation: PendingOperation,
): Promise<{ answer: IDataObject; found?: IDataObject }> {
	if (choice.by === 'token') {
		return { answer: bodyOf(await sendFor(delivery, choice.token, choice, operation)) };
	}

	const { directory, guards } = delivery;
	guards.checkEmail(choice.email);
	const pending = pendingInvitations(sentence(choice, operation));
	const found = await directory.find(pending, withEmail(choice.email));
	if (!found) throw await failureOfNotPending(delivery, choice.email, sentence(choice, operation));

	const outcome = await sendFor(delivery, tokenOf(found), choice, operation);
	if (!('failure' in outcome) || outcome.failure.status !== 404) {
		return { answer: bodyOf(outcome), found };
	}
	// Unknown: whether the token changes when an invitation is sent again, by another item say.
	const renewed = await directory.findAnew(pending, withEmail(choice.email));
	const isAnother = renewed && tokenOf(renewed) !== tokenOf(found);
	return {
		answer: bodyOf(
			isAnother ? await sendFor(delivery, tokenOf(renewed), choice, operation) : outcome,
		),
		found,
	};
}

function bodyOf<Body>(outcome: Outcome<Body>): Body {
	if ('failure' in outcome) throw outcome.failure;
	return outcome.body;
}

/** Says which case it is when an address has no pending invitation. */
async function failureOfNotPending({ directory }: Delivery, email: string, unfulfilled: string) {
	const teammate = await directory.find(teammates(unfulfilled), withEmail(email));
	return teammate
		? new SendGridFailure(
				`${unfulfilled}: the person has accepted it and is a teammate already`,
				'Nothing is left to do for this item.',
			)
		: new SendGridFailure(
				`${unfulfilled}: this address has not been invited, or its invitation is gone`,
				"Check the address in 'Invitation', or use the operation 'Invite'.",
			);
}
