import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { adviseOnScopes } from '../../parameters/scopes';
import { teammates, withEmail } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { sendReconciled, type WriteState } from '../../transport/reconcile';
import { scopesOf } from '../../sendgrid/teammates';
import { toSingleLine, textOf } from '../../transport/sanitize';
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
	throw new SendGridError(`'${field}' is empty`, `SendGrid wants a name: fill in '${field}'.`);
}

/**
 * `POST /v3/sso/teammates`. Subuser access is read back afterwards, since SendGrid answers 201 also where
 * it drops it.
 */
export async function createSsoTeammate(context: OperationContext) {
	const { item, request, client, directory, policy: guards } = context;
	const email = readEmail(item);
	guards.checkEmail(email);
	const first_name = readName(item, 'firstName', 'First Name');
	const last_name = readName(item, 'lastName', 'Last Name');
	const failureMessage = `'${toSingleLine(email)}' was not created`;
	const { body, grants } = await readSsoAccess(context, failureMessage);

	/** Whether the person is there now, under this name. */
	async function look(): Promise<WriteState<IDataObject>> {
		const teammate = await directory.findAnew(teammates(failureMessage), withEmail(email));
		if (!teammate) return 'not done';
		const isIt = teammate.first_name === first_name && teammate.last_name === last_name;
		if (!isIt || teammate.is_sso === false) return 'unknown';
		return { done: await readTeammateRecord(context, textOf(teammate.username), failureMessage) };
	}

	const created = await sendReconciled<IDataObject>(
		client,
		{
			...request,
			body: { email, first_name, last_name, ...body },
			context: {
				failureMessage,
				scope: 'sso.teammates.create',
				on400: async (complaint) => await adviseOnScopes(complaint, scopesOf(body), client),
			},
		},
		look,
	);
	if (!grants) return [created];
	const done = `'${toSingleLine(email)}' was created`;
	return [{ ...created, subuser_access: await verifyGrants(context, email, grants, done) }];
}
