import { sleep } from 'n8n-workflow';

/** How late a cancelled execution may notice, in milliseconds. */
const MAX_NAP_MS = 200;

/** Longest single wait without advice from SendGrid, in milliseconds. */
const MAX_DELAY_MS = 30_000;

/** Rises with each time in a row, with some spread, so that waiting items do not come back as one. */
export function backoff(times: number, first = 500): number {
	const ceiling = Math.min(MAX_DELAY_MS, first * 2 ** times);
	return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/**
 * How long one item goes on waiting after things have begun to go wrong for it.
 *
 * The budget counts from the item's first refusal or fault, not from the start of the run: an item that
 * merely stood in a queue has not used any of it.
 */
export class RetryBudget {
	private deadline = Infinity;

	constructor(
		/** Milliseconds that the item may wait from its first refusal on. */
		readonly budget: number,
		private readonly signal?: AbortSignal,
	) {}

	/** Starts to count, unless it has been started before. */
	start(): void {
		if (this.deadline === Infinity) this.deadline = Date.now() + this.budget;
	}

	/** Whether the item may wait until then, epoch milliseconds. */
	reaches(moment: number): boolean {
		return moment <= this.deadline;
	}

	/**
	 * Waits, or ends soon after the execution is cancelled.
	 *
	 * @returns `false`, at once, where the wait is longer than what is left of the budget
	 */
	async wait(milliseconds: number): Promise<boolean> {
		this.start();
		const end = Date.now() + milliseconds;
		if (!this.reaches(end)) return false;
		// In short naps, because nothing can wake n8n's sleep.
		for (let rest = milliseconds; rest > 0 && !this.signal?.aborted; rest = end - Date.now()) {
			await sleep(Math.min(rest, MAX_NAP_MS));
		}
		return true;
	}
}
