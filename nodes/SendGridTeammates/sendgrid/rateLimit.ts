import { sleep } from 'n8n-workflow';

/** Longest single wait without a reset from SendGrid, in milliseconds. */
const LONGEST_BACKOFF = 30_000;

/** How late a cancelled execution may notice, in milliseconds. */
const LONGEST_NAP = 200;

/** Added to every wait, so that the limit's window has really turned, in milliseconds. */
const MARGIN = 100;

/** Below this, `X-RateLimit-Reset` counts seconds from now; above, it is a moment in epoch seconds. */
const SMALLEST_EPOCH = 1e9;

type Headers = Readonly<Record<string, unknown>>;

function header(headers: Headers, name: string): string | undefined {
	const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
	return value === undefined || value === null ? undefined : String(value).trim();
}

const seconds = (value: string | undefined) =>
	value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;

/**
 * How long a 429 asks to wait, in milliseconds, or `undefined` where it does not say.
 *
 * Documented: `X-RateLimit-Reset` in epoch seconds; documented elsewhere at SendGrid: seconds from now.
 * `Retry-After` is documented nowhere and honoured where it comes. An epoch is compared with the answer's
 * own `Date`, so that a wrong clock on n8n's machine does no harm.
 */
export function requestedWait(headers: Headers, now = Date.now()): number | undefined {
	const retryAfter = header(headers, 'retry-after');
	const retryAfterSeconds = seconds(retryAfter);
	if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;

	const serverNow = Date.parse(header(headers, 'date') ?? '') || now;
	if (retryAfter !== undefined && Date.parse(retryAfter)) {
		return Math.max(0, Date.parse(retryAfter) - serverNow);
	}

	const reset = seconds(header(headers, 'x-ratelimit-reset'));
	if (reset === undefined) return undefined;
	return reset < SMALLEST_EPOCH ? reset * 1000 : Math.max(0, reset * 1000 - serverNow);
}

/** Rises with each refusal in a row, with some spread, so that waiting items do not come back as one. */
function backoff(refusals: number): number {
	const ceiling = Math.min(LONGEST_BACKOFF, 500 * 2 ** refusals);
	return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Ends after the given milliseconds, or soon after the execution is cancelled. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	const end = Date.now() + milliseconds;
	// In short naps, because nothing can wake n8n's sleep.
	for (let rest = milliseconds; rest > 0 && !signal?.aborted; rest = end - Date.now()) {
		await sleep(Math.min(rest, LONGEST_NAP));
	}
}

/**
 * Waits for one item's turn after SendGrid has said that there were too many requests.
 *
 * The budget counts from the item's first refusal, not from the start of the run: an item that merely stood
 * in a queue has not used any of it.
 */
export class RateLimitWait {
	private refusals = 0;

	private deadline = Infinity;

	constructor(
		/** Milliseconds that the item may wait after its first refusal. */
		private readonly budget: number,
		private readonly signal?: AbortSignal,
	) {}

	/**
	 * Waits as long as the refusal asks for.
	 *
	 * @returns `false`, at once, where that is longer than what is left of the budget
	 */
	async after(headers: Headers): Promise<boolean> {
		if (this.refusals === 0) this.deadline = Date.now() + this.budget;
		this.refusals += 1;

		const requested = requestedWait(headers);
		// A reset in the past means that the window has just turned, or that the header is of no use.
		const wait = requested ? requested + MARGIN : backoff(this.refusals);
		if (Date.now() + wait > this.deadline) return false;
		await pause(wait, this.signal);
		return true;
	}
}
