import { RequestError } from './errors';
import {
	afterNoResponse,
	IN_DOUBT_AFTER_FAILURE_MS,
	IN_DOUBT_AFTER_TIMEOUT_MS,
	isRecord,
	type RequestContext,
	type RequestOrigin,
} from './responseErrors';
import { toSingleLine } from './sanitize';

interface NetworkErrorKind {
	/** A code, or a message that begins like this. */
	signs: RegExp;
	what: string;
	/**
	 * How long after it was sent the request may still be carried out, in milliseconds. Left out if it can't have
	 * reached SendGrid at all.
	 */
	mayApplyForMs?: number;
	/** Whether a retry would end the same way. */
	isPermanent?: true;
	advice?: string;
}

const NETWORK_ERRORS: readonly NetworkErrorKind[] = [
	{ signs: /^ECONNREFUSED$/, what: "n8n couldn't connect to SendGrid" },
	{
		// Without a route, an open connection breaks with the same codes: that says `read` in place of `connect`.
		signs: /^(ENOTFOUND|EAI_AGAIN)$|^connect (EHOSTUNREACH|ENETUNREACH|ENETDOWN)\b/,
		what: "n8n couldn't reach SendGrid's address",
	},
	{
		signs: /^The request was blocked because /,
		what: 'n8n blocks requests to this address',
		isPermanent: true,
		advice:
			"Its protection against requests to internal addresses (SSRF) is on. Have the host of 'API URL' added to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES, or choose another 'Region' or 'API URL'.",
	},
	{
		signs: /^ERR_INVALID_URL$/,
		what: "the proxy in n8n's environment isn't a valid address",
		isPermanent: true,
		advice: 'Have HTTP_PROXY, HTTPS_PROXY and ALL_PROXY in the environment of n8n corrected.',
	},
	{
		// The certificate is checked before anything is sent. Other TLS errors can come in mid-stream.
		signs:
			/^(CERT_\w+|ERR_TLS_CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w*(CERT|ISSUER|CRL|KEY|SIGNATURE)\w*|HOSTNAME_MISMATCH|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_\w*HANDSHAKE\w*)$/,
		what: "the server's certificate isn't trusted",
		isPermanent: true,
		advice:
			"Something is intercepting n8n's connection to SendGrid, or the certificate behind 'API URL' isn't valid. Have it replaced or, for your own gateway, turn on 'Ignore SSL Issues' in the credential.",
	},
	{
		signs: /^(ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT|ERR_CANCELED|UND_ERR_\w*TIMEOUT)$/,
		what: 'no answer came in time',
		mayApplyForMs: IN_DOUBT_AFTER_TIMEOUT_MS,
	},
	{
		signs: /^(ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_SOCKET)$/,
		what: 'the connection broke off',
		mayApplyForMs: IN_DOUBT_AFTER_FAILURE_MS,
	},
	{
		signs: /^\w*(SSL|TLS|EPROTO)\w*$/,
		what: 'the encrypted connection broke off',
		mayApplyForMs: IN_DOUBT_AFTER_FAILURE_MS,
	},
];

/** Any other failure on the way. */
const UNKNOWN: NetworkErrorKind = {
	signs: /^/,
	what: 'no answer came back',
	mayApplyForMs: IN_DOUBT_AFTER_FAILURE_MS,
};

const adviceOnConnection = ({ isRegionChosen }: RequestOrigin): string =>
	`Check n8n's internet connection, its proxy settings, and ${isRegionChosen ? "'Region' in this node" : "'Region' or 'API URL' in the credential"}.`;

/** Codes and messages along the chain of causes: n8n wraps what the HTTP library threw. */
function* causes(thrown: unknown): Generator<Record<string, unknown>> {
	let current = thrown;
	for (let depth = 0; depth < 5 && (isRecord(current) || current instanceof Error); depth += 1) {
		const link = current as Record<string, unknown>;
		yield link;
		current = link.cause ?? link.errorResponse;
	}
}

/** Its message, those that n8n has replaced, and those of attempts to reach several addresses of a host. */
const messagesOf = ({ message, messages, errors }: Record<string, unknown>): string[] =>
	[message, messages, errors]
		.flat()
		.map((entry) => (isRecord(entry) ? entry.message : entry))
		.filter((text) => typeof text === 'string');

/**
 * An error for a request that got no response at all.
 *
 * @param thrown what n8n's request helper threw; it can hold the API key, so nothing but its code and, for
 *   refusals by n8n itself, its message is shown
 * @param sentAt when the request was sent, epoch milliseconds
 */
export function networkError(
	thrown: unknown,
	method: string,
	context: RequestContext,
	sentAt: number,
	origin: RequestOrigin = {},
): RequestError {
	const links = [...causes(thrown)];
	// n8n 1.x drops the cause and keeps its code as the wrapper's `httpCode`.
	const codes = links
		.flatMap(({ code, httpCode }) => [httpCode, code])
		.filter((code) => typeof code === 'string')
		.filter((code) => /^[A-Z]/.test(code));

	const messages = links.flatMap(messagesOf);
	const refusedByN8n = messages.find((message) => message.startsWith('Domain not allowed'));
	if (refusedByN8n) {
		return new RequestError(
			context,
			toSingleLine(refusedByN8n),
			"Allow SendGrid's address under 'Allowed HTTP Request Domains' in the credential, or choose another 'Region'.",
			{ cause: 'configuration-invalid' },
		);
	}

	const {
		what,
		mayApplyForMs,
		isPermanent,
		advice: special,
	} = NETWORK_ERRORS.find(({ signs }) =>
		[...codes, ...messages].some((sign) => signs.test(sign)),
	) ?? UNKNOWN;
	const reason = codes.length > 0 ? `${what} (${codes[codes.length - 1]})` : what;
	const cause = isPermanent ? 'configuration-invalid' : 'temporarily-unavailable';
	if (mayApplyForMs === undefined) {
		return new RequestError(context, reason, special ?? adviceOnConnection(origin), {
			cause,
			retryable: !isPermanent,
		});
	}
	const { advice, facts } = afterNoResponse(method, sentAt + mayApplyForMs);
	return new RequestError(context, reason, advice, { ...facts, sentAt, cause });
}

/** An error for a request whose deadline passed before its response, body included, was complete. */
export const deadlineError = (
	method: string,
	context: RequestContext,
	sentAt: number,
): RequestError => networkError({ code: 'ETIMEDOUT' }, method, context, sentAt);
