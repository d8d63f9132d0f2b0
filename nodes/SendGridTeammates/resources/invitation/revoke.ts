import type { OperationContext } from '../../execution/executeItem';
import { invitationField, readInvitation } from '../../parameters/invitation';
import { pendingInvitations, tokenOf } from '../../sendgrid/directory';
import { actOnAddress, actOnToken, sentence } from './pending';
import { revokeInvitation } from './revokeOne';

export const revokeFields = [invitationField];

/**
 * `DELETE /v3/teammates/pending/{token}`, which answers nothing: the address comes from the list, where a
 * token was named and the list still has it.
 */
export async function revoke(context: OperationContext) {
	const choice = readInvitation(context.item);
	const failureMessage = sentence(choice, 'was not revoked');
	if (choice.by === 'email') {
		const { found } = await actOnAddress(context, choice.email, failureMessage, revokeInvitation);
		return [{ deleted: true, email: found.email }];
	}
	const found = await context.directory.find(
		pendingInvitations(failureMessage),
		(invitation) => tokenOf(invitation) === choice.token,
	);
	await actOnToken(context, choice.token, failureMessage, revokeInvitation, found);
	return [{ deleted: true, ...(found && { email: found.email }) }];
}
