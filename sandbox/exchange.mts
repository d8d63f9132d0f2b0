import { accountOf, checkAllowed, checkScope, keyOf } from './access.mts';
import type { Call } from './endpoint.mts';
import type { Region, RequestEntry } from './model.mts';
import { ErrorResponse, errorResponses } from './errorResponses.mts';
import { routeOf } from './router.mts';
import type { Route } from './router.mts';
import { delayOf, applyFault, strikesBefore, toWire } from './applyFault.mts';
import type { Answer, Outcome } from './applyFault.mts';
import type { SandboxState } from './state.mts';

/** A request as it arrives, by whatever transport. */
export interface ApiRequest {
	host: Region;
	method: string;
	/** Path and query, as sent. */
	url: string;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	/** Names of all headers in lower case, in order of arrival; a repeated header appears twice. */
	headerNames: string[];
	/** Undefined or empty: none. */
	body?: string;
	/** Requests being served on this host, this one included. */
	inFlight: number;
}

/** A request that has been carried out, as far as it is, and its answer, which may come later. */
export interface Exchange {
	entry: RequestEntry;
	/** How long the answer is held back, in milliseconds. */
	delayMs: number;
	/** To be called when that time is over: gives the answer, with the server's time at that moment. */
	answer(): Outcome;
}

/** Called to carry out a request long after its answer. */
export type OnLate = (entry: RequestEntry, carryOut: () => void) => void;

/** All that SendGrid does with a request, at the moment of the state's clock, without any network. */
export function exchange(
	state: SandboxState,
	request: ApiRequest,
	onLate: OnLate = (_entry, carryOut) => void carryOut(),
): Exchange {
	const entry = entryOf(state, request);
	state.requests.push(entry);
	const fault = state.faults.take(entry.method, entry.path, entry.host);
	if (fault) entry.fault = fault.kind;
	const carryOut = () => execute(state, routeOf(entry.method, entry.path), request, entry);
	if (fault?.kind === 'late') state.later(fault.ms, () => onLate(entry, carryOut));
	const answer =
		fault && strikesBefore(fault)
			? { status: 0, headers: {} }
			: fault?.kind === 'not-applied'
				? state.rehearse(carryOut)
				: carryOut();
	return {
		entry,
		delayMs: delayOf(fault),
		answer: () => {
			const outcome = fault ? applyFault(fault, answer, state.now()) : toWire(answer);
			if (typeof outcome === 'string') return outcome;
			entry.status = outcome.status;
			const date = new Date(state.now()).toUTCString();
			return { ...outcome, headers: { Date: date, ...outcome.headers } };
		},
	};
}

const pathOf = (url: string) => url.split('?', 1)[0];

function queryOf(url: string): Record<string, string> {
	return Object.fromEntries(new URLSearchParams(url.slice(pathOf(url).length)));
}

/** Undefined without a body; throws a SyntaxError if the body isn't JSON. */
const parsed = ({ body }: ApiRequest): unknown =>
	body === undefined || body === '' ? undefined : JSON.parse(body);

function entryOf(state: SandboxState, request: ApiRequest): RequestEntry {
	const { host, method, url, headers, headerNames, inFlight } = request;
	let body: unknown = request.body;
	try {
		body = parsed(request);
	} catch {
		// Logged as text; execution refuses it.
	}
	return {
		at: state.now(),
		host,
		method,
		path: pathOf(url),
		query: queryOf(url),
		body: body ?? null,
		onBehalfOf: headers['on-behalf-of'] || null,
		headerNames,
		account: null,
		status: null,
		inFlight,
	};
}

/** Carries a request out, in one go; writes the account into the log entry. */
function execute(
	state: SandboxState,
	route: Route | undefined,
	request: ApiRequest,
	entry: RequestEntry,
): Answer {
	let headers = {};
	try {
		const key = keyOf(state, request.headers.authorization);
		checkAllowed(key);
		const name = route ? `${route.endpoint.method} ${route.endpoint.path}` : 'unknown path';
		const limited = state.rateLimits.take(key.account, name, state.now());
		headers = limited.headers;
		if (!limited.allowed) throw errorResponses.tooManyRequests();
		const account = accountOf(state, key, route?.endpoint, entry.onBehalfOf, entry.host);
		entry.account = account.name;
		if (!route) throw errorResponses.notFound();
		checkScope(key, account, route.endpoint);
		const isReading = route.endpoint.method === 'GET';
		if (!isReading) state.keepPast();
		const call: Call = {
			state,
			account: isReading ? state.shown(account, !route.endpoint.path.includes(':')) : account,
			key,
			params: route.params,
			query: entry.query,
			body: parsed(request),
		};
		return { headers, ...route.endpoint.handle(call) };
	} catch (error) {
		if (error instanceof ErrorResponse) return { headers, status: error.status, body: error.body };
		if (error instanceof SyntaxError) {
			// Guess: the answer to a body that isn't JSON.
			const { status, body } = errorResponses.badValue(null, 'the body is not valid JSON');
			return { headers, status, body };
		}
		throw error;
	}
}
