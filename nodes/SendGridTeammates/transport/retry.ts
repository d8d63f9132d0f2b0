import { sleep } from 'n8n-workflow';

/** How late a cancellation may be noticed, in milliseconds. */
const MAX_NAP_MS = 200;

/** Longest single wait without an announcement from SendGrid, in milliseconds. */
const MAX_DELAY_MS = 30_000;

/**
 * Exponential back-off in milliseconds, with jitter, so that waiting items do not all come back at once.
 *
 * @param attempt how often it has failed in a row
 */
export function backoff(attempt: number, first = 500): number {
	const ceiling = Math.min(MAX_DELAY_MS, first * 2 ** attempt);
	return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Retry budget of one item, counted from its first rejected or failed request. Mere queueing is free. */
export class RetryBudget {
	private deadline = Infinity;

	/** The time since which its requests have been failing or held back by the rate limit, in epoch milliseconds. */
	failingSince = Infinity;

	/** Whether it was too short for a wait. */
	isSpent = false;

	constructor(
		/** In milliseconds. */
		readonly budget: number,
		private readonly signal?: AbortSignal,
	) {}

	/** Starts counting, unless already started. */
	start(moment = Date.now()): void {
		if (this.deadline === Infinity) this.deadline = moment + this.budget;
		this.noteFailing(moment);
	}

	noteFailing(since: number): void {
		this.failingSince = Math.min(this.failingSince, since);
	}

	/** Milliseconds that are left; Infinity before it has started. */
	get left(): number {
		return Math.max(0, this.deadline - Date.now());
	}

	/**
	 * Whether the item may wait until then. Both in epoch milliseconds.
	 *
	 * @param since the time from which this wait counts in any case
	 */
	reaches(moment: number, since = moment): boolean {
		const isReached = moment <= this.deadline && moment - since <= this.budget;
		this.isSpent ||= !isReached;
		return isReached;
	}

	/**
	 * Waits; returns early, with `true`, if the execution is cancelled.
	 *
	 * @returns `false` immediately, if the budget is shorter than the wait
	 */
	async wait(milliseconds: number): Promise<boolean> {
		this.start();
		if (!this.reaches(Date.now() + milliseconds)) return false;
		await this.pause(milliseconds);
		return true;
	}

	/** Waits, whatever is left of the budget; returns early if the execution is cancelled. */
	async pause(milliseconds: number): Promise<void> {
		const end = Date.now() + milliseconds;
		// In short steps, because nothing can interrupt n8n's `sleep`.
		for (let rest = milliseconds; rest > 0 && !this.signal?.aborted; rest = end - Date.now()) {
			await sleep(Math.min(rest, MAX_NAP_MS));
		}
	}
}
