import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { onFreshReadings } from '../../execution/runExclusive';
import { adviseOnScopes } from '../../parameters/access';
import { readCollection, whereSet } from '../../parameters/field';
import { readFlag } from '../../parameters/flag';
import { readTeammateChoice, teammateField } from '../../parameters/emailAddress';
import { simplifyField } from '../../parameters/simplify';
import { readText } from '../../parameters/text';
import { addressKey, type Account } from '../../sendgrid/account';
import { findUsername, onlyTeammate } from '../../sendgrid/person';
import { updateSsoTeammate, type SsoAccess } from '../../sendgrid/ssoTeammates';
import { readTeammate, refuseOwner, type Teammate } from '../../sendgrid/teammates';
import { changeOf, SendGridError, type Wording } from '../../transport/errors';
import type { ApiErrorDetail } from '../../transport/responseErrors';
import { toSingleLine } from '../../transport/sanitize';
import { quoteTeammate, withLocatedTeammates } from '../teammate/locate';
import {
	accessDetailFields,
	accessToUpdateField,
	checkGain,
	findSubusers,
	readSsoAccess,
	verifySso,
	type NamedAccess,
} from './access';

const firstNameField: INodeProperties = {
	displayName: 'First Name',
	name: 'firstName',
	type: 'string',
	default: '',
	placeholder: 'e.g. Nathan',
};

const lastNameField: INodeProperties = {
	displayName: 'Last Name',
	name: 'lastName',
	type: 'string',
	default: '',
	placeholder: 'e.g. Smith',
};

const liftField: INodeProperties = {
	displayName: 'Lift Subuser Restriction',
	name: 'liftSubuserRestriction',
	type: 'boolean',
	default: false,
	description:
		'Whether to remove the restriction to specific subusers. Required before such a person can be given account-wide scopes or a persona.',
};

const updateFieldsField: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	default: {},
	placeholder: 'Add Field',
	options: [firstNameField, lastNameField, liftField],
};

export const updateFields = [
	teammateField,
	accessToUpdateField,
	...accessDetailFields,
	simplifyField,
	updateFieldsField,
];

const field = teammateField.displayName;

const RESTRICTED =
	"A person who is restricted to subusers can't be given scopes or a persona, unless 'Lift Subuser Restriction' is turned on in 'Update Fields'.";

/** Observed: "cannot specify scopes for a restricted subuser access teammate". */
function adviseOnRestriction(
	{ scopes, persona, has_restricted_subuser_access: restriction }: SsoAccess,
	{ field = '', message }: ApiErrorDetail,
): string | undefined {
	const isAskingFor = (scopes ?? persona) !== undefined && restriction === undefined;
	const isAboutAccess = /scope|persona|restrict|subuser/i.test(`${field} ${message}`);
	return isAskingFor && isAboutAccess ? RESTRICTED : undefined;
}

/** What the item wants to change. */
interface Wish {
	firstName?: string;
	lastName?: string;
	named: NamedAccess;
	/** How messages name the person. */
	subject: string;
	wording: Wording;
}

/**
 * `PATCH /v3/sso/teammates/{username}`. What the item leaves open is not sent, except for the names: the schema
 * requires both, so they are sent unchanged.
 */
export async function update(context: OperationContext): Promise<IDataObject[]> {
	const { item } = context;
	const choice = readTeammateChoice(item);
	const subject = quoteTeammate(choice);
	const wording = changeOf(subject, 'updated');
	const chosen = readCollection(item, updateFieldsField);
	const firstName = whereSet(chosen, firstNameField, readText);
	const lastName = whereSet(chosen, lastNameField, readText);
	const isLifted = readFlag(chosen, liftField);
	const { access, rows } = readSsoAccess(context, accessToUpdateField, isLifted);
	const lifted = isLifted && { has_restricted_subuser_access: false };
	const named = { access: { ...lifted, ...access }, rows };
	const wish: Wish = { firstName, lastName, named, subject, wording };

	const what = JSON.stringify(['update', wish.firstName, wish.lastName, named]);
	return await withLocatedTeammates(context, choice, what, wording, async (found) => {
		onlyTeammate(found, wording.failureMessage);
		return await updateOne(context, found[0], wish);
	});
}

/**
 * SendGrid documents that the request names people by address. If that is somebody else's username, the request
 * would change that person.
 *
 * @throws SendGridError
 */
async function refuseNamesake(
	account: Account,
	{ email, username }: Teammate,
	wording: Wording,
): Promise<void> {
	if (email === '' || addressKey(email) === addressKey(username)) return;
	if (!(await findUsername(account, email, wording))) return;
	throw new SendGridError(
		`${wording.failureMessage}: SendGrid updates SSO teammates by email address, and '${toSingleLine(email)}' is the username of another teammate`,
		'Change this person under Settings > Teammates in SendGrid.',
	);
}

/**
 * The current name, since the update has to include it.
 *
 * @throws SendGridError if the record does not say it: an empty one might wipe it
 */
function nameIn(
	record: IDataObject,
	name: 'first_name' | 'last_name',
	{ failureMessage }: Wording,
): string {
	const value = record[name];
	if (typeof value === 'string') return value;
	throw new SendGridError(
		`${failureMessage}: SendGrid doesn't say this person's ${name.replace('_', ' ')}, which the update has to include`,
		"Run this item again later, or set 'First Name' and 'Last Name' in 'Update Fields'.",
	);
}

const updateOne = async (
	context: OperationContext,
	{ username, email }: Teammate,
	wish: Wish,
): Promise<IDataObject[]> =>
	await onFreshReadings(context, wish.wording, async (validUntil) => {
		const { account, policy } = context;
		const { firstName, lastName, named, subject, wording } = wish;
		const { access, readAt } = await findSubusers(account, named, wording);
		const before = await readTeammate(account, { username, email, field }, wording);
		refuseOwner(before, wording.failureMessage);
		await refuseNamesake(account, before, wording);
		checkGain(policy, before, access);
		if (before.isSso === false) {
			throw new SendGridError(
				`${wording.failureMessage}: this person doesn't sign in with single sign-on`,
				'Use Teammate > Update Permissions. Only the people themselves can change their names.',
			);
		}
		const names = {
			first_name: firstName ?? nameIn(before.record, 'first_name', wording),
			last_name: lastName ?? nameIn(before.record, 'last_name', wording),
		};
		const adviseOn = adviseOnScopes(account, access.scopes ?? [], wording);
		const updated = await updateSsoTeammate(
			account,
			before,
			{
				email: before.email,
				...names,
				access,
				wording,
				// Scopes are advised on first, unless the message itself speaks of a restriction.
				on400: async (detail) =>
					(/restrict/i.test(detail.message) ? adviseOnRestriction(access, detail) : undefined) ??
					(await adviseOn(detail)) ??
					adviseOnRestriction(access, detail),
				validUntil: validUntil(Math.min(before.readAt, readAt)),
			},
			field,
		);
		const record = await verifySso({
			account,
			username,
			access,
			// An unchanged name is only sent along: somebody else may change it meanwhile.
			names: { first_name: firstName, last_name: lastName },
			done: `${subject} was updated`,
			unchanged: wording.failureMessage,
			answer: updated,
			before,
		});
		return [{ ...updated, ...record }];
	});
