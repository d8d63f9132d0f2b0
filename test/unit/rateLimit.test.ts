import { checkMaxWait } from '../../nodes/SendGridTeammates/fields/options';
import { RateLimitWait, requestedWait } from '../../nodes/SendGridTeammates/sendgrid/rateLimit';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SERVER_AN_HOUR_AHEAD = { Date: 'Sun, 22 Nov 2026 13:00:00 GMT' };

test.each([
	['epoch seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, 30_000],
	[
		'epoch seconds by the clock of the server',
		{ ...SERVER_AN_HOUR_AHEAD, 'X-RateLimit-Reset': NOW / 1000 + 3600 + 30 },
		30_000,
	],
	['seconds from now', { 'x-ratelimit-reset': '12.5' }, 12_500],
	['a moment that has passed', { 'x-ratelimit-reset': String(NOW / 1000 - 30) }, 0],
	['Retry-After before the reset', { 'retry-after': '3', 'x-ratelimit-reset': '12' }, 3_000],
	['Retry-After as a date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT' }, 5_000],
	['no header', {}, undefined],
	['a header without a number', { 'x-ratelimit-reset': 'soon' }, undefined],
	['an empty header', { 'x-ratelimit-reset': '' }, undefined],
	['a negative number', { 'x-ratelimit-reset': '-5' }, undefined],
])('%s', (_, headers, wait) => {
	expect(requestedWait(headers, NOW)).toBe(wait);
});

test.each([
	[undefined, 300_000],
	[0, 0],
	[' 2.5 ', 2500],
])('an item whose Max Wait is %j may wait for %d ms', (seconds, milliseconds) => {
	expect(checkMaxWait(seconds)).toBe(milliseconds);
});

describe('waiting', () => {
	beforeEach(() => {
		jest.useFakeTimers({ now: NOW });
	});
	afterEach(() => {
		jest.useRealTimers();
		jest.restoreAllMocks();
	});

	/** Milliseconds that the wait took, or `false` where it was too long. */
	const timed = async (wait: RateLimitWait, headers: Record<string, string>) => {
		const startedAt = Date.now();
		const waiting = wait.after(headers);
		await jest.runAllTimersAsync();
		return (await waiting) && Date.now() - startedAt;
	};

	const times = async (count: number, headers: Record<string, string>) => {
		const wait = new RateLimitWait(300_000);
		const taken: Array<number | false> = [];
		for (let i = 0; i < count; i += 1) taken.push(await timed(wait, headers));
		return taken;
	};

	test('takes as long as asked for, and a little more', async () => {
		expect(await times(2, { 'retry-after': '3' })).toEqual([3100, 3100]);
	});

	test.each([
		['no reset', {}],
		['a reset that has passed', { 'x-ratelimit-reset': String(NOW / 1000 - 30) }],
	])('with %s it takes longer each time, up to half a minute', async (_, headers) => {
		const random = jest.spyOn(Math, 'random');
		random.mockReturnValue(0);
		expect(await times(7, headers)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
		random.mockReturnValue(1);
		expect(await times(7, headers)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
	});

	test('the budget is for all refusals together, from the first on', async () => {
		const wait = new RateLimitWait(10_000);
		jest.advanceTimersByTime(60_000);
		expect(await timed(wait, { 'retry-after': '4' })).toBe(4100);
		expect(await timed(wait, { 'retry-after': '4' })).toBe(4100);
		expect(await timed(wait, { 'retry-after': '4' })).toBe(false);
		expect(Date.now()).toBe(NOW + 68_200);
	});
});
