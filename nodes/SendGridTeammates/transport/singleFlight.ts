import type { IDataObject } from 'n8n-workflow';

/** Counts up, so that "before" and "after" are certain even within one millisecond. */
let ticks = 0;

/** A point in time, to be compared with another of them. */
export type Tick = number;

export const tick = (): Tick => {
	ticks += 1;
	return ticks;
};

/** Pages that are read once, in order and on demand, for everybody who asks for them. */
class SharedPages {
	/** When the first page was asked for. */
	startedAt: Tick = Infinity;

	private readonly pages: Array<Promise<IteratorResult<IDataObject[], void>>> = [];

	private source?: AsyncGenerator<IDataObject[], void, undefined>;

	constructor(
		private readonly read: () => AsyncGenerator<IDataObject[], void, undefined>,
		/** The reading before, which is not to be overtaken. */
		private readonly before?: SharedPages,
	) {}

	async *[Symbol.asyncIterator](): AsyncGenerator<IDataObject[], void, undefined> {
		for (let index = 0; ; index += 1) {
			this.pages[index] ??= this.next();
			const { done, value } = await this.pages[index];
			if (done || !value) return;
			yield value;
		}
	}

	/** Ends when no page is on its way. */
	async atRest(): Promise<void> {
		await Promise.allSettled(this.pages);
	}

	private async next(): Promise<IteratorResult<IDataObject[], void>> {
		if (!this.source) {
			await this.before?.atRest();
			this.startedAt = tick();
			this.source = this.read();
		}
		// A generator queues its calls, so the pages come in order whoever asks first.
		return await this.source.next();
	}
}

/**
 * One run's readings of SendGrid's lists.
 *
 * All items of a run start together, and each may look its address up in the same list. A reading serves
 * every item that had started before it began: for each of them it is at least as fresh as one of its own.
 * So 200 items cost one reading, and an item that starts after a write (or waits for another item) never
 * sees what was true before. Where many ask one after the other, those who come while a page is on its way
 * share the reading that follows.
 */
export class SharedReadings {
	private readonly readings = new Map<string, SharedPages>();

	/**
	 * @param key what is read, and as whom
	 * @param since when the asking item started
	 * @param read begins a reading
	 */
	pages(
		key: string,
		since: Tick,
		read: () => AsyncGenerator<IDataObject[], void, undefined>,
	): AsyncIterable<IDataObject[]> {
		const known = this.readings.get(key);
		if (known && known.startedAt > since) return known;
		const reading = new SharedPages(read, known);
		this.readings.set(key, reading);
		return reading;
	}
}
