import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const NAP_MS = 5;

/** Longest time in milliseconds for which nothing else could run during the work. */
export async function longestHold(work: () => Promise<unknown>): Promise<number> {
	let longest = 0;
	let isOver = false;
	const watching = (async () => {
		for (let last = performance.now(); !isOver; last = performance.now()) {
			await sleep(NAP_MS);
			longest = Math.max(longest, performance.now() - last - NAP_MS);
		}
	})();
	await work();
	isOver = true;
	await watching;
	return longest;
}
