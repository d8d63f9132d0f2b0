import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OperationContext, Policy } from '../../execution/operation';
import { personaField, readPersona, readScopes, scopesField } from '../../parameters/access';
import { readChoice } from '../../parameters/choice';
import { quoteText, readRows, type Fields } from '../../parameters/field';
import { readText } from '../../parameters/text';
import { difference, gainOf, type KnownAccess } from '../../sendgrid/access';
import type { Account } from '../../sendgrid/account';
import { PERSONA_SCOPES } from '../../sendgrid/scopes';
import { isNamed, type SsoAccess, type SubuserGrant } from '../../sendgrid/ssoTeammates';
import { idOfSubuser, readSubuserAccess } from '../../sendgrid/subusers';
import { readBack, readTeammate, untoldRoleError, type Teammate } from '../../sendgrid/teammates';
import { allOrFirstError } from '../../transport/allOrFirstError';
import { RequestError, SendGridError, type Wording } from '../../transport/errors';
import { checkSegment } from '../../transport/path';
import { formatQuoted, numberOf } from '../../transport/sanitize';

const WAYS: INodePropertyOptions[] = [
	{ name: 'Admin', value: 'admin', description: 'Full access to the account' },
	{ name: 'Persona', value: 'persona', description: "SendGrid's own set of scopes for a role" },
	{ name: 'Selected Scopes', value: 'scopes', description: 'Only the scopes you choose below' },
	{
		name: 'Selected Subusers',
		value: 'subusers',
		description: 'No access to the account itself, only to subusers',
	},
];

export const accessField: INodeProperties = {
	displayName: 'Access',
	name: 'access',
	type: 'options',
	default: 'scopes',
	options: WAYS,
	description: 'What the person can do in SendGrid',
};

export const accessToUpdateField: INodeProperties = {
	...accessField,
	default: 'keep',
	options: [
		WAYS[0],
		{ name: 'Leave as It Is', value: 'keep', description: 'Keep the access that the person has' },
		...WAYS.slice(1),
	],
};

const usernameField: INodeProperties = {
	displayName: 'Username',
	name: 'username',
	type: 'string',
	default: '',
	placeholder: 'e.g. acme-marketing',
	description: "The subuser's username",
};

const PERMISSIONS = ['admin', 'restricted'] as const;

const permissionField: INodeProperties = {
	displayName: 'Permission',
	name: 'permission',
	type: 'options',
	default: 'restricted',
	options: [
		{ name: 'Admin', value: 'admin', description: 'Full access to this subuser' },
		{ name: 'Restricted', value: 'restricted', description: 'Only the scopes below' },
	],
};

const rowScopesField: INodeProperties = {
	...scopesField,
	displayOptions: { show: { permission: ['restricted'] } },
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
			values: [usernameField, permissionField, rowScopesField],
		},
	],
	description: 'The subusers that the person can work in. They replace the current ones.',
};

/** The fields that belong to each choice of access. */
export const accessDetailFields = [scopesField, personaField, subuserAccessField];

/** A row of 'Subuser Access', checked. */
interface GrantRow {
	name: string;
	permission: SubuserGrant['permission_type'];
	scopes: string[];
}

/** All rows, checked before the first request is sent. @throws SendGridError */
function readGrantRows(item: Fields): GrantRow[] {
	const rows = readRows(item, subuserAccessField).map((row) => {
		const permission = readChoice(row, permissionField, PERMISSIONS);
		return {
			name: checkSegment(readText(row, usernameField), subuserAccessField.displayName),
			permission,
			scopes: permission === 'restricted' ? readScopes(row, rowScopesField).scopes : [],
		};
	});
	const names = rows.map(({ name }) => name.toLowerCase());
	const twice = rows.find((_, index) => names.indexOf(names[index]) < index);
	if (!twice) return rows;
	throw new SendGridError(
		`'Subuser Access' names the subuser ${quoteText(twice.name)} twice`,
		'Give each subuser one row, with everything that the person can do in it.',
	);
}

const grantsOf = async (
	account: Account,
	rows: readonly GrantRow[],
	wording: Wording,
): Promise<SubuserGrant[]> =>
	await allOrFirstError(
		rows.map(async ({ name, permission, scopes }): Promise<SubuserGrant> => {
			const id = await idOfSubuser(account, name, wording);
			return permission === 'admin'
				? { id, permission_type: 'admin' }
				: { id, permission_type: 'restricted', scopes };
		}),
	);

const ACCESS = ['admin', 'keep', 'persona', 'scopes', 'subusers'] as const;

/**
 * What the item says about access, in SendGrid's terms.
 *
 * @param field the field with the choices
 * @throws SendGridError for access that is invalid or not allowed, and for unknown subusers
 */
export async function readSsoAccess(
	{ item, account, policy }: OperationContext,
	field: INodeProperties,
	wording: Wording,
): Promise<SsoAccess> {
	const kind = readChoice(item, field, ACCESS);
	switch (kind) {
		case 'keep':
			return {};
		case 'admin':
			policy.checkAdmin();
			return { is_admin: true };
		case 'persona':
			return { persona: readPersona(item) };
		case 'scopes': {
			const { scopes } = readScopes(item);
			if (scopes.length > 0) return { scopes };
			throw new SendGridError(
				`'${scopesField.displayName}' is empty, but SendGrid requires at least one scope here`,
				"Choose at least one, for example 'stats.read'.",
			);
		}
		case 'subusers': {
			const rows = readGrantRows(item);
			if (rows.some(({ permission }) => permission === 'admin')) policy.checkAdmin();
			policy.checkScopes(rows.flatMap(({ scopes }) => scopes));
			return {
				has_restricted_subuser_access: true,
				subuser_access: await grantsOf(account, rows, wording),
			};
		}
	}
}

/** The scopes that access gives in the account itself. */
const scopesOf = ({ persona, scopes = [] }: SsoAccess): readonly string[] =>
	persona === undefined ? scopes : PERSONA_SCOPES[persona];

/**
 * A persona of single sign-on can't be reduced: SendGrid expands it.
 *
 * @param known what the person has
 * @throws SendGridError if the credential does not allow what the person gains
 */
export function checkGain(
	policy: Policy,
	known: KnownAccess & { email: string },
	access: SsoAccess,
): void {
	const gain = gainOf(known, { is_admin: access.is_admin === true, scopes: [...scopesOf(access)] });
	const gainsSubusers = access.has_restricted_subuser_access !== undefined && !known.isAdmin;
	const gainsAny = gain.isAdmin || gain.scopes.length > 0 || gainsSubusers;
	// Taking access away is never refused.
	if (gainsAny) policy.checkGiving({ email: known.email, ...gain });
}

/**
 * Reads back what became of names, admin access and scopes. Observed: SendGrid reports success and drops what it
 * doesn't accept, and Create's response may lack the scopes.
 *
 * @param done what has happened: `'ada@example.com' was created`
 * @param isExact whether the person must have nothing else
 * @returns SendGrid's record afterwards
 * @throws SendGridError if something is missing
 */
export async function verifySso(
	account: Account,
	username: string,
	{ is_admin, scopes = [] }: SsoAccess,
	names: { first_name: string; last_name: string },
	done: string,
	isExact = false,
): Promise<IDataObject> {
	const failureMessage = `It is unclear whether ${done} with all of the access`;
	const wording = { failureMessage, unclearMessage: failureMessage };
	const isGiven = is_admin === true || scopes.length > 0;
	const wanted = { is_admin: is_admin === true, scopes };
	const unmetIn = (teammate: Teammate): string | undefined => {
		const { admin, missing, superfluous } = difference(teammate, wanted);
		if (!isNamed(teammate, names)) return 'the name';
		if (!isGiven) return undefined;
		// The person may have become an admin in the meantime, and then has everything.
		if (admin === 'superfluous' && !isExact) return undefined;
		if (admin) return 'the change of admin access';
		const dropped = [...missing, ...(isExact ? superfluous : [])];
		return dropped.length > 0 ? `the change of ${formatQuoted(dropped)}` : undefined;
	};
	const { record } = await readBack(account, {
		read: async () => await readTeammate(account, { username, field: 'Email' }, wording),
		unmetIn,
		droppedError: (unmet, { isRoleKnown }) =>
			wanted.is_admin && !isRoleKnown
				? untoldRoleError(wording)
				: ignoredError(
						`${done}, but not completely`,
						unmet,
						'Check this person under Settings > Teammates in SendGrid. Some scopes depend on the plan.',
					),
		wording,
	});
	return record;
}

const ignoredError = (failureMessage: string, what: string, advice: string): RequestError =>
	new RequestError({ failureMessage }, `SendGrid silently ignored ${what}`, advice, {
		partlyDone: true,
	});

/** The grants that a teammate lacks. SendGrid adds about eleven scopes of its own to each entry. */
const missingGrants = (grants: readonly SubuserGrant[], subusers: readonly IDataObject[]) =>
	grants.filter((grant) => {
		const found = subusers.find(({ id }) => numberOf(id) === grant.id);
		if (!found || found.permission_type !== grant.permission_type) return true;
		const present: unknown[] = Array.isArray(found.scopes) ? found.scopes : [];
		return (
			grant.permission_type === 'restricted' &&
			!grant.scopes.every((scope) => present.includes(scope))
		);
	});

/**
 * Reads back what became of subuser access. Observed: if one scope can't be granted in a subuser, SendGrid silently
 * drops everything.
 *
 * @param done what has happened: `'ada@example.com' was created`
 * @throws SendGridError if something is missing
 */
export async function verifyGrants(
	account: Account,
	username: string,
	grants: readonly SubuserGrant[],
	done: string,
): Promise<IDataObject[]> {
	const failureMessage = `It is unclear whether ${done} with all of the access`;
	const wording = { failureMessage, unclearMessage: failureMessage };
	const { subusers } = await readBack(account, {
		read: async () =>
			await readSubuserAccess(account.client, { username, field: 'Email' }, wording),
		unmetIn: (access) => {
			const missing = missingGrants(grants, access.subusers);
			return missing.length > 0 ? missing : undefined;
		},
		droppedError: ({ length }) => {
			const scopes = new Set(grants.flatMap((grant) => ('scopes' in grant ? grant.scopes : [])));
			return ignoredError(
				`${done}, but not with all of the access`,
				`the access to ${length} of ${grants.length} subusers`,
				`One of these scopes can't be granted in a subuser: ${formatQuoted([...scopes]) || 'none was sent'}. Leave out those for billing, teammates, subusers, single sign-on and IP addresses, and give the access again with SSO Teammate > Update.`,
			);
		},
		wording,
	});
	return subusers;
}
