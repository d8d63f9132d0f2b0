import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OperationContext, Policy } from '../../execution/operation';
import {
	onlyForAccess,
	personaField,
	readPersona,
	readScopes,
	scopesField,
} from '../../parameters/access';
import { readChoice } from '../../parameters/choice';
import { nameOf, quoteText, readRows, type Fields } from '../../parameters/field';
import { readText } from '../../parameters/text';
import { difference, gainOf, isSame, type KnownAccess } from '../../sendgrid/access';
import { usernameLock, type Account } from '../../sendgrid/account';
import {
	canBeTaken,
	isGivenToEverybody,
	PERSONA_SCOPES,
	resemblesPersona,
	type Persona,
} from '../../sendgrid/scopes';
import { isNamed, type SsoAccess, type SubuserGrant } from '../../sendgrid/ssoTeammates';
import { idOfSubuser, readSubuserAccess, type SubuserAccess } from '../../sendgrid/subusers';
import {
	decodeTeammate,
	hasSameAccess,
	readBack,
	readTeammate,
	type Teammate,
} from '../../sendgrid/teammates';
import { allOrFirstError } from '../../transport/allOrFirstError';
import { RequestError, SendGridError, type Wording } from '../../transport/errors';
import { checkSegment } from '../../transport/path';
import { formatList, formatQuoted, numberOf, textOf } from '../../transport/sanitize';

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
	displayOptions: { hide: { permission: ['admin'] } },
};

const subuserAccessField: INodeProperties = {
	displayName: 'Subuser Access',
	name: 'subuserAccess',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	placeholder: 'Add Subuser',
	displayOptions: onlyForAccess('subusers'),
	options: [
		{
			displayName: 'Subuser',
			name: 'subusers',
			values: [usernameField, permissionField, rowScopesField],
		},
	],
	description: 'All subusers that the person can work in. Update takes away any others.',
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
		const name = checkSegment(readText(row, usernameField), subuserAccessField.displayName);
		const { scopes } =
			permission === 'restricted' ? readScopes(row, rowScopesField) : { scopes: [] };
		if (permission === 'admin' || scopes.length > 0) return { name, permission, scopes };
		// The rows replace what the person has there, and nothing is taken away by something empty.
		throw new SendGridError(
			`${nameOf(row, rowScopesField)} is empty`,
			"Choose at least one scope, for example 'stats.read', or remove the row.",
		);
	});
	const names = rows.map(({ name }) => name.toLowerCase());
	const twice = rows.find((_, index) => names.indexOf(names[index]) < index);
	if (!twice) return rows;
	throw new SendGridError(
		`'Subuser Access' names the subuser ${quoteText(twice.name)} twice`,
		'Give each subuser one row, with everything that the person can do in it.',
	);
}

/** What an item says about access, in SendGrid's terms but for the subusers, which it names. */
export interface NamedAccess {
	access: Omit<SsoAccess, 'subuser_access'>;
	rows?: readonly GrantRow[];
}

/**
 * The same with the subusers' IDs, and when these were read.
 *
 * @throws SendGridError for unknown subusers
 */
export async function findSubusers(
	account: Account,
	{ access, rows }: NamedAccess,
	wording: Wording,
): Promise<{ access: SsoAccess; readAt: number }> {
	if (!rows) return { access, readAt: Infinity };
	const found = await allOrFirstError(
		rows.map(async ({ name }) => await idOfSubuser(account, name, wording)),
	);
	const grants = rows.map(({ permission, scopes }, index): SubuserGrant => {
		const { id } = found[index];
		return permission === 'admin'
			? { id, permission_type: 'admin' }
			: { id, permission_type: 'restricted', scopes };
	});
	const readAt = Math.min(...found.map((one) => one.readAt));
	return { access: { ...access, subuser_access: grants }, readAt };
}

const contradictionError = () =>
	new SendGridError(
		"'Lift Subuser Restriction' can't be on when 'Access' is Selected Subusers, which restricts the person to them",
		"Turn it off in 'Update Fields', or choose other access.",
	);

const ACCESS = ['admin', 'keep', 'persona', 'scopes', 'subusers'] as const;

/**
 * What the item says about access. Nothing is awaited, so that items about one person keep their order.
 *
 * @param field the field with the choices
 * @param isLifted whether the restriction to subusers is to be lifted
 * @throws SendGridError for access that is invalid or not allowed
 */
export function readSsoAccess(
	{ item, policy }: OperationContext,
	field: INodeProperties,
	isLifted = false,
): NamedAccess {
	const kind = readChoice(item, field, ACCESS);
	switch (kind) {
		case 'keep':
			return { access: {} };
		case 'admin':
			policy.checkAdmin();
			return { access: { is_admin: true } };
		case 'persona':
			return { access: { persona: readPersona(item) } };
		case 'scopes': {
			const { scopes } = readScopes(item);
			if (scopes.length > 0) return { access: { scopes } };
			throw new SendGridError(
				`'${scopesField.displayName}' is empty, but SendGrid requires at least one scope here`,
				"Choose at least one, for example 'stats.read'.",
			);
		}
		case 'subusers': {
			if (isLifted) throw contradictionError();
			const rows = readGrantRows(item);
			if (rows.some(({ permission }) => permission === 'admin')) policy.checkAdmin();
			policy.checkScopes(rows.flatMap(({ scopes }) => scopes));
			return { access: { has_restricted_subuser_access: true }, rows };
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

/** A change that SendGrid has accepted. */
interface Accepted {
	account: Account;
	username: string;
	access: SsoAccess;
	/** Those that the item wants. */
	names: { first_name?: string; last_name?: string };
	/** What has happened: `'ada@example.com' was created` */
	done: string;
	/** What is said where nothing has: `'ada@example.com' was not created` */
	unchanged: string;
	/** What SendGrid answered. */
	answer: IDataObject;
	/** As it was before. Of somebody new there is nothing to take away, and others may give more meanwhile. */
	before?: Teammate;
}

/** What of a change is not to be seen. */
interface Unmet {
	what: string;
	/** SendGrid's data does not say, in place of showing that it was ignored. */
	isUnknown?: boolean;
	advice?: string;
}

const ignored = (what: string | false | undefined): Unmet | undefined =>
	what ? { what } : undefined;

/**
 * What of a persona a record does not show. SendGrid expands it, to what only its answer may tell; without that,
 * scopes that are as before and not those that are documented prove nothing.
 */
function unmetPersona(
	persona: Persona,
	now: Teammate,
	{ answer, before }: Accepted,
): Unmet | undefined {
	const what = `the persona '${persona}'`;
	const { scopes = [] } = now;
	const wantedIn = (wanted: readonly string[]) =>
		difference({ isAdmin: false, scopes }, { is_admin: false, scopes: wanted.filter(canBeTaken) });
	const answered = (before && decodeTeammate(answer).scopes?.filter(canBeTaken)) ?? [];
	const isAsAnswered = answered.length === 0 || isSame(wantedIn(answered));
	if (!isAsAnswered || !resemblesPersona(scopes, persona)) return { what };
	const isProven = answered.length > 0 || !before || !hasSameAccess(now, before);
	return isProven || isSame(wantedIn(PERSONA_SCOPES[persona]))
		? undefined
		: { what, isUnknown: true };
}

/** What of names, admin access, persona and scopes a record does not show. */
function unmetIn(teammate: Teammate, accepted: Accepted): Unmet | undefined {
	const { access, names, before } = accepted;
	const { is_admin = false, persona, scopes, has_restricted_subuser_access: isRestricted } = access;
	if (!isNamed(teammate, names)) return { what: 'the name' };
	if (!is_admin && !persona && !scopes && !isRestricted) return undefined;
	const wanted = { is_admin, scopes: scopes ?? [] };
	const { admin, missing, superfluous } = difference(teammate, wanted);
	// The person may have become an admin in the meantime, and then has everything.
	if (admin === 'superfluous' && !before) return undefined;
	if (admin)
		return { what: 'the change of admin access', isUnknown: is_admin && !teammate.isRoleKnown };
	if (persona) return unmetPersona(persona, teammate, accepted);
	const dropped = [...missing, ...(before ? superfluous : [])];
	return ignored(scopes && dropped.length > 0 && `the change of ${formatQuoted(dropped)}`);
}

/** What a teammate lacks of a grant, and the scopes that it is about. */
interface Lack {
	what: string;
	scopes: readonly string[];
}

/** For each of the grants that a teammate lacks in whole or in part. */
const lacksOf = (grants: readonly SubuserGrant[], subusers: readonly IDataObject[]): Lack[] =>
	grants.flatMap((grant) => {
		const scopes = 'scopes' in grant ? grant.scopes : [];
		const found = subusers.find(({ id }) => numberOf(id) === grant.id);
		if (!found) return { what: 'the access', scopes };
		if (found.permission_type !== grant.permission_type) return { what: 'the permission', scopes };
		const present = textsOf(found.scopes);
		const missing = scopes.filter(
			(scope) => !present.includes(scope) && !isGivenToEverybody(scope),
		);
		return missing.length > 0 ? { what: formatQuoted(missing), scopes: missing } : [];
	});

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);

/** Observed: SendGrid adds about eleven scopes to each restricted entry, this one besides what everybody has. */
const BASELINE_SCOPE = 'stats.read';

/** Subusers, or scopes in one, that somebody still has and should have no more. */
function remainingIn(
	grants: readonly SubuserGrant[],
	subusers: readonly IDataObject[],
): string | undefined {
	const remaining = subusers.flatMap(({ id, username, scopes }) => {
		const grant = grants.find((wanted) => wanted.id === numberOf(id));
		if (!grant) return [textOf(username) || textOf(id)];
		if (grant.permission_type === 'admin') return [];
		return textsOf(scopes).filter(
			(scope) => canBeTaken(scope) && scope !== BASELINE_SCOPE && !grant.scopes.includes(scope),
		);
	});
	return remaining.length > 0
		? `the removal of ${formatQuoted([...new Set(remaining)])}`
		: undefined;
}

/** What of the access to subusers is not to be seen. */
function unmetInSubusers(
	{ isRestricted, subusers }: SubuserAccess,
	{ access, before }: Accepted,
): Unmet | undefined {
	const { subuser_access: grants, has_restricted_subuser_access: wanted } = access;
	const lacks = grants ? lacksOf(grants, subusers) : [];
	if (grants && lacks.length > 0) {
		const scopes = new Set(lacks.flatMap((lack) => lack.scopes));
		const whats = [...new Set(lacks.map(({ what }) => what))];
		return {
			what: `${formatList(whats)} in ${lacks.length} of ${grants.length} subusers`,
			advice: `One of these scopes can't be granted in a subuser: ${formatQuoted([...scopes]) || 'none was sent'}. Leave out those for billing, teammates, subusers, single sign-on and IP addresses, and give the access again with SSO Teammate > Update.`,
		};
	}
	if (isRestricted !== wanted)
		return { what: 'the change of the subuser restriction', isUnknown: isRestricted === undefined };
	return before && grants && ignored(remainingIn(grants, subusers));
}

/** Whether all of a change was ignored. What somebody had in subusers before it is not known. */
const isUntouched = (now: Teammate, { access, before }: Accepted): boolean =>
	before !== undefined &&
	access.has_restricted_subuser_access === undefined &&
	isNamed(now, before.record) &&
	hasSameAccess(now, before);

const LOOK_UP =
	'Check this person under Settings > Teammates in SendGrid. Some scopes depend on the plan.';

/**
 * Reads back what became of a change. Observed: SendGrid answers with success and drops what it does not like, be it
 * all access to subusers for one scope that a subuser cannot have; and the response of Create may come without scopes.
 *
 * @returns SendGrid's record afterwards, with the subusers if they were chosen
 * @throws SendGridError if something is missing or still there
 */
export async function verifySso(accepted: Accepted): Promise<IDataObject> {
	const { account, username, access, done, unchanged, before } = accepted;
	const failureMessage = `It is unclear whether ${done} with all of the access`;
	const wording = { failureMessage, unclearMessage: failureMessage };
	const teammate = { username, field: 'Email' };
	const about = [username, usernameLock(username), before?.email ?? ''];
	const droppedError = (
		{ what, isUnknown, advice = LOOK_UP }: Unmet,
		failureMessage = `${done}, but not completely`,
	) =>
		isUnknown
			? new RequestError(
					wording,
					`SendGrid accepted the change, but its data doesn't show what became of ${what}`,
					'',
					{ accepted: true },
				)
			: new RequestError(
					{ failureMessage },
					`SendGrid silently ignored ${what}`,
					advice,
					failureMessage === unchanged ? {} : { partlyDone: true },
				);
	const { record } = await readBack(account, {
		read: async () => await readTeammate(account, teammate, wording),
		about,
		unmetIn: (now) => unmetIn(now, accepted),
		droppedError: (unmet, now) =>
			droppedError(unmet, isUntouched(now, accepted) ? unchanged : undefined),
		wording,
	});
	// Nothing restricts an admin.
	if (access.is_admin || access.has_restricted_subuser_access === undefined) return record;
	const { subusers } = await readBack(account, {
		read: async () => await readSubuserAccess(account.client, teammate, wording),
		about,
		unmetIn: (found) => unmetInSubusers(found, accepted),
		droppedError: (unmet) => droppedError(unmet),
		wording,
	});
	return { ...record, ...(access.subuser_access && { subuser_access: subusers }) };
}
