import { cpuUsage } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const NAP_MS = 5;

/** Milliseconds that this process has worked, without those that a loaded machine made it wait. */
const worked = () => {
	const { user, system } = cpuUsage();
	return (user + system) / 1000;
};

/** Longest time in milliseconds for which nothing else could run during the work. */
async function holdOf(work: () => Promise<unknown>): Promise<number> {
	let longest = 0;
	let isOver = false;
	const watching = (async () => {
		for (let last = worked(); !isOver; last = worked()) {
			await sleep(NAP_MS);
			longest = Math.max(longest, worked() - last);
		}
	})();
	await work();
	isOver = true;
	await watching;
	return longest;
}

const MOST_TRIES = 6;

/**
 * The same, of two times that the work is done the better one: the first warms up. If that is longer than `bound`,
 * the best of some more: garbage comes when it likes and counts as work, and what always takes long stays long.
 */
export async function longestHold(work: () => Promise<unknown>, bound = Infinity): Promise<number> {
	let best = Math.min(await holdOf(work), await holdOf(work));
	for (let tries = 2; best >= bound && tries < MOST_TRIES; tries++) {
		best = Math.min(best, await holdOf(work));
	}
	return best;
}
