import { RequestError, type ErrorFacts } from './errors';
import { sanitizeRemoteText } from './sanitize';

/** What a call is about: it makes the difference between a status code and a helpful message. */
export interface RequestContext {
	/** Start of every message about this call: `'ada@example.com' was not invited`. */
	failureMessage: string;
	/** Scope that SendGrid wants the API key to have for it. */
	scope: string;
	/** How to fix a 400, where the general advice is not enough. Gets SendGrid's own words. */
	on400?: (complaint: ApiErrorDetail) => Promise<string | undefined>;
	/** How to fix a 404. */
	on404?: string;
	/** What else a 5xx may mean. */
	on5xx?: string;
	/** What no message about the call may show: the token of an invitation. */
	secret?: string;
}

/** One entry of SendGrid's `errors`. */
export interface ApiErrorDetail {
	message: string;
	/** Name of the request's field, where SendGrid gives one. */
	field?: string;
}

/** Kind of answer -> what to do about it, and what n8n may conclude. */
interface StatusAdvice extends ErrorFacts {
	advice: (context: RequestContext) => string;
}

const STATUS_ADVICE: Readonly<Record<number, StatusAdvice>> = {
	400: {
		advice: () => 'Check the values of this item against what SendGrid says about them.',
	},
	401: {
		// Observed: a key made inside an EU subuser is unknown to the global host, and the other way round.
		advice: () =>
			"Check 'API Key' and 'Region' in the credential: the key may be mistyped, revoked or of the other region.",
		cause: 'credential-invalid',
	},
	403: {
		// Observed: the same answer for a missing scope and for an address that is not on the allow list.
		advice: ({ scope }) =>
			`Give the API key the scope '${scope}'. If it has it, add n8n's IP address under Settings > IP Access Management in SendGrid, or use the key of an admin.`,
		cause: 'credential-invalid',
	},
	404: {
		advice: ({ on404: fixNotFound }) => fixNotFound ?? 'Check the values of this item.',
	},
	429: {
		advice: () =>
			"Wait a few minutes and run this item again, or allow a longer wait under 'Max Wait' in 'Options'. Nothing was done for it.",
		cause: 'rate-limited',
	},
};

/**
 * What follows from a request without a proper answer. `GET` changes nothing, so it can simply be sent
 * again. A write may have been carried out all the same, and sending that again on a guess could e-mail
 * somebody twice.
 *
 * @param inDoubtUntil epoch milliseconds: how long it may still be carried out
 */
export const afterNoAnswer = (method: string, inDoubtUntil = Date.now()) =>
	method === 'GET'
		? { fix: 'Run this item again later.', facts: { retryable: true } }
		: {
				fix: 'SendGrid may have carried it out all the same: look under Settings > Teammates in SendGrid before you run this item again.',
				facts: { inDoubtUntil },
			};

/**
 * SendGrid's words in an answer's body. Documented: `{ errors: [{ message, field }] }`, `field` possibly
 * null. Observed: `{ error: "…" }` on some endpoints, a bare array on others, and HTML from what stands
 * in front of the API.
 *
 * @param secrets what no message may show, although an answer might repeat it
 */
export function readErrorDetails(
	body: unknown,
	secrets: ReadonlyArray<string | undefined> = [],
): ApiErrorDetail[] {
	const quoted = (text: string) => sanitizeRemoteText(text, secrets);
	const entries = Array.isArray(body) ? body : entriesOf(body);
	return entries.flatMap((entry): ApiErrorDetail[] => {
		if (typeof entry === 'string') return [{ message: quoted(entry) }];
		if (!isRecord(entry) || typeof entry.message !== 'string') return [];
		const field = typeof entry.field === 'string' ? quoted(entry.field) : '';
		return [{ message: quoted(entry.message), ...(field && { field }) }];
	});
}

function entriesOf(body: unknown): unknown[] {
	if (!isRecord(body)) return [];
	if (Array.isArray(body.errors)) return body.errors;
	return body.error === undefined ? [] : [body.error];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A failure for an answer that says no, which is one with a status other than 2xx. */
export async function statusError(
	status: number,
	body: unknown,
	method: string,
	context: RequestContext,
	secrets: readonly string[] = [],
): Promise<RequestError> {
	const { failureMessage } = context;
	const complaints = readErrorDetails(body, [...secrets, context.secret]);
	const words = complaints
		.map(({ message, field }) => (field ? `"${message}" (field '${field}')` : `"${message}"`))
		.join(', ');
	const says = words ? `SendGrid says ${words}` : `SendGrid answered without a reason`;
	const reason = `${says} [HTTP ${status}]`;

	if (status >= 500) {
		const { fix, facts } = afterNoAnswer(method);
		const hint = context.on5xx;
		const advice = [fix, hint].filter(Boolean).join(' ');
		return new RequestError(failureMessage, reason, advice, {
			...facts,
			hint,
			status,
			cause: 'temporarily-unavailable',
		});
	}
	const meaning = STATUS_ADVICE[status] ?? STATUS_ADVICE[400];
	const specialFix =
		status === 400 && complaints.length > 0 ? await context.on400?.(complaints[0]) : undefined;
	return new RequestError(failureMessage, reason, specialFix ?? meaning.advice(context), {
		status,
		cause: meaning.cause,
	});
}

/** A failure for an answer that says yes and then nothing that can be read: HTML, a cut or empty body. */
export function unreadableError(
	status: number,
	body: unknown,
	method: string,
	{ failureMessage }: RequestContext,
): RequestError {
	const { fix, facts } = afterNoAnswer(method);
	const hint =
		"If this goes on, a proxy or a custom 'API URL' in the credential is likely to be in the way.";
	return new RequestError(
		failureMessage,
		`the answer was ${describeBody(body)} instead of SendGrid's data [HTTP ${status}]`,
		`${fix} ${hint}`,
		{ ...facts, hint, status, cause: 'temporarily-unavailable' },
	);
}

/** A failure for a request that SendGrid's rate limit kept waiting for too long, so that it never left. */
export function overBudgetError({ failureMessage }: RequestContext): RequestError {
	return new RequestError(
		failureMessage,
		"SendGrid's rate limit is used up for longer than 'Max Wait' allows",
		STATUS_ADVICE[429].advice({ failureMessage, scope: '' }),
		{ cause: STATUS_ADVICE[429].cause },
	);
}

function describeBody(body: unknown): string {
	if (body === undefined || body === null || body === '') return 'empty';
	if (typeof body !== 'string') return 'of another shape';
	return /^\s*</.test(body) ? 'a web page' : 'incomplete';
}
