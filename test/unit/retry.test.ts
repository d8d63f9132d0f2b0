import { backoff, RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';

const NOW = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
});
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

test('the back-off doubles with each attempt, up to half a minute', () => {
	const random = jest.spyOn(Math, 'random');
	const attempts = [1, 2, 3, 4, 5, 6, 7];
	random.mockReturnValue(0);
	expect(attempts.map((attempt) => backoff(attempt))).toEqual([
		500, 1000, 2000, 4000, 8000, 15_000, 15_000,
	]);
	random.mockReturnValue(1);
	expect(attempts.map((attempt) => backoff(attempt))).toEqual([
		1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
	]);
});

test('the retry budget covers all waits together, from the first on', async () => {
	const retryBudget = new RetryBudget(10_000);
	jest.advanceTimersByTime(60_000);
	const wait = async () => {
		const waiting = retryBudget.wait(4000);
		await jest.runAllTimersAsync();
		return await waiting;
	};
	expect([await wait(), await wait(), await wait()]).toEqual([true, true, false]);
	expect(Date.now()).toBe(NOW + 68_000);
});

test('the retry budget counts from its first start, not from its creation', () => {
	const retryBudget = new RetryBudget(1000);
	expect(retryBudget.reaches(NOW + 1e9)).toBe(true);
	retryBudget.start();
	jest.advanceTimersByTime(500);
	retryBudget.start();
	expect(retryBudget.reaches(NOW + 1000)).toBe(true);
	expect(retryBudget.reaches(NOW + 1001)).toBe(false);
});

test('a cancelled execution ends a back-off within half a second', async () => {
	const cancel = new AbortController();
	const waiting = new RetryBudget(60_000, cancel.signal).wait(30_000);
	await jest.advanceTimersByTimeAsync(1000);
	cancel.abort();
	await jest.runAllTimersAsync();
	await waiting;
	expect(Date.now() - NOW).toBeLessThanOrEqual(1500);
});
