import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { accessFields, readAccess, skippedField } from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { resendInvitation } from '../invitation/resendOne';
import { createInvitation } from '../invitation/send';
import { readTeammateRecord } from './locate';
import { refuseNothing, replacePermissions } from './updatePermissions';
import { hasAccess, type Access } from '../../sendgrid/access';
import { tokenOf } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { invitationRecord, invitationState } from '../../sendgrid/invitations';
import { tick } from '../../transport/singleFlight';
import { numberOf, toSingleLine, textOf } from '../../transport/sanitize';
import { planUpsert, type Action, type Choices } from './planUpsert';
import { withPersonLock, lookUp, type Person } from './person';
import { FIELD, REQUESTS, revokeIfThere } from './requests';

const choiceFields: INodeProperties[] = [
	{
		displayName: 'If Pending',
		name: 'ifPending',
		type: 'options',
		default: 'resendIfExpiring',
		options: [
			{ name: 'Leave', value: 'leave', description: 'Send nothing' },
			{ name: 'Resend', value: 'resend', description: 'Send the e-mail again each time' },
			{
				name: 'Resend if Expiring',
				value: 'resendIfExpiring',
				description: 'Send the e-mail again when the invitation is about to expire',
			},
		],
		description:
			'What to do when the person has been invited with this access and has not accepted yet. Expired invitations are always sent again.',
	},
	{
		displayName: 'Expires Within Days',
		name: 'expiresWithinDays',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 2,
		displayOptions: { show: { ifPending: ['resendIfExpiring'] } },
		description: 'How many days before its end an invitation is sent again',
	},
	{
		displayName: 'If Access Differs',
		name: 'ifAccessDiffers',
		type: 'options',
		default: 'update',
		options: [
			{ name: 'Leave', value: 'leave', description: 'Keep the access that the person has' },
			{
				name: 'Update',
				value: 'update',
				description: 'Give a teammate the access above. Revoke an invitation and send a new one.',
			},
		],
		description: 'What to do when the person is there with other access',
	},
];

export const upsertFields = [emailField, ...accessFields, ...choiceFields];

function readChoice<Value extends string>(
	item: IExecuteSingleFunctions,
	name: string,
	field: string,
	values: readonly Value[],
	preset: Value,
): Value {
	const chosen: unknown = item.getNodeParameter(name, preset);
	const value = values.find((known) => known === chosen);
	if (value) return value;
	throw new SendGridError(
		`'${field}' is not one of its choices`,
		`Set '${field}' to ${values.map((known) => `'${known}'`).join(' or ')}.`,
	);
}

function readChoices(item: IExecuteSingleFunctions): Choices {
	const expiresWithinDays = numberOf(item.getNodeParameter('expiresWithinDays', 2));
	if (!(expiresWithinDays >= 0)) {
		throw new SendGridError(
			"'Expires Within Days' is not a number of days",
			"Set 'Expires Within Days' to a number from 0.",
		);
	}
	return {
		expiresWithinDays,
		ifPending: readChoice(
			item,
			'ifPending',
			'If Pending',
			['leave', 'resend', 'resendIfExpiring'],
			'resendIfExpiring',
		),
		ifAccessDiffers: readChoice(
			item,
			'ifAccessDiffers',
			'If Access Differs',
			['leave', 'update'],
			'update',
		),
	};
}

/** What came of it: what was done, and the record of the invitation or the teammate. */
interface Result {
	action: Action;
	record: IDataObject;
}

const shown = (invitation: IDataObject): IDataObject => ({
	...invitationRecord(invitation),
	...(invitation.expiration_date !== undefined && invitationState(invitation)),
});

const unchanged = ({ teammate, invitation }: Person): Result => ({
	action: 'unchanged',
	record: teammate ?? shown(invitation ?? {}),
});

/** Invites. Whoever was invited by somebody else meanwhile, with the same access, is fine as well. */
async function inviteNow(
	context: OperationContext,
	email: string,
	access: Access,
	failureMessage: string,
	action: Action,
	isNew = true,
): Promise<Result> {
	const invitation = { email, access, isNew, failureMessage };
	const outcome = await createInvitation(context, REQUESTS.invite, invitation);
	if (!('failure' in outcome)) return { action, record: shown(outcome.body) };
	if (outcome.failure.status === 400) {
		// Unknown: what SendGrid says about an address that is there already.
		const person = await lookUp(context, email, failureMessage, tick());
		if (person.teammate) return unchanged(person);
		if (person.invitation && hasAccess(person.invitation, access)) return unchanged(person);
	}
	throw outcome.failure;
}

/** Sends an invitation again; where SendGrid does not know it (any more), a new one. */
async function sendAgain(
	context: OperationContext,
	email: string,
	invitation: IDataObject,
	access: Access,
	failureMessage: string,
): Promise<Result> {
	const outcome = await resendInvitation(context, REQUESTS.resend, {
		token: tokenOf(invitation),
		record: invitation,
		field: FIELD,
		failureMessage,
	});
	if (!('failure' in outcome)) return { action: 'resent', record: shown(outcome.body) };
	if (outcome.failure.status !== 404) throw outcome.failure;

	const person = await lookUp(context, email, failureMessage, tick());
	if (person.teammate) return unchanged(person);
	if (person.invitation && tokenOf(person.invitation) !== tokenOf(invitation)) {
		return unchanged(person);
	}
	return await inviteNow(context, email, access, failureMessage, 'reinvited', !person.invitation);
}

async function carryOut(
	context: OperationContext,
	action: Action,
	email: string,
	{ teammate, invitation }: Person,
	access: Access,
	failureMessage: string,
): Promise<Result> {
	if (action === 'updated' && teammate) {
		const record = await replacePermissions(context, REQUESTS.update, {
			username: textOf(teammate.username),
			name: toSingleLine(email),
			access,
			failureMessage,
		});
		return { action, record };
	}
	if (action === 'resent' && invitation) {
		return await sendAgain(context, email, invitation, access, failureMessage);
	}
	if (action === 'unchanged') return unchanged({ teammate, invitation });
	if (action === 'reinvited' && invitation) {
		await revokeIfThere(context, invitation, failureMessage);
	}
	return await inviteNow(context, email, access, failureMessage, action);
}

/**
 * Makes a person have the wanted access, whatever the present state, and sends an e-mail only where that
 * needs one. The second of two items with the same address and the same wish in a run changes nothing.
 */
export async function upsert(context: OperationContext) {
	const { item, policy: guards, options, run } = context;
	const email = readEmail(item);
	guards.checkEmail(email);
	const choices = readChoices(item);
	const failureMessage = `'${toSingleLine(email)}' was neither invited nor updated`;
	const wanted = await readAccess(context, failureMessage);
	const { access } = wanted;

	return await withPersonLock(context, email, failureMessage, async (person, key) => {
		const wish = JSON.stringify([access.is_admin, [...access.scopes].sort()]);
		const served = run.handledPeople.get(key);
		if (served?.wanted === wish) {
			return [{ action: 'unchanged', changed: false, ...served.record }];
		}

		const { teammate, invitation } = person;
		const known: Person = teammate
			? {
					invitation,
					teammate: await readTeammateRecord(context, textOf(teammate.username), failureMessage),
				}
			: { invitation };
		const plan = planUpsert(known, access, choices);
		if (plan === 'updated') refuseNothing(access);
		if (options.dryRun === true) {
			const { record } = unchanged(known);
			return [{ would: plan, action: 'unchanged', changed: false, email, ...record }];
		}

		const { action, record } = await carryOut(context, plan, email, known, access, failureMessage);
		const answer = { ...record, ...skippedField(wanted) };
		run.handledPeople.set(key, { wanted: wish, record: answer });
		return [{ action, changed: action !== 'unchanged', ...answer }];
	});
}
