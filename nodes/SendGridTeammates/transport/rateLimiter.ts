import { sleep, type Logger } from 'n8n-workflow';

import type { Patience } from './retry';
import { headerOf, readRateLimit, type Headers } from './rateLimitHeaders';
import { RateWindow, type Pass } from './rateLimitWindow';
import { ServerClock } from './serverClock';

/** Requests under way at the same time. More would not be faster, and less polite. */
const MOST_AT_ONCE = 10;

/** How late an opening may be noticed, in milliseconds. */
const LONGEST_NAP = 50;

/** How late those who wait in vain may be told, in milliseconds. */
const LONGEST_ROUND = 200;

/** A wait that is longer is worth a line in n8n's log, in milliseconds. */
const WORTH_A_LINE = 5000;

/** Somebody who wants to send a request. */
export interface Visitor {
	/** Method and path as the reference prints them: each has a rate limit of its own. */
	endpoint: string;
	/** What the visitor belongs to: those of one run of a node take turns with those of others. */
	group: object;
	patience: Patience;
	/** Whether it is not wanted any more. */
	isGone: () => boolean;
	logger?: Logger;
}

/** Leave to send, or why there is none. */
export type Admission = Pass | 'gone' | 'too long';

/** What came back, and whether it was a refusal for too many requests. */
export interface GateAnswer {
	headers: Headers;
	isRefused: boolean;
}

interface Waiting {
	visitor: Visitor;
	since: number;
	answer: (admission: Admission) => void;
}

/** Those of one group who wait for one endpoint, in order. */
interface Queue {
	group: object;
	endpoint: string;
	waiting: Waiting[];
}

/**
 * Where all requests of one account to one host pass through, whichever item, node or workflow they belong
 * to: not too many at once, none while SendGrid wants none, and after a pause one ahead of the others.
 */
export class Gate {
	private readonly windows = new Map<string, RateWindow>();

	private readonly clock = new ServerClock();

	/** The group that had its turn last stands last. */
	private queues: Queue[] = [];

	private underWay = 0;

	/** Epoch milliseconds: after a refusal nothing goes out before, to whatever endpoint. */
	private pausedUntil = 0;

	/** Since when SendGrid has been refusing everything. */
	private refusedSince?: number;

	private isWatched = false;

	private lastRound = 0;

	private loggedUntil = 0;

	constructor(
		/** For the log. */
		private readonly host: string,
	) {}

	/** A moment by SendGrid's clock. Both in epoch milliseconds. */
	serverTime(moment: number): number {
		return moment + this.clock.ahead;
	}

	/**
	 * Waits for leave to send a request.
	 *
	 * @param isAgain whether the visitor has been refused before and comes back: it goes first
	 */
	async enter(visitor: Visitor, isAgain = false): Promise<Admission> {
		return await new Promise<Admission>((answer) => {
			const waiting = { visitor, since: Date.now(), answer };
			const queue = this.queueFor(visitor);
			if (isAgain) queue.waiting.unshift(waiting);
			else queue.waiting.push(waiting);
			this.serve();
			void this.watch();
		});
	}

	/** Every leave has to be given back, with the answer where there is one. */
	leave(pass: Pass, reply?: GateAnswer): void {
		const now = Date.now();
		this.underWay -= 1;
		if (reply) this.clock.observe(headerOf(reply.headers, 'date'), pass.sentAt, now);
		const notice = reply && {
			...readRateLimit(reply.headers, this.serverTime(now)),
			isRefused: reply.isRefused,
		};
		if (reply) this.refusedSince = reply.isRefused ? (this.refusedSince ?? now) : undefined;
		const pausedUntil = pass.window.note(pass, now, notice);
		if (pausedUntil !== undefined) this.pausedUntil = Math.max(this.pausedUntil, pausedUntil);
		this.serve();
	}

	private queueFor({ group, endpoint }: Visitor): Queue {
		const known = this.queues.find((queue) => queue.group === group && queue.endpoint === endpoint);
		if (known) return known;
		const queue: Queue = { group, endpoint, waiting: [] };
		this.queues.push(queue);
		return queue;
	}

	private windowFor(endpoint: string): RateWindow {
		const window = this.windows.get(endpoint) ?? new RateWindow();
		this.windows.set(endpoint, window);
		return window;
	}

	/** When the next request to an endpoint may go; `undefined` where that depends on an answer. */
	private opensAt(endpoint: string): number | undefined {
		const opensAt = this.windowFor(endpoint).opensAt();
		return opensAt === undefined ? undefined : Math.max(opensAt, this.pausedUntil);
	}

	/** Lets in whoever may go, each group in its turn. */
	private serve(): void {
		const now = Date.now();
		while (this.underWay < MOST_AT_ONCE) {
			const queue = this.queues.find(({ endpoint }) => (this.opensAt(endpoint) ?? Infinity) <= now);
			if (!queue) return;
			const next = queue.waiting.shift();
			this.queues = this.queues.filter((other) => other !== queue);
			if (queue.waiting.length > 0) this.queues.push(queue);
			if (!next) continue;
			if (next.visitor.isGone()) {
				next.answer('gone');
			} else {
				this.underWay += 1;
				next.answer(this.windowFor(queue.endpoint).pass(now));
			}
		}
	}

	/** Looks after those who wait for as long as there are any. */
	private async watch(): Promise<void> {
		if (this.isWatched) return;
		this.isWatched = true;
		while (this.queues.length > 0) {
			await sleep(this.nap());
			if (Date.now() - this.lastRound >= LONGEST_ROUND) this.makeRound();
			this.serve();
		}
		this.isWatched = false;
	}

	/** Milliseconds until something opens, or a little while where that is not known. */
	private nap(): number {
		const now = Date.now();
		const openings = this.queues
			.map(({ endpoint }) => (this.opensAt(endpoint) ?? 0) - now)
			.filter((rest) => rest > 0);
		return Math.min(LONGEST_NAP, ...openings);
	}

	/** Sends home those who need not wait any longer: they are gone, or it would take too long. */
	private makeRound(): void {
		const now = Date.now();
		this.lastRound = now;
		for (const queue of this.queues) {
			const opensAt = this.opensAt(queue.endpoint) ?? 0;
			if (opensAt - now > WORTH_A_LINE) this.log(queue, opensAt, now);
			queue.waiting = queue.waiting.filter((waiting) => {
				const isGone = waiting.visitor.isGone();
				const stays = !isGone && (opensAt <= now || this.isWorthWaiting(waiting, opensAt, now));
				if (!stays) waiting.answer(isGone ? 'gone' : 'too long');
				return stays;
			});
		}
		this.queues = this.queues.filter(({ waiting }) => waiting.length > 0);
	}

	/** Counts from the first refusal that concerned the visitor: its own, or one while it stood here. */
	private isWorthWaiting({ visitor, since }: Waiting, opensAt: number, now: number): boolean {
		const { patience } = visitor;
		const from = this.refusedSince === undefined ? now : Math.max(since, this.refusedSince);
		return patience.reachesTo(opensAt) && opensAt - from <= patience.budget;
	}

	/** Once for each pause. No addresses: logs are read by many. */
	private log({ waiting }: Queue, opensAt: number, now: number): void {
		if (now < this.loggedUntil) return;
		this.loggedUntil = opensAt;
		const count = this.queues.reduce((sum, queue) => sum + queue.waiting.length, 0);
		const seconds = Math.ceil((opensAt - now) / 1000);
		waiting[0]?.visitor.logger?.info(
			`SendGrid's rate limit at ${this.host} is used up: waiting ${seconds} s, ${count} ${count === 1 ? 'item waits' : 'items wait'}`,
		);
	}
}

const gates = new Map<string, Gate>();

/**
 * The gate of an account at a host, one in the whole process.
 *
 * @param account tells accounts apart; nothing of it is shown
 */
export function gateOf(baseURL: string, account: string): Gate {
	const key = `${baseURL} ${account}`;
	const gate = gates.get(key) ?? new Gate(new URL(baseURL).host);
	gates.set(key, gate);
	return gate;
}
