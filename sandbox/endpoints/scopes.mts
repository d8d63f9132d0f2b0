import { scopesOf } from '../access.mts';
import { done, pageOf, withoutDuplicates } from '../endpoint.mts';
import type { Call, Endpoint, Result } from '../endpoint.mts';
import { errorResponses } from '../errorResponses.mts';

/** Documented default; the maximum is a guess. */
const PAGE = { size: 50, max: 500 };

function listScopes({ key, account }: Call): Result {
	return { status: 200, body: { scopes: scopesOf(key, account) } };
}

/** Left the public specification in January 2026; whether the live API still answers is unknown. */
function requireAccessRequests({ state }: Call): void {
	if (state.behaviours.accessRequests === 'gone') throw errorResponses.notFound();
}

function findRequest({ account, params }: Call) {
	const request = account.accessRequests.find(({ id }) => String(id) === params.request_id);
	if (!request) throw errorResponses.unknownAccessRequest();
	return request;
}

/** Documented: a bare array. */
function listRequests(call: Call): Result {
	requireAccessRequests(call);
	const page = pageOf(call.account.accessRequests, call.query, PAGE);
	return {
		status: 200,
		body: page.map(({ id, scope_group_name, username, email, first_name, last_name }) => ({
			id,
			scope_group_name,
			username,
			email,
			first_name,
			last_name,
		})),
	};
}

/** Documented: gives full access to the feature asked for, reading and writing. */
function approve(call: Call): Result {
	requireAccessRequests(call);
	const { account } = call;
	const request = findRequest(call);
	const teammate = account.teammates.find(({ profile }) => profile.username === request.username);
	if (teammate && !teammate.profile.is_admin) {
		teammate.scopes = withoutDuplicates([...teammate.scopes, ...request.scopes]);
	}
	account.accessRequests = account.accessRequests.filter((other) => other !== request);
	return done(call.state, { status: 200, body: { scope_group_name: request.scope_group_name } });
}

function deny(call: Call): Result {
	requireAccessRequests(call);
	const request = findRequest(call);
	call.account.accessRequests = call.account.accessRequests.filter((other) => other !== request);
	return done(call.state, { status: 204 });
}

export const scopeEndpoints: Endpoint[] = [
	{
		method: 'GET',
		path: '/v3/scopes',
		scope: null,
		documentsOnBehalfOf: true,
		handle: listScopes,
	},
	{
		method: 'GET',
		path: '/v3/scopes/requests',
		scope: 'teammates.read',
		documentsOnBehalfOf: false,
		handle: listRequests,
	},
	{
		method: 'PATCH',
		path: '/v3/scopes/requests/:request_id/approve',
		scope: 'teammates.update',
		documentsOnBehalfOf: false,
		handle: approve,
	},
	{
		method: 'DELETE',
		path: '/v3/scopes/requests/:request_id',
		scope: 'teammates.update',
		documentsOnBehalfOf: false,
		handle: deny,
	},
];
