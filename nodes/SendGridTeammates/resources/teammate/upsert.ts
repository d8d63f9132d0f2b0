import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext, Options, Policy } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { oncePerRun, unlessUnclear } from '../../execution/runMemory';
import {
	accessFields,
	noScopes,
	readAccess,
	skippedField,
	withSkipped,
} from '../../parameters/access';
import { readChoice } from '../../parameters/choice';
import { emailField, readEmail } from '../../parameters/emailAddress';
import type { Fields } from '../../parameters/field';
import { readDays } from '../../parameters/number';
import {
	gainOf,
	givenBy,
	resolveFor,
	wishOf,
	type Access,
	type AccessChoice,
	type KnownAccess,
} from '../../sendgrid/access';
import { personKey } from '../../sendgrid/account';
import { decodeInvitation, publicOutput, VALIDITY_DAYS } from '../../sendgrid/invitations';
import {
	findColleague,
	findPerson,
	onlyTeammate,
	refuseNamesake,
	type Person,
} from '../../sendgrid/person';
import { withOutcome } from '../../transport/decode';
import { activeOutput, ifGone, readTeammate, refuseUnknownRole } from '../../sendgrid/teammates';
import type { Validity } from '../../transport/client';
import {
	changeOf,
	liveWording,
	RequestError,
	SendGridError,
	type Wording,
} from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import {
	applyPlan,
	checkPlan,
	hasRevoked,
	revokedWording,
	withoutRevoked,
	type Again,
	type Applied,
	type Wish,
} from './applyPlan';
import { mayDemote, planUpsert, type Choices, type KnownPerson, type Plan } from './planUpsert';

// The item's choices for somebody who is already there.

export const ifPendingField: INodeProperties = {
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
			description: 'Send the email again if the invitation is about to expire',
		},
	],
	description:
		"What to do if the person has been invited with this access and hasn't accepted yet. Expired invitations are always sent again.",
};

export const expiresWithinDaysField: INodeProperties = {
	displayName: 'Expires Within Days',
	name: 'expiresWithinDays',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 6 },
	default: 2,
	displayOptions: { hide: { ifPending: ['leave', 'resend'] } },
	description: 'An invitation is sent again if it expires within this many days',
};

const ifAccessDiffersField: INodeProperties = {
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
				"Change a teammate's access to exactly this. For a pending invitation, revoke it and send a new one.",
		},
	],
	description: 'What to do if the person is already there with different access',
};

export const upsertFields = [
	emailField,
	...accessFields,
	ifPendingField,
	expiresWithinDaysField,
	ifAccessDiffersField,
];

const field = emailField.displayName;

const TOO_MANY_DAYS = `Invitations last ${VALIDITY_DAYS} days, so with ${VALIDITY_DAYS} or more every run would send the email again. To do that, set 'If Pending' to 'Resend'.`;

/** What to do about an invitation that gives the wanted access. @throws SendGridError */
export function readIfPending(item: Fields): Pick<Choices, 'ifPending' | 'expiresWithinDays'> {
	const ifPending = readChoice(item, ifPendingField, ['leave', 'resend', 'resendIfExpiring']);
	return {
		ifPending,
		expiresWithinDays:
			ifPending === 'resendIfExpiring'
				? readDays(item, expiresWithinDaysField, { below: VALIDITY_DAYS, advice: TOO_MANY_DAYS })
				: Number(expiresWithinDaysField.default),
	};
}

/** @throws SendGridError */
const readChoices = (item: Fields, { allowAdmins }: Options): Choices => ({
	...readIfPending(item),
	ifAccessDiffers: readChoice(item, ifAccessDiffersField, ['add', 'leave', 'update']),
	allowAdmins,
});

/** An empty field must take nothing away, neither from a teammate nor by a new invitation. */
function refuseNothing(
	{ access }: { access: Access },
	{ teammate, invitations, revoked = [] }: KnownPerson,
	options: Options,
): void {
	const hasSomething =
		teammate !== undefined ||
		[...invitations, ...revoked].some(({ isAdmin, scopes = [] }) => isAdmin || scopes.length > 0);
	if (access.is_admin || access.scopes.length > 0 || !hasSomething) return;
	throw new SendGridError(
		`${noScopes(options)}, and this person has access`,
		'Choose at least one scope. To remove the person, use Teammate > Offboard.',
	);
}

/** Resending an invitation may give admin access again, and any other change may take it away, or change nothing. */
function refuseHiddenAdmin(
	plan: Plan,
	{ teammate, invitations }: KnownPerson,
	choices: Choices,
	{ failureMessage }: Wording,
): void {
	if (!('access' in plan)) return;
	if (plan.access.is_admin) {
		// It may be an admin's already. Then every run would revoke it and send another.
		for (const invitation of plan.action === 'reinvited' ? plan.invitations : [])
			refuseUnknownRole(invitation, failureMessage, 'revoke the invitation');
		return;
	}
	if (mayDemote(choices)) return;
	for (const record of teammate ? [teammate] : invitations) {
		refuseUnknownRole(
			record,
			failureMessage,
			`turn on 'Allow Admins' in 'Options'${choices.ifAccessDiffers === 'update' ? '' : " and set 'If Access Differs' to 'Update'"}`,
		);
	}
}

/** What has to be done, and what was known at the decision. */
interface Decision {
	plan: Plan;
	person: Person;
	skipped: string[];
	/** The time of the oldest reading that it is based on, in epoch milliseconds. */
	readAt: number;
}

/** The actions that send an email. */
const MAILING: ReadonlySet<Plan['action']> = new Set(['invited', 'reinvited', 'resent']);

const ON_NAMESAKE =
	'Name that address if it is the same person. To invite this one all the same, use Invitation > Invite.';

const MAILED =
	'An earlier item of this run has already sent this person an email for the same access.';

const REVOKED = 'An earlier invitation of this person was revoked.';

const HAS_ACCESS = 'Nothing more had to be done: by then the person had the access.';

/**
 * What an email stands for. Sent again, an invitation is the same for everybody who wants this access; a new one may
 * also give what the person had, or just not.
 */
const mailKey = (
	account: { key: string },
	email: string,
	choice: AccessChoice,
	{ ifAccessDiffers }: Choices,
	action: Plan['action'],
): string => {
	const wish = action === 'resent' ? [wishOf(choice)] : [wishOf(choice), ifAccessDiffers];
	return `${personKey(account, email)} ${JSON.stringify(wish)}`;
};

async function decide(
	context: OperationContext,
	{ email, choice, choices, wording, accessAfterRun }: Wish,
): Promise<Decision | Again> {
	const { account, memory, policy } = context;
	const found = await findPerson(account, email, wording);
	memory.forgetRevokedAccess(personKey(account, email), found);
	const person = { ...found, invitations: withoutRevoked(context, email, found.invitations) };
	const listed = onlyTeammate(person.teammates, wording.failureMessage);
	// Somebody may have left since the list was read.
	const teammate =
		listed &&
		(await readTeammate(account, { username: listed.username, email, field }, wording).catch(
			ifGone<Again>('again'),
		));
	if (teammate === 'again') return teammate;
	const revoked = memory.revokedOf(personKey(account, email));
	const known: KnownPerson = { teammate, invitations: person.invitations, revoked };
	refuseUnknownAccess(known, wording);
	const colleague = await findColleague(
		account,
		choice,
		{ email, ...teammate },
		wording,
		accessAfterRun,
	);
	const { access, skipped } = await resolveFor(
		context,
		choice,
		wording,
		presentScopes(known),
		colleague,
	);
	const plan = planUpsert(known, access, choices, account.now());
	if ('access' in plan && plan.action !== 'invited') refuseNothing(plan, known, context.options);
	checkLimits(policy, email, plan);
	if (plan.action === 'reinvited') refuseNoAdmin(plan, known, choices, wording);
	refuseHiddenAdmin(plan, known, choices, wording);
	if (MAILING.has(plan.action)) refuseNamesake(person, wording, ON_NAMESAKE);
	const mail = mailKey(account, email, choice, choices, plan.action);
	const readAt = Math.min(readAtOf(plan, person), colleague?.readAt ?? Infinity);
	if (!MAILING.has(plan.action) || !memory.mailed.has(mail))
		return { plan, person, skipped, readAt };
	const unclear = memory.mailed.get(mail);
	if (unclear) throw unclear.forSubject(wording);
	if (revoked.length > 0) throw mailedError(wording);
	const invitation = person.invitations[0] ?? decodeInvitation({ email });
	return { plan: { action: 'unchanged', invitation, reason: MAILED }, person, skipped, readAt };
}

/**
 * An invitation gives everything in it, even to somebody who was invited to the same before. @throws SendGridError
 */
function checkLimits(policy: Policy, email: string, plan: Plan): void {
	switch (plan.action) {
		case 'unchanged':
			return;
		case 'resent':
			return policy.checkGiving(plan.invitation);
		case 'updated':
			return policy.checkGiving({ ...plan.teammate, ...gainOf(plan.teammate, plan.access) });
		case 'invited':
		case 'reinvited':
			return policy.checkGiving({ email, ...givenBy(plan.access) });
	}
}

const presentScopes = ({ teammate, invitations, revoked = [] }: KnownPerson): readonly string[] =>
	[...(teammate ? [teammate] : invitations), ...revoked].flatMap(({ scopes = [] }) => scopes);

const mailedError = ({ failureMessage }: Wording): SendGridError =>
	new SendGridError(
		`${failureMessage}: an earlier item of this run had already sent this person an email for the same access`,
		'Run this item again.',
	);

/** @throws SendGridError for somebody whose invitation as an admin was revoked by an item of this run */
function refuseNoAdmin(
	{ access }: { access: Access },
	{ invitations, revoked = [] }: KnownPerson,
	choices: Choices,
	{ failureMessage }: Wording,
): void {
	const wasAdmin = invitations.length === 0 && revoked.some(({ isAdmin }) => isAdmin);
	if (!wasAdmin || access.is_admin || mayDemote(choices)) return;
	throw new SendGridError(
		`${failureMessage}: it was an admin invitation`,
		"Run this item again to make the person an ordinary teammate, or set 'Access' to 'Admin'.",
	);
}

/** @throws SendGridError if SendGrid does not say what access an invitation gives */
function refuseUnknownAccess({ teammate, invitations }: KnownPerson, { failureMessage }: Wording) {
	if (teammate || !invitations.some(({ isAdmin, scopes }) => !isAdmin && !scopes)) return;
	throw new SendGridError(
		`${failureMessage}: SendGrid's list doesn't show what access the pending invitation gives`,
		"Run this item again later. If this keeps happening, check 'API URL' in the credential.",
	);
}

/** The time of the reading that a plan is based on. For a teammate, that is the record, which is read last. */
const readAtOf = (plan: Plan, { readAt }: Person): number =>
	plan.action === 'updated' ? plan.teammate.readAt : readAt;

/** How often a person whom others are changing at the same time is looked at again. */
const MAX_ROUNDS = 4;

/** Tries until nobody else is changing the person at the same time. @throws SendGridError */
async function untilSettled<Result>(
	{ account }: OperationContext,
	wish: Wish,
	attempt: () => Promise<Result | Again>,
): Promise<Result> {
	for (let round = 1; round <= MAX_ROUNDS; round += 1) {
		const result = await attempt();
		if (result !== 'again') return result;
		if (!(await account.client.retryBudget.wait(round * 500))) break;
		account.requireFreshReadings();
	}
	throw changingError(wish);
}

/** What was done, or would be, and which scopes had to be left out. */
export type Ensured = Applied & { skipped: string[] };

async function decideAndApply(
	context: OperationContext,
	wish: Wish,
	validUntil: (readAt: number) => Validity,
): Promise<Ensured | Again> {
	const { account, memory } = context;
	const decision = await decide(context, wish);
	if (decision === 'again') return decision;
	const { plan, person, skipped, readAt } = decision;
	const noteMail = (unclear?: RequestError) => {
		for (const action of ['resent', plan.action] as const) {
			const mail = mailKey(account, wish.email, wish.choice, wish.choices, action);
			memory.mailed.set(mail, unclear);
		}
	};
	const done = await applyPlan(context, wish, plan, person, validUntil(readAt)).catch(
		(thrown: unknown) => {
			const isUnclear = thrown instanceof RequestError && thrown.isUnclear;
			if (isUnclear && MAILING.has(plan.action)) noteMail(thrown);
			throw thrown;
		},
	);
	if (done === 'again') return done;
	if (MAILING.has(done.action)) noteMail();
	const told = hasRevoked(context, wish.email) ? afterRevoking(done, plan) : done;
	memory.finish(personKey(account, wish.email));
	return { ...told, skipped };
}

/** Gives the person the wanted access. The person's lock must be held. */
export const ensure = async (context: OperationContext, wish: Wish): Promise<Ensured> =>
	await untilSettled(
		context,
		wish,
		async () =>
			await onFreshReadings(
				context,
				wish.wording,
				async (validUntil) => await decideAndApply(context, wish, validUntil),
			),
	);

/** Others have done the rest in the meantime, but something was revoked before. */
const afterRevoking = (done: Applied, plan: Plan): Applied =>
	done.action === 'unchanged'
		? {
				...done,
				action: 'teammate' in plan ? 'updated' : 'reinvited',
				reason: `${REVOKED} ${done.reason ?? HAS_ACCESS}`,
			}
		: done;

const changingError = ({ wording }: Wish): SendGridError =>
	new SendGridError(
		`${wording.failureMessage}: SendGrid's answers about this person keep changing`,
		'Run this item again later.',
	);

/** Says at any moment what has been done about the person so far. */
export function wordingFor(context: OperationContext, email: string): Required<Wording> {
	const subject = `'${toSingleLine(email)}'`;
	const untouched = changeOf(subject, 'invited or updated');
	return liveWording(() => (hasRevoked(context, email) ? revokedWording(subject) : untouched));
}

/**
 * Gives a person the wanted access, whatever their present state, and sends an email only if that needs one. The
 * second of two items with the same address and the same wish in a run changes nothing.
 */
export async function upsert(context: OperationContext): Promise<IDataObject[]> {
	const { item, policy, options } = context;
	const email = readEmail(item);
	policy.checkEmail(email);
	const choices = readChoices(item, options);
	const named = readAccess(item, options.skipUngrantableScopes);
	const choice = { ...named, skipped: [] };
	if (choice.kind === 'admin') policy.checkAdmin();
	const wording = wordingFor(context, email);

	const wish: Wish = { email, choice, choices, wording };
	if (options.dryRun) {
		const tell = async () => [await dryRun(context, wish)];
		return (await withPersonLock(context, email, wording, tell)).map(withSkipped(named));
	}
	const ensureOnce = async () =>
		await oncePerRun(
			context,
			email,
			JSON.stringify([wishOf(choice), choices]),
			async () => [outputOf(wish, await ensure(context, wish))],
			(records) => records.map((record) => ({ ...record, action: 'unchanged', changed: false })),
			true,
		);
	// What is unclear stays unclear, whatever else is chosen for the same access.
	const access = JSON.stringify(wishOf(choice));
	const records = await withPersonLock(
		context,
		email,
		wording,
		async () => await unlessUnclear(context, email, access, ensureOnce),
		{ name: email, wish: access },
	);
	return records.map(withSkipped(named));
}

/** What is done, to whom, and why. */
const shownOf = (
	outcome: IDataObject,
	{ email }: Wish,
	{ record, reason, skipped }: Omit<Ensured, 'action'>,
): IDataObject => ({
	...withOutcome({ ...outcome, reason: reason ?? null }, record),
	// SendGrid's answer may leave it out.
	email: record.email || email,
	...skippedField(skipped),
});

const outputOf = (wish: Wish, { action, ...rest }: Ensured): IDataObject =>
	shownOf({ action, changed: action !== 'unchanged' }, wish, rest);

/**
 * What would be done, the current record, and the access that a teammate would have in place of the present one.
 *
 * @throws SendGridError if it could not be done
 */
export async function preview(
	context: OperationContext,
	wish: Wish,
): Promise<Ensured & { after?: KnownAccess }> {
	await context.account.waitForOwnWrites(wish.email, wish.wording);
	const decision = await untilSettled(context, wish, async () => await decide(context, wish));
	const { plan, person, skipped } = decision;
	await checkPlan(context, wish, plan);
	const [invitation] = person.invitations;
	const now = context.account.now();
	const record =
		'teammate' in plan
			? activeOutput(plan.teammate)
			: invitation
				? publicOutput(invitation, now)
				: { email: wish.email, status: 'not_found', expires_at: null, days_left: null };
	const after = plan.action === 'updated' ? givenBy(plan.access) : undefined;
	return { action: plan.action, record, reason: plan.reason, skipped, after };
}

const WOULD = {
	invited: 'invite',
	reinvited: 'reinvite',
	resent: 'resend',
	updated: 'update',
	unchanged: 'nothing',
};

async function dryRun(context: OperationContext, wish: Wish): Promise<IDataObject> {
	const { action, ...rest } = await preview(context, wish);
	return shownOf({ would: WOULD[action], dry_run: true }, wish, rest);
}
