import { RequestError, type ErrorFacts, type RequestErrorFacts, type Wording } from './errors';
import { sanitizeRemoteText } from './sanitize';

/** What a request is about, which turns a status code into a helpful message. */
export interface RequestContext extends Wording {
	/** The scope that SendGrid wants the API key to have. */
	scope: string;
	/** Advice for a 400, if the general one is not enough. Gets SendGrid's own words. */
	on400?: (detail: ApiErrorDetail) => Promise<string | undefined>;
	/** What a 404 means, if SendGrid's own words are misleading. */
	gone?: string;
	/** Advice for a 404. */
	on404?: string;
	/** What else a 5xx may mean. */
	on5xx?: string;
	/** Texts that no message about the request may show: an invitation's token. */
	secret?: string;
}

/** One entry of SendGrid's `errors`. */
export interface ApiErrorDetail {
	message: string;
	/** Name of the request's field, if SendGrid gives one. */
	field?: string;
}

/** How many of SendGrid's errors a message quotes. */
const MAX_QUOTED_DETAILS = 5;

/** What to do about a status, and what n8n may conclude from it. */
interface StatusAdvice extends ErrorFacts {
	/** What the status means, if that is clear. SendGrid's own words come after it. */
	meaning?: string;
	/** SendGrid's own words that add nothing to the meaning. */
	stock?: RegExp;
	advice: (context: RequestContext, origin: RequestOrigin) => string;
}

/** What an item has chosen itself and the credential would otherwise say. Advice names the place to change it. */
export interface RequestOrigin {
	isRegionChosen?: boolean;
	/** The credential adds its own. */
	onBehalfOf?: string;
	/** Whom requests act for, by the item or the credential; `undefined` for the key's own account. */
	effectiveSubuser?: string;
}

const adviceOnRegion = ({ isRegionChosen }: RequestOrigin): string =>
	isRegionChosen
		? "Check 'Region' in this node, and 'API Key' in the credential."
		: "Check 'API Key' and 'Region' in the credential.";

const adviceOnSubuser = ({ effectiveSubuser, onBehalfOf }: RequestOrigin): string =>
	effectiveSubuser === undefined
		? ''
		: ` Also check 'On Behalf Of' in ${onBehalfOf === undefined ? 'the credential' : "'Options'"}.`;

const STATUS_ADVICE: Readonly<Record<number, StatusAdvice>> = {
	400: {
		advice: () => 'Check the values of this item. SendGrid does not accept one of them.',
	},
	401: {
		meaning: 'SendGrid rejected the API key',
		stock: /^The provided authorization grant is invalid/,
		// Observed: a key created inside an EU subuser is unknown to the global host, and vice versa.
		advice: (_, origin) =>
			`${adviceOnRegion(origin)} The key may be mistyped, revoked, or belong to the other region.${adviceOnSubuser(origin)}`,
		cause: 'credential-invalid',
	},
	403: {
		meaning: "this API key isn't allowed to do this",
		// Observed: the same answer for a missing scope and for an address that is not on the allow list.
		advice: ({ scope }, origin) =>
			`Add the scope ${scope} to the API key. If it already has it, allow n8n's IP address under Settings > IP Access Management in SendGrid, or use an admin's key.${adviceOnSubuser(origin)}`,
		cause: 'credential-invalid',
	},
	404: {
		advice: ({ on404 }) => on404 ?? 'Check the values of this item.',
	},
	429: {
		advice: () =>
			"Wait a few minutes and run this item again, or allow a longer wait under 'Max Wait' in 'Options'.",
		cause: 'rate-limited',
	},
};

/** Reported by two client libraries: a 403 that speaks of a regional attribute. */
const WRONG_REGION: StatusAdvice = {
	meaning: 'this account is in the other region',
	advice: () => "Choose the other region under 'Region', in the node or in the credential.",
	cause: 'configuration-invalid',
};

const SOMETHING_BETWEEN =
	"If this keeps happening, a proxy or a custom 'API URL' in the credential is probably in the way.";

/** Nothing is documented for it that an item could cause: a reading sends no values. */
const UNEXPECTED: StatusAdvice = {
	advice: () => `Run this item again later. ${SOMETHING_BETWEEN}`,
};

function adviceOn(
	status: number,
	method: string,
	details: readonly ApiErrorDetail[],
): StatusAdvice {
	if (status === 403 && details.some(({ message }) => /regional attribute/i.test(message)))
		return WRONG_REGION;
	return STATUS_ADVICE[status] ?? (method === 'GET' ? UNEXPECTED : STATUS_ADVICE[400]);
}

/** Guess: within a minute, what a gateway gave up on is either done or never will be. */
export const IN_DOUBT_AFTER_TIMEOUT_MS = 60_000;

/** Guess: what SendGrid had started when it failed or the connection broke is done within two seconds. */
export const IN_DOUBT_AFTER_FAILURE_MS = 2_000;

/**
 * What follows from a request without a proper response. `GET` changes nothing, so it may simply be sent again. A
 * write may have been carried out, and sending it again on a guess could email somebody twice.
 *
 * @param inDoubtUntil until when it may still be carried out, in epoch milliseconds
 */
export const afterNoResponse = (
	method: string,
	inDoubtUntil: number,
): { advice: string; facts: RequestErrorFacts } => ({
	advice: 'Run this item again later.',
	facts: method === 'GET' ? { retryable: true } : { inDoubtUntil },
});

/**
 * SendGrid's words in a response's body. Documented: `{ errors: [{ message, field }] }`, `field` possibly null.
 * Observed: `{ error: "…" }`, `{ message }`, `{ detail }`, `{ errors: {…} }` and `{ errors: "…" }` from gateways, a
 * bare array on some endpoints, plain text, and HTML from proxies in front of the API.
 *
 * @param secrets texts that no message may show, although a response might repeat them
 */
export function readErrorDetails(
	body: unknown,
	secrets: ReadonlyArray<string | undefined> = [],
): ApiErrorDetail[] {
	const quoted = (text: string) => sanitizeRemoteText(text, secrets);
	return entriesOf(body).flatMap((entry): ApiErrorDetail[] => {
		if (typeof entry === 'string') return entry.trim() === '' ? [] : [{ message: quoted(entry) }];
		if (!isRecord(entry)) return [];
		const message = [entry.message, entry.detail, entry.error].find(
			(text): text is string => typeof text === 'string',
		);
		if (message === undefined) return [];
		const field = typeof entry.field === 'string' ? quoted(entry.field) : '';
		return [{ message: quoted(message), ...(field && { field }) }];
	});
}

function entriesOf(body: unknown): unknown[] {
	if (Array.isArray(body)) return body;
	if (typeof body === 'string') return /^\s*[<{[]/.test(body) ? [] : [body];
	if (!isRecord(body)) return [];
	const { errors, error } = body;
	if (Array.isArray(errors)) return errors;
	if (isRecord(errors)) return Object.values(errors).flat();
	const said = error ?? errors;
	if (said) return [said];
	return [body];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoteDetails(details: readonly ApiErrorDetail[]): string {
	const quoted = details
		.slice(0, MAX_QUOTED_DETAILS)
		.map(({ message, field }) => (field ? `"${message}" (field '${field}')` : `"${message}"`))
		.join(', ');
	const more = details.length - MAX_QUOTED_DETAILS;
	return `${quoted}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}

/** What a refusal means, then SendGrid's own words, then its status. */
function reasonOf(
	details: readonly ApiErrorDetail[],
	status: number,
	meaning: string | undefined,
): string {
	if (details.length === 0) return `${meaning ?? 'SendGrid gave no reason'} (HTTP ${status})`;
	return meaning
		? `${meaning} (SendGrid: ${quoteDetails(details)}, HTTP ${status})`
		: `SendGrid says ${quoteDetails(details)} (HTTP ${status})`;
}

/** Of gateways that gave up on an answer; the last two are Cloudflare's and other proxies'. */
const TIMEOUTS: readonly number[] = [408, 504, 524, 598];

/** How long a request with this status may still be carried out, in milliseconds. */
const inDoubtAfter = (status: number) =>
	TIMEOUTS.includes(status) ? IN_DOUBT_AFTER_TIMEOUT_MS : IN_DOUBT_AFTER_FAILURE_MS;

/** A complete response. `sentAt`: when its request was sent, epoch milliseconds. */
export interface ReceivedResponse {
	status: number;
	body: unknown;
	sentAt: number;
}

/** An error for a response with a status other than 2xx. */
export async function statusError(
	{ status, body, sentAt }: ReceivedResponse,
	method: string,
	context: RequestContext,
	secrets: readonly string[] = [],
	origin: RequestOrigin = {},
): Promise<RequestError> {
	const details = readErrorDetails(body, [...secrets, context.secret]);
	// A redirected write may have been carried out first. The API itself never redirects.
	const isRedirectedWrite = status < 400 && method !== 'GET';
	if (status >= 500 || status === 408 || isRedirectedWrite) {
		const { advice, facts } = afterNoResponse(method, sentAt + inDoubtAfter(status));
		const hint = isRedirectedWrite ? SOMETHING_BETWEEN : context.on5xx;
		const reason = reasonOf(details, status, undefined);
		return new RequestError(context, reason, [advice, hint].filter(Boolean).join(' '), {
			...facts,
			hint,
			sentAt,
			status,
			cause: 'temporarily-unavailable',
		});
	}
	const entry = adviceOn(status, method, details);
	const reason =
		status === 404 && context.gone
			? reasonOf([], status, context.gone)
			: reasonOf(
					details.filter(({ message }) => !entry.stock?.test(message)),
					status,
					entry.meaning,
				);
	const specialAdvice =
		status === 400 && details.length > 0 ? await context.on400?.(details[0]) : undefined;
	return new RequestError(context, reason, specialAdvice ?? entry.advice(context, origin), {
		status,
		cause: entry.cause,
	});
}

/**
 * An error for a 2xx response whose body cannot be understood: HTML, truncated, empty, too large, or of another
 * shape.
 *
 * @param isOther whether it was understood, and is about somebody or something else
 */
export function unreadableError(
	{ status, body, sentAt }: ReceivedResponse,
	method: string,
	context: RequestContext,
	secrets: readonly string[] = [],
	isOther = false,
): RequestError {
	const hint = SOMETHING_BETWEEN;
	const details = isRecord(body) ? readErrorDetails(body, secrets) : [];
	const what =
		details.length > 0
			? `SendGrid says ${quoteDetails(details)} in an answer that claims success`
			: isOther
				? 'the answer was about somebody or something else'
				: `the answer was ${describeBody(body)} instead of SendGrid's data`;
	return new RequestError(
		context,
		`${what} (HTTP ${status})`,
		`Run this item again later. ${hint}`,
		{
			// A second response would be just as large.
			...(method === 'GET' ? { retryable: body !== TOO_LARGE } : { accepted: true }),
			hint,
			sentAt,
			status,
			cause: 'temporarily-unavailable',
		},
	);
}

/** An error for a request that was never sent, because the rate limit kept it waiting too long. */
export function overBudgetError(context: RequestContext): RequestError {
	const { advice, cause } = STATUS_ADVICE[429];
	return new RequestError(
		context,
		"SendGrid's rate limit is used up for longer than 'Max Wait' allows",
		advice(context, {}),
		{ cause },
	);
}

/** Stands for the body of a response that is larger than 32 MB. */
export const TOO_LARGE = Symbol('larger than 32 MB');

function describeBody(body: unknown): string {
	if (body === undefined || body === null || body === '') return 'empty';
	if (body === TOO_LARGE) return 'larger than 32 MB';
	if (typeof body !== 'string') return 'of another shape';
	return /^\s*</.test(body) ? 'a web page' : 'incomplete';
}
