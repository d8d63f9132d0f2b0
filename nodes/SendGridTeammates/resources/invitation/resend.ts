import type { Delivery } from '../../execution/executeItem';
import { invitationField, readInvitation } from '../../parameters/invitation';
import { invitationRecord } from '../../sendgrid/invitations';
import { actOnAddress, actOnToken, sentence } from './pending';
import { resendOne } from './resendOne';

export const resendFields = [invitationField];

/** `POST /v3/teammates/pending/{token}/resend`, for the invitation that the item names. */
export async function resend(delivery: Delivery) {
	const choice = readInvitation(delivery.item);
	const unfulfilled = sentence(choice, 'was not sent again');
	if (choice.by === 'token') {
		return [invitationRecord(await actOnToken(delivery, choice.token, unfulfilled, resendOne))];
	}
	const { answer } = await actOnAddress(delivery, choice.email, unfulfilled, resendOne);
	return [invitationRecord(answer)];
}
