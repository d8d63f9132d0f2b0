import type { Delivery } from '../../execution/executeItem';
import { invitationField, readInvitation } from '../../parameters/invitation';
import { pendingInvitations, tokenOf } from '../../sendgrid/directory';
import { actOnAddress, actOnToken, sentence } from './pending';
import { revokeOne } from './revokeOne';

export const revokeFields = [invitationField];

/**
 * `DELETE /v3/teammates/pending/{token}`, which answers nothing: the address comes from the list, where a
 * token was named and the list still has it.
 */
export async function revoke(delivery: Delivery) {
	const choice = readInvitation(delivery.item);
	const unfulfilled = sentence(choice, 'was not revoked');
	if (choice.by === 'email') {
		const { found } = await actOnAddress(delivery, choice.email, unfulfilled, revokeOne);
		return [{ deleted: true, email: found.email }];
	}
	const found = await delivery.directory.find(
		pendingInvitations(unfulfilled),
		(invitation) => tokenOf(invitation) === choice.token,
	);
	await actOnToken(delivery, choice.token, unfulfilled, revokeOne, found);
	return [{ deleted: true, ...(found && { email: found.email }) }];
}
