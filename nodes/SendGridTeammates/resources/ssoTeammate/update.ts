import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { adviseOnScopes } from '../../parameters/scopes';
import { readTeammate, teammateField } from '../../parameters/teammate';
import { isRecord } from '../../transport/responseErrors';
import { SendGridError } from '../../transport/errors';
import { sendReconciled, type WriteState } from '../../transport/reconcile';
import { scopesOf } from '../../sendgrid/teammates';
import {
	FIELD,
	nameOf,
	NO_SUCH_USERNAME,
	readTeammateRecord,
	refuseOwner,
	usernameOf,
} from '../teammate/locate';
import { accessDetailFields, accessToUpdateField, readSsoAccess, verifyGrants } from './access';

const updateFieldsField: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	default: {},
	placeholder: 'Add Field',
	options: [
		{
			displayName: 'First Name',
			name: 'firstName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Nathan',
		},
		{
			displayName: 'Last Name',
			name: 'lastName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Smith',
		},
		{
			displayName: 'Lift Subuser Restriction',
			name: 'liftSubuserRestriction',
			type: 'boolean',
			default: false,
			description:
				'Whether a person who could work in some subusers only is to work in the account itself. Needed for giving such a person scopes or a persona.',
		},
	],
};

export const updateFields = [
	teammateField,
	accessToUpdateField,
	...accessDetailFields,
	updateFieldsField,
];

const given = (value: unknown) =>
	typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

const isEmpty = (body: IDataObject) => Object.keys(body).length === 0;

/**
 * `PATCH /v3/sso/teammates/{username}`. What the item leaves open is not sent, but for the names: the
 * schema wants both, so they are sent as they are.
 */
export async function updateSsoTeammate(context: OperationContext) {
	const { item, request, client } = context;
	const choice = readTeammate(item);
	const name = nameOf(choice);
	const failureMessage = `'${name}' was not updated`;
	const chosen: unknown = item.getNodeParameter('updateFields', {});
	const { firstName, lastName, liftSubuserRestriction } = isRecord(chosen)
		? (chosen as IDataObject)
		: {};
	const { body, grants } = await readSsoAccess(context, failureMessage);

	const username = await usernameOf(context, choice, failureMessage);
	const before = await readTeammateRecord(context, username, failureMessage);
	refuseOwner(before, failureMessage);
	if (before.is_sso === false) {
		throw new SendGridError(
			`${failureMessage}: this person does not sign in by single sign-on`,
			"Use the operation 'Update Permissions' of the resource 'Teammate'. Names of such people cannot be changed from outside.",
		);
	}

	const names = {
		first_name: given(firstName) ?? before.first_name,
		last_name: given(lastName) ?? before.last_name,
	};

	/** Whether the record reads as wanted. If not, writing the same again does no harm. */
	async function look(): Promise<WriteState<IDataObject>> {
		const record = await readTeammateRecord(context, username, failureMessage);
		const hasNames = record.first_name === names.first_name && record.last_name === names.last_name;
		const isAsWanted = body.is_admin === true ? record.is_admin === true : isEmpty(body);
		const isLifted = liftSubuserRestriction !== true;
		return hasNames && isAsWanted && isLifted ? { done: record } : 'not done';
	}

	const updated = await sendReconciled<IDataObject>(
		client,
		{
			...request,
			values: { username: { value: username, field: FIELD } },
			body: {
				...names,
				...(liftSubuserRestriction === true && { has_restricted_subuser_access: false }),
				...body,
			},
			context: {
				failureMessage,
				scope: 'sso.teammates.update',
				on404: NO_SUCH_USERNAME,
				on400: async (complaint) =>
					(await adviseOnScopes(complaint, scopesOf(body), client)) ??
					"A person who is restricted to subusers takes neither scopes nor a persona, unless 'Lift Subuser Restriction' is turned on in 'Update Fields'.",
				// Observed: a 500 for a scope that a subuser cannot have.
				...(grants && {
					on5xx:
						"SendGrid also answers like this when a scope cannot be granted in a subuser: leave out those for billing, teammates, subusers, single sign-on and IP addresses in 'Subuser Access'.",
				}),
			},
		},
		look,
	);
	if (!grants) return [updated];
	const done = `'${name}' was updated`;
	return [{ ...updated, subuser_access: await verifyGrants(context, username, grants, done) }];
}
