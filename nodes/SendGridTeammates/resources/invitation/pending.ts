import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import type { InvitationChoice } from '../../parameters/invitation';
import { bodyOf, type Call, type Outcome } from '../../transport/client';
import { pendingInvitations, teammates, tokenOf, withEmail } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { maskedToken, toSingleLine } from '../../transport/sanitize';

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
	failureMessage: string;
}

/** Sends a request about one invitation. */
export type ActOnOne = (
	context: OperationContext,
	request: Pick<Call, 'method' | 'path'>,
	invitation: PendingInvitation,
) => Promise<Outcome<IDataObject>>;

const nameOf = (choice: InvitationChoice) =>
	choice.by === 'email' ? choice.email : maskedToken(choice.token);

/** `The invitation of 'ada@example.com' was not revoked` */
export const sentence = (choice: InvitationChoice, notDone: string) =>
	`The invitation of '${toSingleLine(nameOf(choice))}' ${notDone}`;

/**
 * Carries out a request on the invitation with an address, finding its token.
 *
 * @param failureMessage start of the message where nothing comes of it
 * @returns SendGrid's answer, and the invitation as the list had it
 * @throws SendGridError, which says whether the address was never invited or is a teammate already
 */
export async function actOnAddress(
	context: OperationContext,
	email: string,
	failureMessage: string,
	act: ActOnOne,
): Promise<{ answer: IDataObject; found: IDataObject }> {
	const { directory, policy: guards, request } = context;
	guards.checkEmail(email);
	const pending = pendingInvitations(failureMessage);
	const actOn = async (record: IDataObject) =>
		await act(context, request, { token: tokenOf(record), record, field: FIELD, failureMessage });

	const found = await directory.find(pending, withEmail(email));
	if (!found) throw await failureOfNotPending(context, email, failureMessage);

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
 * @throws SendGridError
 */
export async function actOnToken(
	context: OperationContext,
	token: string,
	failureMessage: string,
	act: ActOnOne,
	record?: IDataObject,
): Promise<IDataObject> {
	return bodyOf(
		await act(context, context.request, { token, record, field: FIELD, failureMessage }),
	);
}

/** Says which case it is when an address has no pending invitation. */
async function failureOfNotPending(
	{ directory }: OperationContext,
	email: string,
	failureMessage: string,
) {
	const teammate = await directory.find(teammates(failureMessage), withEmail(email));
	return teammate
		? new SendGridError(
				`${failureMessage}: the person has accepted it and is a teammate already`,
				'Nothing is left to do for this item.',
			)
		: new SendGridError(
				`${failureMessage}: this address has not been invited, or its invitation is gone`,
				"Check the address in 'Invitation', or use the operation 'Invite'.",
			);
}
