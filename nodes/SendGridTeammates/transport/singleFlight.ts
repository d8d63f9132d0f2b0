import { withDeadline } from './deadline';
import { RequestError } from './errors';
import type { RetryBudget } from './retry';

/** A point in the order of events, unambiguous even within one millisecond. */
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
	/** The budget of the item that reads. */
	budget: RetryBudget;
	/** While it waits for the reading before. */
	before?: Flight;
	result: Promise<unknown>;
}

/** The budget of the item whose requests a flight waits for. */
const senderOf = ({ before, budget }: Flight): RetryBudget => (before ? senderOf(before) : budget);

const mayTakeLonger = ({ before, budget }: Flight, than: RetryBudget): boolean =>
	budget.budget > than.budget || (before !== undefined && mayTakeLonger(before, than));

/** The result of a flight, or `'expired'` if its requests fail for longer than the asking item may wait. */
async function within(budget: RetryBudget, flight: Flight, asked: number): Promise<unknown> {
	if (!mayTakeLonger(flight, budget)) return await flight.result;
	const isOverdue = () =>
		Date.now() - Math.max(asked, senderOf(flight).failingSince) >= budget.budget;
	return await withDeadline(async () => await flight.result, Infinity, isOverdue);
}

const overdueError = (): RequestError =>
	new RequestError(
		{ failureMessage: 'It could not be read' },
		"SendGrid's data could not be read for longer than 'Max Wait' allows",
		"Run this item again later, or allow a longer wait under 'Max Wait' in 'Options'.",
		{ cause: 'temporarily-unavailable' },
	);

/** Older readings are not used, in milliseconds. */
export const MAX_AGE_MS = 30_000;

/**
 * Readings that are shared by all items of a run.
 *
 * All items of a run start together, and each may look up its address in the same list. A reading serves every item
 * that had started before the reading began: for each of them, it is as fresh as a reading of its own. So 200 items
 * cost one reading, and an item that starts after a write never sees the state before it. Items that find the
 * running reading too old share the one that follows.
 *
 * A failed reading fails the items that were waiting for it, and none that ask later. But each item waits for
 * failing requests only as long as its own 'Max Wait' allows, even if another item sends them.
 */
export class SingleFlight {
	private readonly flights = new Map<string, Flight>();

	/**
	 * @param key what is read, and from which account
	 * @param since the reading must have begun after this
	 * @param read reads all of it, and says when its first request is sent
	 * @param budget of the item that asks
	 */
	async read<Value>(
		key: string,
		since: Tick,
		read: (onBegin: () => void) => Promise<Value>,
		budget: RetryBudget,
	): Promise<Reading<Value>> {
		for (const [other, { readAt }] of this.flights) {
			if (Date.now() - readAt > MAX_AGE_MS) this.flights.delete(other);
		}
		const known = this.flights.get(key);
		const serves = known && known.startedAt > since && Date.now() - known.readAt <= MAX_AGE_MS;
		const flight = serves ? known : this.begin(key, read, budget, known);
		const asked = Date.now();
		const outcome = await within(budget, flight, asked).catch(async (thrown: unknown) => {
			const { failingSince, isSpent, budget: longest } = flight.budget;
			const failed = Math.max(asked, failingSince);
			const isTooShort = isSpent && failed + budget.budget > failingSince + longest;
			if (flight.budget === budget || !isTooShort) throw thrown;
			// Another item's 'Max Wait' does not count for this one.
			budget.start(failed);
			return await this.read(key, since, read, budget);
		});
		if (outcome === 'expired') throw overdueError();
		return outcome as Reading<Value>;
	}

	private begin<Value>(
		key: string,
		read: (onBegin: () => void) => Promise<Value>,
		budget: RetryBudget,
		before?: Flight,
	): Flight {
		const flight: Flight = {
			startedAt: Infinity,
			readAt: Infinity,
			budget,
			before,
			result: Promise.resolve(),
		};
		const run = async (): Promise<Reading<Value>> => {
			await flight.before?.result.catch(() => undefined);
			flight.before = undefined;
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
