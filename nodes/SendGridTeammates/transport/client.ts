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
	failureOfStatus,
	failureOfUnreadable,
	failureOfWaiting,
	isRecord,
	type Purpose,
} from './responseErrors';
import { RequestFailure } from './errors';
import { gateOf, type Visitor } from './rateLimiter';
import { failureOfNetwork } from './networkErrors';
import { fillPath, type PathValues } from './path';
import { backoff, Patience } from './retry';

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
	actsFor?: string;
	/** Milliseconds that the item may wait after its first refusal or fault. */
	maxWait: number;
	transport?: Transport;
	/** Tells apart whose rate limit counts, without telling the API key. */
	rateAccount: string;
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
	isList?: boolean;
	purpose: Purpose;
}

/** What became of a call: SendGrid's data, or why there is none. */
export type Outcome<Body> = { body: Body } | { failure: RequestFailure };

/** Who has a say in whether a request may leave, and wants to know when one does. */
export interface Supervisor {
	/** What belongs together: the requests of one run of a node. */
	group: object;
	/** Ends when requests may leave. */
	ready(): Promise<void>;
	/** Whether nothing may leave any more. */
	isStopped(): boolean;
	/** A request is leaving. */
	leaves(method: IHttpRequestMethods): void;
}

/** Answers that carry nothing, by design. */
const NO_CONTENT = 204;

/** How often a request is sent before its failure counts. */
export const MOST_TRIES = 5;

/** First wait before another try, in milliseconds; later ones take longer. */
export const FIRST_WAIT = 250;

/**
 * The only place where requests to SendGrid leave from: it keeps to rate limits, tries again what can be
 * tried again without doing anything twice, and tells every failure in plain words.
 *
 * Whether a write without a proper answer was carried out is not for it to find out: see `settle`.
 */
export class SendGridClient {
	readonly patience: Patience;

	private readonly gate;

	constructor(
		private readonly caller: Caller,
		private readonly connection: Connection,
		private readonly supervisor?: Supervisor,
	) {
		this.patience = new Patience(connection.maxWait, this.cancelSignal);
		this.gate = gateOf(connection.baseURL, connection.rateAccount);
	}

	/**
	 * Sends a call and gives SendGrid's data (an object or an array; an empty object for 204).
	 *
	 * @throws SendGridFailure
	 */
	async send<Body = IDataObject>(call: Call): Promise<Body> {
		return bodyOf(await this.attempt<Body>(call));
	}

	/** Like `send`, for callers that go on after a failure. */
	async attempt<Body = IDataObject>(call: Call): Promise<Outcome<Body>> {
		const path = fillPath(call.path, call.values);
		await this.ready();
		for (let tries = 1; ; tries += 1) {
			const outcome = await this.tryOnce<Body>(call, path);
			if ('body' in outcome) return outcome;
			const { failure } = outcome;
			const isOver = !failure.facts.isPassing || tries === MOST_TRIES;
			if (isOver || !(await this.patience.wait(backoff(tries, FIRST_WAIT)))) {
				return { failure: failure.without([...this.connection.secrets, call.purpose.secret]) };
			}
		}
	}

	/** Ends when requests may leave. */
	async ready(): Promise<void> {
		await this.supervisor?.ready();
	}

	/** A moment by SendGrid's clock, as far as that is known. Both in epoch milliseconds. */
	serverTime(moment: number): number {
		return this.gate.serverTime(moment);
	}

	/** Sends once, or as often as the rate limit refuses: that a 429 was not carried out is documented. */
	private async tryOnce<Body>(call: Call, path: string): Promise<Outcome<Body>> {
		const { method, purpose, isList } = call;
		const { secrets } = this.connection;
		const visitor: Visitor = {
			endpoint: `${method} ${call.path}`,
			group: this.supervisor?.group ?? this,
			patience: this.patience,
			isGone: () => this.cancelSignal?.aborted === true || this.supervisor?.isStopped() === true,
			logger: this.caller.logger,
		};
		let refusal: RequestFailure | undefined;
		for (;;) {
			const pass = await this.gate.enter(visitor, refusal !== undefined);
			if (pass === 'gone') return { failure: failureOfStopping(purpose) };
			if (pass === 'too long') return { failure: refusal ?? failureOfWaiting(purpose) };

			this.supervisor?.leaves(method);
			let response: IN8nHttpFullResponse;
			try {
				response = await this.request(call, path);
			} catch (thrown) {
				this.gate.leave(pass);
				return { failure: failureOfNetwork(thrown, method, purpose, pass.sentAt) };
			}
			const { statusCode: status, headers } = response;
			this.gate.leave(pass, { headers, isRefused: status === 429 });

			const body = response.body as unknown;
			if (status === 429) {
				this.patience.start();
				refusal = await failureOfStatus(status, body, method, purpose, secrets);
				continue;
			}
			if (status < 200 || status > 299) {
				return { failure: await failureOfStatus(status, body, method, purpose, secrets) };
			}
			if (status === NO_CONTENT) return { body: {} as Body };
			if (!isRecord(body) && !(isList && Array.isArray(body))) {
				return { failure: failureOfUnreadable(status, body, method, purpose) };
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

/** @throws SendGridFailure where there is none */
export function bodyOf<Body>(outcome: Outcome<Body>): Body {
	if ('failure' in outcome) throw outcome.failure;
	return outcome.body;
}

function failureOfStopping({ unfulfilled }: Purpose): RequestFailure {
	return new RequestFailure(
		unfulfilled,
		'the execution was stopped',
		'Run this item again if it is still wanted.',
	);
}
