import type { Delivery } from '../../delivery';
import { invitationField, readInvitation } from '../../fields/invitation';
import { invitationRecord } from '../../sendgrid/invitation';
import { actOnPending } from './pending';

export const resendFields = [invitationField];

/** `POST /v3/teammates/pending/{token}/resend`, without a body. */
export async function resend(delivery: Delivery) {
	const { answer } = await actOnPending(delivery, readInvitation(delivery.item), {
		unfulfilled: 'was not sent again',
		scope: 'teammates.create',
	});
	return [invitationRecord(answer)];
}
