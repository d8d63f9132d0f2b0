import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { oncePerRun, onFreshReadings, withPersonLock } from '../../execution/personLock';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { readChoice } from '../../parameters/choice';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { adviseOnScopes, scopesField } from '../../parameters/scopes';
import { difference, type Access, type AccessChoice } from '../../sendgrid/access';
import { checkGrantable, resolveFor } from '../../sendgrid/grant';
import {
	createInvitation,
	invitationOutput,
	invitationState,
	resendInvitation,
	revokeInvitation,
	statusOfInvitation,
	VALIDITY_DAYS,
	type Invitation,
} from '../../sendgrid/invitations';
import {
	addressKey,
	findPerson,
	findPersonNow,
	onlyTeammate,
	type Person,
} from '../../sendgrid/person';
import { readTeammate } from '../../sendgrid/teammates';
import { bodyOf } from '../../transport/client';
import { changeOf, SendGridError, type Wording } from '../../transport/errors';
import { numberOf, toSingleLine } from '../../transport/sanitize';
import { allowsAdmins } from './admins';
import { planUpsert, type Choices, type KnownPerson, type Plan } from './planUpsert';
import { writeAccess } from './writeAccess';

const choiceFields: INodeProperties[] = [
	{
		displayName: 'If Pending',
		name: 'ifPending',
		type: 'options',
		default: 'resendIfExpiring',
		options: [
			{ name: 'Leave', value: 'leave', description: 'Send nothing' },
			{ name: 'Resend', value: 'resend', description: 'Send the email again each time' },
			{
				name: 'Resend if Expiring',
				value: 'resendIfExpiring',
				description: 'Send the email again when the invitation is about to expire',
			},
		],
		description:
			'What to do when the person has been invited with this access and has not accepted yet. Expired invitations are always sent again.',
	},
	{
		displayName: 'Expires Within Days',
		name: 'expiresWithinDays',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 6 },
		default: 2,
		displayOptions: { show: { ifPending: ['resendIfExpiring'] } },
		description: 'How many days before it expires an invitation is sent again',
	},
	{
		displayName: 'If Access Differs',
		name: 'ifAccessDiffers',
		type: 'options',
		default: 'add',
		options: [
			{
				name: 'Add',
				value: 'add',
				description:
					'Give what is missing and take nothing away. For a pending invitation, revoke it and send a new one.',
			},
			{ name: 'Leave', value: 'leave', description: 'Keep the access that the person has' },
			{
				name: 'Update',
				value: 'update',
				description:
					"Make a teammate's access exactly this. For a pending invitation, revoke it and send a new one.",
			},
		],
		description: 'What to do when the person is there with other access',
	},
];

export const upsertFields = [emailField, ...accessFields, ...choiceFields];

const field = emailField.displayName;

function readChoices(item: IExecuteSingleFunctions, options: IDataObject): Choices {
	const ifPending = readChoice(
		item,
		'ifPending',
		'If Pending',
		['leave', 'resend', 'resendIfExpiring'],
		'resendIfExpiring',
	);
	const expiresWithinDays = numberOf(item.getNodeParameter('expiresWithinDays', 2));
	const isSensible = expiresWithinDays >= 0 && expiresWithinDays < VALIDITY_DAYS;
	if (!isSensible && ifPending === 'resendIfExpiring') {
		throw new SendGridError(
			`'Expires Within Days' is not a number from 0 to less than ${VALIDITY_DAYS}`,
			`An invitation lasts ${VALIDITY_DAYS} days: from ${VALIDITY_DAYS} on, every run would send the email again. To do that, set 'If Pending' to 'Resend'.`,
		);
	}
	return {
		ifPending,
		expiresWithinDays,
		ifAccessDiffers: readChoice(
			item,
			'ifAccessDiffers',
			'If Access Differs',
			['add', 'leave', 'update'],
			'add',
		),
		allowAdmins: allowsAdmins(options),
	};
}

/** One item's wish. */
interface Wish {
	email: string;
	choice: AccessChoice;
	choices: Choices;
	wording: Required<Wording>;
}

/** What came of it: what was done, and the record of the invitation or the teammate. */
interface Result {
	action: Plan['action'];
	record: IDataObject;
	reason?: string;
	skipped: string[];
}

/** An invitation without its token, which lets its holder join the account. */
function shown(invitation: Invitation, now: number): IDataObject {
	const { token, pending_id, ...record } = invitationOutput(invitation);
	return {
		...record,
		...(invitation.expiresAt !== undefined && invitationState(invitation, now)),
	};
}

const unchangedRecord = (plan: Extract<Plan, { action: 'unchanged' }>, now: number): IDataObject =>
	'teammate' in plan ? plan.teammate.record : shown(plan.invitation, now);

/** An empty field must take nothing away, neither from a teammate nor by a new invitation. */
function refuseNothing({ access }: { access: Access }): void {
	if (access.is_admin || access.scopes.length > 0) return;
	throw new SendGridError(
		`'${scopesField.displayName}' is empty for this item, and this person has access`,
		'Choose at least one scope. To remove the person, use Teammate > Offboard.',
	);
}

/** What has to be done, and what was known when that was decided. */
interface Decision {
	plan: Plan;
	person: Person;
	skipped: string[];
}

async function decide(
	{ account }: OperationContext,
	{ email, choice, choices, wording }: Wish,
): Promise<Decision> {
	const person = await findPerson(account, email, wording);
	const listed = onlyTeammate(person.teammates, wording.failureMessage);
	const teammate =
		listed && (await readTeammate(account, { username: listed.username, field }, wording));
	const known: KnownPerson = { teammate, invitations: person.invitations };
	refuseUnknownAccess(known, wording);
	const { access, skipped } = await resolveFor(account, choice, wording, teammate?.scopes);
	const plan = planUpsert(known, access, choices, account.now());
	if (plan.action === 'updated' || plan.action === 'reinvited') refuseNothing(plan);
	return { plan, person, skipped };
}

/** @throws SendGridError where SendGrid does not say what access an invitation gives */
function refuseUnknownAccess({ teammate, invitations }: KnownPerson, { failureMessage }: Wording) {
	if (teammate || !invitations.some(({ isAdmin, scopes }) => !isAdmin && !scopes)) return;
	throw new SendGridError(
		`${failureMessage}: SendGrid's list does not say what access the pending invitation gives`,
		"Run this item again later. If this goes on, check 'API URL' in the credential.",
	);
}

/** Others have changed something since it was decided what to do. */
type Again = 'again';

async function carryOut(
	context: OperationContext,
	wish: Wish,
	{ plan, person }: Decision,
	validUntil: number,
): Promise<Omit<Result, 'skipped'> | Again> {
	const { account } = context;
	switch (plan.action) {
		case 'unchanged': {
			const { action, reason } = plan;
			return { action, reason, record: unchangedRecord(plan, account.now()) };
		}
		case 'updated': {
			const { teammate, access, action } = plan;
			const exactly = wish.choices.ifAccessDiffers === 'update';
			const subject = `'${toSingleLine(wish.email)}'`;
			const { record } = await writeAccess(context, {
				teammate: { username: teammate.username, field },
				before: teammate,
				access,
				unmetBy: (after) => {
					const { missing, superfluous, admin } = difference(after, access);
					return {
						missing,
						remaining: exactly ? superfluous : [],
						admin: admin !== undefined,
					};
				},
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
			return await send(context, wish, plan.access, { isKnownToBeNew: true, validUntil });
		case 'resent':
			context.policy.checkGiving(plan.invitation);
			return await sendAgain(context, wish, plan.invitation, person, validUntil);
		case 'reinvited':
			return await replaceInvitations(context, wish, plan.access, plan.invitations, validUntil);
	}
}

/** How an invitation is sent. */
interface Sending {
	isKnownToBeNew: boolean;
	/** Left out after a revocation: then there is no way back. */
	validUntil?: number;
	/** What to say, where something was revoked before. */
	wording?: Wording;
}

async function send(
	{ account }: OperationContext,
	{ email, wording }: Wish,
	access: Access,
	{ isKnownToBeNew, validUntil, wording: afterRevocation }: Sending,
): Promise<Omit<Result, 'skipped'> | Again> {
	const said = afterRevocation ?? {
		...wording,
		unclearMessage: `It is unclear whether '${toSingleLine(email)}' was invited`,
	};
	const outcome = await createInvitation(
		account,
		{
			email,
			access,
			isKnownToBeNew,
			wording: said,
			on400: adviseOnScopes(account, access.scopes, said),
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
	invitation: Invitation,
	{ invitations }: Person,
	validUntil: number,
): Promise<Omit<Result, 'skipped'> | Again> {
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
	const access = { scopes: invitation.scopes ?? [], is_admin: invitation.isAdmin };
	return await replaceInvitations(context, wish, access, invitations);
}

/** Revokes all invitations of the person, and sends a new one. */
async function replaceInvitations(
	context: OperationContext,
	wish: Wish,
	access: Access,
	invitations: readonly Invitation[],
	validUntil?: number,
): Promise<Omit<Result, 'skipped'> | Again> {
	const { account } = context;
	const { email, wording } = wish;
	const subject = `'${toSingleLine(email)}'`;
	const isLost = invitations.every(
		(invitation) => statusOfInvitation(invitation, account.now()) === 'expired',
	);
	// Nothing is lost with an invitation that nobody can accept any more.
	if (!isLost) await checkGrantable(account, access.scopes, wording);
	let revoked = 0;
	for (const known of invitations) {
		const outcome = await revokeInvitation(
			account,
			{
				token: known.token,
				field,
				known,
				wording: {
					...wording,
					unclearMessage: `It is unclear whether the earlier invitation of ${subject} was revoked, and no new one was sent`,
				},
				validUntil: revoked === 0 ? validUntil : undefined,
			},
			async () => await findPersonNow(account, known.email, wording),
		);
		if (!('error' in outcome)) revoked += 1;
		else if (outcome.error.status !== 404) throw outcome.error;
		else if (revoked === 0) return 'again';
	}
	const key = personKey(context, email);
	context.memory.revokedPeople.add(key);
	const result = await send(context, wish, access, {
		isKnownToBeNew: true,
		wording: revokedWording(subject),
	});
	context.memory.revokedPeople.delete(key);
	return result;
}

const personKey = ({ account }: OperationContext, email: string): string =>
	`${account.key} ${addressKey(email)}`;

/** What was done, and what was not. A later try of the same run still has to say so. */
const revokedWording = (subject: string): Required<Wording> => ({
	failureMessage: `The earlier invitation of ${subject} was revoked, but the new one was not sent`,
	unclearMessage: `The earlier invitation of ${subject} was revoked, and it is unclear whether the new one was sent`,
});

/** How often somebody is looked at again whom others are changing at the same time. */
const MAX_ROUNDS = 4;

async function ensure(context: OperationContext, wish: Wish): Promise<Result> {
	const { account } = context;
	for (let round = 1; round <= MAX_ROUNDS; round += 1) {
		const result = await onFreshReadings(context, wish.wording, async (validUntil) => {
			const decision = await decide(context, wish);
			const done = await carryOut(context, wish, decision, validUntil(decision.person.readAt));
			return done === 'again' ? done : { ...done, skipped: decision.skipped };
		});
		if (result !== 'again') return result;
		if (!(await account.client.retryBudget.wait(round * 500))) break;
		account.requireFreshReadings();
	}
	throw new SendGridError(
		`${wish.wording.failureMessage}: somebody else keeps changing this person`,
		'Run this item again later.',
	);
}

/**
 * Makes a person have the wanted access, whatever the present state, and sends an email only where that needs
 * one. The second of two items with the same address and the same wish in a run changes nothing.
 */
export async function upsert(context: OperationContext): Promise<IDataObject[]> {
	const { item, account, policy, options, memory } = context;
	const email = readEmail(item);
	policy.checkEmail(email);
	const choices = readChoices(item, options);
	const choice = readAccess(item, options.skipUngrantableScopes === true);
	if (choice.kind === 'admin') policy.checkAdmin();
	const subject = `'${toSingleLine(email)}'`;
	const isRevoked = memory.revokedPeople.has(personKey(context, email));
	const wording = isRevoked ? revokedWording(subject) : changeOf(subject, 'invited or updated');
	const wish: Wish = { email, choice, choices, wording };

	return await withPersonLock(context, email, wording, async () => {
		if (options.dryRun === true) {
			const { plan, person, skipped } = await decide(context, wish);
			const { teammates, invitations } = person;
			const record =
				plan.action === 'unchanged'
					? unchangedRecord(plan, account.now())
					: 'teammate' in plan
						? plan.teammate.record
						: invitations.length > 0
							? shown(invitations[0], account.now())
							: (teammates[0]?.record ?? {});
			const reason = 'reason' in plan && plan.reason !== undefined ? { reason: plan.reason } : {};
			return [
				{
					would: plan.action,
					action: 'unchanged',
					changed: false,
					email,
					...record,
					...reason,
					...skippedField(skipped),
				},
			];
		}
		return await oncePerRun(
			context,
			email,
			JSON.stringify(choice),
			wording,
			async () => {
				const { action, record, reason, skipped } = await ensure(context, wish);
				return [
					{
						action,
						changed: action !== 'unchanged',
						...record,
						...(reason !== undefined && { reason }),
						...skippedField(skipped),
					},
				];
			},
			(records) => records.map((record) => ({ ...record, action: 'unchanged', changed: false })),
		);
	});
}
