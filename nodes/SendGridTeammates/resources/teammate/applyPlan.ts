import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { personKey } from '../../execution/runMemory';
import { emailField } from '../../parameters/emailAddress';
import { adviseOnScopes, scopesFieldOf } from '../../parameters/access';
import { type Access, type AccessChoice, checkGrantable, namedScopes } from '../../sendgrid/access';
import {
	checkTokens,
	createInvitation,
	invitationState,
	publicOutput,
	resendInvitation,
	revokeInvitation,
	statusOfInvitation,
	type Invitation,
} from '../../sendgrid/invitations';
import { findPersonNow, type Person } from '../../sendgrid/person';
import { bodyOf, type Validity } from '../../transport/client';
import type { Wording } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import type { Choices, Plan } from './planUpsert';
import { unmetOf, writeAccess } from './writeAccess';

const field = emailField.displayName;

/** One item's wish. */
export interface Wish {
	email: string;
	choice: AccessChoice;
	choices: Choices;
	wording: Required<Wording>;
}

/** What was done, and the record of the invitation or the teammate. */
export interface Applied {
	action: Plan['action'];
	record: IDataObject;
	reason?: string;
}

/** An invitation without its token, with what its expiry means now. */
export const shown = (invitation: Invitation, now: number): IDataObject => ({
	...publicOutput(invitation),
	...(invitation.expiresAt !== undefined && invitationState(invitation, now)),
});

export const unchangedRecord = (
	plan: Extract<Plan, { action: 'unchanged' }>,
	now: number,
): IDataObject => ('teammate' in plan ? plan.teammate.record : shown(plan.invitation, now));

/** Others have changed something since it was decided what to do. */
export type Again = 'again';

export async function applyPlan(
	context: OperationContext,
	wish: Wish,
	plan: Plan,
	person: Person,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	switch (plan.action) {
		case 'unchanged': {
			const { action, reason } = plan;
			return { action, reason, record: unchangedRecord(plan, account.now()) };
		}
		case 'updated': {
			const { teammate, access, action } = plan;
			const subject = `'${toSingleLine(wish.email)}'`;
			const { record } = await writeAccess(context, {
				teammate: { username: teammate.username, field },
				before: teammate,
				access,
				unmetBy: unmetOf(access, wish.choices.ifAccessDiffers === 'update'),
				subject,
				wording: {
					...wish.wording,
					unclearMessage: `It is unclear whether the permissions of ${subject} were updated`,
				},
				validUntil,
			});
			return { action, record };
		}
		case 'invited':
			return await send(context, wish, plan.access, { known: [], validUntil });
		case 'resent':
			context.policy.checkGiving(plan.invitation);
			return await sendAgain(context, wish, plan, person, validUntil);
		case 'reinvited':
			return await replaceInvitations(context, wish, plan.access, plan.invitations, validUntil);
	}
}

/** How an invitation is sent. */
interface Sending {
	/** The invitations that the person had right before. */
	known: readonly Invitation[];
	/** Left out after a revocation: then there is no way back. */
	validUntil?: Validity;
	/** What to say, where something was revoked before. */
	wording?: Wording;
}

async function send(
	{ account }: OperationContext,
	{ email, choice, wording }: Wish,
	access: Access,
	{ known, validUntil, wording: afterRevocation }: Sending,
): Promise<Applied | Again> {
	const said = afterRevocation ?? {
		...wording,
		unclearMessage: `It is unclear whether '${toSingleLine(email)}' was invited`,
	};
	const outcome = await createInvitation(
		account,
		{
			email,
			access,
			known,
			wording: said,
			on400: adviseOnScopes(account, access.scopes, said, scopesFieldOf(choice)),
			validUntil,
		},
		async () => await findPersonNow(account, email, said),
	);
	if ('error' in outcome && !afterRevocation && isConflict(outcome.error.status)) {
		// Unknown: what SendGrid says about an address that somebody else has just invited.
		const person = await findPersonNow(account, email, wording);
		if (person.teammates.length + person.invitations.length > 0) return 'again';
	}
	const action = afterRevocation ? 'reinvited' : 'invited';
	return { action, record: shown(bodyOf(outcome), account.now()) };
}

const isConflict = (status: number | undefined) => status === 400 || status === 409;

/** Sends an invitation again; where SendGrid no longer accepts it, a new one. */
async function sendAgain(
	context: OperationContext,
	wish: Wish,
	{ invitation, access }: Extract<Plan, { action: 'resent' }>,
	{ invitations }: Person,
	validUntil: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	const { email, wording } = wish;
	const outcome = await resendInvitation(account, {
		token: invitation.token,
		field,
		known: invitation,
		wording: {
			...wording,
			unclearMessage: `It is unclear whether the invitation of '${toSingleLine(email)}' was sent again`,
		},
		validUntil,
	});
	if (!('error' in outcome))
		return { action: 'resent', record: shown(outcome.body, account.now()) };
	if (outcome.error.status !== 404) throw outcome.error;

	const now = await findPersonNow(account, email, wording);
	const isStillThere = now.invitations.some(({ token }) => token === invitation.token);
	if (!isStillThere) return 'again';
	return await replaceInvitations(context, wish, access, invitations);
}

/** Revokes all invitations of the person, and sends a new one. */
async function replaceInvitations(
	context: OperationContext,
	wish: Wish,
	access: Access,
	invitations: readonly Invitation[],
	validUntil?: Validity,
): Promise<Applied | Again> {
	const { account } = context;
	const { email, wording } = wish;
	const subject = `'${toSingleLine(email)}'`;
	const isLost = invitations.every(
		(invitation) => statusOfInvitation(invitation, account.now()) === 'expired',
	);
	checkTokens(invitations, wording);
	// Nothing is lost with an invitation that nobody can accept any more.
	if (!isLost)
		await checkGrantable(
			account,
			access.scopes,
			{ scopes: namedScopes(wish.choice), field: scopesFieldOf(wish.choice) },
			wording,
		);
	const key = personKey(account, email);
	const { revokedPeople } = context.memory;
	for (const [index, known] of invitations.entries()) {
		const isRevoked = revokedPeople.has(key);
		const outcome = await revokeInvitation(
			account,
			{
				token: known.token,
				field,
				known,
				wording: isRevoked
					? revokedWording(subject)
					: {
							...wording,
							unclearMessage: `It is unclear whether the earlier invitation of ${subject} was revoked, and no new one was sent`,
						},
				validUntil: index === 0 ? validUntil : undefined,
			},
			{
				known: invitations,
				findPerson: async () => await findPersonNow(account, known.email, wording),
			},
		);
		if (!('error' in outcome)) revokedPeople.add(key);
		else if (outcome.error.status !== 404) throw outcome.error;
		// It may have been accepted.
		else if ((await findPersonNow(account, email, wording)).teammates.length > 0) return 'again';
		else if (!isRevoked && index === invitations.length - 1) return 'again';
	}
	return await send(context, wish, access, {
		known: invitations,
		wording: revokedWording(subject),
	});
}

/** What was done, and what was not. A later try of the same run still has to say so. */
export const revokedWording = (subject: string): Required<Wording> => ({
	failureMessage: `The earlier invitation of ${subject} was revoked, but the new one was not sent`,
	unclearMessage: `The earlier invitation of ${subject} was revoked, but it is unclear whether the new one was sent`,
});
