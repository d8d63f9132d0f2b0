import { adviceAfterNoAnswer, isRecord, type Purpose } from './answer';
import { SendGridFailure } from './failure';
import { quotable } from './text';

interface NetworkMeaning {
	codes: RegExp;
	what: string;
	/** Whether the request cannot have reached SendGrid, so that nothing was done. */
	neverArrived: boolean;
}

const MEANINGS: readonly NetworkMeaning[] = [
	{ codes: /^ECONNREFUSED$/, what: 'the connection was refused', neverArrived: true },
	{
		codes: /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/,
		what: "SendGrid's address could not be reached",
		neverArrived: true,
	},
	{ codes: /CERT|SSL|TLS/, what: 'the encrypted connection was not trusted', neverArrived: true },
	{
		codes: /^(ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT|UND_ERR_\w*TIMEOUT)$/,
		what: 'no answer came in time',
		neverArrived: false,
	},
	{
		codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
		what: 'the connection broke off',
		neverArrived: false,
	},
];

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
 */
export function failureOfNetwork(
	thrown: unknown,
	method: string,
	purpose: Purpose,
): SendGridFailure {
	const links = [...causes(thrown)];
	const codes = links.map(({ code }) => code).filter((code) => typeof code === 'string');

	const refusedByN8n = links
		.map(({ message }) => (typeof message === 'string' ? message : ''))
		.find((message) => message.startsWith('Domain not allowed'));
	if (refusedByN8n) {
		return new SendGridFailure(
			`${purpose.unfulfilled}: ${quotable(refusedByN8n)}`,
			"Allow SendGrid's address under 'Allowed HTTP Request Domains' in the credential, or choose another 'Region'.",
			{ cause: 'configuration-invalid' },
		);
	}

	const meaning = MEANINGS.find(({ codes: known }) => codes.some((code) => known.test(code)));
	const what = meaning?.what ?? 'no answer came back';
	const code = codes.length > 0 ? ` [${codes[codes.length - 1]}]` : '';
	return new SendGridFailure(
		`${purpose.unfulfilled}: ${what}${code}`,
		meaning?.neverArrived ? CHECK_THE_WAY : adviceAfterNoAnswer(method),
		{ cause: 'temporarily-unavailable' },
	);
}
