import { afterNoAnswer, isRecord, type RequestContext } from './responseErrors';
import { RequestError } from './errors';
import { toSingleLine } from './sanitize';

interface NetworkErrorKind {
	codes: RegExp;
	what: string;
	/**
	 * For how long after it was sent the request may still be carried out, in milliseconds. Left out where it
	 * cannot have reached SendGrid at all.
	 */
	mayApplyForMs?: number;
	/** Whether another try would end the same way. */
	isPermanent?: true;
}

/** Guess: what SendGrid had begun when the connection went is done by then. */
const AFTER_DISCONNECT_MS = 2_000;

/** Guess: no gateway waits any longer, and what is not done by then has been given up. */
const AFTER_TIMEOUT_MS = 60_000;

const NETWORK_ERRORS: readonly NetworkErrorKind[] = [
	{ codes: /^ECONNREFUSED$/, what: 'the connection was refused' },
	{
		codes: /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/,
		what: "SendGrid's address could not be reached",
	},
	{
		codes: /CERT|SSL|TLS/,
		what: 'the encrypted connection was not trusted',
		isPermanent: true,
	},
	{
		codes: /^(ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT|UND_ERR_\w*TIMEOUT)$/,
		what: 'no answer came in time',
		mayApplyForMs: AFTER_TIMEOUT_MS,
	},
	{
		codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
		what: 'the connection broke off',
		mayApplyForMs: AFTER_DISCONNECT_MS,
	},
];

/** Whatever else happened on the way. */
const UNKNOWN: NetworkErrorKind = {
	codes: /^/,
	what: 'no answer came back',
	mayApplyForMs: AFTER_DISCONNECT_MS,
};

const CHECK_THE_CONNECTION =
	"Check that n8n can reach the Internet, that 'Region' or 'API URL' in the credential is right, and the proxy settings. Nothing was done for this item.";

/** Codes and messages along the chain of causes: n8n wraps what the HTTP library threw. */
function* causes(thrown: unknown): Generator<Record<string, unknown>> {
	let current = thrown;
	for (let depth = 0; depth < 5 && (isRecord(current) || current instanceof Error); depth += 1) {
		const link = current as Record<string, unknown>;
		yield link;
		current = link.cause ?? link.errorResponse;
	}
}

/**
 * A failure for a request that got no answer at all.
 *
 * @param thrown what n8n's request helper threw; it can hold the API key, so nothing but its code and, for
 *   refusals by n8n itself, its message is used
 * @param sentAt when the request left, epoch milliseconds
 */
export function networkError(
	thrown: unknown,
	method: string,
	{ failureMessage }: RequestContext,
	sentAt: number,
): RequestError {
	const links = [...causes(thrown)];
	// n8n 1.x drops the cause and keeps its code as the wrapper's `httpCode`.
	const codes = links
		.flatMap(({ code, httpCode }) => [httpCode, code])
		.filter((code) => typeof code === 'string')
		.filter((code) => /^[A-Z]/.test(code));

	const refusedByN8n = links
		.map(({ message }) => (typeof message === 'string' ? message : ''))
		.find((message) => message.startsWith('Domain not allowed'));
	if (refusedByN8n) {
		return new RequestError(
			failureMessage,
			toSingleLine(refusedByN8n),
			"Allow SendGrid's address under 'Allowed HTTP Request Domains' in the credential, or choose another 'Region'.",
			{ cause: 'configuration-invalid' },
		);
	}

	const {
		what,
		mayApplyForMs: mayApplyForMs,
		isPermanent: isLasting,
	} = NETWORK_ERRORS.find(({ codes: known }) => codes.some((code) => known.test(code))) ?? UNKNOWN;
	const reason = codes.length > 0 ? `${what} [${codes[codes.length - 1]}]` : what;
	const cause = 'temporarily-unavailable';
	if (mayApplyForMs === undefined) {
		return new RequestError(failureMessage, reason, CHECK_THE_CONNECTION, {
			cause,
			retryable: !isLasting,
		});
	}
	const { fix, facts } = afterNoAnswer(method, sentAt + mayApplyForMs);
	return new RequestError(failureMessage, reason, fix, { ...facts, cause });
}
