import { numberOf, pageOf } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import { errorResponses } from '../errorResponses.mts';
import { shownAccess } from '../shown-access.mts';
import type { SandboxState } from '../state.mts';

/** Documented default page of a teammate's subuser access; the maximum is a guess. */
const ACCESS_PAGE = { size: 100, max: 500 };

/** Both numbers are guesses: the reference gives neither. */
const SUBUSER_PAGE = { size: 100, max: 500 };

const REGIONS = ['all', 'global', 'eu'];

/** Pages by cursor: `after_subuser_id`. The 404 is a guess, the reference has none. */
function listAccess({ state, account, params, query }: Call): Result {
	const teammate = account.teammates.find(
		({ profile }) => profile.username === params.teammate_name,
	);
	if (!teammate) throw errorResponses.unknownUsername();

	const limit = Math.min(numberOf(query, 'limit', ACCESS_PAGE.size), ACCESS_PAGE.max);
	const after = numberOf(query, 'after_subuser_id', 0);
	// Documented: the name of a subuser, not of the teammate.
	const { username } = query;
	const rest = shownAccess(state, account, teammate).filter(
		(access) => access.id > after && (username === undefined || access.username === username),
	);
	const page = rest.slice(0, limit);
	const next = rest.length > page.length ? page.at(-1)?.id : undefined;
	return {
		status: 200,
		body: {
			has_restricted_subuser_access: teammate.has_restricted_subuser_access,
			subuser_access: page,
			_metadata: {
				next_params: { limit, username: username ?? '', ...cursor(state, next) },
			},
		},
	};
}

function cursor({ behaviours }: SandboxState, next: number | undefined) {
	if (next === undefined) {
		if (behaviours.subuserCursorEnd === 'absent') return {};
		return { after_subuser_id: behaviours.subuserCursorEnd === 'null' ? null : 0 };
	}
	return { after_subuser_id: behaviours.subuserCursor === 'string' ? String(next) : next };
}

/** Documented: a bare array; subusers of every region unless one is asked for. */
function listSubusers({ state, account, query }: Call): Result {
	const { username, region = 'all', include_region } = query;
	if (!REGIONS.includes(region)) {
		throw errorResponses.badValue('region', `region must be one of ${REGIONS.join(', ')}`);
	}
	const found = state
		.subusers(account)
		.filter((subuser) => username === undefined || subuser.name === username)
		.filter((subuser) => region === 'all' || subuser.region === region);
	const body = pageOf(found, query, SUBUSER_PAGE).map((subuser) => ({
		id: subuser.id,
		username: subuser.name,
		email: subuser.email,
		disabled: subuser.disabled,
		...(include_region === 'true' ? { region: subuser.region } : {}),
	}));
	return { status: 200, body };
}

export const subuserEndpoints: Endpoint[] = [
	{
		method: 'GET',
		path: '/v3/teammates/:teammate_name/subuser_access',
		scope: 'teammates.read',
		documentsOnBehalfOf: false,
		handle: listAccess,
	},
	{
		method: 'GET',
		path: '/v3/subusers',
		scope: 'subusers.read',
		documentsOnBehalfOf: false,
		forbidden: errorResponses.subusersForbidden,
		handle: listSubusers,
	},
];
