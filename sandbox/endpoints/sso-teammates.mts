import { fieldsOf, isStrings, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Fields, Result } from '../endpoint.mts';
import type { Account, SubuserGrant, Teammate } from '../model.mts';
import { errorResponses } from '../errorResponses.mts';
import { PERSONA_SCOPES, SUBUSER_SCOPES, UNASSIGNABLE_SCOPES } from '../scopes.mts';
import type { Persona } from '../scopes.mts';
import { takeSeat } from '../seats.mts';
import { shownAccess } from '../shown-access.mts';
import { shownScopes } from '../shown-scopes.mts';
import type { SandboxState } from '../state.mts';

/** What a body asks for; undefined: not mentioned. */
interface Wanted {
	is_admin?: boolean;
	persona?: Persona;
	scopes?: string[];
	has_restricted_subuser_access?: boolean;
	subuser_access?: SubuserGrant[];
}

const MAY_VANISH_ON_RESTRICTED = ['marketing.read', 'marketing.automation.read'];

const isPersona = (value: unknown): value is Persona =>
	typeof value === 'string' && Object.hasOwn(PERSONA_SCOPES, value);

function requiredText(fields: Fields, name: string): string {
	const value = fields[name];
	if (typeof value === 'string' && value !== '') return value;
	throw errorResponses.ssoBadValue(`${name} is required`);
}

function optionalFlag(fields: Fields, name: string): boolean | undefined {
	const value = fields[name];
	if (value === undefined || typeof value === 'boolean') return value;
	throw errorResponses.ssoBadValue(`${name} must be true or false`);
}

/** Checks types and what excludes what (documented). */
function wantedOf(fields: Fields): Wanted {
	const { persona, scopes, subuser_access } = fields;
	const is_admin = optionalFlag(fields, 'is_admin');
	const has_restricted_subuser_access = optionalFlag(fields, 'has_restricted_subuser_access');
	if (persona !== undefined && !isPersona(persona)) {
		throw errorResponses.ssoBadValue('persona is not one of the four');
	}
	if (scopes !== undefined && !isStrings(scopes)) {
		throw errorResponses.ssoBadValue('scopes must be an array of strings');
	}
	const ways = [is_admin === true, persona !== undefined, scopes !== undefined];
	if (ways.filter(Boolean).length > 1) {
		throw errorResponses.ssoBadValue('is_admin, persona and scopes exclude each other');
	}
	const grants = subuser_access === undefined ? undefined : grantsOf(subuser_access);
	if (has_restricted_subuser_access === true || (grants && grants.length > 0)) {
		if (scopes !== undefined) throw errorResponses.ssoScopesWithRestriction();
		if (is_admin === true || persona !== undefined) {
			throw errorResponses.ssoBadValue('restricted subuser access excludes is_admin and persona');
		}
	}
	return {
		is_admin,
		persona,
		scopes,
		has_restricted_subuser_access,
		subuser_access: grants,
	};
}

function grantsOf(value: unknown): SubuserGrant[] {
	if (!Array.isArray(value)) throw errorResponses.ssoBadValue('subuser_access must be an array');
	return value.map((item: unknown) => {
		const { id, permission_type, scopes } = fieldsOf(item);
		if (typeof id !== 'number') throw errorResponses.ssoBadValue('id must be a number');
		if (permission_type !== 'admin' && permission_type !== 'restricted') {
			throw errorResponses.ssoBadValue('permission_type must be admin or restricted');
		}
		if (scopes !== undefined && !isStrings(scopes)) {
			throw errorResponses.ssoBadValue('scopes must be an array of strings');
		}
		if (permission_type === 'admin' && scopes !== undefined) {
			throw errorResponses.ssoBadValue('scopes must not be given with permission_type admin');
		}
		return { id, permission_type, scopes: withoutDuplicates(scopes ?? []) };
	});
}

/** Throws for subusers that are not the account's (guess). */
function checkSubusers(state: SandboxState, account: Account, grants: SubuserGrant[]): void {
	const ids = state.subusers(account).map(({ id }) => id);
	if (!grants.every(({ id }) => ids.includes(id))) {
		throw errorResponses.ssoBadValue('no such subuser');
	}
}

const areGrantable = (grants: SubuserGrant[]) =>
	grants.every(({ scopes }) => scopes.every((scope) => SUBUSER_SCOPES.has(scope)));

function kept({ behaviours }: SandboxState, grants: SubuserGrant[]): SubuserGrant[] {
	if (behaviours.marketingOnRestricted === 'kept') return grants;
	return grants.map((grant) => ({
		...grant,
		scopes: grant.scopes.filter((scope) => !MAY_VANISH_ON_RESTRICTED.includes(scope)),
	}));
}

/**
 * The scopes that a body gives to someone who is neither an admin nor restricted; undefined if it mentions none. A
 * persona gives those of its scopes that the account has.
 */
function givenScopes({ persona, scopes }: Wanted, account: Account): string[] | undefined {
	const assignable = (scope: string) =>
		account.scopes.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope);
	if (persona) return PERSONA_SCOPES[persona].filter(assignable);
	if (scopes === undefined) return undefined;
	if (!scopes.every(assignable)) throw errorResponses.unassignableScopes();
	return withoutDuplicates(scopes);
}

/** Observed: the endpoints answer 403 to a key that was widened to Full Access later. */
function checkSso({ key, account }: Call): void {
	if (key.editedToFullAccess || !account.sso) throw errorResponses.forbidden();
}

function create(call: Call): Result {
	checkSso(call);
	const { state, account, body } = call;
	const fields = fieldsOf(body);
	const email = requiredText(fields, 'email');
	const first_name = requiredText(fields, 'first_name');
	const last_name = requiredText(fields, 'last_name');
	const wanted = wantedOf(fields);
	const { is_admin = false, has_restricted_subuser_access = false } = wanted;
	const grants = wanted.subuser_access ?? [];
	checkSubusers(state, account, grants);
	const scopes = givenScopes(wanted, account) ?? [];
	if (!is_admin && !has_restricted_subuser_access && scopes.length === 0) {
		throw errorResponses.ssoScopesEmpty();
	}
	const taken = account.teammates.some(
		({ profile }) => profile.email === email || profile.username === email,
	);
	// Observed: a 400; its text is unknown.
	if (taken) throw errorResponses.alreadyTeammate();
	takeSeat(state, account);

	const teammate = state.addTeammate({
		account: account.name,
		email,
		first_name,
		last_name,
		is_admin,
		is_sso: true,
		scopes,
		has_restricted_subuser_access,
		// Observed: one scope that a subuser cannot have drops the whole list, with a 201.
		subuser_access: areGrantable(grants) ? kept(state, grants) : [],
	});
	return {
		status: 201,
		body: {
			first_name,
			last_name,
			email,
			is_admin,
			is_sso: true,
			// Observed: the answer to a creation may carry no scopes, here and in admin entries.
			scopes: [],
			has_restricted_subuser_access,
			subuser_access: shownAccess(state, account, teammate).map((access) =>
				access.permission_type === 'admin' ? { ...access, scopes: undefined } : access,
			),
		},
	};
}

/** Changes what the body mentions; `subuser_access` replaces the whole list (observed). */
function update(call: Call): Result {
	checkSso(call);
	const { state, account, params, body } = call;
	const teammate = account.teammates.find(
		({ profile }) => profile.username === params.username && profile.is_sso,
	);
	// Guess: the reference has no 404 here.
	if (!teammate) throw errorResponses.unknownUsername();
	if (teammate.profile.user_type === 'owner') throw errorResponses.ownerProtected();

	const fields = fieldsOf(body);
	const first_name = requiredText(fields, 'first_name');
	const last_name = requiredText(fields, 'last_name');
	const next = merged(call, teammate, wantedOf(fields));
	Object.assign(teammate, {
		scopes: next.scopes,
		has_restricted_subuser_access: next.restricted,
		subuser_access: next.grants,
	});
	Object.assign(teammate.profile, {
		first_name,
		last_name,
		is_admin: next.is_admin,
		user_type: next.is_admin ? 'admin' : 'teammate',
	});
	return {
		status: 200,
		body: {
			...teammate.profile,
			scopes: shownScopes(teammate, account, state.behaviours),
			has_restricted_subuser_access: next.restricted,
			subuser_access: shownAccess(state, account, teammate),
		},
	};
}

/** What the teammate will have; nothing is changed yet. */
function merged({ state, account }: Call, teammate: Teammate, wanted: Wanted) {
	const given = givenScopes(wanted, account);
	if (wanted.is_admin) {
		return { is_admin: true, restricted: false, scopes: [], grants: [] };
	}
	const restricted = wanted.has_restricted_subuser_access ?? teammate.has_restricted_subuser_access;
	if (restricted && given) throw errorResponses.ssoScopesWithRestriction();

	const grants = wanted.subuser_access ?? teammate.subuser_access;
	checkSubusers(state, account, grants);
	if (!areGrantable(grants)) throw errorResponses.ssoInvalidSubuserScopes();
	// Guess: whoever is given scopes or a restriction is no longer an admin.
	const is_admin = wanted.is_admin ?? (!given && !restricted && teammate.profile.is_admin);
	const scopes = restricted || is_admin ? [] : (given ?? teammate.scopes);
	if (!is_admin && !restricted && scopes.length === 0) throw errorResponses.ssoScopesEmpty();
	return { is_admin, restricted, scopes, grants: kept(state, grants) };
}

export const ssoTeammateEndpoints: Endpoint[] = [
	{
		method: 'POST',
		path: '/v3/sso/teammates',
		scope: 'sso.teammates.create',
		documentsOnBehalfOf: false,
		handle: create,
	},
	{
		method: 'PATCH',
		path: '/v3/sso/teammates/:username',
		scope: 'sso.teammates.update',
		documentsOnBehalfOf: false,
		handle: update,
	},
];
