import { fieldsOf, isStrings, numberOf, pageOf, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import type { Account, Teammate } from '../model.mts';
import { refusals } from '../refusals.mts';
import { UNASSIGNABLE_SCOPES } from '../scopes.mts';
import { shownScopes, VANISHING_SCOPE } from '../shown-scopes.mts';
import type { World } from '../world.mts';

/** Observed: 50 by default, against 500 in the reference, which is the documented maximum. */
const PAGE = { size: 50, max: 500 };

/** Observed: a subuser's list mixes the parent's admins with the subuser's own teammates. */
function visibleIn(world: World, account: Account): Teammate[] {
	if (account.parent === null) return account.teammates;
	const admins = world.account(account.parent).teammates.filter(({ profile }) => profile.is_admin);
	return [...admins, ...account.teammates];
}

const named = (username: string) => (teammate: Teammate) => teammate.profile.username === username;

/** Observed: the items carry no scopes. */
function list({ world, account, query }: Call): Result {
	const { listKey, teammatesLimitAbove500 } = world.unknowns;
	if (numberOf(query, 'limit', PAGE.size) > PAGE.max && teammatesLimitAbove500 === 'rejected') {
		throw refusals.badValue('limit', `limit must not exceed ${PAGE.max}`);
	}
	const page = pageOf(visibleIn(world, account), query, PAGE);
	return { status: 200, body: { [listKey]: page.map(({ profile }) => profile) } };
}

function get({ world, account, params }: Call): Result {
	const teammate = visibleIn(world, account).find(named(params.username));
	if (!teammate) throw refusals.unknownUsernameOnGet();
	return { status: 200, body: { ...teammate.profile, scopes: shownScopes(teammate, account) } };
}

/**
 * Full replacement. Both fields are documented as required; that a missing one is refused is a
 * guess, the strict one. An admin of the parent cannot be reached through a subuser (guess).
 */
function update({ world, account, params, body }: Call): Result {
	const teammate = account.teammates.find(named(params.username));
	if (!teammate) throw refusals.unknownUsername();
	if (teammate.profile.user_type === 'owner') throw refusals.ownerProtected();

	const { scopes, is_admin } = fieldsOf(body);
	if (typeof is_admin !== 'boolean') {
		throw refusals.badValue('is_admin', 'is_admin must be true or false');
	}
	if (!isStrings(scopes)) throw refusals.badValue('scopes', 'scopes must be an array of strings');
	if (is_admin && scopes.length > 0 && world.unknowns.adminWithScopes === 'bad-request') {
		throw refusals.badValue('scopes', 'scopes must be empty for an admin');
	}
	const kept = withoutDuplicates(scopes).filter((scope) => scope !== VANISHING_SCOPE);
	const valid = kept.every(
		(scope) => account.scopes.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope),
	);
	if (!valid) throw refusals.invalidScopes();

	teammate.scopes = is_admin ? [] : kept;
	teammate.profile.is_admin = is_admin;
	teammate.profile.user_type = is_admin ? 'admin' : 'teammate';
	const echoed = withoutDuplicates([...scopes, ...shownScopes(teammate, account)]);
	return { status: 200, body: { ...teammate.profile, scopes: echoed } };
}

/** Observed: also removes SSO teammates. */
function remove({ account, params }: Call): Result {
	const teammate = account.teammates.find(named(params.username));
	if (!teammate) throw refusals.unknownUsernameOnDelete();
	if (teammate.profile.user_type === 'owner') throw refusals.ownerProtected();
	account.teammates = account.teammates.filter((other) => other !== teammate);
	account.accessRequests = account.accessRequests.filter(
		({ username }) => username !== teammate.profile.username,
	);
	return { status: 204 };
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
