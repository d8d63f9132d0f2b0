import { sleep } from 'n8n-workflow';

/** How late a passed deadline or a cancelled execution is noticed, in milliseconds. */
const MAX_NAP_MS = 250;

interface Watched {
	/** Epoch milliseconds. */
	until: number;
	isCancelled: () => boolean;
	expire: () => void;
}

const watched = new Set<Watched>();

let isWatching = false;

/** One loop for all requests under way: n8n's `sleep` cannot be interrupted, so none gets its own. */
async function watch(): Promise<void> {
	if (isWatching) return;
	isWatching = true;
	while (watched.size > 0) {
		const next = Math.min(...[...watched].map(({ until }) => until - Date.now()));
		await sleep(Math.max(1, Math.min(MAX_NAP_MS, next)));
		const now = Date.now();
		for (const entry of [...watched]) {
			if (entry.until <= now || entry.isCancelled()) entry.expire();
		}
	}
	isWatching = false;
}

/**
 * Abandons work that may never end. n8n's own time-out does not cover a body that keeps dribbling in.
 *
 * @param work gets a signal that fires when the work is abandoned
 * @param until epoch milliseconds
 * @returns `'expired'` if the deadline passed or the execution was cancelled first
 */
export async function withDeadline<Result>(
	work: (signal: AbortSignal) => Promise<Result>,
	until: number,
	isCancelled: () => boolean,
): Promise<Result | 'expired'> {
	const controller = new AbortController();
	let entry: Watched | undefined;
	const expiry = new Promise<'expired'>((resolve) => {
		const expire = () => {
			if (entry) watched.delete(entry);
			resolve('expired');
			controller.abort();
		};
		entry = { until, isCancelled, expire };
		watched.add(entry);
	});
	void watch();
	const working = work(controller.signal);
	try {
		return await Promise.race([working, expiry]);
	} finally {
		if (entry) watched.delete(entry);
		// After that it may still fail, with nobody listening.
		working.catch(() => undefined);
	}
}
