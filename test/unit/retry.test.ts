import { backoff, RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';

const NOW = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
});
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

test('each wait may be longer than the one before, up to half a minute', () => {
	const random = jest.spyOn(Math, 'random');
	const times = [1, 2, 3, 4, 5, 6, 7];
	random.mockReturnValue(0);
	expect(times.map((time) => backoff(time))).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
	random.mockReturnValue(1);
	expect(times.map((time) => backoff(time))).toEqual([
		1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
	]);
});

test('the budget is for all waits together, from the first on', async () => {
	const patience = new RetryBudget(10_000);
	jest.advanceTimersByTime(60_000);
	const wait = async () => {
		const waiting = patience.wait(4000);
		await jest.runAllTimersAsync();
		return await waiting;
	};
	expect([await wait(), await wait(), await wait()]).toEqual([true, true, false]);
	expect(Date.now()).toBe(NOW + 68_000);
});

test('it counts from its start, not from when it was made', () => {
	const patience = new RetryBudget(1000);
	expect(patience.reaches(NOW + 1e9)).toBe(true);
	patience.start();
	jest.advanceTimersByTime(500);
	patience.start();
	expect(patience.reaches(NOW + 1000)).toBe(true);
	expect(patience.reaches(NOW + 1001)).toBe(false);
});

test('a cancelled execution ends a wait soon', async () => {
	const cancel = new AbortController();
	const waiting = new RetryBudget(60_000, cancel.signal).wait(30_000);
	await jest.advanceTimersByTimeAsync(1000);
	cancel.abort();
	await jest.runAllTimersAsync();
	await waiting;
	expect(Date.now() - NOW).toBeLessThanOrEqual(1500);
});
