import type { Logger } from 'n8n-workflow';

import {
	RateLimiter,
	rateLimiterFor,
	type Permission,
	type Waiter,
} from '../../nodes/SendGridTeammates/transport/rateLimiter';
import { RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';

const NOW = Date.parse('2026-11-22T12:00:00Z');

let gate: RateLimiter;
let lines: string[];

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
	gate = new RateLimiter('api.example.com');
	lines = [];
});
afterEach(() => {
	// Whoever still waits, waits for a timer that is gone with this.
	jest.useRealTimers();
});

const logger = { info: (line: string) => lines.push(line) } as unknown as Logger;

const visitor = (changes: Partial<Waiter> = {}): Waiter => ({
	endpoint: 'POST /v3/teammates',
	group: gate,
	retryBudget: new RetryBudget(300_000),
	isCancelled: () => false,
	logger,
	...changes,
});

/** What has become of each of those who wait, in the order in which they came. */
function enterAll(visitors: Waiter[]): Array<Permission | undefined> {
	const admissions: Array<Permission | undefined> = visitors.map(() => undefined);
	visitors.forEach((one, index) => {
		void gate.acquire(one).then((admission) => {
			admissions[index] = admission;
		});
	});
	return admissions;
}

const isPass = (admission?: Permission) => typeof admission === 'object';

/** Takes one request through, and its answer with it. */
async function goThrough(headers: Record<string, string>, isThrottled = false) {
	const pass = await gate.acquire(visitor());
	if (typeof pass === 'string') throw new Error(pass);
	gate.release(pass, { headers, isThrottled: isThrottled });
}

const OPEN = { 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '500' };

const usedUp = (seconds: number) => ({
	'x-ratelimit-limit': '600',
	'x-ratelimit-remaining': '0',
	'x-ratelimit-reset': String(seconds),
});

test('ten go at the same time, and the next when one has come back', async () => {
	await goThrough(OPEN);
	const admissions = enterAll(Array.from({ length: 12 }, () => visitor()));
	await jest.advanceTimersByTimeAsync(1000);
	expect(admissions.filter(isPass)).toHaveLength(10);
	const [first] = admissions;
	if (typeof first === 'object') gate.release(first, { headers: OPEN, isThrottled: false });
	await jest.advanceTimersByTimeAsync(100);
	expect(admissions.map(isPass)).toEqual([...Array.from({ length: 11 }, () => true), false]);
});

test('those of one workflow do not keep those of another waiting', async () => {
	await goThrough(OPEN);
	const others = {};
	const admissions = enterAll([
		...Array.from({ length: 30 }, () => visitor()),
		...Array.from({ length: 5 }, () => visitor({ group: others })),
	]);
	await jest.advanceTimersByTimeAsync(0);
	for (let i = 0; i < 10; i += 1) {
		const pass = admissions[i];
		if (typeof pass === 'object') gate.release(pass, { headers: OPEN, isThrottled: false });
	}
	await jest.advanceTimersByTimeAsync(100);
	expect(admissions.slice(30).filter(isPass)).toHaveLength(5);
	expect(admissions.slice(0, 30).filter(isPass)).toHaveLength(15);
});

test('a wait of more than five seconds is a line in the log, once, without addresses', async () => {
	await goThrough(usedUp(30));
	const admissions = enterAll([visitor(), visitor(), visitor()]);
	await jest.advanceTimersByTimeAsync(20_000);
	expect(lines).toEqual([
		"SendGrid's rate limit at api.example.com is used up: waiting 30 s, 3 items wait",
	]);
	await jest.advanceTimersByTimeAsync(15_000);
	expect(admissions.filter(isPass)).toHaveLength(1);
	expect(lines).toHaveLength(1);
});

test('a shorter one is not', async () => {
	await goThrough(usedUp(4));
	enterAll([visitor()]);
	await jest.advanceTimersByTimeAsync(10_000);
	expect(lines).toEqual([]);
});

test('whoever is gone is told within half a second, and whoever may not wait as long', async () => {
	await goThrough(usedUp(60));
	let isGone = false;
	const admissions = enterAll([
		visitor({ isCancelled: () => isGone }),
		visitor({ retryBudget: new RetryBudget(10_000) }),
		visitor(),
	]);
	await jest.advanceTimersByTimeAsync(500);
	expect(admissions).toEqual([undefined, 'too long', undefined]);
	isGone = true;
	await jest.advanceTimersByTimeAsync(500);
	expect(admissions).toEqual(['gone', 'too long', undefined]);
});

test('standing in a queue uses up nothing, a refusal does', async () => {
	await goThrough(OPEN);
	const waiting = enterAll(
		Array.from({ length: 12 }, () => visitor({ retryBudget: new RetryBudget(5000) })),
	);
	// Ten are under way for a minute: nobody is sent home.
	await jest.advanceTimersByTimeAsync(60_000);
	expect(waiting.filter((admission) => admission === undefined)).toHaveLength(2);
	const [first] = waiting;
	if (typeof first === 'object') {
		gate.release(first, { headers: { 'retry-after': '6' }, isThrottled: true });
	}
	await jest.advanceTimersByTimeAsync(1000);
	expect(waiting.filter((admission) => admission === 'too long')).toHaveLength(2);
});

test('a refusal of one endpoint holds up the others too', async () => {
	await goThrough({ 'retry-after': '3' }, true);
	const admissions = enterAll([visitor({ endpoint: 'GET /v3/teammates' })]);
	await jest.advanceTimersByTimeAsync(2900);
	expect(admissions).toEqual([undefined]);
	await jest.advanceTimersByTimeAsync(300);
	expect(admissions.map(isPass)).toEqual([true]);
});

test('there is one gate for each account and host', () => {
	const [one, other] = ['https://a.example.com', 'https://b.example.com'];
	expect(rateLimiterFor(one, 'x')).toBe(rateLimiterFor(one, 'x'));
	expect(rateLimiterFor(one, 'x')).not.toBe(rateLimiterFor(one, 'y'));
	expect(rateLimiterFor(one, 'x')).not.toBe(rateLimiterFor(other, 'x'));
});
