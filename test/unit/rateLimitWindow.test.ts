import {
	MAX_PROBE_MS,
	RateLimitWindow,
	type Permit,
	type RateLimitResult,
} from '../../nodes/SendGridTeammates/transport/rateLimitWindow';

const START = 1_000_000;

beforeEach(() => {
	jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
	jest.restoreAllMocks();
});

const left = (remaining: number, changes: Partial<RateLimitResult> = {}): RateLimitResult => ({
	isThrottled: false,
	limit: 600,
	remaining,
	resetIn: 5000,
	...changes,
});

const throttled = (resetIn?: number): RateLimitResult => ({ isThrottled: true, resetIn });

/** Sends one request at `now`. */
function send(window: RateLimitWindow, now: number, result?: RateLimitResult): boolean {
	return window.record(window.permit(now), now, result);
}

/** A window that its probe has opened. */
function openWindow(result: RateLimitResult = { isThrottled: false }): RateLimitWindow {
	const window = new RateLimitWindow();
	send(window, START - 1, result);
	return window;
}

test('a new window sends one probe before the others', () => {
	const window = new RateLimitWindow();
	expect(window.nextPermitAt(START)).toBe(0);
	const probe = window.permit(START);
	expect(probe.isProbe).toBe(true);
	expect(window.nextPermitAt(START)).toBeUndefined();
	window.record(probe, START + 20, left(2));
	expect(window.nextPermitAt(START + 20)).toBe(START + 20);
	expect(window.permit(START + 20).isProbe).toBe(false);
});

test('a window is not closed for longer where this machine sets its clock back', () => {
	const window = openWindow();
	send(window, START, throttled(60_000));
	const hours = 2 * 3_600_000;
	const closedFor = (window.nextPermitAt(START - hours) ?? Infinity) - (START - hours);
	expect(closedFor).toBe(15 * 60_000);
	// It does not move with the clock either.
	expect(window.nextPermitAt(START - hours + 1000)).toBe(START - hours + 15 * 60_000);
});

test('an open window sends as many requests as are left, less those in flight', () => {
	const window = openWindow(left(2));
	const permits = [window.permit(START), window.permit(START)];
	expect(window.nextPermitAt(START)).toBeUndefined();
	// Without a response, it is unknown whether it was counted.
	window.record(permits[0], START);
	expect(window.nextPermitAt(START)).toBe(START);
});

test('an exhausted window waits until the announced reset, then sends one probe', () => {
	const window = new RateLimitWindow();
	expect(send(window, START, left(0))).toBe(false);
	expect(window.nextPermitAt(START)).toBe(START + 5500);
	const probe = window.permit(START + 5500);
	expect(probe.isProbe).toBe(true);
	window.record(probe, START + 5520, left(599));
	expect(window.nextPermitAt(START + 5520)).toBe(START + 5520);
});

test('an open window that is exhausted or throttled says so', () => {
	expect(send(openWindow(left(1)), START, left(0))).toBe(true);
	expect(send(openWindow(left(5)), START, throttled(1000))).toBe(true);
	expect(send(openWindow(left(5)), START, left(4))).toBe(false);
});

test('windows of a minute, aligned to the clock, are used up without a single 429', () => {
	const MINUTE = 60_000;
	const window = new RateLimitWindow();
	const used = new Map<number, number>();
	let refused = 0;
	let now = 1_000_000;
	for (let sent = 0; sent < 1800; ) {
		now = Math.max(now, window.nextPermitAt(now) ?? now) + 5;
		const end = Math.ceil((now + 1) / MINUTE) * MINUTE;
		const count = (used.get(end) ?? 0) + 1;
		const isThrottled = count > 600;
		if (isThrottled) refused += 1;
		else {
			used.set(end, count);
			sent += 1;
		}
		send(window, now, left(600 - (used.get(end) ?? 0), { isThrottled, resetIn: end - now }));
	}
	expect(refused).toBe(0);
	expect([...used.values()]).toEqual([600, 600, 600]);
});

test.each([undefined, { isThrottled: false }])(
	'a probe without a useful response (%j) does not keep the others waiting',
	(result) => {
		const window = openWindow(left(0));
		send(window, START + 5500, result);
		expect(window.nextPermitAt(START + 5500)).toBeLessThanOrEqual(START + 5500);
		expect(window.permit(START + 5500).isProbe).toBe(result === undefined);
	},
);

test('a probe that never returns is followed by another one', () => {
	const window = openWindow(left(0));
	const at = START + 5500;
	const lost = window.permit(at);
	expect(window.nextPermitAt(at + MAX_PROBE_MS - 1)).toBeUndefined();
	expect(window.nextPermitAt(at + MAX_PROBE_MS)).toBeLessThanOrEqual(at + MAX_PROBE_MS);
	const second = window.permit(at + MAX_PROBE_MS);
	expect(second.isProbe).toBe(true);
	// It returns after all, while the second one is in flight.
	window.record(lost, at + MAX_PROBE_MS + 10, left(500, { resetIn: 60_000 }));
	expect(window.nextPermitAt(at + MAX_PROBE_MS + 10)).toBe(at + MAX_PROBE_MS + 10);
	window.record(second, at + MAX_PROBE_MS + 20, left(499, { resetIn: 60_000 }));
	expect(window.nextPermitAt(at + MAX_PROBE_MS + 20)).toBe(at + MAX_PROBE_MS + 20);
});

test('a window that has ended begins again with a probe, also behind requests that hang', () => {
	const window = openWindow(left(2));
	window.permit(START);
	window.permit(START);
	expect(window.nextPermitAt(START + 1000)).toBeUndefined();
	expect(window.nextPermitAt(START + 6000)).toBe(START + 6000);
	const probe = window.permit(START + 6000);
	expect(probe.isProbe).toBe(true);
	window.record(probe, START + 6000, left(7));
	expect(window.nextPermitAt(START + 6000)).toBe(START + 6000);
});

test('late responses of an earlier window change nothing', () => {
	const window = openWindow(left(2));
	const [late, lateToo] = [window.permit(START), window.permit(START)];
	send(window, START + 6000, left(599));
	window.record(late, START + 6010, throttled(60_000));
	window.record(lateToo, START + 6010, left(0));
	expect(window.nextPermitAt(START + 6010)).toBe(START + 6010);
	expect(window.permit(START + 6010).isProbe).toBe(false);
});

test('responses that overtake each other do not count back', () => {
	const window = openWindow();
	const permits: Permit[] = [1, 2, 3].map(() => window.permit(START));
	[2, 1, 2].forEach((remaining, index) => {
		window.record(permits[index], START + 10, left(remaining));
	});
	window.permit(START + 20);
	expect(window.nextPermitAt(START + 20)).toBeUndefined();
});

/** How many more requests a window sends before it waits for a response. */
function countMore(window: RateLimitWindow): number {
	for (let count = 0; ; count += 1) {
		if (window.nextPermitAt(START) === undefined) return count;
		window.permit(START);
	}
}

test.each([
	['a third where every third request was its own', [29, 26, 23, 20, 17, 14, 12], 30, 5],
	['one at a time where others have had nearly all', [599, 3], 600, 1],
	['all of it where others have stopped', [10, 9, 8], 600, 8],
])('a process takes this share of what is left: %s', (_, answers, limit, expected) => {
	const window = openWindow();
	for (const remaining of answers) send(window, START, left(remaining, { limit }));
	expect(countMore(window)).toBe(expected);
});

test.each([
	['a 429', throttled(30_000)],
	['an exhausted window', left(0, { resetIn: 30_000 })],
])('%s closes the window until the announced reset', (_, result) => {
	const window = openWindow();
	send(window, START, result);
	expect(window.nextPermitAt(START)).toBe(START + 30_500);
});

test('no announcement closes the window for longer than 15 minutes', () => {
	const window = openWindow();
	send(window, START, throttled(900_000));
	expect(window.nextPermitAt(START)).toBe(START + 900_000);
});

test('429s without a usable reset are backed off from, longer each time', () => {
	const window = new RateLimitWindow();
	const waits: number[] = [];
	for (let now = START, i = 0; i < 8; i += 1) {
		send(window, now, throttled());
		const until = window.nextPermitAt(now) ?? now;
		waits.push(until - now);
		now = until;
	}
	expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('429s of requests that left together do not make the wait longer', () => {
	const window = openWindow();
	const permits = Array.from({ length: 10 }, () => window.permit(START));
	for (const permit of permits) window.record(permit, START, throttled());
	expect(window.nextPermitAt(START)).toBe(START + 500);
});

test('a window knows since when its probes have been throttled', () => {
	const window = openWindow();
	send(window, START, throttled(1000));
	send(window, START + 1500, throttled(1000));
	expect(window.throttledSince).toBe(START);
	send(window, START + 3000, left(599));
	expect(window.throttledSince).toBeUndefined();
});

test('a window that is marked as doubtful sends its next request alone', () => {
	const window = openWindow(left(500));
	window.requireProbe();
	const probe = window.permit(START);
	expect(probe.isProbe).toBe(true);
	expect(window.nextPermitAt(START)).toBeUndefined();
	window.record(probe, START, left(499));
	expect(countMore(window)).toBeGreaterThan(100);
});
