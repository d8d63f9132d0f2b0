/** A point in the order of events: certain even within one millisecond. */
export type Tick = number;

let ticks = 0;

/** The next point in the order of events. */
export const tick = (): Tick => {
	ticks += 1;
	return ticks;
};

/** What was read, and when. */
export interface Reading<Value> {
	value: Value;
	startedAt: Tick;
	endedAt: Tick;
	/** Epoch milliseconds at its start. */
	readAt: number;
}

interface Flight {
	/** Infinity while it waits for the reading before, or for the rate limit. */
	startedAt: Tick;
	readAt: number;
	result: Promise<unknown>;
}

/** A reading that is older does not serve anybody, in milliseconds. */
export const MAX_AGE_MS = 30_000;

/**
 * Readings that are shared by all items of a run.
 *
 * All items of a run start together, and each may look its address up in the same list. A reading serves
 * every item that had started before it began: for each of them it is as fresh as one of its own. So 200
 * items cost one reading, and an item that starts after a write never sees what was true before. Those who
 * ask while a reading is under way that is too old for them share the one that follows.
 *
 * A failed reading serves those who were waiting for it, and nobody who asks later.
 */
export class SingleFlight {
	private readonly flights = new Map<string, Flight>();

	/**
	 * @param key what is read, and from which account
	 * @param since the reading must have begun after this
	 * @param read reads all of it, and says when its first request is sent
	 */
	async read<Value>(
		key: string,
		since: Tick,
		read: (onBegin: () => void) => Promise<Value>,
	): Promise<Reading<Value>> {
		for (const [other, { readAt }] of this.flights) {
			if (Date.now() - readAt > MAX_AGE_MS) this.flights.delete(other);
		}
		const known = this.flights.get(key);
		const serves = known && known.startedAt > since && Date.now() - known.readAt <= MAX_AGE_MS;
		const flight = serves ? known : this.begin(key, read, known);
		return (await flight.result) as Reading<Value>;
	}

	private begin<Value>(
		key: string,
		read: (onBegin: () => void) => Promise<Value>,
		before?: Flight,
	): Flight {
		const flight: Flight = {
			startedAt: Infinity,
			readAt: Infinity,
			result: Promise.resolve(),
		};
		const previous = before?.result;
		const run = async (): Promise<Reading<Value>> => {
			await previous?.catch(() => undefined);
			const value = await read(() => {
				flight.startedAt = tick();
				flight.readAt = Date.now();
			});
			return { value, startedAt: flight.startedAt, endedAt: tick(), readAt: flight.readAt };
		};
		flight.result = run().catch((error: unknown) => {
			if (this.flights.get(key) === flight) this.flights.delete(key);
			throw error;
		});
		this.flights.set(key, flight);
		return flight;
	}
}
