import { createHash } from 'node:crypto';

/**
 * How long a trigger is remembered after its last poll, in milliseconds: longer than the month that may lie between
 * two. Each takes up to 100 kB.
 */
const KEPT_FOR_MS = 40 * 24 * 60 * 60 * 1000;

/** How many earlier states are remembered for each. */
const MOST_ANCESTORS = 500;

/** How long n8n may take to store a poll's result, in milliseconds. */
const STORING_MS = 10_000;

const markOf = (state: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(state) ?? '')
		.digest('base64');

/** The latest state that is sure: what a poll without events has seen, or a report that n8n has stored. */
interface Sure {
	state: unknown;
	mark: string;
	/** Marks of the states that it continues from, and its own. */
	from: Set<string>;
}

/** What a poll with events has seen. */
interface Reported {
	state: unknown;
	mark: string;
	/** Mark of the stored state that it was given. */
	given: string;
	/** Epoch milliseconds. */
	at: number;
}

/**
 * What one trigger's polls know about each other within this process. n8n may hand each poll its own copy of the
 * static data, or none at all: it files static data under the node's name, and saving the workflow through n8n's API
 * can overwrite it.
 *
 * It holds what n8n does not store: the state after polls without events. What was reported counts as soon as n8n
 * is known to have stored it. Until then n8n may have dropped it together with the events, which then have to be
 * reported again.
 */
export class PollMemory {
	isBusy = false;

	/** Epoch milliseconds. */
	lastPollAt = 0;

	private sure?: Sure;

	private reported?: Reported;

	/** The node's, when it last polled. */
	private name?: string;

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

	/**
	 * The latest known state: what n8n has stored, or what polls have seen since. Without anything stored, or under
	 * another name, n8n has lost the state, and what is known here counts.
	 *
	 * @param name the node's
	 */
	latest(stored: unknown, name: string): unknown {
		const mark = markOf(stored);
		const isRenamed = this.name !== undefined && this.name !== name;
		this.name = name;
		const isEmptied = stored === undefined && this.reported?.given !== mark;
		if (this.reported && (this.reported.mark === mark || isRenamed || isEmptied)) {
			const { state, given } = this.reported;
			this.keep(state, this.reported.mark, given);
			this.reported = undefined;
		}
		if (!this.sure) return stored;
		if (stored === undefined || isRenamed) this.sure.from.add(mark);
		const isOlder = this.sure.mark !== mark && this.sure.from.has(mark);
		return isOlder ? this.sure.state : stored;
	}

	/** Notes what a poll without events has seen, and the stored state that it started from. */
	keepQuiet(stored: unknown, state: unknown): void {
		const mark = markOf(stored);
		if (!this.sure?.from.has(mark)) this.sure = undefined;
		this.keep(state, markOf(state), mark);
	}

	/**
	 * Notes what a poll with events has seen, and the stored state that it started from. Earlier states are kept:
	 * n8n may drop the events, and then the next poll continues from there.
	 */
	keepReported(stored: unknown, state: unknown): void {
		this.reported = { state, mark: markOf(state), given: markOf(stored), at: Date.now() };
	}

	private keep(state: unknown, mark: string, ...older: string[]): void {
		const from = this.sure && this.sure.from.size < MOST_ANCESTORS ? this.sure.from : [];
		this.sure = { state, mark, from: new Set([...from, ...older, mark]) };
	}
}

/** By workflow and node; the one used last is at the end. */
const memories = new Map<string, PollMemory>();

/** The memory of a trigger's polls. */
export function pollMemoryOf(workflowId: string, nodeId: string): PollMemory {
	const key = JSON.stringify([workflowId, nodeId]);
	const memory = memories.get(key) ?? new PollMemory();
	memory.lastPollAt = Date.now();
	memories.delete(key);
	memories.set(key, memory);
	for (const [oldest, { lastPollAt }] of memories) {
		if (lastPollAt > memory.lastPollAt - KEPT_FOR_MS) break;
		memories.delete(oldest);
	}
	return memory;
}
