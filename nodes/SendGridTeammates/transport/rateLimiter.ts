import { sleep, type Logger } from 'n8n-workflow';

import type { RetryBudget } from './retry';
import { headerOf, readRateLimitHeaders, type Headers } from './rateLimitHeaders';
import { RateLimitWindow, type Permit } from './rateLimitWindow';
import { ServerClock } from './serverClock';

/** Requests under way at the same time. More would not be faster, and less polite. */
const MAX_CONCURRENT = 10;

/** How late an opening may be noticed, in milliseconds. */
const MAX_TICK_MS = 50;

/** How late those who wait in vain may be told, in milliseconds. */
const MAX_REJECT_DELAY_MS = 200;

/** A wait that is longer is worth a line in n8n's log, in milliseconds. */
const LOGGED_WAIT_MS = 5000;

/** Somebody who wants to send a request. */
export interface Waiter {
	/** Method and path as the reference prints them: each has a rate limit of its own. */
	endpoint: string;
	/** What the visitor belongs to: those of one run of a node take turns with those of others. */
	group: object;
	retryBudget: RetryBudget;
	/** Whether it is not wanted any more. */
	isCancelled: () => boolean;
	logger?: Logger;
}

/** Leave to send, or why there is none. */
export type Permission = Permit | 'gone' | 'too long';

/** What came back, and whether it was a refusal for too many requests. */
export interface LimiterAnswer {
	headers: Headers;
	isThrottled: boolean;
}

interface Waiting {
	visitor: Waiter;
	since: number;
	answer: (admission: Permission) => void;
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
export class RateLimiter {
	private readonly windows = new Map<string, RateLimitWindow>();

	private readonly clock = new ServerClock();

	/** The group that had its turn last stands last. */
	private queues: Queue[] = [];

	private inFlight = 0;

	/** Epoch milliseconds: after a refusal nothing goes out before, to whatever endpoint. */
	private blockedUntil = 0;

	/** Since when SendGrid has been refusing everything. */
	private throttledSince?: number;

	private isTicking = false;

	private lastRejectedAt = 0;

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
	async acquire(visitor: Waiter, isAgain = false): Promise<Permission> {
		return await new Promise<Permission>((answer) => {
			const waiting = { visitor, since: Date.now(), answer };
			const queue = this.queueFor(visitor);
			if (isAgain) queue.waiting.unshift(waiting);
			else queue.waiting.push(waiting);
			this.dispatch();
			void this.tick();
		});
	}

	/** Every leave has to be given back, with the answer where there is one. */
	release(pass: Permit, reply?: LimiterAnswer): void {
		const now = Date.now();
		this.inFlight -= 1;
		if (reply) this.clock.observe(headerOf(reply.headers, 'date'), pass.sentAt, now);
		const notice = reply && {
			...readRateLimitHeaders(reply.headers, this.serverTime(now)),
			isThrottled: reply.isThrottled,
		};
		if (reply) this.throttledSince = reply.isThrottled ? (this.throttledSince ?? now) : undefined;
		const pausedUntil = pass.window.record(pass, now, notice);
		if (pausedUntil !== undefined) this.blockedUntil = Math.max(this.blockedUntil, pausedUntil);
		this.dispatch();
	}

	private queueFor({ group, endpoint }: Waiter): Queue {
		const known = this.queues.find((queue) => queue.group === group && queue.endpoint === endpoint);
		if (known) return known;
		const queue: Queue = { group, endpoint, waiting: [] };
		this.queues.push(queue);
		return queue;
	}

	private windowFor(endpoint: string): RateLimitWindow {
		const window = this.windows.get(endpoint) ?? new RateLimitWindow();
		this.windows.set(endpoint, window);
		return window;
	}

	/** When the next request to an endpoint may go; `undefined` where that depends on an answer. */
	private nextPermitAt(endpoint: string): number | undefined {
		const opensAt = this.windowFor(endpoint).nextPermitAt();
		return opensAt === undefined ? undefined : Math.max(opensAt, this.blockedUntil);
	}

	/** Lets in whoever may go, each group in its turn. */
	private dispatch(): void {
		const now = Date.now();
		while (this.inFlight < MAX_CONCURRENT) {
			const queue = this.queues.find(
				({ endpoint }) => (this.nextPermitAt(endpoint) ?? Infinity) <= now,
			);
			if (!queue) return;
			const next = queue.waiting.shift();
			this.queues = this.queues.filter((other) => other !== queue);
			if (queue.waiting.length > 0) this.queues.push(queue);
			if (!next) continue;
			if (next.visitor.isCancelled()) {
				next.answer('gone');
			} else {
				this.inFlight += 1;
				next.answer(this.windowFor(queue.endpoint).permit(now));
			}
		}
	}

	/** Looks after those who wait for as long as there are any. */
	private async tick(): Promise<void> {
		if (this.isTicking) return;
		this.isTicking = true;
		while (this.queues.length > 0) {
			await sleep(this.nextDelay());
			if (Date.now() - this.lastRejectedAt >= MAX_REJECT_DELAY_MS) this.rejectExpired();
			this.dispatch();
		}
		this.isTicking = false;
	}

	/** Milliseconds until something opens, or a little while where that is not known. */
	private nextDelay(): number {
		const now = Date.now();
		const openings = this.queues
			.map(({ endpoint }) => (this.nextPermitAt(endpoint) ?? 0) - now)
			.filter((rest) => rest > 0);
		return Math.min(MAX_TICK_MS, ...openings);
	}

	/** Sends home those who need not wait any longer: they are gone, or it would take too long. */
	private rejectExpired(): void {
		const now = Date.now();
		this.lastRejectedAt = now;
		for (const queue of this.queues) {
			const opensAt = this.nextPermitAt(queue.endpoint) ?? 0;
			if (opensAt - now > LOGGED_WAIT_MS) this.log(queue, opensAt, now);
			queue.waiting = queue.waiting.filter((waiting) => {
				const isGone = waiting.visitor.isCancelled();
				const stays = !isGone && (opensAt <= now || this.isWorthWaiting(waiting, opensAt, now));
				if (!stays) waiting.answer(isGone ? 'gone' : 'too long');
				return stays;
			});
		}
		this.queues = this.queues.filter(({ waiting }) => waiting.length > 0);
	}

	/** Counts from the first refusal that concerned the visitor: its own, or one while it stood here. */
	private isWorthWaiting({ visitor, since }: Waiting, opensAt: number, now: number): boolean {
		const { retryBudget: patience } = visitor;
		const from = this.throttledSince === undefined ? now : Math.max(since, this.throttledSince);
		return patience.reaches(opensAt) && opensAt - from <= patience.budget;
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

const limiters = new Map<string, RateLimiter>();

/**
 * The gate of an account at a host, one in the whole process.
 *
 * @param account tells accounts apart; nothing of it is shown
 */
export function rateLimiterFor(baseURL: string, account: string): RateLimiter {
	const key = `${baseURL} ${account}`;
	const gate = limiters.get(key) ?? new RateLimiter(new URL(baseURL).host);
	limiters.set(key, gate);
	return gate;
}
