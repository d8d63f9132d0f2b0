import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, tokenLock, withPersonLock } from '../../execution/runExclusive';
import { unlessUnclear } from '../../execution/runMemory';
import { invitationField, quoteInvitation, readInvitation } from '../../parameters/invitation';
import {
	checkTokens,
	pendingInvitations,
	revokeInvitation,
	type Invitation,
	type NamedInvitation,
} from '../../sendgrid/invitations';
import { findInList, findInvitations, findPersonNow } from '../../sendgrid/person';
import { bodyOf, type Validity } from '../../transport/client';
import {
	changeOf,
	type RequestError,
	type SendGridError,
	type Wording,
} from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import { notPendingError } from './notPending';

export const revokeFields = [invitationField];

/**
 * Revokes an invitation, `DELETE /v3/teammates/pending/{token}`, or all that an address has. SendGrid answers
 * nothing, so the address comes from the list, where it has the invitation.
 */
export async function revoke(context: OperationContext) {
	const choice = readInvitation(context.item);
	const wording = changeOf(`The invitation of ${quoteInvitation(choice)}`, 'revoked');
	const name = choice.by === 'email' ? choice.email : tokenLock(choice.token);
	return await withPersonLock(
		context,
		name,
		wording,
		async () =>
			await unlessUnclear(context, name, 'revoke', wording, async () =>
				choice.by === 'email'
					? await revokeAllOf(context, choice.email, wording)
					: await revokeOne(context, choice.token, wording),
			),
	);
}

const withKnown = async (
	{ account }: OperationContext,
	known: Invitation,
	all: readonly Invitation[],
	wording: Wording,
	validUntil?: Validity,
) => {
	const named: NamedInvitation = {
		token: known.token,
		field: invitationField.displayName,
		known,
		wording,
		validUntil,
	};
	return await revokeInvitation(account, named, {
		known: all,
		findPerson: async () => await findPersonNow(account, known.email, wording),
	});
};

async function revokeAllOf(context: OperationContext, email: string, wording: Wording) {
	const { account } = context;
	return await onFreshReadings(context, wording, async (validUntil) => {
		const { items, readAt } = await findInvitations(account, email, wording);
		if (items.length === 0) throw await notPendingError(account, email, wording.failureMessage);
		checkTokens(items, wording);
		let revoked = 0;
		for (const known of items) {
			const outcome = await withKnown(
				context,
				known,
				items,
				wording,
				revoked === 0 ? validUntil(readAt) : undefined,
			);
			if ('error' in outcome)
				throw await revocationError(context, email, wording, outcome.error, revoked);
			revoked += 1;
		}
		return [{ deleted: true, email: items[0].email }];
	});
}

/** @param revoked how many of the address's invitations were revoked before */
async function revocationError(
	{ account }: OperationContext,
	email: string,
	wording: Wording,
	error: RequestError,
	revoked: number,
): Promise<SendGridError> {
	if (revoked > 0) {
		const done = `An invitation of '${toSingleLine(email)}' was revoked, but`;
		return error.isUnclear
			? error.afterDoing(`${done} it is unclear whether another was`)
			: error.forSubject({ failureMessage: `${done} another was not` });
	}
	if (error.status !== 404) return error;
	account.requireFreshReadings();
	const { items } = await findInvitations(account, email, wording);
	return items.length > 0 ? error : await notPendingError(account, email, wording.failureMessage);
}

const revokeOne = async (context: OperationContext, token: string, wording: Wording) =>
	await onFreshReadings(context, wording, async () => {
		const { account } = context;
		const { items } = await findInList(account, pendingInvitations(wording), (all) =>
			all.filter((invitation) => invitation.token === token),
		);
		const known: Invitation | undefined = items[0];
		if (!known || known.email === '') {
			const named = { token, field: invitationField.displayName, wording };
			bodyOf(await revokeInvitation(account, named));
			return [{ deleted: true }];
		}
		const { email } = known;
		return await withPersonLock(context, email, wording, async () => {
			const { items: all } = await findInvitations(account, email, wording);
			bodyOf(await withKnown(context, known, all, wording));
			return [{ deleted: true, email }];
		});
	});
