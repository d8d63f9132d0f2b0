import type {
	IDataObject,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { failureOfStatus, failureOfUnreadable, isRecord, type Purpose } from './answer';
import { SendGridFailure } from './failure';
import { failureOfNetwork } from './network';
import { RateLimitWait } from './rateLimit';

export const CREDENTIAL_TYPE = 'sendGridTeammatesApi';

/** The n8n contexts that can send a request with the credential. */
export type Caller = IExecuteSingleFunctions | ILoadOptionsFunctions;

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
	/** Milliseconds that the item may wait for rate limits after its first refusal. */
	maxWait: number;
	transport?: Transport;
	/** What no message may show, although an answer might repeat it: the API key. */
	secrets: readonly string[];
}

/** One request to SendGrid. */
export interface Call {
	method: IHttpRequestMethods;
	/** Below the host, filled in: `/v3/teammates`. */
	path: string;
	query?: IDataObject;
	body?: IDataObject;
	purpose: Purpose;
}

/** What became of a call: SendGrid's data, or why there is none. */
export type Outcome<Body> = { body: Body } | { failure: SendGridFailure };

/** Answers that carry nothing, by design. */
const NO_CONTENT = 204;

/**
 * The only place where requests to SendGrid leave from: it waits for rate limits, and tells every failure
 * in plain words.
 */
export class SendGridClient {
	constructor(
		private readonly caller: Caller,
		private readonly connection: Connection,
	) {}

	/**
	 * Sends a call and gives SendGrid's data (an object or an array; an empty object for 204).
	 *
	 * @throws SendGridFailure
	 */
	async send<Body = IDataObject>(call: Call): Promise<Body> {
		const outcome = await this.attempt<Body>(call);
		if ('failure' in outcome) throw outcome.failure;
		return outcome.body;
	}

	/** Like `send`, for callers that go on after a failure. */
	async attempt<Body = IDataObject>(call: Call): Promise<Outcome<Body>> {
		const outcome = await this.answerTo<Body>(call);
		if ('body' in outcome) return outcome;
		return { failure: outcome.failure.without([...this.connection.secrets, call.purpose.secret]) };
	}

	private async answerTo<Body>(call: Call): Promise<Outcome<Body>> {
		const { method, purpose } = call;
		const wait = new RateLimitWait(this.connection.maxWait, this.cancelSignal);
		for (;;) {
			if (this.cancelSignal?.aborted) return { failure: failureOfCancelling(purpose) };

			let response: IN8nHttpFullResponse;
			try {
				response = await this.request(call);
			} catch (thrown) {
				const failure = this.cancelSignal?.aborted
					? failureOfCancelling(purpose)
					: failureOfNetwork(thrown, method, purpose);
				return { failure };
			}

			const { statusCode: status, headers } = response;
			// Observed and documented: a 429 was not carried out, so any method may be sent again.
			if (status === 429 && (await wait.after(headers))) continue;

			const body = response.body as unknown;
			if (status < 200 || status > 299) {
				return { failure: await failureOfStatus(status, body, method, purpose) };
			}
			if (status === NO_CONTENT) return { body: {} as Body };
			if (!Array.isArray(body) && !isRecord(body)) {
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

	private async request({ method, path, query, body }: Call): Promise<IN8nHttpFullResponse> {
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

function failureOfCancelling({ unfulfilled }: Purpose): SendGridFailure {
	return new SendGridFailure(
		`${unfulfilled}: the execution was stopped`,
		'Run this item again if it is still wanted.',
	);
}
