import { sleep, type Logger } from 'n8n-workflow';

import {
	headerOf,
	RateLimitWindow,
	readRateLimitHeaders,
	type Headers,
	type Permit,
} from './rateLimitWindow';
import type { RetryBudget } from './retry';
import { ServerClock, type Span } from './serverClock';

/** Requests in flight at the same time. More would not be faster, only less polite. */
const MAX_CONCURRENT = 10;

/**
 * A request that takes longer than this no longer counts among them, in milliseconds: requests that a proxy or an
 * endpoint never answers must not stop all others.
 */
const SLOW_MS = 15_000;

/** How late a cancelled waiter may notice, in milliseconds: nothing can interrupt n8n's `sleep`. */
const MAX_TICK_MS = 200;

/** Longer waits are logged, in milliseconds. */
const LOGGED_WAIT_MS = 5000;

/** A limiter that is unused for longer is forgotten, in milliseconds. */
const IDLE_MS = 3_600_000;

/** A waiter for permission to send a request. */
export interface Waiter {
	/** Method and path as the reference prints them: each has its own rate limit. */
	endpoint: string;
	/** One run of a node: runs take turns with each other. */
	group: object;
	retryBudget: RetryBudget;
	isCancelled: () => boolean;
	logger?: Logger;
}

/** A permit, or the reason for not getting one. */
export type Permission = Permit | 'cancelled' | 'overBudget';

/** A response, and whether it was a 429. */
export interface LimiterAnswer {
	headers: Headers;
	isThrottled: boolean;
}

interface Waiting {
	waiter: Waiter;
	since: number;
	/** Whether its window was blocked in the meantime. */
	isHeldBack: boolean;
	resolve: (permission: Permission) => void;
}

/** Waiters of one group for one endpoint, in order. */
interface Queue {
	group: object;
	endpoint: string;
	window: RateLimitWindow;
	waiting: Waiting[];
}

/**
 * Rate limiter shared by all requests of an account to a host: caps concurrency, pauses an endpoint when
 * SendGrid says so, resumes it with a single probe.
 */
export class RateLimiter {
	/** By endpoint, as the reference prints them. */
	private readonly windows = new Map<string, RateLimitWindow>();

	private readonly clock = new ServerClock();

	/** The group that had the last turn is at the end. */
	private queues: Queue[] = [];

	private readonly inFlight = new Set<Permit>();

	private isTicking = false;

	private loggedUntil = 0;

	private usedAt = Date.now();

	/** @param host for the log */
	constructor(private readonly host: string) {}

	/** Converts a moment to SendGrid's clock. Both in epoch milliseconds. */
	serverTime(moment: number): number {
		return moment + this.clock.ahead;
	}

	/** The same, as far as SendGrid's clock is known. */
	serverSpan(moment: number): Span {
		return this.clock.spanOf(moment);
	}

	/**
	 * Waits for permission to send a request. Every permit must be given back with `release`.
	 *
	 * @param isAgain whether the waiter was throttled before and comes back: it then goes first
	 */
	async acquire(waiter: Waiter, isAgain = false): Promise<Permission> {
		// Otherwise, one wait after the other would add up.
		if (waiter.isCancelled()) return 'cancelled';
		return await new Promise<Permission>((resolve) => {
			const waiting = { waiter, since: Date.now(), isHeldBack: isAgain, resolve };
			const queue = this.queueFor(waiter);
			if (isAgain) queue.waiting.unshift(waiting);
			else queue.waiting.push(waiting);
			this.dispatch();
			void this.tick();
		});
	}

	/** @param answer absent if no response came */
	release(permit: Permit, answer?: LimiterAnswer): void {
		const now = Date.now();
		this.inFlight.delete(permit);
		if (answer) this.clock.observe(headerOf(answer.headers, 'date'), permit.sentAt, now);
		const result = answer && {
			...readRateLimitHeaders(answer.headers, this.serverTime(now)),
			isThrottled: answer.isThrottled,
		};
		const isBlocked = permit.window.record(permit, now, result);
		// In case the account has one limit for all endpoints, the others find out with one request each.
		if (isBlocked) this.windows.forEach((window) => window.requireProbe());
		this.dispatch();
	}

	/** Whether it has been unused for so long that its knowledge is worthless. */
	isIdle(now: number): boolean {
		return this.inFlight.size === 0 && this.queues.length === 0 && now - this.usedAt > IDLE_MS;
	}

	private queueFor({ group, endpoint }: Waiter): Queue {
		const known = this.queues.find((queue) => queue.group === group && queue.endpoint === endpoint);
		if (known) return known;
		const window = this.windows.get(endpoint) ?? new RateLimitWindow();
		this.windows.set(endpoint, window);
		const queue: Queue = { group, endpoint, window, waiting: [] };
		this.queues.push(queue);
		return queue;
	}

	private placesTaken(now: number): number {
		return [...this.inFlight].filter(({ sentAt }) => now - sentAt < SLOW_MS).length;
	}

	/** Grants all permits that are due, one group after the other. */
	private dispatch(): void {
		const now = Date.now();
		this.usedAt = now;
		while (this.placesTaken(now) < MAX_CONCURRENT) {
			const queue = this.queues.find(({ window }) => (window.nextPermitAt(now) ?? Infinity) <= now);
			if (!queue) return;
			const next = queue.waiting.shift();
			this.queues = this.queues.filter((other) => other !== queue);
			if (queue.waiting.length > 0) this.queues.push(queue);
			if (!next) continue;
			if (next.waiter.isCancelled()) {
				next.resolve('cancelled');
			} else {
				const permit = queue.window.permit(now, next.isHeldBack);
				this.inFlight.add(permit);
				next.resolve(permit);
			}
		}
	}

	/** Runs while anything waits. */
	private async tick(): Promise<void> {
		if (this.isTicking) return;
		this.isTicking = true;
		while (this.queues.length > 0) {
			await sleep(this.nextDelay());
			this.rejectExpired();
			this.dispatch();
		}
		this.isTicking = false;
	}

	/** Milliseconds until the next window opens, or until the next check for cancelled waiters. */
	private nextDelay(): number {
		const now = Date.now();
		const delays = this.queues.map(({ window }) => (window.nextPermitAt(now) ?? 0) - now);
		return Math.min(MAX_TICK_MS, ...delays.filter((delay) => delay > 0));
	}

	/** Rejects waiters that were cancelled or whose budget ends before the next permit. */
	private rejectExpired(): void {
		const now = Date.now();
		for (const queue of this.queues) {
			const opensAt = queue.window.nextPermitAt(now) ?? now;
			if (opensAt - now > LOGGED_WAIT_MS) this.log(queue, opensAt, now);
			if (opensAt > now) queue.waiting.forEach(holdBack);
			queue.waiting = queue.waiting.filter((waiting) => {
				const isCancelled = waiting.waiter.isCancelled();
				const stays = !isCancelled && isWithinBudget(waiting, queue.window, Math.max(now, opensAt));
				if (!stays) waiting.resolve(isCancelled ? 'cancelled' : 'overBudget');
				return stays;
			});
		}
		this.queues = this.queues.filter(({ waiting }) => waiting.length > 0);
	}

	/** Once for each pause. No addresses: many people read logs. */
	private log({ endpoint, waiting }: Queue, opensAt: number, now: number): void {
		if (now < this.loggedUntil) return;
		this.loggedUntil = opensAt;
		const queues = this.queues.filter((queue) => queue.endpoint === endpoint);
		const count = queues.reduce((sum, queue) => sum + queue.waiting.length, 0);
		const seconds = Math.ceil((opensAt - now) / 1000);
		waiting[0]?.waiter.logger?.info(
			`SendGrid's rate limit at ${this.host} is used up: waiting ${seconds} s, ${count} ${count === 1 ? 'item waits' : 'items wait'}`,
		);
	}
}

function holdBack(waiting: Waiting): void {
	waiting.isHeldBack = true;
	waiting.waiter.retryBudget.noteFailing(Date.now());
}

/**
 * Whether a waiter may wait until then. Its budget counts from its own first failure, or from when SendGrid
 * throttled its endpoint while it was waiting here. Mere queueing is free.
 */
function isWithinBudget(
	{ waiter: { retryBudget }, since }: Waiting,
	{ throttledSince }: RateLimitWindow,
	moment: number,
): boolean {
	const from = throttledSince === undefined ? Date.now() : Math.max(since, throttledSince);
	return retryBudget.reaches(moment, from);
}

/** The one used last is at the end. */
const limiters = new Map<string, RateLimiter>();

/**
 * The limiter of an account at a host, one in the whole process.
 *
 * @param accountKey identifies the account; never shown
 */
export function rateLimiterFor(baseURL: string, accountKey: string): RateLimiter {
	const now = Date.now();
	for (const [key, limiter] of limiters) {
		if (!limiter.isIdle(now)) break;
		limiters.delete(key);
	}
	const key = `${baseURL} ${accountKey}`;
	const limiter = limiters.get(key) ?? new RateLimiter(new URL(baseURL).host);
	limiters.delete(key);
	limiters.set(key, limiter);
	return limiter;
}
