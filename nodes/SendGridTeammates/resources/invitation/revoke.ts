import type { Delivery } from '../../delivery';
import { invitationField, readInvitation } from '../../fields/invitation';
import { pendingInvitations, tokenOf } from '../../sendgrid/directory';
import { actOnPending } from './pending';

export const revokeFields = [invitationField];

/**
 * `DELETE /v3/teammates/pending/{token}`, which answers nothing: the address comes from the list, where a
 * token was named and the list still has it.
 */
export async function revoke(delivery: Delivery) {
	const choice = readInvitation(delivery.item);
	const email = choice.by === 'token' ? await addressOf(delivery, choice.token) : undefined;
	const { found } = await actOnPending(delivery, choice, {
		unfulfilled: 'was not revoked',
		scope: 'teammates.delete',
	});
	const address = found?.email ?? email;
	return [{ deleted: true, ...(address !== undefined && { email: address }) }];
}

async function addressOf({ directory }: Delivery, token: string) {
	const list = pendingInvitations('The invitation was not revoked');
	return (await directory.find(list, (invitation) => tokenOf(invitation) === token))?.email;
}
