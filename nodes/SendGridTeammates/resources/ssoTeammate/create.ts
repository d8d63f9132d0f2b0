import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { fixScopes } from '../../parameters/scopes';
import { teammates, withEmail } from '../../sendgrid/directory';
import { SendGridFailure } from '../../transport/errors';
import { sendSettled, type Finding } from '../../transport/reconcile';
import { scopesOf } from '../../sendgrid/teammates';
import { quotable, textOf } from '../../transport/sanitize';
import { readTeammateRecord } from '../teammate/locate';
import { accessDetailFields, accessField, readSsoAccess, verifyGrants } from './access';

const nameField = (displayName: string, name: string, placeholder: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	required: true,
	placeholder,
});

export const createFields = [
	emailField,
	nameField('First Name', 'firstName', 'e.g. Nathan'),
	nameField('Last Name', 'lastName', 'e.g. Smith'),
	accessField,
	...accessDetailFields,
];

function readName(item: IExecuteSingleFunctions, name: string, field: string): string {
	const value: unknown = item.getNodeParameter(name, '');
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw new SendGridFailure(`'${field}' is empty`, `SendGrid wants a name: fill in '${field}'.`);
}

/**
 * `POST /v3/sso/teammates`. Subuser access is read back afterwards, since SendGrid answers 201 also where
 * it drops it.
 */
export async function createSsoTeammate(delivery: Delivery) {
	const { item, request, client, directory, guards } = delivery;
	const email = readEmail(item);
	guards.checkEmail(email);
	const first_name = readName(item, 'firstName', 'First Name');
	const last_name = readName(item, 'lastName', 'Last Name');
	const unfulfilled = `'${quotable(email)}' was not created`;
	const { body, grants } = await readSsoAccess(delivery, unfulfilled);

	/** Whether the person is there now, under this name. */
	async function look(): Promise<Finding<IDataObject>> {
		const teammate = await directory.findAnew(teammates(unfulfilled), withEmail(email));
		if (!teammate) return 'not done';
		const isIt = teammate.first_name === first_name && teammate.last_name === last_name;
		if (!isIt || teammate.is_sso === false) return 'unknown';
		return { done: await readTeammateRecord(delivery, textOf(teammate.username), unfulfilled) };
	}

	const created = await sendSettled<IDataObject>(
		client,
		{
			...request,
			body: { email, first_name, last_name, ...body },
			purpose: {
				unfulfilled,
				scope: 'sso.teammates.create',
				fixRejected: async (complaint) => await fixScopes(complaint, scopesOf(body), client),
			},
		},
		look,
	);
	if (!grants) return [created];
	const done = `'${quotable(email)}' was created`;
	return [{ ...created, subuser_access: await verifyGrants(delivery, email, grants, done) }];
}
