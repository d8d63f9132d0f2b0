import type { OperationContext } from '../../execution/operation';
import { oncePerRun, onFreshReadings, withPersonLock } from '../../execution/personLock';
import { invitationField, quoteInvitation, readInvitation } from '../../parameters/invitation';
import { invitationOutput, resendInvitation, type Invitation } from '../../sendgrid/invitations';
import { findInvitations } from '../../sendgrid/person';
import { bodyOf } from '../../transport/client';
import { changeOf, type Wording } from '../../transport/errors';
import { notPendingError } from './notPending';

export const resendFields = [invitationField];

const WISH = 'resend';

/**
 * Sends an invitation again: `POST /v3/teammates/pending/{token}/resend`. Further items that name the same one
 * are answered from the first, so that nobody gets two emails.
 */
export async function resend(context: OperationContext) {
	const { item, account, policy } = context;
	const choice = readInvitation(item);
	const wording = changeOf(`The invitation of ${quoteInvitation(choice)}`, 'sent again');
	if (choice.by === 'email') policy.checkEmail(choice.email);
	const name = choice.by === 'email' ? choice.email : choice.token;

	return await withPersonLock(
		context,
		name,
		wording,
		async () =>
			await oncePerRun(context, name, WISH, wording, async () => {
				const sent =
					choice.by === 'email'
						? await resendByEmail(context, choice.email, wording)
						: bodyOf(
								await resendInvitation(account, {
									token: choice.token,
									field: invitationField.displayName,
									wording,
								}),
							);
				return [invitationOutput(sent)];
			}),
	);
}

/** Of several invitations of an address, the best one is sent again. */
const resendByEmail = async (
	context: OperationContext,
	email: string,
	wording: Wording,
): Promise<Invitation> =>
	await onFreshReadings(context, wording, async (validUntil) => {
		const { account } = context;
		const { items, readAt } = await findInvitations(account, email, wording);
		if (items.length === 0) throw await notPendingError(account, email, wording.failureMessage);

		const send = async (known: Invitation, validTo?: number) =>
			await resendInvitation(account, {
				token: known.token,
				field: invitationField.displayName,
				known,
				wording,
				validUntil: validTo,
			});
		const outcome = await send(items[0], validUntil(readAt));
		if (!('error' in outcome) || outcome.error.status !== 404) return bodyOf(outcome);

		// Unknown: whether the token changes when an invitation is sent again, by somebody else say.
		account.requireFreshReadings();
		const renewed = (await findInvitations(account, email, wording)).items[0];
		if (!renewed) throw await notPendingError(account, email, wording.failureMessage);
		return bodyOf(renewed.token === items[0].token ? outcome : await send(renewed));
	});
