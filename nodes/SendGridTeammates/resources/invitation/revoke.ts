import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { unlessUnclear } from '../../execution/runMemory';
import { invitationField, quoteInvitation, readInvitation } from '../../parameters/invitation';
import { personKey, tokenLock } from '../../sendgrid/account';
import { pendingInvitations, type Invitation } from '../../sendgrid/invitations';
import {
	checkTokens,
	revokeInvitation,
	type NamedInvitation,
} from '../../sendgrid/invitationWrites';
import { findInList, findInvitations, findPersonNow } from '../../sendgrid/person';
import { bodyOf, type Validity } from '../../transport/client';
import {
	changeOf,
	liveWording,
	type RequestError,
	type SendGridError,
	type Wording,
} from '../../transport/errors';
import { notPendingError } from './notPending';

export const revokeFields = [invitationField];

/**
 * Revokes an invitation, `DELETE /v3/teammates/pending/{token}`, or all that an address has. SendGrid's response is
 * empty, so the address comes from the list, if the invitation is there.
 */
export async function revoke(context: OperationContext) {
	const { account, memory } = context;
	const choice = readInvitation(context.item);
	const subject = quoteInvitation(choice);
	const name = choice.by === 'email' ? choice.email : tokenLock(choice.token);
	const untouched = changeOf(`The invitation of ${subject}`, 'revoked');
	// Invitations that an earlier try has revoked count too.
	const revoked = () => memory.removedOf('revoked', personKey(account, name));
	const wording = liveWording(() => (revoked().size > 0 ? partialWording(subject) : untouched));
	return await withPersonLock(
		context,
		name,
		wording,
		async () =>
			await unlessUnclear(context, name, 'revoke', async () =>
				choice.by === 'email'
					? await revokeAllOf(context, choice.email, revoked(), wording)
					: await revokeOne(context, choice.token, wording),
			),
		{ name, wish: 'revoke' },
	);
}

/** What was and what was not done about several invitations of an address. */
const partialWording = (subject: string): Required<Wording> => ({
	failureMessage: `An invitation of ${subject} was revoked, but another was not`,
	unclearMessage: `An invitation of ${subject} was revoked, but it is unclear whether another was`,
});

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

/** @param revoked tokens of those that have been revoked so far, in all tries */
async function revokeAllOf(
	context: OperationContext,
	email: string,
	revoked: Set<string>,
	wording: Wording,
) {
	const { account } = context;
	const gone = new Set<string>();
	return await onFreshReadings(context, wording, async (validUntil) => {
		const found = await findInvitations(account, email, wording);
		// A list that lags behind still shows revoked invitations.
		const items = found.items.filter(({ token }) => !gone.has(token));
		if (items.length === 0) throw await notPendingError(account, email, wording.failureMessage);
		checkTokens(items, wording);
		for (const known of items) {
			const outcome = await withKnown(context, known, items, wording, validUntil(found.readAt));
			if ('error' in outcome) throw await revocationError(context, email, wording, outcome.error);
			revoked.add(known.token);
			gone.add(known.token);
		}
		return [{ deleted: true, email: items[0].email }];
	});
}

async function revocationError(
	{ account }: OperationContext,
	email: string,
	wording: Wording,
	error: RequestError,
): Promise<SendGridError> {
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
			return [{ deleted: true, email: null }];
		}
		const { email } = known;
		return await withPersonLock(context, email, wording, async () => {
			const { items: all } = await findInvitations(account, email, wording);
			bodyOf(await withKnown(context, known, all, wording));
			return [{ deleted: true, email }];
		});
	});
