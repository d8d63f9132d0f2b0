import { afterNoAnswer, isRecord, type Purpose } from './responseErrors';
import { RequestFailure } from './errors';
import { quotable } from './sanitize';

interface NetworkMeaning {
	codes: RegExp;
	what: string;
	/**
	 * For how long after it was sent the request may still be carried out, in milliseconds. Left out where it
	 * cannot have reached SendGrid at all.
	 */
	lateness?: number;
	/** Whether another try would end the same way. */
	isLasting?: true;
}

/** Guess: what SendGrid had begun when the connection went is done by then. */
const AFTER_BREAKING_OFF = 2_000;

/** Guess: no gateway waits any longer, and what is not done by then has been given up. */
const AFTER_TIMEOUT = 60_000;

const MEANINGS: readonly NetworkMeaning[] = [
	{ codes: /^ECONNREFUSED$/, what: 'the connection was refused' },
	{
		codes: /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/,
		what: "SendGrid's address could not be reached",
	},
	{
		codes: /CERT|SSL|TLS/,
		what: 'the encrypted connection was not trusted',
		isLasting: true,
	},
	{
		codes: /^(ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT|UND_ERR_\w*TIMEOUT)$/,
		what: 'no answer came in time',
		lateness: AFTER_TIMEOUT,
	},
	{
		codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
		what: 'the connection broke off',
		lateness: AFTER_BREAKING_OFF,
	},
];

/** Whatever else happened on the way. */
const UNKNOWN: NetworkMeaning = {
	codes: /^/,
	what: 'no answer came back',
	lateness: AFTER_BREAKING_OFF,
};

const CHECK_THE_WAY =
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
export function failureOfNetwork(
	thrown: unknown,
	method: string,
	{ unfulfilled }: Purpose,
	sentAt: number,
): RequestFailure {
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
		return new RequestFailure(
			unfulfilled,
			quotable(refusedByN8n),
			"Allow SendGrid's address under 'Allowed HTTP Request Domains' in the credential, or choose another 'Region'.",
			{ cause: 'configuration-invalid' },
		);
	}

	const { what, lateness, isLasting } =
		MEANINGS.find(({ codes: known }) => codes.some((code) => known.test(code))) ?? UNKNOWN;
	const reason = codes.length > 0 ? `${what} [${codes[codes.length - 1]}]` : what;
	const cause = 'temporarily-unavailable';
	if (lateness === undefined) {
		return new RequestFailure(unfulfilled, reason, CHECK_THE_WAY, {
			cause,
			isPassing: !isLasting,
		});
	}
	const { fix, facts } = afterNoAnswer(method, sentAt + lateness);
	return new RequestFailure(unfulfilled, reason, fix, { ...facts, cause });
}
