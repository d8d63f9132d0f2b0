import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { oncePerRun } from '../../execution/runMemory';
import { adviseOnScopes } from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { simplifyField } from '../../parameters/simplify';
import { readText } from '../../parameters/text';
import { createSsoTeammate } from '../../sendgrid/ssoTeammates';
import { changeOf } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';
import {
	accessDetailFields,
	accessField,
	checkGain,
	findSubusers,
	readSsoAccess,
	verifySso,
} from './access';

const nameField = (displayName: string, name: string, placeholder: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	required: true,
	placeholder,
});

const firstNameField = nameField('First Name', 'firstName', 'e.g. Nathan');
const lastNameField = nameField('Last Name', 'lastName', 'e.g. Smith');

const ON_REFUSAL =
	'Check the values of this item. To change an existing teammate, use SSO Teammate > Update.';

export const createFields = [
	emailField,
	firstNameField,
	lastNameField,
	accessField,
	...accessDetailFields,
	simplifyField,
];

/**
 * `POST /v3/sso/teammates`. It is read back afterwards, since SendGrid answers 201 even if it drops access, and the
 * answer may lack the scopes.
 */
export async function create(context: OperationContext): Promise<IDataObject[]> {
	const { item, account, policy } = context;
	const email = readEmail(item);
	policy.checkEmail(email);
	const first_name = readText(item, firstNameField);
	const last_name = readText(item, lastNameField);
	const subject = `'${toSingleLine(email)}'`;
	const wording = changeOf(subject, 'created');
	const named = readSsoAccess(context, accessField);
	checkGain(policy, { email, isAdmin: false }, named.access);

	const wish = JSON.stringify([first_name, last_name, named]);
	const createNow = async () =>
		// If the outcome is unclear, the lists must not show somebody who has just been deleted.
		await onFreshReadings(context, wording, async (validUntil) => {
			const { access, readAt } = await findSubusers(account, named, wording);
			const adviseOn = adviseOnScopes(account, access.scopes ?? [], wording);
			const created = await createSsoTeammate(account, {
				email,
				first_name,
				last_name,
				access,
				wording,
				on400: async (detail) => (await adviseOn(detail)) ?? ON_REFUSAL,
				validUntil: validUntil(readAt),
			});
			const record = await verifySso({
				account,
				username: email,
				access,
				names: { first_name, last_name },
				done: `${subject} was created`,
				unchanged: wording.failureMessage,
				answer: created,
			});
			return [{ ...created, ...record }];
		});
	return await withPersonLock(
		context,
		email,
		wording,
		async () => await oncePerRun(context, email, wish, createNow),
		{ name: email, wish },
	);
}
