import { withDeadline } from '../../nodes/SendGridTeammates/transport/deadline';

const NOW = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
});
afterEach(async () => {
	await jest.runAllTimersAsync();
	jest.useRealTimers();
});

const never = async () => await new Promise<never>(() => {});

const notCancelled = () => false;

test('work that ends in time returns its result', async () => {
	const working = withDeadline(async () => 'done', NOW + 1000, notCancelled);
	await jest.advanceTimersByTimeAsync(1);
	expect(await working).toBe('done');
});

test('work that fails in time fails with its error', async () => {
	const working = withDeadline(
		async () => {
			throw new Error('broken');
		},
		NOW + 1000,
		notCancelled,
	);
	await expect(working).rejects.toThrow('broken');
});

test('A2: work that does not end is abandoned at the deadline, and gets a signal', async () => {
	let signal: AbortSignal | undefined;
	const working = withDeadline(
		async (given) => {
			signal = given;
			return await never();
		},
		NOW + 1000,
		notCancelled,
	);
	await jest.advanceTimersByTimeAsync(900);
	expect(signal?.aborted).toBe(false);
	await jest.advanceTimersByTimeAsync(350);
	expect(await working).toBe('expired');
	expect(signal?.aborted).toBe(true);
});

test('A3: a cancelled execution abandons work within half a second', async () => {
	let isCancelled = false;
	const working = withDeadline(never, NOW + 300_000, () => isCancelled);
	await jest.advanceTimersByTimeAsync(10_000);
	isCancelled = true;
	await jest.advanceTimersByTimeAsync(500);
	expect(await working).toBe('expired');
});

test('abandoned work may fail later without consequences', async () => {
	let fail: (error: Error) => void = () => {};
	const working = withDeadline(
		async () =>
			await new Promise<never>((_, reject) => {
				fail = reject;
			}),
		NOW + 100,
		notCancelled,
	);
	await jest.advanceTimersByTimeAsync(500);
	expect(await working).toBe('expired');
	fail(new Error('too late'));
	await jest.advanceTimersByTimeAsync(0);
});

test('each piece of work has its own deadline', async () => {
	const ended: string[] = [];
	const work = [3000, 1000, 2000].map(async (wait) => {
		await withDeadline(never, NOW + wait, notCancelled);
		ended.push(`${wait} after ${Math.round((Date.now() - NOW) / 1000)} s`);
	});
	await jest.advanceTimersByTimeAsync(5000);
	await Promise.all(work);
	expect(ended).toEqual(['1000 after 1 s', '2000 after 2 s', '3000 after 3 s']);
});

test('nothing keeps ticking once all work has ended', async () => {
	await Promise.all([
		withDeadline(async () => 'done', NOW + 300_000, notCancelled),
		jest.advanceTimersByTimeAsync(1),
	]);
	await jest.advanceTimersByTimeAsync(1000);
	expect(jest.getTimerCount()).toBe(0);
});
