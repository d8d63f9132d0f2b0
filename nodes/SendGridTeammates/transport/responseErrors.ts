import { RequestFailure, type FailureFacts } from './errors';
import { quotableWords } from './sanitize';

/** What a call is about: it makes the difference between a status code and a helpful message. */
export interface Purpose {
	/** Start of every message about this call: `'ada@example.com' was not invited`. */
	unfulfilled: string;
	/** Scope that SendGrid wants the API key to have for it. */
	scope: string;
	/** How to fix a 400, where the general advice is not enough. Gets SendGrid's own words. */
	fixRejected?: (complaint: Complaint) => Promise<string | undefined>;
	/** How to fix a 404. */
	fixNotFound?: string;
	/** What else a 5xx may mean. */
	fixTrouble?: string;
	/** What no message about the call may show: the token of an invitation. */
	secret?: string;
}

/** One entry of SendGrid's `errors`. */
export interface Complaint {
	message: string;
	/** Name of the request's field, where SendGrid gives one. */
	field?: string;
}

/** Kind of answer -> what to do about it, and what n8n may conclude. */
interface Meaning extends FailureFacts {
	fix: (purpose: Purpose) => string;
}

const MEANINGS: Readonly<Record<number, Meaning>> = {
	400: {
		fix: () => 'Check the values of this item against what SendGrid says about them.',
	},
	401: {
		// Observed: a key made inside an EU subuser is unknown to the global host, and the other way round.
		fix: () =>
			"Check 'API Key' and 'Region' in the credential: the key may be mistyped, revoked or of the other region.",
		cause: 'credential-invalid',
	},
	403: {
		// Observed: the same answer for a missing scope and for an address that is not on the allow list.
		fix: ({ scope }) =>
			`Give the API key the scope '${scope}'. If it has it, add n8n's IP address under Settings > IP Access Management in SendGrid, or use the key of an admin.`,
		cause: 'credential-invalid',
	},
	404: {
		fix: ({ fixNotFound }) => fixNotFound ?? 'Check the values of this item.',
	},
	429: {
		fix: () =>
			"Wait a few minutes and run this item again, or allow a longer wait under 'Max Wait' in 'Options'. Nothing was done for it.",
		cause: 'rate-limited',
	},
};

/**
 * What follows from a request without a proper answer. `GET` changes nothing, so it can simply be sent
 * again. A write may have been carried out all the same, and sending that again on a guess could e-mail
 * somebody twice.
 *
 * @param mayHappenUntil epoch milliseconds: how long it may still be carried out
 */
export const afterNoAnswer = (method: string, mayHappenUntil = Date.now()) =>
	method === 'GET'
		? { fix: 'Run this item again later.', facts: { isPassing: true } }
		: {
				fix: 'SendGrid may have carried it out all the same: look under Settings > Teammates in SendGrid before you run this item again.',
				facts: { mayHappenUntil },
			};

/**
 * SendGrid's words in an answer's body. Documented: `{ errors: [{ message, field }] }`, `field` possibly
 * null. Observed: `{ error: "…" }` on some endpoints, a bare array on others, and HTML from what stands
 * in front of the API.
 *
 * @param secrets what no message may show, although an answer might repeat it
 */
export function readComplaints(
	body: unknown,
	secrets: ReadonlyArray<string | undefined> = [],
): Complaint[] {
	const quoted = (text: string) => quotableWords(text, secrets);
	const entries = Array.isArray(body) ? body : entriesOf(body);
	return entries.flatMap((entry): Complaint[] => {
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
export async function failureOfStatus(
	status: number,
	body: unknown,
	method: string,
	purpose: Purpose,
	secrets: readonly string[] = [],
): Promise<RequestFailure> {
	const { unfulfilled } = purpose;
	const complaints = readComplaints(body, [...secrets, purpose.secret]);
	const words = complaints
		.map(({ message, field }) => (field ? `"${message}" (field '${field}')` : `"${message}"`))
		.join(', ');
	const says = words ? `SendGrid says ${words}` : `SendGrid answered without a reason`;
	const reason = `${says} [HTTP ${status}]`;

	if (status >= 500) {
		const { fix, facts } = afterNoAnswer(method);
		const hint = purpose.fixTrouble;
		const advice = [fix, hint].filter(Boolean).join(' ');
		return new RequestFailure(unfulfilled, reason, advice, {
			...facts,
			hint,
			status,
			cause: 'temporarily-unavailable',
		});
	}
	const meaning = MEANINGS[status] ?? MEANINGS[400];
	const specialFix =
		status === 400 && complaints.length > 0
			? await purpose.fixRejected?.(complaints[0])
			: undefined;
	return new RequestFailure(unfulfilled, reason, specialFix ?? meaning.fix(purpose), {
		status,
		cause: meaning.cause,
	});
}

/** A failure for an answer that says yes and then nothing that can be read: HTML, a cut or empty body. */
export function failureOfUnreadable(
	status: number,
	body: unknown,
	method: string,
	{ unfulfilled }: Purpose,
): RequestFailure {
	const { fix, facts } = afterNoAnswer(method);
	const hint =
		"If this goes on, a proxy or a custom 'API URL' in the credential is likely to be in the way.";
	return new RequestFailure(
		unfulfilled,
		`the answer was ${describeBody(body)} instead of SendGrid's data [HTTP ${status}]`,
		`${fix} ${hint}`,
		{ ...facts, hint, status, cause: 'temporarily-unavailable' },
	);
}

/** A failure for a request that SendGrid's rate limit kept waiting for too long, so that it never left. */
export function failureOfWaiting({ unfulfilled }: Purpose): RequestFailure {
	return new RequestFailure(
		unfulfilled,
		"SendGrid's rate limit is used up for longer than 'Max Wait' allows",
		MEANINGS[429].fix({ unfulfilled, scope: '' }),
		{ cause: MEANINGS[429].cause },
	);
}

function describeBody(body: unknown): string {
	if (body === undefined || body === null || body === '') return 'empty';
	if (typeof body !== 'string') return 'of another shape';
	return /^\s*</.test(body) ? 'a web page' : 'incomplete';
}
