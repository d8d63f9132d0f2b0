import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { personaField, readPersona } from '../../parameters/persona';
import { checkScopes, scopesField } from '../../parameters/scopes';
import { isRecord } from '../../transport/responseErrors';
import { withUsername } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { readSubuserAccess } from '../../sendgrid/subusers';
import { formatList, numberOf, toSingleLine, textOf } from '../../transport/sanitize';
import { allOrFirstError } from '../../transport/allOrFirstError';

const WAYS: INodePropertyOptions[] = [
	{ name: 'Admin', value: 'admin', description: 'Everything in the account' },
	{ name: 'Persona', value: 'persona', description: 'What SendGrid thinks a role needs' },
	{ name: 'Selected Scopes', value: 'scopes', description: 'Only what you choose below' },
	{
		name: 'Selected Subusers',
		value: 'subusers',
		description: 'Nothing in the account itself, only in subusers',
	},
];

export const accessField: INodeProperties = {
	displayName: 'Access',
	name: 'access',
	type: 'options',
	default: 'scopes',
	options: WAYS,
	description: 'What the person may do in SendGrid',
};

export const accessToUpdateField: INodeProperties = {
	...accessField,
	default: 'keep',
	options: [
		WAYS[0],
		{ name: 'Leave as It Is', value: 'keep', description: 'Change nothing about it' },
		...WAYS.slice(1),
	],
};

const subuserAccessField: INodeProperties = {
	displayName: 'Subuser Access',
	name: 'subuserAccess',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	placeholder: 'Add Subuser',
	displayOptions: { show: { access: ['subusers'] } },
	options: [
		{
			displayName: 'Subuser',
			name: 'subusers',
			values: [
				{
					displayName: 'Username',
					name: 'username',
					type: 'string',
					default: '',
					placeholder: 'e.g. acme-marketing',
					description: "The subuser's username",
				},
				{
					displayName: 'Permission',
					name: 'permission',
					type: 'options',
					default: 'restricted',
					options: [
						{ name: 'Admin', value: 'admin', description: 'Everything in this subuser' },
						{ name: 'Restricted', value: 'restricted', description: 'Only the scopes below' },
					],
				},
				{ ...scopesField, displayOptions: { show: { permission: ['restricted'] } } },
			],
		},
	],
	description: 'The subusers that the person may work in. They replace those from before.',
};

/** The fields behind a choice of access. */
export const accessDetailFields = [scopesField, personaField, subuserAccessField];

/** One subuser, as SendGrid wants it. */
type Grant = { id: number; permission_type: 'admin' } | RestrictedGrant;
interface RestrictedGrant {
	id: number;
	permission_type: 'restricted';
	scopes: string[];
}

/** What the item says about access, in SendGrid's words and nothing more than that. */
export interface SsoAccess {
	body: IDataObject;
	/** Only where the item gives access to subusers. */
	grants?: Grant[];
}

/** The subuser's id, since SendGrid wants ids and people know usernames. `GET /v3/subusers`. */
async function idOfSubuser(
	{ directory }: OperationContext,
	username: string,
	failureMessage: string,
) {
	const subuser = await directory.find(
		{
			path: '/v3/subusers',
			query: { username },
			identify: ({ id }) => textOf(id),
			context: { failureMessage, scope: 'subusers.read' },
		},
		withUsername(username),
	);
	const id = numberOf(subuser?.id);
	if (!Number.isNaN(id)) return id;
	throw new SendGridError(
		`${failureMessage}: this account has no subuser '${toSingleLine(username)}'`,
		"Check the usernames in 'Subuser Access'.",
	);
}

async function readGrants(context: OperationContext, failureMessage: string): Promise<Grant[]> {
	const value: unknown = context.item.getNodeParameter('subuserAccess', {});
	const rows: unknown[] = isRecord(value) && Array.isArray(value.subusers) ? value.subusers : [];
	if (rows.length === 0) {
		throw new SendGridError(
			"'Subuser Access' names no subuser",
			"Add at least one subuser, or choose another 'Access'.",
		);
	}
	// All rows are checked before the first request leaves.
	const checked = rows.filter(isRecord).map(({ username, permission, scopes }) => {
		const name = typeof username === 'string' ? username.trim() : '';
		if (name === '' || (permission !== 'admin' && permission !== 'restricted')) {
			throw new SendGridError(
				"'Subuser Access' holds a row without a username, or without a permission",
				"Give each row a username, and 'admin' or 'restricted' as permission.",
			);
		}
		return {
			name,
			permission,
			scopes: permission === 'restricted' ? checkScopes(scopes).scopes : [],
		};
	});
	return await allOrFirstError(
		checked.map(async ({ name, permission, scopes }): Promise<Grant> => {
			const id = await idOfSubuser(context, name, failureMessage);
			// Documented: scopes must not be given together with admin.
			return permission === 'admin'
				? { id, permission_type: 'admin' }
				: { id, permission_type: 'restricted', scopes };
		}),
	);
}

/**
 * The part of the request that is about access. Documented: admin, persona, scopes and restricted subuser
 * access exclude each other.
 *
 * @throws SendGridError for an access that is none, and for subusers that are not there
 */
export async function readSsoAccess(
	context: OperationContext,
	failureMessage: string,
): Promise<SsoAccess> {
	const { item, policy: guards } = context;
	const access = item.getNodeParameter('access', 'scopes');
	switch (access) {
		case 'keep':
			return { body: {} };
		case 'admin':
			guards.checkAdmin();
			return { body: { is_admin: true } };
		case 'persona':
			return { body: { persona: readPersona(item) } };
		case 'scopes': {
			const { scopes } = checkScopes(item.getNodeParameter('scopes', []));
			if (scopes.length > 0) return { body: { scopes } };
			throw new SendGridError(
				"'Scope Names or IDs' is empty, and SendGrid wants at least one scope here",
				"Choose at least one, for example 'stats.read'.",
			);
		}
		case 'subusers': {
			const grants = await readGrants(context, failureMessage);
			return { body: { has_restricted_subuser_access: true, subuser_access: grants }, grants };
		}
		default:
			throw new SendGridError(
				"'Access' is not one of its choices",
				"Set 'Access' to 'admin', 'persona', 'scopes' or 'subusers'.",
			);
	}
}

/**
 * Reads back what became of subuser access. Observed: one scope that a subuser cannot have, and SendGrid
 * drops all of it without a word. It also adds about eleven scopes of its own to each entry.
 *
 * @throws SendGridError where something is missing
 */
export async function verifyGrants(
	{ client }: OperationContext,
	username: string,
	grants: Grant[],
	done: string,
): Promise<IDataObject[]> {
	const teammate = { value: username, field: 'Email' };
	const { subusers } = await readSubuserAccess(client, teammate, {
		failureMessage: `${done}, and the subuser access could not be read to make sure`,
		scope: 'teammates.read',
	});
	const missing = grants.filter((grant) => {
		const found = subusers.find(({ id }) => numberOf(id) === grant.id);
		if (!found || found.permission_type !== grant.permission_type) return true;
		const present: unknown[] = Array.isArray(found.scopes) ? found.scopes : [];
		return (
			grant.permission_type === 'restricted' &&
			!grant.scopes.every((scope) => present.includes(scope))
		);
	});
	if (missing.length === 0) return subusers;
	throw new SendGridError(
		`${done}, but SendGrid dropped the access to ${missing.length} of ${grants.length} subusers without a word`,
		`One of these scopes cannot be granted in a subuser: ${formatList([...new Set(grants.flatMap((grant) => ('scopes' in grant ? grant.scopes : [])))].map(toSingleLine)) || 'none was sent'}. Leave out those for billing, teammates, subusers, single sign-on and IP addresses, and give the access again with the operation 'Update'.`,
	);
}
