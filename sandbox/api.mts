import { setTimeout as sleep } from 'node:timers/promises';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { accountOf, checkAllowed, checkScope, keyOf } from './access.mts';
import type { Call, Endpoint } from './endpoint.mts';
import { invitationEndpoints } from './endpoints/invitations.mts';
import { scopeEndpoints } from './endpoints/scopes.mts';
import { ssoTeammateEndpoints } from './endpoints/sso-teammates.mts';
import { subuserEndpoints } from './endpoints/subusers.mts';
import { teammateEndpoints } from './endpoints/teammates.mts';
import { createListener } from './listener.mts';
import type { Tls } from './listener.mts';
import type { Region, RequestEntry } from './model.mts';
import { ErrorResponse, errorResponses } from './errorResponses.mts';
import { delayOf, applyFault, strikesBefore, toWire } from './applyFault.mts';
import type { Answer, Outcome } from './applyFault.mts';
import type { SandboxState } from './state.mts';

export const ENDPOINTS: readonly Endpoint[] = [
	...invitationEndpoints,
	...teammateEndpoints,
	...subuserEndpoints,
	...scopeEndpoints,
	...ssoTeammateEndpoints,
];

export interface ApiOptions {
	host: Region;
	latencyMs: number;
	tls?: Tls;
	/** Ends waiting when the sandbox closes. */
	signal: AbortSignal;
}

/** One of SendGrid's two API hosts. */
export function createApi(state: SandboxState, { host, latencyMs, tls, signal }: ApiOptions) {
	const { app, listen } = createListener(
		{
			exposeHeadRoutes: false,
			// An address of 255 characters, each percent-encoded.
			routerOptions: { maxParamLength: 1000 },
			// A path that is no percent-encoding (a bare %) is an unknown one, and logged like any other.
			frameworkErrors: (_error, request, reply) => void serve(undefined, request, reply),
		},
		tls,
	);
	// Bodies stay text here: authentication comes before any complaint about them.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

	let inFlight = 0;

	const serve = async (
		endpoint: Endpoint | undefined,
		request: FastifyRequest,
		reply: FastifyReply,
	): Promise<void> => {
		inFlight += 1;
		let leaving = false;
		const leave = () => {
			if (!leaving) inFlight -= 1;
			leaving = true;
		};
		reply.raw.once('close', leave);

		const entry = entryOf(state, host, request, inFlight);
		state.requests.push(entry);
		const fault = state.faults.take(entry.method, entry.path, host);
		if (fault) entry.fault = fault.kind;
		const answer =
			fault && strikesBefore(fault)
				? { status: 0, headers: {} }
				: execute(state, endpoint, request, entry);
		reply.hijack();
		const delay = latencyMs + delayOf(fault);
		if (delay > 0 && !(await waited(delay, signal))) return;
		leave();
		deliver(state, fault ? applyFault(fault, answer, state.now()) : toWire(answer), entry, reply);
	};

	for (const endpoint of ENDPOINTS) {
		app.route({
			method: endpoint.method,
			url: endpoint.path,
			handler: (request, reply) => serve(endpoint, request, reply),
		});
	}
	app.setNotFoundHandler((request, reply) => serve(undefined, request, reply));
	return { listen };
}

/** False when the sandbox closed meanwhile. */
const waited = (ms: number, signal: AbortSignal) => sleep(ms, true, { signal }).catch(() => false);

const pathOf = (url: string) => url.split('?', 1)[0];

function queryOf(request: FastifyRequest): Record<string, string> {
	const search = new URLSearchParams(request.url.slice(pathOf(request.url).length));
	return Object.fromEntries(search);
}

const onBehalfOfOf = ({ headers }: FastifyRequest): string | null =>
	String(headers['on-behalf-of'] ?? '') || null;

/** Node's list of raw headers has names and values in turn. The values, the key among them, stay out. */
const headerNamesOf = ({ raw }: FastifyRequest): string[] =>
	raw.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());

/** Undefined without a body; throws a SyntaxError when the body is no JSON. */
const parsed = ({ body }: FastifyRequest): unknown =>
	typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined;

function entryOf(
	state: SandboxState,
	host: Region,
	request: FastifyRequest,
	inFlight: number,
): RequestEntry {
	let body: unknown = request.body;
	try {
		body = parsed(request);
	} catch {
		// Logged as text; execution refuses it.
	}
	return {
		at: state.now(),
		host,
		method: request.method,
		path: pathOf(request.url),
		query: queryOf(request),
		body: body ?? null,
		onBehalfOf: onBehalfOfOf(request),
		headerNames: headerNamesOf(request),
		account: null,
		status: null,
		inFlight,
	};
}

/** Everything SendGrid does with a request, in one go; writes the account into the log entry. */
function execute(
	state: SandboxState,
	endpoint: Endpoint | undefined,
	request: FastifyRequest,
	entry: RequestEntry,
): Answer {
	let headers = {};
	try {
		const key = keyOf(state, request.headers.authorization);
		checkAllowed(key);
		const name = endpoint ? `${endpoint.method} ${endpoint.path}` : 'unknown path';
		const limited = state.rateLimits.take(key.account, name, state.now());
		headers = limited.headers;
		if (!limited.allowed) throw errorResponses.tooManyRequests();
		const account = accountOf(state, key, endpoint, entry.onBehalfOf, entry.host);
		entry.account = account.name;
		if (!endpoint) throw errorResponses.notFound();
		checkScope(key, account, endpoint);
		const call: Call = {
			state,
			account,
			key,
			params: request.params as Record<string, string>,
			query: entry.query,
			body: parsed(request),
		};
		return { headers, ...endpoint.handle(call) };
	} catch (error) {
		if (error instanceof ErrorResponse) return { headers, status: error.status, body: error.body };
		if (error instanceof SyntaxError) {
			// Guess: the answer to a body that is no JSON.
			const { status, body } = errorResponses.badValue(null, 'the body is not valid JSON');
			return { headers, status, body };
		}
		throw error;
	}
}

/** Past fastify, whose own answers cannot be cut short or go without. */
function deliver(
	state: SandboxState,
	outcome: Outcome,
	entry: RequestEntry,
	{ raw }: FastifyReply,
): void {
	if (outcome === 'hang') return;
	if (outcome === 'drop') {
		raw.destroy();
		return;
	}
	const { status, headers, text, contentType } = outcome;
	entry.status = status;
	const length = Buffer.byteLength(text);
	raw.writeHead(status, {
		...headers,
		Date: new Date(state.now()).toUTCString(),
		...(status === 204 && length === 0
			? {}
			: { 'Content-Type': contentType, 'Content-Length': length }),
	});
	raw.end(text);
}
