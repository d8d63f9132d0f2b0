import type {
	ICredentialsDecrypted,
	IDataObject,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';

import { withDeadline } from './deadline';
import { readBody } from './decode';
import { RequestError } from './errors';
import { deadlineError, networkError } from './networkErrors';
import { buildPath, type PathValues } from './path';
import { rateLimiterFor, type Waiter } from './rateLimiter';
import {
	overBudgetError,
	statusError,
	unreadableError,
	type RequestContext,
	type RequestOrigin,
} from './responseErrors';
import { backoff, RetryBudget } from './retry';
import type { Span } from './serverClock';

const PARTIAL_CONTENT = 206;

const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

export const CREDENTIAL_TYPE = 'sendGridTeammatesApi';

/** The n8n contexts that can send a request with the credential. */
export type Caller = IExecuteSingleFunctions | ILoadOptionsFunctions | IPollFunctions;

/** How requests travel, as set in the node's and the credential's settings. */
export type Transport = Pick<IHttpRequestOptions, 'timeout' | 'proxy'> & {
	allowedDomains?: string;
};

/** Where requests go, and for which account: the same for all requests of one item. */
export interface Connection extends RequestOrigin {
	/** Without a trailing slash. */
	baseURL: string;
	/** Whether it is somebody else's gateway. */
	isGateway: boolean;
	/** Milliseconds that the item may wait after its first throttled or failed request. */
	maxWait: number;
	transport?: Transport;
	/** Hash of the API key: identifies the account without revealing the key. */
	keyHash: string;
	/**
	 * The credential that signs the requests: checked against its limits once, and not read again for each request.
	 */
	credential: ICredentialsDecrypted;
	/** Texts that no message may show even if a response repeats them: the API key. */
	secrets: readonly string[];
}

/** What identifies an account. */
export type AccountRoute = Pick<Connection, 'baseURL' | 'effectiveSubuser' | 'keyHash'>;

/**
 * Identifies the account: host, account acted for, and key. Readings, locks, memory and rate limits use it, since
 * any of the three can differ from item to item.
 */
export const accountKeyOf = ({ baseURL, effectiveSubuser, keyHash }: AccountRoute): string =>
	[baseURL, effectiveSubuser ?? '', keyHash].join(' ');

/** One request to SendGrid. */
export interface Call<Body> {
	method: IHttpRequestMethods;
	/** Below the host, as the reference prints it: `/v3/teammates/{username}`. */
	path: string;
	/** Values for the path. */
	values?: PathValues;
	query?: IDataObject;
	body?: IDataObject;
	/**
	 * SendGrid's data in the body of a 2xx, or `undefined` if it cannot be understood. Gets `undefined`, `null` or
	 * an empty text if there is no body.
	 */
	decode: (body: unknown) => Body | undefined;
	/** Whether an answer is about whom or what the call is about. Any other proves nothing. */
	isAbout?: (body: Body) => boolean;
	context: RequestContext;
	/** Called each time it is sent, after it has waited for its turn. */
	onSend?: () => void;
	/** After this, the data behind the request is too old. */
	validUntil?: Validity;
}

/** A request that changes nothing. */
export interface ReadCall<Body> extends Call<Body> {
	method: 'GET';
}

/** Until when a decision may be acted on, in epoch milliseconds. */
export interface Validity {
	latest: number;
	/** The same if the rate limit has held the request back: others have had time to change something. */
	ifHeldBack: number;
}

const ALWAYS: Validity = { latest: Infinity, ifHeldBack: Infinity };

/** The outcome of a call: SendGrid's data, or the reason why there is none. */
export type Outcome<Body> = { body: Body } | { error: RequestError };

/** Decides whether a request may be sent, and is notified when one is. */
export interface RequestHooks {
	/** Groups requests: those of one run of a node. */
	group: object;
	/** Resolves when a request may be sent. */
	beforeFirst(): Promise<void>;
	/** Whether nothing may be sent any more. */
	isAborted(): boolean;
	/** A request is being sent. */
	onSend(method: IHttpRequestMethods): void;
}

/**
 * The data behind a decision is out of date: the rate limit made the request wait too long, or an earlier request
 * has changed something. The request was not sent: decide again on fresh data.
 */
export class StaleDecision extends Error {}

const ownRequests = new WeakSet<object>();

/**
 * Whether the client below has made the request. Both lines of n8n pass the very same object to the credential's
 * `authenticate`, and nobody outside can make another one that passes for it.
 */
export const isOwnRequest = (request: object): boolean => ownRequests.has(request);

export function asOwnRequest(request: IHttpRequestOptions): IHttpRequestOptions {
	ownRequests.add(request);
	return request;
}

/** How often a request is sent before its failure counts. */
export const MAX_ATTEMPTS = 5;

/** First wait before a retry, in milliseconds; later ones are longer. */
export const BASE_DELAY_MS = 250;

/** The default of n8n's engine for declarative nodes, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 300_000;

/** Minimum time for a request, even if less is left of the item's budget, in milliseconds. */
const MIN_TIMEOUT_MS = 2_000;

/**
 * The only place where requests to SendGrid are sent: it respects rate limits, repeats requests if that can't do
 * anything twice, and words every failure.
 *
 * Whether a write without a proper response was carried out is for `reconcile` to find out.
 */
export class SendGridClient {
	readonly retryBudget: RetryBudget;

	/** A write that may have been carried out, with no other write after it. */
	doubt?: RequestError;

	private readonly rateLimiter;

	constructor(
		private readonly caller: Caller,
		private readonly connection: Connection,
		private readonly hooks?: RequestHooks,
	) {
		this.retryBudget = new RetryBudget(connection.maxWait, this.cancelSignal);
		// A proxy that never answers must not take the places of requests that go another way.
		const way = JSON.stringify(connection.transport?.proxy ?? '');
		this.rateLimiter = rateLimiterFor(connection.baseURL, `${connection.keyHash} ${way}`);
	}

	/**
	 * Sends a call that changes nothing, and returns SendGrid's data.
	 *
	 * @throws SendGridError
	 * @throws StaleDecision
	 */
	async send<Body>(call: ReadCall<Body>): Promise<Body> {
		return bodyOf(await this.attempt(call));
	}

	/**
	 * Like `send`, for callers that go on after a failure.
	 *
	 * @throws StaleDecision
	 */
	async attempt<Body>(call: Call<Body>): Promise<Outcome<Body>> {
		const path = buildPath(call.path, call.values);
		await this.beforeFirst();
		for (let attempt = 1; ; attempt += 1) {
			const outcome = await this.attemptOnce(call, path);
			if ('body' in outcome) return outcome;
			const { error } = outcome;
			const isFinal = !error.facts.retryable || attempt === MAX_ATTEMPTS || this.isCancelled();
			if (isFinal || !(await this.retryBudget.wait(backoff(attempt, BASE_DELAY_MS)))) {
				return { error: error.redact([...this.connection.secrets, call.context.secret]) };
			}
		}
	}

	/** Resolves when a request may be sent. */
	async beforeFirst(): Promise<void> {
		await this.hooks?.beforeFirst();
	}

	/** Whether the execution, or this item of it, was cancelled. */
	isCancelled(): boolean {
		return this.cancelSignal?.aborted === true || this.hooks?.isAborted() === true;
	}

	/** Converts to SendGrid's clock, if it is known. Both in epoch milliseconds. */
	serverTime(moment: number): number {
		return this.rateLimiter.serverTime(moment);
	}

	/** The same, as bounds. */
	serverSpan(moment: number): Span {
		return this.rateLimiter.serverSpan(moment);
	}

	/** Sends once, or again after each 429, which SendGrid documents as not carried out. */
	private async attemptOnce<Body>(call: Call<Body>, path: string): Promise<Outcome<Body>> {
		const { method, context, decode, isAbout, validUntil = ALWAYS } = call;
		const { secrets } = this.connection;
		const waiter: Waiter = {
			endpoint: `${method} ${call.path}`,
			group: this.hooks?.group ?? this,
			retryBudget: this.retryBudget,
			isCancelled: () => this.isCancelled(),
			logger: this.caller.logger,
		};
		let throttled: RequestError | undefined;
		for (;;) {
			const permit = await this.rateLimiter.acquire(waiter, throttled !== undefined);
			if (permit === 'cancelled') return { error: cancelledError(context) };
			if (permit === 'overBudget') return { error: throttled ?? overBudgetError(context) };
			const { latest, ifHeldBack } = validUntil;
			if (Date.now() > (permit.wasHeldBack ? ifHeldBack : latest)) {
				this.rateLimiter.release(permit);
				throw new StaleDecision();
			}

			this.hooks?.onSend(method);
			call.onSend?.();
			const { sentAt } = permit;
			let response: IN8nHttpFullResponse | 'expired';
			// The head of a response is an answer, even if its body never comes.
			let isAccepted = false;
			const onHead = ({ statusCode }: IN8nHttpFullResponse) => {
				isAccepted = method !== 'GET' && isSuccess(statusCode);
			};
			const noBody = (error: RequestError) => (isAccepted ? error.asAccepted(context) : error);
			try {
				response = await this.request(call, path, onHead);
			} catch (thrown) {
				this.rateLimiter.release(permit);
				return { error: noBody(networkError(thrown, method, context, sentAt, this.connection)) };
			}
			if (response === 'expired') {
				this.rateLimiter.release(permit);
				return { error: noBody(deadlineError(method, context, sentAt)) };
			}
			const { statusCode: status, headers } = response;
			this.rateLimiter.release(permit, { headers, isThrottled: status === 429 });

			const received = { status, body: response.body as unknown, sentAt };
			if (status === 429) {
				this.retryBudget.start();
				throttled = await statusError(received, method, context, secrets, this.connection);
				continue;
			}
			if (!isSuccess(status)) {
				return { error: await statusError(received, method, context, secrets, this.connection) };
			}
			// A part of a list must not be taken for the whole.
			const body = status === PARTIAL_CONTENT ? undefined : decode(received.body);
			if (body === undefined || isAbout?.(body) === false) {
				const isOther = body !== undefined;
				return { error: unreadableError(received, method, context, secrets, isOther) };
			}
			return { body };
		}
	}

	private get cancelSignal(): AbortSignal | undefined {
		return 'getExecutionCancelSignal' in this.caller
			? this.caller.getExecutionCancelSignal()
			: undefined;
	}

	private async request(
		{ method, query, body }: Pick<Call<unknown>, 'method' | 'query' | 'body'>,
		path: string,
		onHead: (response: IN8nHttpFullResponse) => void,
	): Promise<IN8nHttpFullResponse | 'expired'> {
		const { baseURL, isGateway, onBehalfOf, transport, credential, secrets } = this.connection;
		const options = {
			...transport,
			method,
			url: `${baseURL}${path}`,
			qs: query,
			body,
			headers: {
				accept: 'application/json',
				// A gateway may compress anything.
				...(isGateway && { 'accept-encoding': 'identity' }),
				...(onBehalfOf && { 'on-behalf-of': onBehalfOf }),
			},
			json: true,
			encoding: 'stream',
			// Every status comes back as a response: n8n would send a 401 twice and hide SendGrid's words.
			ignoreHttpStatusErrors: true,
			returnFullResponse: true,
			// The API never redirects, and the key must not follow a redirect.
			disableFollowRedirect: true,
		} as IHttpRequestOptions;
		return await withDeadline(
			async (abortSignal) => {
				const response = (await this.caller.helpers.httpRequestWithAuthentication.call(
					withCancelSignal(this.caller, abortSignal),
					CREDENTIAL_TYPE,
					asOwnRequest({ ...options, abortSignal }),
					{ credentialsDecrypted: credential },
				)) as IN8nHttpFullResponse;
				onHead(response);
				const content = await readBody(response.body, secrets);
				return { ...response, body: content as IN8nHttpFullResponse['body'] };
			},
			// A retry gets what is left of the budget, but at least a second for its answer.
			Date.now() +
				Math.min(transport?.timeout ?? DEFAULT_TIMEOUT_MS, this.retryBudget.left + MIN_TIMEOUT_MS),
			() => this.isCancelled(),
		);
	}
}

/** If an execution can be cancelled, n8n uses only its own signal. The deadline's signal covers cancelling too. */
const withCancelSignal = <Context extends Caller>(caller: Context, signal: AbortSignal): Context =>
	'getExecutionCancelSignal' in caller
		? (Object.create(caller, {
				getExecutionCancelSignal: { value: () => signal },
			}) as Context)
		: caller;

/** @throws RequestError if there is none */
export function bodyOf<Body>(outcome: Outcome<Body>): Body {
	if ('error' in outcome) throw outcome.error;
	return outcome.body;
}

const cancelledError = (context: RequestContext): RequestError =>
	new RequestError(
		context,
		'the execution was stopped',
		'Run this item again if you still want it.',
	);
