import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import type { InvitationChoice } from '../../parameters/invitation';
import { bodyOf, type Call, type Outcome } from '../../transport/client';
import { pendingInvitations, teammates, tokenOf, withEmail } from '../../sendgrid/directory';
import { SendGridFailure } from '../../transport/errors';
import { maskedToken, quotable } from '../../transport/sanitize';

const FIELD = 'Invitation';

export const NO_SUCH_INVITATION =
	'It has been accepted or revoked, or has expired. Find out which under Settings > Teammates in SendGrid, and invite the person anew if needed.';

/** An invitation to be sent again or revoked. */
export interface PendingInvitation {
	token: string;
	/** As the list has it, where it was looked up. */
	record?: IDataObject;
	/** Display name of the field that names it, for messages. */
	field: string;
	/** Start of the message where nothing comes of it. */
	unfulfilled: string;
}

/** Sends a request about one invitation. */
export type ActOnOne = (
	delivery: Delivery,
	request: Pick<Call, 'method' | 'path'>,
	invitation: PendingInvitation,
) => Promise<Outcome<IDataObject>>;

const nameOf = (choice: InvitationChoice) =>
	choice.by === 'email' ? choice.email : maskedToken(choice.token);

/** `The invitation of 'ada@example.com' was not revoked` */
export const sentence = (choice: InvitationChoice, notDone: string) =>
	`The invitation of '${quotable(nameOf(choice))}' ${notDone}`;

/**
 * Carries out a request on the invitation with an address, finding its token.
 *
 * @param unfulfilled start of the message where nothing comes of it
 * @returns SendGrid's answer, and the invitation as the list had it
 * @throws SendGridFailure, which says whether the address was never invited or is a teammate already
 */
export async function actOnAddress(
	delivery: Delivery,
	email: string,
	unfulfilled: string,
	act: ActOnOne,
): Promise<{ answer: IDataObject; found: IDataObject }> {
	const { directory, guards, request } = delivery;
	guards.checkEmail(email);
	const pending = pendingInvitations(unfulfilled);
	const actOn = async (record: IDataObject) =>
		await act(delivery, request, { token: tokenOf(record), record, field: FIELD, unfulfilled });

	const found = await directory.find(pending, withEmail(email));
	if (!found) throw await failureOfNotPending(delivery, email, unfulfilled);

	const outcome = await actOn(found);
	if (!('failure' in outcome) || outcome.failure.status !== 404) {
		return { answer: bodyOf(outcome), found };
	}
	// Unknown: whether the token changes when an invitation is sent again, by another item say.
	const renewed = await directory.findAnew(pending, withEmail(email));
	const isAnother = renewed && tokenOf(renewed) !== tokenOf(found);
	return { answer: bodyOf(isAnother ? await actOn(renewed) : outcome), found };
}

/**
 * Carries out a request on the invitation with a token.
 *
 * @param record as the list has it, where it was looked up
 * @throws SendGridFailure
 */
export async function actOnToken(
	delivery: Delivery,
	token: string,
	unfulfilled: string,
	act: ActOnOne,
	record?: IDataObject,
): Promise<IDataObject> {
	return bodyOf(
		await act(delivery, delivery.request, { token, record, field: FIELD, unfulfilled }),
	);
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
