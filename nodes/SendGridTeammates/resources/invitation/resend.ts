import type { OperationContext } from '../../execution/executeItem';
import { invitationField, readInvitation } from '../../parameters/invitation';
import { invitationRecord } from '../../sendgrid/invitations';
import { actOnAddress, actOnToken, sentence } from './pending';
import { resendInvitation } from './resendOne';

export const resendFields = [invitationField];

/** `POST /v3/teammates/pending/{token}/resend`, for the invitation that the item names. */
export async function resend(context: OperationContext) {
	const choice = readInvitation(context.item);
	const failureMessage = sentence(choice, 'was not sent again');
	if (choice.by === 'token') {
		return [
			invitationRecord(await actOnToken(context, choice.token, failureMessage, resendInvitation)),
		];
	}
	const { answer } = await actOnAddress(context, choice.email, failureMessage, resendInvitation);
	return [invitationRecord(answer)];
}
