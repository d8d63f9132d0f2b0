import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { emailField } from '../../parameters/emailAddress';
import { adviseOnScopes, namedIn } from '../../parameters/access';
import {
	checkInvitable,
	givenBy,
	type Access,
	type AccessChoice,
	type KnownAccess,
} from '../../sendgrid/access';
import { personKey } from '../../sendgrid/account';
import { publicOutput, statusOfInvitation, type Invitation } from '../../sendgrid/invitations';
import {
	checkTokens,
	createInvitation,
	resendInvitation,
	revokeInvitation,
} from '../../sendgrid/invitationWrites';
import { findPersonNow, type Person } from '../../sendgrid/person';
import { activeOutput } from '../../sendgrid/teammates';
import { bodyOf, type Validity } from '../../transport/client';
import type { Wording } from '../../transport/errors';
import { LIST_LAG_MS } from '../../transport/reconcile';
import { toSingleLine } from '../../transport/sanitize';
import type { Choices, Plan } from './planUpsert';
import { unmetOf, writeAccess } from './writeAccess';

const field = emailField.displayName;

/** One item's wish. */
export interface Wish {
	email: string;
	choice: AccessChoice;
	choices: Choices;
	/** Says at any moment what has been done so far. */
	wording: Required<Wording>;
	/** What a colleague will have after this run, if the run changes that. */
	accessAfterRun?: (email: string) => Promise<KnownAccess | undefined>;
}

/** What was done, and the record of the invitation or the teammate. */
export interface Applied {
	action: Plan['action'];
	record: IDataObject;
	reason?: string;
}

/** Somebody else has changed something since the decision. */
export type Again = 'again';

/** @throws SendGridError, before anything is done, if a plan could not be carried out completely */
export async function checkPlan(
	{ account, policy }: OperationContext,
	{ choice, wording }: Wish,
	plan: Plan,
): Promise<void> {
	if (plan.action === 'resent') policy.checkGiving(plan.invitation);
	if (plan.action !== 'reinvited') return;
	const { access, invitations } = plan;
	checkTokens(invitations, wording);
	const isLost = invitations.every(
		(invitation) => statusOfInvitation(invitation, account.now()) === 'expired',
	);
	// Nothing is lost with an invitation that can no longer be accepted.
	if (!isLost) await checkInvitable(account, access, namedIn(choice), wording);
}

/** Carries a plan out. */
export async function applyPlan(
	context: OperationContext,
	wish: Wish,
	plan: Plan,
	person: Person,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	await checkPlan(context, wish, plan);
	switch (plan.action) {
		case 'unchanged': {
			const { action, reason } = plan;
			const record =
				'teammate' in plan
					? activeOutput(plan.teammate)
					: publicOutput(plan.invitation, account.now());
			return { action, reason, record };
		}
		case 'updated':
			return await update(context, wish, plan, validUntil);
		case 'invited':
			return await send(context, wish, plan, validUntil);
		case 'resent':
			return await sendAgain(context, wish, plan, person, validUntil);
		case 'reinvited':
			return await replaceInvitations(context, wish, plan, validUntil);
	}
}

async function update(
	context: OperationContext,
	{ email, choice, choices, wording }: Wish,
	{ teammate, access, action }: Extract<Plan, { action: 'updated' }>,
	validUntil: Validity,
): Promise<Applied> {
	const subject = `'${toSingleLine(email)}'`;
	const updated = await writeAccess(context, {
		teammate: { username: teammate.username, field },
		before: teammate,
		access,
		choice,
		unmetBy: unmetOf(access, choices.ifAccessDiffers === 'update'),
		subject,
		wording: hasRevoked(context, email)
			? {
					failureMessage: `An invitation of ${subject} was revoked, but the permissions were not updated`,
					unclearMessage: `An invitation of ${subject} was revoked, but it is unclear whether the permissions were updated`,
				}
			: {
					...wording,
					unclearMessage: `It is unclear whether the permissions of ${subject} were updated`,
				},
		validUntil,
	});
	return { action, record: activeOutput(updated) };
}

/** Whether something was revoked, by this item or an earlier one, for a new invitation that has not been sent yet. */
export const hasRevoked = ({ account, memory }: OperationContext, email: string): boolean =>
	memory.revokedOf(personKey(account, email)).length > 0;

/** Invitations that are still there: a list that lags behind shows what has been revoked too. */
export function withoutRevoked(
	{ account, memory }: OperationContext,
	email: string,
	invitations: readonly Invitation[],
): Invitation[] {
	const revoked = new Set(memory.revokedOf(personKey(account, email)).map(({ token }) => token));
	return invitations.filter(({ token }) => !revoked.has(token));
}

async function send(
	context: OperationContext,
	{ email, choice, wording }: Wish,
	plan: Extract<Plan, { action: 'invited' | 'reinvited' }>,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	const { action, access, reason } = plan;
	const subject = `'${toSingleLine(email)}'`;
	const said = hasRevoked(context, email)
		? wording
		: { ...wording, unclearMessage: `It is unclear whether ${subject} was invited` };
	const outcome = await createInvitation(
		account,
		{
			email,
			access,
			known: plan.action === 'reinvited' ? plan.invitations : [],
			wording: said,
			on400: adviseOnScopes(account, access.scopes, said, namedIn(choice)),
			validUntil,
		},
		async () => {
			const { invitations, teammates } = await findPersonNow(account, email, said);
			return { invitations: withoutRevoked(context, email, invitations), teammates };
		},
	);
	if ('error' in outcome && isConflict(outcome.error.status)) {
		// Unknown: what SendGrid says about an address that somebody else has just invited.
		const { invitations, teammates } = await findPersonNow(account, email, wording);
		if (teammates.length + withoutRevoked(context, email, invitations).length > 0) return 'again';
	}
	return { action, reason, record: publicOutput(bodyOf(outcome), account.now()) };
}

const isConflict = (status: number | undefined) => status === 400 || status === 409;

/** Resends an invitation, or sends a new one if SendGrid no longer accepts that. */
async function sendAgain(
	context: OperationContext,
	wish: Wish,
	{ action, invitation, access, reason }: Extract<Plan, { action: 'resent' }>,
	person: Person,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	const { email, wording } = wish;
	const subject = `'${toSingleLine(email)}'`;
	const outcome = await resendInvitation(account, {
		token: invitation.token,
		field,
		known: invitation,
		wording: hasRevoked(context, email)
			? {
					...wording,
					unclearMessage: `An invitation of ${subject} was revoked, but it is unclear whether the other was sent again`,
				}
			: {
					...wording,
					unclearMessage: `It is unclear whether the invitation of ${subject} was sent again`,
				},
		validUntil,
	});
	if (!('error' in outcome))
		return { action, reason, record: publicOutput(outcome.body, account.now()) };
	if (outcome.error.status !== 404) throw outcome.error;

	const now = await findPersonNow(account, email, wording);
	const isStillThere = now.invitations.some(({ token }) => token === invitation.token);
	if (!isStillThere) return 'again';
	context.policy.checkGiving({ email, ...givenBy(access) });
	const { invitations } = person;
	return await applyPlan(
		context,
		wish,
		{ action: 'reinvited', access, invitations, reason },
		person,
		validUntil,
	);
}

/** Revokes all invitations of the person, and sends a new one. */
async function replaceInvitations(
	context: OperationContext,
	wish: Wish,
	plan: Extract<Plan, { action: 'reinvited' }>,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account, memory } = context;
	const { email, wording } = wish;
	const subject = `'${toSingleLine(email)}'`;
	for (const known of plan.invitations) {
		const { token } = known;
		const outcome = await revokeInvitation(
			account,
			{
				token,
				field,
				known,
				wording: {
					...wording,
					unclearMessage: hasRevoked(context, email)
						? `An invitation of ${subject} was revoked, but it is unclear whether another was, and no new one was sent`
						: `It is unclear whether the earlier invitation of ${subject} was revoked, and no new one was sent`,
				},
				validUntil,
			},
			{
				known: plan.invitations,
				findPerson: async () => await findPersonNow(account, known.email, wording),
			},
		);
		if (!('error' in outcome)) {
			memory.noteRevoked(
				personKey(account, email),
				{ token, ...keptOf(known, plan.access) },
				plan.invitations,
			);
			continue;
		}
		// It may have been accepted, which the lists only show after a while.
		const isGone = outcome.error.status === 404;
		if (!isGone || !(await account.client.retryBudget.wait(LIST_LAG_MS))) throw outcome.error;
		return 'again';
	}
	return await send(context, wish, plan, validUntil);
}

/** The part of an invitation's access that the new one must give too, without what should be taken away. */
const keptOf = ({ isAdmin, scopes = [] }: Invitation, access: Access) => ({
	isAdmin: isAdmin && access.is_admin,
	scopes: scopes.filter((scope) => access.scopes.includes(scope)),
});

/** What was and what was not done. A later try of the same run still has to say so. */
export const revokedWording = (subject: string): Required<Wording> => ({
	failureMessage: `The earlier invitation of ${subject} was revoked, but the new one was not sent`,
	unclearMessage: `The earlier invitation of ${subject} was revoked, but it is unclear whether the new one was sent`,
});
