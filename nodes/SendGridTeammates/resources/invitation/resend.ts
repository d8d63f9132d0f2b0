import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { oncePerRun } from '../../execution/runMemory';
import { invitationField, quoteInvitation, readInvitation } from '../../parameters/invitation';
import { personKey, tokenLock } from '../../sendgrid/account';
import { invitationOutput, pendingInvitations, type Invitation } from '../../sendgrid/invitations';
import { resendInvitation } from '../../sendgrid/invitationWrites';
import { findInList, findInvitations } from '../../sendgrid/person';
import { bodyOf, type Outcome, type Validity } from '../../transport/client';
import { changeOf, RequestError, SendGridError, type Wording } from '../../transport/errors';
import { notPendingError } from './notPending';

export const resendFields = [invitationField];

const field = invitationField.displayName;

/** The only wish that there is here. */
const WISH = 'resend';

/**
 * Sends an invitation again: `POST /v3/teammates/pending/{token}/resend`. Further items about the same person are
 * answered from the first, so that nobody gets two emails.
 */
export async function resend(context: OperationContext) {
	const { item, policy } = context;
	const choice = readInvitation(item);
	const wording = changeOf(`The invitation of ${quoteInvitation(choice)}`, 'sent again');
	if (choice.by === 'email') {
		policy.checkEmail(choice.email);
		return await oncePerPerson(
			context,
			choice.email,
			wording,
			async () => await resendByEmail(context, choice.email, wording),
		);
	}
	const { token } = choice;
	const name = tokenLock(token);
	const sendNow = async (first?: LookedUp) => {
		let found = first;
		return await onFreshReadings(context, wording, async (validUntil) => {
			const { known, readAt } = found ?? (await lookUp(context, token, wording));
			found = undefined;
			if (known) policy.checkGiving(known);
			return bodyOf(await send(context, choice, wording, known, validUntil(readAt)));
		});
	};
	const sendNamed = async () => {
		const found = await lookUp(context, token, wording);
		const email = found.known?.email ?? '';
		if (email === '') return await sendUnknown(context, async () => await sendNow(found));
		// Others may send it again, or change it, while this item waits.
		return await oncePerPerson(context, email, wording, sendNow);
	};
	return await withPersonLock(
		context,
		name,
		wording,
		async () => await oncePerRun(context, name, WISH, sendNamed),
		{ name, wish: WISH },
	);
}

/** For an invitation of which only the token is known. The response may say whose it was. */
async function sendUnknown(
	{ account, memory }: OperationContext,
	sendNow: () => Promise<Invitation>,
) {
	const sent = await sendNow();
	const records = [invitationOutput(sent)];
	if (sent.email) memory.remember(personKey(account, sent.email), { wish: WISH, records });
	return records;
}

const oncePerPerson = async (
	context: OperationContext,
	name: string,
	wording: Wording,
	work: () => Promise<Invitation>,
) =>
	await withPersonLock(
		context,
		name,
		wording,
		async () => await oncePerRun(context, name, WISH, async () => [invitationOutput(await work())]),
		{ name, wish: WISH },
	);

interface LookedUp {
	known?: Invitation;
	readAt: number;
}

/**
 * The person of a token's invitation, and its expiry date. A later date is what proves a resend, the credential's
 * limits depend on the person, and another item of the run may name the same person by address. Without limits, a
 * key that may not read can resend without all this, at any time.
 */
async function lookUp(
	{ account, policy }: OperationContext,
	token: string,
	wording: Wording,
): Promise<LookedUp> {
	await account.waitForRecord(tokenLock(token));
	const { items, readAt } = await findInList(account, pendingInvitations(wording), (all) =>
		all.filter((invitation) => invitation.token === token),
	).catch((thrown: unknown) => {
		const mayNotRead = thrown instanceof RequestError && thrown.status === 403;
		if (mayNotRead && !policy.limitsGiving) return { items: [], readAt: Infinity };
		throw thrown;
	});
	const known: Invitation | undefined = items[0];
	if (known || !policy.limitsGiving) return { known, readAt };
	throw new SendGridError(
		`${wording.failureMessage}: it is not in SendGrid's list, so the limits of this credential cannot be checked`,
		'It may have been accepted or revoked. Invite the person again if needed.',
	);
}

/** Another item of the run may name the same invitation by this token, which may have changed by then. */
async function send(
	{ account, memory }: OperationContext,
	{ token }: { token: string },
	wording: Wording,
	known?: Invitation,
	validUntil?: Validity,
): Promise<Outcome<Invitation>> {
	const outcome = await resendInvitation(account, { token, field, known, wording, validUntil });
	if (!('error' in outcome)) {
		const records = [invitationOutput(outcome.body)];
		memory.remember(personKey(account, tokenLock(token)), { wish: WISH, records });
	}
	return outcome;
}

/** Of several invitations of an address, the best one is sent again. */
const resendByEmail = async (
	context: OperationContext,
	email: string,
	wording: Wording,
): Promise<Invitation> =>
	await onFreshReadings(context, wording, async (validUntil) => {
		const { account, policy } = context;
		const { items, readAt } = await findInvitations(account, email, wording);
		if (items.length === 0) throw await notPendingError(account, email, wording.failureMessage);
		const [known] = items;
		policy.checkGiving(known);
		const outcome = await send(context, known, wording, known, validUntil(readAt));
		if (!('error' in outcome) || outcome.error.status !== 404) return bodyOf(outcome);

		// Unknown: whether the token changes when an invitation is resent, for example by somebody else.
		account.requireFreshReadings();
		const now = await findInvitations(account, email, wording);
		if (now.items.length === 0) throw await notPendingError(account, email, wording.failureMessage);
		const [renewed] = now.items;
		policy.checkGiving(renewed);
		if (renewed.token === known.token) return bodyOf(outcome);
		return bodyOf(await send(context, renewed, wording, renewed, validUntil(now.readAt)));
	});
