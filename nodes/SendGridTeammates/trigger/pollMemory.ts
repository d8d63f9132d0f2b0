import { createHash } from 'node:crypto';

/** How many triggers are remembered; each takes up to 100 kB. */
const MOST_TRIGGERS = 100;

/** How many earlier states are remembered for each. */
const MOST_ANCESTORS = 500;

/** How long n8n may take to store a poll's result, in milliseconds. */
const STORING_MS = 10_000;

const markOf = (state: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(state) ?? '')
		.digest('base64');

/** What a poll without events has seen. */
interface Quiet {
	state: unknown;
	/** Marks of the states that it continues from, and its own. */
	from: Set<string>;
}

/** What a poll with events has seen. */
interface Reported {
	mark: string;
	/** Epoch milliseconds. */
	at: number;
}

/**
 * What one trigger's polls know about each other within this process, in which n8n may give each of them its own
 * copy of the static data.
 *
 * It holds what n8n does not store: the state after polls without events. It never holds more than that: what was
 * reported is stored by n8n, or dropped together with the events, which then have to be reported again.
 */
export class PollMemory {
	isBusy = false;

	private quiet?: Quiet;

	private reported?: Reported;

	/**
	 * Polls, unless a poll is under way.
	 *
	 * @returns `null` if one is
	 */
	async alone<Result>(poll: () => Promise<Result>): Promise<Result | null> {
		if (this.isBusy) return null;
		this.isBusy = true;
		try {
			return await poll();
		} finally {
			this.isBusy = false;
		}
	}

	/**
	 * Whether n8n fetched a state before it stored what the last poll reported: continuing from it would report
	 * that twice. The next poll will see what became of it.
	 */
	isOutdated(stored: unknown): boolean {
		if (!this.reported || Math.abs(Date.now() - this.reported.at) > STORING_MS) return false;
		return markOf(stored) !== this.reported.mark;
	}

	/** The latest known state: what n8n has stored, or what polls without events have seen since. */
	latest(stored: unknown): unknown {
		return this.quiet?.from.has(markOf(stored)) ? this.quiet.state : stored;
	}

	/** Notes what a poll without events has seen, and the stored state that it started from. */
	keepQuiet(stored: unknown, state: unknown): void {
		const mark = markOf(stored);
		const goesOn = this.quiet && this.quiet.from.has(mark) && this.quiet.from.size < MOST_ANCESTORS;
		const from = goesOn && this.quiet ? this.quiet.from : new Set([mark]);
		this.quiet = { state, from: from.add(markOf(state)) };
	}

	/**
	 * Notes what a poll with events has seen. Earlier states are kept: n8n may drop the events, and then the next
	 * poll continues from there.
	 */
	keepReported(state: unknown): void {
		this.reported = { mark: markOf(state), at: Date.now() };
	}
}

/** By workflow and node; the one used last is at the end. */
const memories = new Map<string, PollMemory>();

/** The memory of a trigger's polls. */
export function pollMemoryOf(workflowId: string, nodeId: string): PollMemory {
	const key = JSON.stringify([workflowId, nodeId]);
	const memory = memories.get(key) ?? new PollMemory();
	memories.delete(key);
	memories.set(key, memory);
	for (const [oldest, { isBusy }] of memories) {
		if (memories.size <= MOST_TRIGGERS) break;
		if (!isBusy) memories.delete(oldest);
	}
	return memory;
}
