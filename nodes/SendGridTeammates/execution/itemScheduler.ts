import { sleep, type IExecuteSingleFunctions, type IHttpRequestMethods } from 'n8n-workflow';

import type { RequestHooks } from '../transport/client';
import { tick, type Tick } from '../transport/singleFlight';
import { RunMemory, type ItemKey } from './runMemory';

/** How long items may be read before n8n gets a chance to do something else, in milliseconds. */
const MAX_STRETCH_MS = 15;

/** The items of one run of the node. */
export class Run {
	readonly memory: RunMemory;

	private attempt = new Attempt();

	/** @param isOfAgent whether it is one call of an AI agent's tool */
	constructor(isOfAgent = false) {
		this.memory = new RunMemory(isOfAgent);
	}

	/** Registers an item. If it was registered before, n8n is retrying the run: a new attempt starts. */
	begin(index: number): { attempt: Attempt; startedAt: Tick } {
		if (!this.attempt.begin(index)) {
			this.attempt = new Attempt();
			this.attempt.begin(index);
		}
		return { attempt: this.attempt, startedAt: tick() };
	}
}

/** n8n passes the same object to each item of a run, and also when it retries the run. */
const runs = new WeakMap<object, Run>();

export function runOf(item: IExecuteSingleFunctions): Run {
	const execution = item.getExecuteData();
	const run = runs.get(execution) ?? new Run();
	runs.set(execution, run);
	return run;
}

/** One pass over a run's items; Retry On Fail makes another. All items are started before any does I/O. */
class Attempt {
	isAborted = false;

	private readonly begun = new Set<number>();

	private unread = 0;

	private unfinished = 0;

	private readonly afterReading: Array<() => void> = [];

	private readonly afterAll: Array<() => void> = [];

	private lastTurn: Promise<void> = Promise.resolve();

	private lastYield = Date.now();

	/** @returns whether the item is new in this attempt */
	begin(index: number): boolean {
		if (this.begun.has(index)) return false;
		this.begun.add(index);
		this.unread += 1;
		this.unfinished += 1;
		return true;
	}

	/** For a person whom no item names: there is nothing to read. */
	join(): void {
		this.unfinished += 1;
	}

	/**
	 * Waits until all earlier items have been read. Reading fields takes time, and a thousand items in one go would
	 * hold up every other workflow of this n8n.
	 *
	 * @returns to be called when this item has been read
	 */
	async acquireReadTurn(): Promise<() => void> {
		const before = this.lastTurn;
		let release = () => {};
		this.lastTurn = new Promise((resolve) => {
			release = resolve;
		});
		await before;
		if (Date.now() - this.lastYield > MAX_STRETCH_MS) {
			await sleep(0);
			this.lastYield = Date.now();
		}
		return () => {
			release();
			this.unread -= 1;
		};
	}

	/**
	 * Ends once all started items have been read; callers get their turn one after the other, in the order of the
	 * items.
	 */
	async allItemsRead(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.afterReading.push(resolve);
			this.goOnAfterReading();
		});
	}

	private goOnAfterReading(): void {
		if (this.unread === 0) this.afterReading.splice(0).forEach((goOn) => goOn());
	}

	/** An item has ended, successfully or not. */
	end(): void {
		this.goOnAfterReading();
		this.unfinished -= 1;
		if (this.unfinished === 0) this.afterAll.splice(0).forEach((goOn) => goOn());
	}

	/** Ends when all started items have ended. */
	async allItemsEnded(): Promise<void> {
		if (this.unfinished === 0) return;
		await new Promise<void>((resolve) => {
			this.afterAll.push(resolve);
		});
	}
}

/** An item on its way through a run. */
export class ItemExecution implements RequestHooks {
	/** The requests of one run take turns with those of other runs. */
	readonly group: object;

	private hasSent = false;

	private hasRead = false;

	private hasEnded = false;

	private constructor(
		readonly memory: RunMemory,
		private readonly key: ItemKey,
		private readonly attempt: Attempt,
		/** When the item started: it does not use older readings. */
		readonly startedAt: Tick,
		/** Whether one failure ends the whole run. If so, all items are read before anything is sent. */
		private readonly failsTogether: boolean,
		private readonly releaseReadTurn: () => void,
	) {
		this.group = memory;
	}

	static async begin(run: Run, index: number, failsTogether: boolean): Promise<ItemExecution> {
		const { attempt, startedAt } = run.begin(index);
		const release = await attempt.acquireReadTurn();
		return new ItemExecution(run.memory, index, attempt, startedAt, failsTogether, release);
	}

	/** For a person whom no item names. */
	beside(key: ItemKey): ItemExecution {
		const { memory, attempt, failsTogether } = this;
		attempt.join();
		return new ItemExecution(memory, key, attempt, tick(), failsTogether, () => {});
	}

	async beforeFirst(): Promise<void> {
		this.read();
		if (this.failsTogether) await this.attempt.allItemsRead();
	}

	/** Work that has started is finished, so that its outcome is known. */
	isAborted(): boolean {
		return this.attempt.isAborted && !this.hasSent;
	}

	/** Whether any try of the run has sent a request for it that changes SendGrid's data. */
	get mayHaveChanged(): boolean {
		return this.memory.sent.has(this.key);
	}

	onSend(method: IHttpRequestMethods): void {
		if (method === 'GET') return;
		this.hasSent = true;
		this.memory.sent.add(this.key);
	}

	/** The item has ended, successfully or not. */
	end(): void {
		this.read();
		if (!this.hasEnded) this.attempt.end();
		this.hasEnded = true;
	}

	/**
	 * Stops the items for which nothing has been sent, and waits for the rest.
	 *
	 * @returns for how many other items something was sent
	 */
	async abortOthers(): Promise<number> {
		this.attempt.isAborted = true;
		await this.attempt.allItemsEnded();
		return [...this.memory.sent].filter((key) => key !== this.key).length;
	}

	/** The item's fields have been read. */
	read(): void {
		if (!this.hasRead) this.releaseReadTurn();
		this.hasRead = true;
	}
}
