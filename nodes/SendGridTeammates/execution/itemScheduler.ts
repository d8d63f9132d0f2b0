import {
	sleep,
	type IDataObject,
	type IExecuteSingleFunctions,
	type IHttpRequestMethods,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { RequestHooks } from '../transport/client';
import { SharedReadings, tick, type Tick } from '../transport/singleFlight';

/** For how long items may be read without letting n8n do something else, in milliseconds. */
const MAX_STRETCH_MS = 15;

/** What the items of one run share. */
export class RunState {
	readonly readings = new SharedReadings();

	/** Who has been served in this run: what was wanted for them, and what came out. */
	readonly handledPeople = new Map<string, { wanted: string; record: IDataObject }>();

	/** When something was last done about a person in this run: what was read before is out of date. */
	readonly lastWriteAt = new Map<string, Tick>();

	/**
	 * What came of each item that succeeded. When n8n tries a run again because one item failed, the others
	 * are answered from here: nothing is sent twice.
	 */
	readonly results = new Map<number, INodeExecutionData[]>();

	/** The items for which something was sent that changes SendGrid's data. */
	readonly sent = new Set<number>();

	private attempt = new Attempt();

	/** Begins with an item. One that has begun before means that n8n goes through all of them again. */
	begin(index: number): Attempt {
		if (!this.attempt.begin(index)) {
			this.attempt = new Attempt();
			this.attempt.begin(index);
		}
		return this.attempt;
	}
}

/** n8n hands each item of a run the same object for the run, also when it tries the run again. */
const states = new WeakMap<object, RunState>();

export function runStateOf(item: IExecuteSingleFunctions): RunState {
	const run = item.getExecuteData();
	const state = states.get(run) ?? new RunState();
	states.set(run, state);
	return state;
}

/** One time that n8n goes through the items of a run. It starts them all before the first can do anything. */
class Attempt {
	readonly startedAt = tick();

	isAborted = false;

	private readonly begun = new Set<number>();

	private unread = 0;

	private atWork = 0;

	private readonly afterReading: Array<() => void> = [];

	private readonly afterWork: Array<() => void> = [];

	private lastTurn: Promise<void> = Promise.resolve();

	private lastYield = Date.now();

	/** @returns whether the item is new in this round */
	begin(index: number): boolean {
		if (this.begun.has(index)) return false;
		this.begun.add(index);
		this.unread += 1;
		this.atWork += 1;
		return true;
	}

	/**
	 * Waits until all items before have been read. Reading fields takes time, and a thousand items in one go
	 * would hold up every other workflow of this n8n.
	 *
	 * @returns to be called when this item has been read
	 */
	async acquireReadTurn(): Promise<() => void> {
		const before = this.lastTurn;
		let pass = () => {};
		this.lastTurn = new Promise((resolve) => {
			pass = resolve;
		});
		await before;
		if (Date.now() - this.lastYield > MAX_STRETCH_MS) {
			await sleep(0);
			this.lastYield = Date.now();
		}
		return () => {
			pass();
			this.unread -= 1;
		};
	}

	/** Ends when all items that have begun have been read, for one after the other in their order. */
	async allItemsRead(): Promise<void> {
		await new Promise<void>((goOn) => {
			this.afterReading.push(goOn);
			this.goOnAfterReading();
		});
	}

	private goOnAfterReading(): void {
		if (this.unread === 0) this.afterReading.splice(0).forEach((goOn) => goOn());
	}

	/** An item is through, well or badly. */
	end(): void {
		this.goOnAfterReading();
		this.atWork -= 1;
		if (this.atWork === 0) this.afterWork.splice(0).forEach((goOn) => goOn());
	}

	/** Ends when all items that have begun are through. */
	async allItemsEnded(): Promise<void> {
		if (this.atWork === 0) return;
		await new Promise<void>((goOn) => {
			this.afterWork.push(goOn);
		});
	}
}

/** An item on its way through a run. */
export class ItemExecution implements RequestHooks {
	private hasSent = false;

	private hasRead = false;

	private hasEnded = false;

	private constructor(
		readonly run: RunState,
		private readonly index: number,
		private readonly attempt: Attempt,
		/** Whether one failure ends the whole run: then all items are read before anything is sent. */
		private readonly failsTogether: boolean,
		private readonly passTurn: () => void,
	) {}

	static async begin(run: RunState, index: number, failsTogether: boolean): Promise<ItemExecution> {
		const round = run.begin(index);
		return new ItemExecution(run, index, round, failsTogether, await round.acquireReadTurn());
	}

	/** When the items of the run were started: all together, as far as their data is concerned. */
	get startedAt(): Tick {
		return this.attempt.startedAt;
	}

	async beforeFirst(): Promise<void> {
		this.read();
		if (this.failsTogether) await this.attempt.allItemsRead();
	}

	/** What has been begun is brought to its end, so that its outcome is known. */
	isAborted(): boolean {
		return this.attempt.isAborted && !this.hasSent;
	}

	onSend(method: IHttpRequestMethods): void {
		if (method === 'GET') return;
		this.hasSent = true;
		this.run.sent.add(this.index);
	}

	/** The item is through, well or badly. */
	end(): void {
		this.read();
		if (!this.hasEnded) this.attempt.end();
		this.hasEnded = true;
	}

	/**
	 * Stops the items for which nothing has been sent, and waits for the rest.
	 *
	 * @returns for how many items something was sent
	 */
	async abortOthers(): Promise<number> {
		this.attempt.isAborted = true;
		await this.attempt.allItemsEnded();
		return [...this.run.sent].filter((index) => index !== this.index).length;
	}

	private read(): void {
		if (!this.hasRead) this.passTurn();
		this.hasRead = true;
	}
}
