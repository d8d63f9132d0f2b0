import { sleep, type Logger } from 'n8n-workflow';

import {
	RateLimiter,
	rateLimiterFor,
	type Permission,
	type Waiter,
} from '../../nodes/SendGridTeammates/transport/rateLimiter';
import { RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const YEAR = 31_536_000;

const POST = 'POST /v3/teammates';
const GET = 'GET /v3/teammates';

let limiter: RateLimiter;
let lines: string[];

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
	limiter = new RateLimiter('api.example.com');
	lines = [];
});
afterEach(() => {
	// This also removes the timers of everything that still waits.
	jest.useRealTimers();
});

const logger = { info: (line: string) => lines.push(line) } as unknown as Logger;

const waiter = (changes: Partial<Waiter> = {}): Waiter => ({
	endpoint: POST,
	group: limiter,
	retryBudget: new RetryBudget(300_000),
	isCancelled: () => false,
	logger,
	...changes,
});

const many = (count: number, changes: Partial<Waiter> = {}) =>
	Array.from({ length: count }, () => waiter(changes));

/** The outcome of each waiter, in order of arrival. */
function acquireAll(waiters: Waiter[]): Array<Permission | undefined> {
	const permissions: Array<Permission | undefined> = waiters.map(() => undefined);
	waiters.forEach((one, index) => {
		void limiter.acquire(one).then((permission) => {
			permissions[index] = permission;
		});
	});
	return permissions;
}

type Headers = Record<string, string>;

function release(permission: Permission | undefined, headers?: Headers, isThrottled = false): void {
	if (typeof permission !== 'object') throw new Error(`no permit: ${permission}`);
	limiter.release(permission, headers && { headers, isThrottled });
}

/** Sends one request and gets this response at once. */
async function send(headers: Headers, isThrottled = false, endpoint = POST): Promise<void> {
	release(await limiter.acquire(waiter({ endpoint })), headers, isThrottled);
}

const isPermit = (permission?: Permission) => typeof permission === 'object';
const permitsOf = (permissions: Array<Permission | undefined>) => permissions.filter(isPermit);

const OPEN = { 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '500' };

const usedUp = (seconds: number) => ({
	'x-ratelimit-limit': '600',
	'x-ratelimit-remaining': '0',
	'x-ratelimit-reset': String(seconds),
});

test('ten requests are in flight at most, and the next one follows when one returns', async () => {
	await send(OPEN);
	const permissions = acquireAll(many(12));
	await jest.advanceTimersByTimeAsync(1000);
	expect(permitsOf(permissions)).toHaveLength(10);
	release(permissions[0], OPEN);
	await jest.advanceTimersByTimeAsync(0);
	expect(permitsOf(permissions)).toHaveLength(11);
	release(permissions[1]);
	await jest.advanceTimersByTimeAsync(0);
	expect(permitsOf(permissions)).toHaveLength(12);
});

test('runs take turns', async () => {
	await send(OPEN);
	const permissions = acquireAll([...many(30), ...many(5, { group: {} })]);
	await jest.advanceTimersByTimeAsync(0);
	for (let i = 0; i < 10; i += 1) release(permissions[i], OPEN);
	await jest.advanceTimersByTimeAsync(100);
	expect(permitsOf(permissions.slice(30))).toHaveLength(5);
	expect(permitsOf(permissions.slice(0, 30))).toHaveLength(15);
});

test('a throttled waiter comes back before the others', async () => {
	await send(usedUp(3));
	const [other] = [acquireAll([waiter()])];
	const again = limiter.acquire(waiter(), true);
	await jest.advanceTimersByTimeAsync(4000);
	expect(isPermit(await again)).toBe(true);
	expect(other).toEqual([undefined]);
});

test('a wait of more than five seconds is logged once, without addresses', async () => {
	await send(usedUp(30));
	const permissions = acquireAll(many(3));
	await jest.advanceTimersByTimeAsync(20_000);
	expect(lines).toEqual([
		"SendGrid's rate limit at api.example.com is used up: waiting 31 s, 3 items wait",
	]);
	await jest.advanceTimersByTimeAsync(15_000);
	expect(permitsOf(permissions).length).toBeGreaterThan(0);
	expect(lines).toHaveLength(1);
});

test('a shorter wait is not logged', async () => {
	await send(usedUp(4));
	acquireAll([waiter()]);
	await jest.advanceTimersByTimeAsync(10_000);
	expect(lines).toEqual([]);
});

test('a cancelled waiter and one with too small a budget are rejected within half a second', async () => {
	await send(usedUp(60));
	let isCancelled = false;
	const permissions = acquireAll([
		waiter({ isCancelled: () => isCancelled }),
		waiter({ retryBudget: new RetryBudget(10_000) }),
		waiter(),
	]);
	await jest.advanceTimersByTimeAsync(500);
	expect(permissions).toEqual([undefined, 'overBudget', undefined]);
	isCancelled = true;
	await jest.advanceTimersByTimeAsync(500);
	expect(permissions).toEqual(['cancelled', 'overBudget', undefined]);
});

test('A3: a waiter that is already cancelled does not wait, since waits would add up', async () => {
	await send(usedUp(60));
	const permissions = acquireAll([waiter({ isCancelled: () => true })]);
	await jest.advanceTimersByTimeAsync(0);
	expect(permissions).toEqual(['cancelled']);
});

test('queueing uses up no budget, but being throttled does', async () => {
	await send(OPEN);
	const permissions = acquireAll(
		Array.from({ length: 12 }, () => waiter({ retryBudget: new RetryBudget(5000) })),
	);
	// Ten are in flight for longer than the budget: nobody is rejected.
	await jest.advanceTimersByTimeAsync(14_000);
	expect(permissions.filter((permission) => permission === undefined)).toHaveLength(2);
	release(permissions[0], { 'retry-after': '6' }, true);
	await jest.advanceTimersByTimeAsync(1000);
	expect(permissions.filter((permission) => permission === 'overBudget')).toHaveLength(2);
});

test('A2: an unanswered request gives its place to others after 15 seconds', async () => {
	await send(OPEN);
	const permissions = acquireAll(many(30));
	const sent = () => permissions.filter((permission) => permission !== undefined).length;
	await jest.advanceTimersByTimeAsync(14_700);
	expect(sent()).toBe(10);
	await jest.advanceTimersByTimeAsync(600);
	expect(sent()).toBe(20);
	for (const permission of permissions.slice(0, 10)) release(permission, OPEN);
	await jest.advanceTimersByTimeAsync(1000);
	// They had no places left to give back.
	expect(sent()).toBe(20);
});

test('a slow probe does not reject the waiters behind it, however small their budget', async () => {
	const permissions = acquireAll([
		waiter(),
		...many(2, { retryBudget: new RetryBudget(2000) }),
		waiter({ retryBudget: new RetryBudget(0) }),
	]);
	await jest.advanceTimersByTimeAsync(3000);
	expect(permissions.slice(1)).toEqual([undefined, undefined, undefined]);
	release(permissions[0], OPEN);
	await jest.advanceTimersByTimeAsync(0);
	expect(permitsOf(permissions)).toHaveLength(4);
});

test('a budget that has run out also ends the wait for one of the ten places', async () => {
	await send(OPEN);
	const retryBudget = new RetryBudget(5000);
	retryBudget.start();
	const permissions = acquireAll([...many(10), waiter({ retryBudget })]);
	await jest.advanceTimersByTimeAsync(4900);
	expect(permissions[10]).toBeUndefined();
	await jest.advanceTimersByTimeAsync(500);
	expect(permissions[10]).toBe('overBudget');
});

test('a throttled endpoint does not stop the others', async () => {
	await send(OPEN, false, GET);
	await send({ 'retry-after': '60' }, true);
	const permissions = acquireAll([waiter(), waiter({ endpoint: GET })]);
	await jest.advanceTimersByTimeAsync(0);
	expect(permissions.map(isPermit)).toEqual([false, true]);
});

test('when one endpoint is throttled, each other one finds out with one request', async () => {
	await send(OPEN, false, GET);
	await send(OPEN);
	await send({ 'retry-after': '60' }, true);
	const permissions = acquireAll(many(10, { endpoint: GET }));
	await jest.advanceTimersByTimeAsync(1000);
	expect(permitsOf(permissions)).toHaveLength(1);
	release(permissions[0], { 'retry-after': '59' }, true);
	await jest.advanceTimersByTimeAsync(58_000);
	expect(permitsOf(permissions)).toHaveLength(1);
});

test('hung requests to one endpoint give their places back when they are released without a response', async () => {
	await send(OPEN);
	await send(OPEN, false, GET);
	const hung = acquireAll(many(10));
	const permissions = acquireAll(many(10, { endpoint: GET }));
	await jest.advanceTimersByTimeAsync(1000);
	expect(permitsOf(permissions)).toHaveLength(0);
	hung.forEach((permission) => release(permission));
	await jest.advanceTimersByTimeAsync(0);
	expect(permitsOf(permissions)).toHaveLength(10);
});

describe('a header cannot keep the key dead', () => {
	const YEAR_LATER = String(NOW / 1000 + YEAR);

	test.each<[string, Headers]>([
		['Retry-After of a year', { 'retry-after': String(YEAR) }],
		['Retry-After as a date in a year', { 'retry-after': 'Mon, 22 Nov 2027 12:00:00 GMT' }],
		['Retry-After that is negative', { 'retry-after': '-5' }],
		['Retry-After that is NaN', { 'retry-after': 'NaN' }],
		['a reset in a year', { 'x-ratelimit-reset': YEAR_LATER }],
		['a reset in a year in milliseconds', { 'x-ratelimit-reset': `${YEAR_LATER}000` }],
		['a reset in two seconds, in milliseconds', { 'x-ratelimit-reset': String(NOW + 2000) }],
		[
			'Date of 1970',
			{ date: 'Thu, 01 Jan 1970 00:00:00 GMT', 'x-ratelimit-reset': String(NOW / 1000 + 2) },
		],
		[
			'Date of 2099',
			{ date: 'Thu, 01 Jan 2099 00:00:00 GMT', 'x-ratelimit-reset': String(NOW / 1000 + 2) },
		],
	])('%s is survived by one probe', async (_, headers) => {
		await send(headers, true);
		const permissions = acquireAll(many(3));
		await jest.advanceTimersByTimeAsync(4000);
		expect(permitsOf(permissions)).toHaveLength(1);
		release(permissions[0], OPEN);
		await jest.advanceTimersByTimeAsync(0);
		expect(permitsOf(permissions)).toHaveLength(3);
	});

	test('Retry-After of a year in every response uses up the budget, and lets the next item probe', async () => {
		const retryBudget = new RetryBudget(300_000);
		retryBudget.start();
		let probes = 0;
		const waitInVain = async (): Promise<Permission> => {
			for (let isAgain = false; ; isAgain = true) {
				const permission = await limiter.acquire(waiter({ retryBudget }), isAgain);
				if (typeof permission === 'string') return permission;
				probes += 1;
				release(permission, { 'retry-after': String(YEAR) }, true);
			}
		};
		let outcome: Permission | undefined;
		void waitInVain().then((permission) => {
			outcome = permission;
		});
		await jest.advanceTimersByTimeAsync(260_000);
		expect(outcome).toBeUndefined();
		await jest.advanceTimersByTimeAsync(40_500);
		expect(outcome).toBe('overBudget');
		expect(probes).toBeLessThan(25);
		const permissions = acquireAll([waiter()]);
		await jest.advanceTimersByTimeAsync(31_000);
		expect(permitsOf(permissions)).toHaveLength(1);
	});

	test('15 minutes are the most that a header can ask for', async () => {
		await send({ 'retry-after': '900' }, true);
		const permissions = acquireAll(many(2, { retryBudget: new RetryBudget(1e9) }));
		await jest.advanceTimersByTimeAsync(899_000);
		expect(permitsOf(permissions)).toHaveLength(0);
		await jest.advanceTimersByTimeAsync(1300);
		expect(permitsOf(permissions)).toHaveLength(1);
	});
});

/** A server with windows of a minute, aligned to its clock. */
class Server {
	refused = 0;

	private readonly used = new Map<string, number>();

	constructor(
		private readonly limit: number,
		private readonly isPerAccount: boolean,
		private readonly ahead = 0,
	) {}

	answer(endpoint: string) {
		const now = Date.now() + this.ahead;
		const end = (Math.floor(now / 60_000) + 1) * 60_000;
		const key = `${end} ${this.isPerAccount ? '' : endpoint}`;
		const used = this.used.get(key) ?? 0;
		const isThrottled = used >= this.limit;
		if (isThrottled) this.refused += 1;
		else this.used.set(key, used + 1);
		const headers = {
			date: new Date(now).toUTCString(),
			'x-ratelimit-limit': String(this.limit),
			'x-ratelimit-remaining': String(this.limit - (this.used.get(key) ?? 0)),
			'x-ratelimit-reset': String(end / 1000),
		};
		return { headers, isThrottled };
	}
}

/** One item: sends until it is not throttled. */
async function sendItem(server: Server, through: RateLimiter, endpoint: string): Promise<boolean> {
	const item = waiter({ endpoint, group: through });
	for (let isAgain = false; ; isAgain = true) {
		const permission = await through.acquire(item, isAgain);
		if (typeof permission === 'string') return false;
		await sleep(40 + 40 * Math.random());
		const answer = server.answer(endpoint);
		await sleep(40);
		through.release(permission, answer);
		if (!answer.isThrottled) return true;
		item.retryBudget.start();
	}
}

async function finish<T>(work: Array<Promise<T>>): Promise<T[]> {
	let isDone = false;
	const all = Promise.all(work).finally(() => {
		isDone = true;
	});
	while (!isDone) await jest.advanceTimersByTimeAsync(100);
	return await all;
}

const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

test.each([0, 3_600_300, -700])(
	'1,800 items at 600 per minute take two waits and no 429, on a server clock %d ms ahead',
	async (ahead) => {
		const server = new Server(600, false, ahead);
		const results = await finish(times(1800, async () => await sendItem(server, limiter, POST)));
		expect(results.every(Boolean)).toBe(true);
		expect(server.refused).toBe(0);
		expect(Date.now() - NOW).toBeLessThan(140_000);
	},
);

test('two endpoints that share one limit waste few requests', async () => {
	const server = new Server(600, true);
	const results = await finish([
		...times(700, async () => await sendItem(server, limiter, POST)),
		...times(700, async () => await sendItem(server, limiter, GET)),
	]);
	expect(results.every(Boolean)).toBe(true);
	// Three windows, two endpoints.
	expect(server.refused).toBeLessThanOrEqual(12);
});

test('three processes that share one limit waste few requests', async () => {
	const server = new Server(600, false);
	const processes = times(3, () => new RateLimiter('api.example.com'));
	const results = await finish(
		processes.flatMap((each) => times(500, async () => await sendItem(server, each, POST))),
	);
	expect(results.every(Boolean)).toBe(true);
	expect(server.refused).toBeLessThanOrEqual(18);
	expect(Date.now() - NOW).toBeLessThan(140_000);
});

test('an account at a host has one limiter, which is forgotten after an hour without use', async () => {
	const [one, other] = ['https://a.example.com', 'https://b.example.com'];
	const used = rateLimiterFor(one, 'x');
	expect(rateLimiterFor(one, 'x')).toBe(used);
	expect(used).not.toBe(rateLimiterFor(one, 'y'));
	expect(used).not.toBe(rateLimiterFor(other, 'x'));
	jest.setSystemTime(NOW + 3_500_000);
	expect(rateLimiterFor(one, 'x')).toBe(used);
	const permit = await used.acquire(waiter());
	jest.setSystemTime(NOW + 10_000_000);
	expect(rateLimiterFor(one, 'x')).toBe(used);
	if (typeof permit === 'object') used.release(permit);
	jest.setSystemTime(NOW + 20_000_000);
	expect(rateLimiterFor(one, 'x')).not.toBe(used);
});
