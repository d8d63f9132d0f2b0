import { sleep } from 'n8n-workflow';

/** How late somebody who is waiting notices that there is no point in it any more, in milliseconds. */
const MAX_NAP_MS = 200;

/** Those who want a key, in the order in which they came. The first one has it. */
const queues = new Map<string, symbol[]>();

/** When to stop waiting. */
export interface Patience {
	isCancelled: () => boolean;
	/** Milliseconds. */
	maxWait: number;
}

/** Why the work was not begun. */
export type NotBegun = 'cancelled' | 'overBudget';

function leave(key: string, ticket: symbol): void {
	const left = (queues.get(key) ?? []).filter((other) => other !== ticket);
	if (left.length > 0) queues.set(key, left);
	else queues.delete(key);
	wakers.get(left[0])?.();
	wakers.delete(ticket);
}

/** Wakes those whose turn has come. */
const wakers = new Map<symbol, () => void>();

/** @returns whether there was anybody before, or why the turn never came */
async function turnOf(
	key: string,
	ticket: symbol,
	patience: Patience,
): Promise<boolean | NotBegun> {
	const queue = [...(queues.get(key) ?? []), ticket];
	queues.set(key, queue);
	if (queue[0] === ticket) return false;
	const end = Date.now() + patience.maxWait;
	const woken = new Promise<void>((resolve) => wakers.set(ticket, resolve));
	// In short naps, because nothing can wake n8n's sleep.
	for (;;) {
		await Promise.race([woken, sleep(MAX_NAP_MS)]);
		if (queues.get(key)?.[0] === ticket) return true;
		if (patience.isCancelled()) return 'cancelled';
		if (Date.now() >= end) return 'overBudget';
	}
}

/**
 * Does something after all who came earlier with the same key have finished, well or badly. In the whole
 * process: two workflows may be about the same person.
 *
 * @param work is told whether it had to wait
 * @returns what the work gives, or why it was not begun
 */
export async function runExclusive<Result>(
	key: string,
	patience: Patience,
	work: (waited: boolean) => Promise<Result>,
): Promise<{ result: Result } | NotBegun> {
	const ticket = Symbol(key);
	try {
		const waited = await turnOf(key, ticket, patience);
		if (typeof waited === 'string') return waited;
		return { result: await work(waited) };
	} finally {
		leave(key, ticket);
	}
}
