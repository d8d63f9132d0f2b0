import {
	RateLimitWindow,
	type Permit,
} from '../../nodes/SendGridTeammates/transport/rateLimitWindow';

const START = 1_000_000;

beforeEach(() => {
	jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
	jest.restoreAllMocks();
});

/** A server that allows `limit` requests per `period` milliseconds and tells the reset in whole seconds. */
class Server {
	refusals = 0;

	private endsAt = -Infinity;

	private used = 0;

	constructor(
		private readonly limit: number,
		private readonly period: number,
		private readonly round: (seconds: number) => number = Math.ceil,
	) {}

	answer(now: number) {
		if (now >= this.endsAt) {
			this.endsAt = now + this.period;
			this.used = 0;
		}
		const isThrottled = this.used >= this.limit;
		if (isThrottled) this.refusals += 1;
		else this.used += 1;
		return {
			isThrottled,
			limit: this.limit,
			remaining: this.limit - this.used,
			resetIn: Math.max(0, this.round(this.endsAt / 1000) * 1000 - now),
			fromRetryAfter: false,
		};
	}
}

/** Sends one request after the other, each as soon as it may, and gives the times of those that passed. */
function sendAll(window: RateLimitWindow, server: Server, count: number): number[] {
	const passed: number[] = [];
	for (let now = START; passed.length < count; ) {
		now = Math.max(now, window.nextPermitAt() ?? now);
		const pass = window.permit(now);
		const answer = server.answer(now);
		window.record(pass, now, answer);
		if (!answer.isThrottled) passed.push(now);
	}
	return passed;
}

test.each([
	['rounded up', Math.ceil],
	['rounded down', Math.floor],
	['exact', (seconds: number) => seconds],
])('the length of a period is learnt where the reset is %s', (_, round) => {
	const server = new Server(100, 1230, round);
	const times = sendAll(new RateLimitWindow(), server, 2000);
	const ideal = 19 * 1230;
	expect(times[1999] - times[0]).toBeGreaterThanOrEqual(ideal);
	// 2,000 requests take 19 turns of the period; what was learnt costs little, and few requests.
	expect(times[1999] - times[0]).toBeLessThan(1.1 * ideal);
	expect(server.refusals).toBeLessThan(20);
});

test('a period that becomes longer is learnt anew', () => {
	const window = new RateLimitWindow();
	sendAll(window, new Server(10, 1000), 200);
	const slower = new Server(10, 1900);
	const times = sendAll(window, slower, 200);
	expect(times[199] - times[0]).toBeLessThan(1.25 * 19 * 1900);
	expect(slower.refusals).toBeLessThan(12);
});

const NOTHING_LEFT = {
	limit: 3,
	remaining: 0,
	resetIn: 5000,
	fromRetryAfter: false,
	isThrottled: false,
};

test('as many go as are left, those under way counted', () => {
	const window = new RateLimitWindow();
	const first = window.permit(START);
	window.record(first, START, { ...NOTHING_LEFT, limit: 10, remaining: 2 });
	expect(window.nextPermitAt()).toBe(0);
	const passes = [window.permit(START), window.permit(START)];
	expect(window.nextPermitAt()).toBeUndefined();
	// No answer came, so nobody knows whether it was counted.
	window.record(passes[0], START);
	expect(window.nextPermitAt()).toBe(0);
});

test('with nothing left it waits, and then one goes ahead', () => {
	const window = new RateLimitWindow();
	window.record(window.permit(START), START, NOTHING_LEFT);
	expect(window.nextPermitAt()).toBe(START + 5000);
	const scout = window.permit(START + 5000);
	expect(scout.isProbe).toBe(true);
	// Only if that one got lost.
	expect(window.nextPermitAt()).toBe(START + 10_000);
	window.record(scout, START + 5020, { ...NOTHING_LEFT, remaining: 2 });
	expect(window.nextPermitAt()).toBe(0);
});

test('a scout that gets no answer makes way for another', () => {
	const window = new RateLimitWindow();
	window.record(window.permit(START), START, NOTHING_LEFT);
	window.record(window.permit(START + 5000), START + 6000);
	expect(window.nextPermitAt()).toBe(START + 5000);
	expect(window.permit(START + 6000).isProbe).toBe(true);
});

test('at first, too, one goes ahead', () => {
	const window = new RateLimitWindow();
	expect(window.nextPermitAt()).toBe(0);
	const scout = window.permit(START);
	expect(window.nextPermitAt()).toBe(START + 5000);
	window.record(scout, START + 20, { ...NOTHING_LEFT, remaining: 2 });
	expect(window.nextPermitAt()).toBe(0);
});

/** A window that lets several through. */
function openWindow(): RateLimitWindow {
	const window = new RateLimitWindow();
	window.record(window.permit(START - 1), START - 1, { isThrottled: false, fromRetryAfter: false });
	return window;
}

test('answers that overtake each other do not count back', () => {
	const window = openWindow();
	const passes: Permit[] = [1, 2, 3].map(() => window.permit(START));
	[2, 1, 2].forEach((remaining, index) => {
		window.record(passes[index], START + 10, { ...NOTHING_LEFT, limit: 10, remaining });
	});
	window.permit(START + 20);
	expect(window.nextPermitAt()).toBeUndefined();
});

/** How many more a window lets go before it waits for an answer. */
function countMore(window: RateLimitWindow): number {
	for (let count = 0; ; count += 1) {
		if (window.nextPermitAt() === undefined) return count;
		window.permit(START + 20);
	}
}

test('what is left is shared with others, by what each has had so far', () => {
	const window = openWindow();
	// Of each three that SendGrid counts, one is from here.
	for (const remaining of [29, 26, 23, 20, 17, 14, 12]) {
		window.record(window.permit(START), START, { ...NOTHING_LEFT, limit: 30, remaining });
	}
	expect(countMore(window)).toBe(5);
});

test('where others have had nearly all, one at a time goes', () => {
	const window = openWindow();
	for (const remaining of [599, 3]) {
		window.record(window.permit(START), START, { ...NOTHING_LEFT, limit: 600, remaining });
	}
	expect(countMore(window)).toBe(1);
});

test('those who were there before need not be there any more', () => {
	const window = openWindow();
	for (const remaining of [10, 9, 8]) {
		window.record(window.permit(START), START, { ...NOTHING_LEFT, limit: 600, remaining });
	}
	expect(countMore(window)).toBe(8);
});

test('what is left over at the end of a period is forgotten', () => {
	const window = new RateLimitWindow();
	window.record(window.permit(START), START, { ...NOTHING_LEFT, limit: 10, remaining: 1 });
	const later = START + 6000;
	window.record(window.permit(later), later, { ...NOTHING_LEFT, limit: 10, remaining: 7 });
	window.permit(later);
	expect(window.nextPermitAt()).toBe(0);
});

test('a Retry-After is kept to, whatever has been learnt', () => {
	const window = new RateLimitWindow();
	sendAll(window, new Server(5, 1000), 50);
	const now = START + 1e6;
	const demand = { resetIn: 30_000, fromRetryAfter: true, isThrottled: true };
	expect(window.record(window.permit(now), now, demand)).toBe(now + 30_000);
	expect(window.nextPermitAt()).toBe(now + 30_000);
});

test.each([
	['no reset', {}],
	['a reset that has passed', { resetIn: 0 }],
])('refusals with %s: longer each time', (_, headers) => {
	const window = new RateLimitWindow();
	const waits: number[] = [];
	for (let now = START, i = 0; i < 4; i += 1) {
		const answer = { isThrottled: true, fromRetryAfter: false, ...headers };
		const until = window.record(window.permit(now), now, answer) ?? now;
		waits.push(until - now);
		now = until;
	}
	expect(waits).toEqual([500, 1000, 2000, 4000]);
});

test('refusals of requests that left together do not make the wait longer', () => {
	const window = openWindow();
	const passes = Array.from({ length: 10 }, () => window.permit(START));
	const refusal = { isThrottled: true, fromRetryAfter: false, resetIn: 0 };
	const waits = passes.map((pass) => (window.record(pass, START, refusal) ?? START) - START);
	expect(waits).toEqual(passes.map(() => 500));
});
