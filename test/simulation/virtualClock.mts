import { setImmediate as nextTurn } from 'node:timers';

type Callback = (...args: unknown[]) => void;

interface Timer {
	at: number;
	/** Timers for the same time go off in the order in which they were set. */
	order: number;
	every?: number;
	callback: Callback;
	isOff: boolean;
}

/** The global functions that give the time or wait. */
const GLOBALS = [
	'setTimeout',
	'clearTimeout',
	'setInterval',
	'clearInterval',
	'setImmediate',
	'clearImmediate',
	'Date',
] as const;

const RealDate = Date;
const realRandom = Math.random;
const realTimeoutSignal = AbortSignal.timeout.bind(AbortSignal);
const realPerformanceNow = performance.now.bind(performance);

const { nextTick } = process;

/**
 * Resolves when all promises are settled, while no virtual time passes: with `nextTick` if nothing but promises goes
 * on, which is quicker than a real turn of the event loop.
 */
const settled = async (wait: (goOn: () => void) => unknown) =>
	await new Promise<void>((goOn) => {
		wait(goOn);
	});

/**
 * A clock whose time passes only when `run` says so, in place of Node's own. Everything that waits, in the built
 * node, in n8n-workflow and in the stand-in, waits by it.
 */
export class VirtualClock {
	private readonly start: number;

	private readonly random: () => number;

	private current: number;

	private order = 0;

	/** How many milliseconds the date that a program reads is wrong; timers use the right time. */
	dateAhead = 0;

	/** A binary heap, the next timer first. */
	private readonly heap: Timer[] = [];

	/** @param start epoch milliseconds */
	constructor(start: number, random: () => number) {
		this.start = start;
		this.random = random;
		this.current = start;
	}

	/** Epoch milliseconds. */
	get now(): number {
		return this.current;
	}

	/** Calls back after this many virtual milliseconds, whether or not the clock is installed. */
	after(ms: number, callback: () => void): () => void {
		const timer = this.set(callback, ms);
		return () => {
			timer.isOff = true;
		};
	}

	/** Replaces the real clock; returns a function that puts the real one back. */
	install(): () => void {
		const before = GLOBALS.map((name) => [name, globalThis[name]] as const);
		const set = (callback: Callback, ms?: number, ...args: unknown[]) =>
			this.handleOf(this.set(() => callback(...args), waitOf(ms)));
		const clear = (handle: unknown) => this.clear(handle);
		Object.assign(globalThis, {
			setTimeout: set,
			clearTimeout: clear,
			setInterval: (callback: Callback, ms?: number, ...args: unknown[]) =>
				this.handleOf(this.set(() => callback(...args), waitOf(ms), Math.max(1, waitOf(ms)))),
			clearInterval: clear,
			setImmediate: (callback: Callback, ...args: unknown[]) => set(callback, 0, ...args),
			clearImmediate: clear,
			Date: this.dateClass(),
		});
		Math.random = this.random;
		AbortSignal.timeout = (ms) => this.timeoutSignal(ms);
		performance.now = () => this.current - this.start;
		return () => {
			for (const [name, value] of before) Object.assign(globalThis, { [name]: value });
			Math.random = realRandom;
			AbortSignal.timeout = realTimeoutSignal;
			performance.now = realPerformanceNow;
		};
	}

	/**
	 * Lets time pass, from timer to timer, until `isOver`, until nothing is left to wait for, or until this many
	 * milliseconds have passed.
	 *
	 * @returns whether it was over in time
	 */
	async run(isOver: () => boolean, longest: number): Promise<boolean> {
		const end = this.current + longest;
		await settled(nextTurn);
		while (!isOver()) {
			const timer = this.pop();
			if (!timer) return false;
			if (timer.isOff) continue;
			if (timer.at > end) {
				this.push(timer);
				this.current = end;
				return false;
			}
			this.current = Math.max(this.current, timer.at);
			if (timer.every === undefined) timer.isOff = true;
			timer.callback();
			if (timer.every !== undefined && !timer.isOff) {
				Object.assign(timer, { at: this.current + timer.every, order: this.order++ });
				this.push(timer);
			}
			await settled(nextTick);
		}
		return true;
	}

	private set(callback: Callback, wait: number, every?: number): Timer {
		const timer = { at: this.current + wait, order: this.order++, every, callback, isOff: false };
		this.push(timer);
		return timer;
	}

	private handleOf(timer: Timer) {
		const handle = {
			timer,
			ref: () => handle,
			unref: () => handle,
			hasRef: () => true,
			refresh: () => handle,
			close: () => handle,
		};
		return handle;
	}

	private clear(handle: unknown): void {
		const timer = (handle as { timer?: Timer } | null | undefined)?.timer;
		if (timer) timer.isOff = true;
	}

	private timeoutSignal(ms: number): AbortSignal {
		const controller = new AbortController();
		this.set(
			() => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')),
			ms,
		);
		return controller.signal;
	}

	private dateClass(): DateConstructor {
		const now = () => this.current + this.dateAhead;
		class VirtualDate extends RealDate {
			constructor(...args: unknown[]) {
				if (args.length === 0) super(now());
				else super(...(args as [number]));
			}

			static override now(): number {
				return now();
			}
		}
		return VirtualDate as DateConstructor;
	}

	private push(timer: Timer): void {
		const { heap } = this;
		let index = heap.push(timer) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (isBefore(heap[parent], timer)) break;
			heap[index] = heap[parent];
			index = parent;
		}
		heap[index] = timer;
	}

	private pop(): Timer | undefined {
		const { heap } = this;
		const first = heap[0];
		const last = heap.pop();
		if (!last || heap.length === 0) return first;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
			if (isBefore(last, heap[child])) break;
			heap[index] = heap[child];
			index = child;
		}
		heap[index] = last;
		return first;
	}
}

/** As in Node: what isn't a number of milliseconds, or is too large, goes off after one. */
function waitOf(ms: unknown = 0): number {
	const wanted = Number(ms);
	return wanted >= 0 && wanted <= 2_147_483_647 ? wanted : 1;
}

const isBefore = (one: Timer, other: Timer) =>
	one.at < other.at || (one.at === other.at && one.order < other.order);
