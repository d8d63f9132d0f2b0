import { done, fieldsOf, isStrings, numberOf, pageOf, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import type { Account, Profile, Teammate } from '../model.mts';
import { errorResponses } from '../errorResponses.mts';
import { UNASSIGNABLE_SCOPES } from '../scopes.mts';
import { shownScopes, VANISHING_SCOPE } from '../shown-scopes.mts';
import type { SandboxState } from '../state.mts';

/** Observed: 50 by default, against 500 in the reference, which is the documented maximum. */
const PAGE = { size: 50, max: 500 };

/** Observed: a subuser's list mixes the parent's admins with the subuser's own teammates. */
function visibleIn(state: SandboxState, account: Account): Teammate[] {
	if (account.parent === null) return account.teammates;
	const admins = state.account(account.parent).teammates.filter(({ profile }) => profile.is_admin);
	return [...admins, ...account.teammates];
}

const named = (username: string) => (teammate: Teammate) => teammate.profile.username === username;

function shownProfile({ behaviours }: SandboxState, { is_admin, ...rest }: Profile) {
	if (behaviours.adminFlag === 'absent') return rest;
	if (behaviours.adminFlag === 'hidden') return { ...rest, user_type: undefined };
	return { ...rest, is_admin: behaviours.adminFlag === 'text' ? String(is_admin) : is_admin };
}

/** Observed: the items carry no scopes. */
function list({ state, account, query }: Call): Result {
	const { listKey, maxPage, teammatesLimitAbove500 } = state.behaviours;
	if (numberOf(query, 'limit', PAGE.size) > PAGE.max && teammatesLimitAbove500 === 'rejected') {
		throw errorResponses.badValue('limit', `limit must not exceed ${PAGE.max}`);
	}
	const page = pageOf(visibleIn(state, account), query, { ...PAGE, max: maxPage });
	return {
		status: 200,
		body: { [listKey]: page.map(({ profile }) => shownProfile(state, profile)) },
	};
}

function get({ state, account, params }: Call): Result {
	const teammate = visibleIn(state, account).find(named(params.username));
	if (!teammate) throw errorResponses.unknownUsernameOnGet();
	const scopes =
		state.behaviours.detailScopes === 'present'
			? { scopes: shownScopes(teammate, account, state.behaviours) }
			: {};
	return { status: 200, body: { ...shownProfile(state, teammate.profile), ...scopes } };
}

/**
 * Full replacement. Both fields are documented as required; that a missing one is refused is a
 * guess, the strict one. An admin of the parent cannot be reached through a subuser (guess).
 */
function update({ state, account, params, body }: Call): Result {
	const teammate = account.teammates.find(named(params.username));
	if (!teammate) throw errorResponses.unknownUsername();
	if (teammate.profile.user_type === 'owner') throw errorResponses.ownerProtected();

	const { scopes, is_admin } = fieldsOf(body);
	if (typeof is_admin !== 'boolean') {
		throw errorResponses.badValue('is_admin', 'is_admin must be true or false');
	}
	if (!isStrings(scopes))
		throw errorResponses.badValue('scopes', 'scopes must be an array of strings');
	if (is_admin && scopes.length > 0 && state.behaviours.adminWithScopes === 'bad-request') {
		throw errorResponses.badValue('scopes', 'scopes must be empty for an admin');
	}
	const kept = withoutDuplicates(scopes).filter((scope) => scope !== VANISHING_SCOPE);
	const valid = kept.every(
		(scope) => account.scopes.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope),
	);
	if (!valid) throw errorResponses.invalidScopes();

	teammate.scopes = is_admin ? [] : kept;
	teammate.profile.is_admin = is_admin;
	teammate.profile.user_type = is_admin ? 'admin' : 'teammate';
	const echoed = withoutDuplicates([
		...scopes,
		...shownScopes(teammate, account, state.behaviours),
	]);
	return { status: 200, body: { ...shownProfile(state, teammate.profile), scopes: echoed } };
}

/** Observed: also removes SSO teammates. */
function remove({ state, account, params }: Call): Result {
	const teammate = account.teammates.find(named(params.username));
	if (!teammate) throw errorResponses.unknownUsernameOnDelete();
	if (teammate.profile.user_type === 'owner') throw errorResponses.ownerProtected();
	account.teammates = account.teammates.filter((other) => other !== teammate);
	account.accessRequests = account.accessRequests.filter(
		({ username }) => username !== teammate.profile.username,
	);
	return done(state, { status: 204 });
}

export const teammateEndpoints: Endpoint[] = [
	{
		method: 'GET',
		path: '/v3/teammates',
		scope: 'teammates.read',
		documentsOnBehalfOf: true,
		handle: list,
	},
	{
		method: 'GET',
		path: '/v3/teammates/:username',
		scope: 'teammates.read',
		documentsOnBehalfOf: true,
		handle: get,
	},
	{
		method: 'PATCH',
		path: '/v3/teammates/:username',
		scope: 'teammates.update',
		documentsOnBehalfOf: true,
		handle: update,
	},
	{
		method: 'DELETE',
		path: '/v3/teammates/:username',
		scope: 'teammates.delete',
		documentsOnBehalfOf: true,
		handle: remove,
	},
];
