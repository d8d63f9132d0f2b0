import { sleep } from 'n8n-workflow';

/** How late somebody who is waiting notices that there is no point in it any more, in milliseconds. */
const MAX_NAP_MS = 200;

/** Who waits, and until when. */
export interface Contender {
	/** Those of one group wait for each other as long as it takes: each of them ends in time by itself. */
	group: object;
	isCancelled: () => boolean;
	/** How long to wait for another group, in milliseconds. */
	maxWait: number;
}

/** Why the work was not begun. */
export type NotBegun = 'cancelled' | 'overBudget';

interface Ticket {
	group: object;
	/** Set while it waits. */
	wake?: () => void;
}

/** Those who want a key, in the order in which they came. The first one has it. */
const queues = new Map<string, Ticket[]>();

function leave(key: string, ticket: Ticket): void {
	const left = (queues.get(key) ?? []).filter((other) => other !== ticket);
	if (left.length > 0) queues.set(key, left);
	else queues.delete(key);
	left[0]?.wake?.();
}

/** @returns whether there was anybody before, or why the turn never came */
async function turnOf(
	key: string,
	ticket: Ticket,
	{ group, isCancelled, maxWait }: Contender,
): Promise<boolean | NotBegun> {
	const queue = [...(queues.get(key) ?? []), ticket];
	queues.set(key, queue);
	if (queue[0] === ticket) return false;
	const woken = new Promise<void>((resolve) => {
		ticket.wake = resolve;
	});
	let waitedForOthers = 0;
	// In short naps, because nothing can wake n8n's sleep.
	for (;;) {
		const since = Date.now();
		const holder = queues.get(key)?.[0];
		await Promise.race([woken, sleep(MAX_NAP_MS)]);
		if (queues.get(key)?.[0] === ticket) return true;
		if (isCancelled()) return 'cancelled';
		if (holder?.group !== group) waitedForOthers += Date.now() - since;
		if (waitedForOthers >= maxWait) return 'overBudget';
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
	contender: Contender,
	work: (waited: boolean) => Promise<Result>,
): Promise<{ result: Result } | NotBegun> {
	const ticket: Ticket = { group: contender.group };
	try {
		const waited = await turnOf(key, ticket, contender);
		if (typeof waited === 'string') return waited;
		return { result: await work(waited) };
	} finally {
		leave(key, ticket);
	}
}
