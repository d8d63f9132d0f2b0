import type {
	IDataObject,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';

import {
	statusError,
	unreadableError,
	overBudgetError,
	isRecord,
	type RequestContext,
} from './responseErrors';
import { RequestError } from './errors';
import { rateLimiterFor, type Waiter } from './rateLimiter';
import { networkError } from './networkErrors';
import { buildPath, type PathValues } from './path';
import { backoff, RetryBudget } from './retry';

export const CREDENTIAL_TYPE = 'sendGridTeammatesApi';

/** The n8n contexts that can send a request with the credential. */
export type Caller = IExecuteSingleFunctions | ILoadOptionsFunctions | IPollFunctions;

/** How requests travel, as set in the node's and the credential's settings. */
export type Transport = Pick<
	IHttpRequestOptions,
	'timeout' | 'proxy' | 'skipSslCertificateValidation'
> & { allowedDomains?: string };

/** Where requests go and for whom: the same for all requests of one item. */
export interface Connection {
	/** Without a slash at its end. */
	baseURL: string;
	/** Only where the item chose it: the credential adds its own. */
	onBehalfOf?: string;
	/** Whom requests act for, item's or credential's choice; `undefined` for the key's own account. */
	effectiveSubuser?: string;
	/** Milliseconds that the item may wait after its first refusal or fault. */
	maxWait: number;
	transport?: Transport;
	/** Tells apart whose rate limit counts, without telling the API key. */
	accountKey: string;
	/** What no message may show, although an answer might repeat it: the API key. */
	secrets: readonly string[];
}

/** One request to SendGrid. */
export interface Call {
	method: IHttpRequestMethods;
	/** Below the host, as the reference prints it: `/v3/teammates/{username}`. */
	path: string;
	/** What goes into the path. */
	values?: PathValues;
	query?: IDataObject;
	body?: IDataObject;
	/** Whether SendGrid may answer with a bare array. */
	isArray?: boolean;
	context: RequestContext;
}

/** What became of a call: SendGrid's data, or why there is none. */
export type Outcome<Body> = { body: Body } | { failure: RequestError };

/** Who has a say in whether a request may leave, and wants to know when one does. */
export interface RequestHooks {
	/** What belongs together: the requests of one run of a node. */
	run: object;
	/** Ends when requests may leave. */
	beforeFirst(): Promise<void>;
	/** Whether nothing may leave any more. */
	isAborted(): boolean;
	/** A request is leaving. */
	onSend(method: IHttpRequestMethods): void;
}

/** Answers that carry nothing, by design. */
const NO_CONTENT = 204;

/** How often a request is sent before its failure counts. */
export const MAX_ATTEMPTS = 5;

/** First wait before another try, in milliseconds; later ones take longer. */
export const BASE_DELAY_MS = 250;

/**
 * The only place where requests to SendGrid leave from: it keeps to rate limits, tries again what can be
 * tried again without doing anything twice, and tells every failure in plain words.
 *
 * Whether a write without a proper answer was carried out is not for it to find out: see `settle`.
 */
export class SendGridClient {
	readonly retryBudget: RetryBudget;

	private readonly rateLimiter;

	constructor(
		private readonly caller: Caller,
		private readonly connection: Connection,
		private readonly hooks?: RequestHooks,
	) {
		this.retryBudget = new RetryBudget(connection.maxWait, this.cancelSignal);
		this.rateLimiter = rateLimiterFor(connection.baseURL, connection.accountKey);
	}

	/**
	 * Sends a call and gives SendGrid's data (an object or an array; an empty object for 204).
	 *
	 * @throws SendGridError
	 */
	async send<Body = IDataObject>(call: Call): Promise<Body> {
		return bodyOf(await this.attempt<Body>(call));
	}

	/** Like `send`, for callers that go on after a failure. */
	async attempt<Body = IDataObject>(call: Call): Promise<Outcome<Body>> {
		const path = buildPath(call.path, call.values);
		await this.beforeFirst();
		for (let tries = 1; ; tries += 1) {
			const outcome = await this.tryOnce<Body>(call, path);
			if ('body' in outcome) return outcome;
			const { failure } = outcome;
			const isOver = !failure.facts.retryable || tries === MAX_ATTEMPTS;
			if (isOver || !(await this.retryBudget.wait(backoff(tries, BASE_DELAY_MS)))) {
				return { failure: failure.redact([...this.connection.secrets, call.context.secret]) };
			}
		}
	}

	/** Ends when requests may leave. */
	async beforeFirst(): Promise<void> {
		await this.hooks?.beforeFirst();
	}

	/** A moment by SendGrid's clock, as far as that is known. Both in epoch milliseconds. */
	serverTime(moment: number): number {
		return this.rateLimiter.serverTime(moment);
	}

	/** Sends once, or as often as the rate limit refuses: that a 429 was not carried out is documented. */
	private async tryOnce<Body>(call: Call, path: string): Promise<Outcome<Body>> {
		const { method, context, isArray: isList } = call;
		const { secrets } = this.connection;
		const visitor: Waiter = {
			endpoint: `${method} ${call.path}`,
			group: this.hooks?.run ?? this,
			retryBudget: this.retryBudget,
			isCancelled: () => this.cancelSignal?.aborted === true || this.hooks?.isAborted() === true,
			logger: this.caller.logger,
		};
		let refusal: RequestError | undefined;
		for (;;) {
			const pass = await this.rateLimiter.acquire(visitor, refusal !== undefined);
			if (pass === 'cancelled') return { failure: stoppedError(context) };
			if (pass === 'overBudget') return { failure: refusal ?? overBudgetError(context) };

			this.hooks?.onSend(method);
			let response: IN8nHttpFullResponse;
			try {
				response = await this.request(call, path);
			} catch (thrown) {
				this.rateLimiter.release(pass);
				return { failure: networkError(thrown, method, context, pass.sentAt) };
			}
			const { statusCode: status, headers } = response;
			this.rateLimiter.release(pass, { headers, isThrottled: status === 429 });

			const body = response.body as unknown;
			if (status === 429) {
				this.retryBudget.start();
				refusal = await statusError(status, body, method, context, secrets);
				continue;
			}
			if (status < 200 || status > 299) {
				return { failure: await statusError(status, body, method, context, secrets) };
			}
			if (status === NO_CONTENT) return { body: {} as Body };
			if (!isRecord(body) && !(isList && Array.isArray(body))) {
				return { failure: unreadableError(status, body, method, context) };
			}
			return { body: body as Body };
		}
	}

	private get cancelSignal(): AbortSignal | undefined {
		return 'getExecutionCancelSignal' in this.caller
			? this.caller.getExecutionCancelSignal()
			: undefined;
	}

	private async request(
		{ method, query, body }: Call,
		path: string,
	): Promise<IN8nHttpFullResponse> {
		const { baseURL, onBehalfOf, transport } = this.connection;
		const options = {
			...transport,
			method,
			url: `${baseURL}${path}`,
			qs: query,
			body,
			headers: {
				accept: 'application/json',
				...(onBehalfOf && { 'on-behalf-of': onBehalfOf }),
			},
			json: true,
			// Every status comes back as an answer: n8n would send a 401 twice and hide SendGrid's words.
			ignoreHttpStatusErrors: true,
			returnFullResponse: true,
			// The API never redirects, and the key must not follow whatever does.
			disableFollowRedirect: true,
		} as IHttpRequestOptions;
		return (await this.caller.helpers.httpRequestWithAuthentication.call(
			this.caller,
			CREDENTIAL_TYPE,
			options,
		)) as IN8nHttpFullResponse;
	}
}

/** @throws SendGridError where there is none */
export function bodyOf<Body>(outcome: Outcome<Body>): Body {
	if ('failure' in outcome) throw outcome.failure;
	return outcome.body;
}

function stoppedError({ failureMessage }: RequestContext): RequestError {
	return new RequestError(
		failureMessage,
		'the execution was stopped',
		'Run this item again if it is still wanted.',
	);
}
