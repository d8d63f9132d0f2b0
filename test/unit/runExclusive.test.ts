import { runExclusive } from '../../nodes/SendGridTeammates/execution/runExclusive';
import { pause } from '../support/machine';

const NOW = Date.parse('2026-11-22T12:00:00Z');

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
});
afterEach(async () => {
	await jest.runAllTimersAsync();
	jest.useRealTimers();
});

const patient = { group: {}, isCancelled: () => false, maxWait: 300_000 };

const work = (log: string[], name: string, milliseconds: number) => async (waited: boolean) => {
	log.push(`${name} begins${waited ? ' after waiting' : ''}`);
	await pause(milliseconds);
	log.push(`${name} ends`);
	return name;
};

test('W1: work runs one after the other, in order of arrival', async () => {
	const log: string[] = [];
	const all = ['a', 'b', 'c'].map(
		async (name) => await runExclusive('ada', patient, work(log, name, 1000)),
	);
	await jest.advanceTimersByTimeAsync(5000);
	expect(await Promise.all(all)).toEqual([{ result: 'a' }, { result: 'b' }, { result: 'c' }]);
	expect(log).toEqual([
		'a begins',
		'a ends',
		'b begins after waiting',
		'b ends',
		'c begins after waiting',
		'c ends',
	]);
});

test('the next work starts at once, without polling', async () => {
	const log: string[] = [];
	void runExclusive('ada', patient, work(log, 'a', 5));
	const second = runExclusive('ada', patient, async () => Date.now() - NOW);
	await jest.advanceTimersByTimeAsync(300);
	expect(await second).toEqual({ result: 5 });
});

test('work with another key waits for nobody', async () => {
	const log: string[] = [];
	void runExclusive('ada', patient, work(log, 'a', 1000));
	void runExclusive('bob', patient, work(log, 'b', 1000));
	await jest.advanceTimersByTimeAsync(1);
	expect(log).toEqual(['a begins', 'b begins']);
	await jest.advanceTimersByTimeAsync(2000);
});

test('work that fails lets the next one in, and fails as it does', async () => {
	const failing = runExclusive('ada', patient, async () => {
		throw new Error('broken');
	});
	const second = runExclusive('ada', patient, async () => 'second');
	await expect(failing).rejects.toThrow('broken');
	await jest.advanceTimersByTimeAsync(1000);
	expect(await second).toEqual({ result: 'second' });
});

test('A3: cancelled work stops waiting within half a second, and blocks nobody', async () => {
	const log: string[] = [];
	let isCancelled = false;
	void runExclusive('ada', patient, work(log, 'a', 10_000));
	const cancelled = runExclusive(
		'ada',
		{ ...patient, isCancelled: () => isCancelled },
		work(log, 'b', 1000),
	);
	const third = runExclusive('ada', patient, work(log, 'c', 1000));
	await jest.advanceTimersByTimeAsync(1000);
	isCancelled = true;
	await jest.advanceTimersByTimeAsync(500);
	expect(await cancelled).toBe('cancelled');
	await jest.advanceTimersByTimeAsync(12_000);
	expect(await third).toEqual({ result: 'c' });
	expect(log).toEqual(['a begins', 'a ends', 'c begins after waiting', 'c ends']);
});

test('A3: work that is already cancelled does not wait at all', async () => {
	void runExclusive('ada', patient, work([], 'a', 10_000));
	const cancelled = runExclusive('ada', { ...patient, isCancelled: () => true }, work([], 'b', 1));
	await jest.advanceTimersByTimeAsync(0);
	expect(await Promise.race([cancelled, 'waits'])).toBe('cancelled');
	await jest.advanceTimersByTimeAsync(10_000);
});

test('A2: nobody waits for another run for longer than Max Wait', async () => {
	void runExclusive('ada', patient, work([], 'a', 10_000));
	const impatient = { ...patient, group: {}, maxWait: 2000 };
	const second = runExclusive('ada', impatient, work([], 'b', 1));
	await jest.advanceTimersByTimeAsync(2300);
	expect(await second).toBe('overBudget');
	await jest.advanceTimersByTimeAsync(10_000);
});

test('items of one run wait for each other as long as it takes', async () => {
	const brief = { ...patient, maxWait: 2000 };
	const all = ['a', 'b', 'c'].map(
		async (name) => await runExclusive('ada', brief, work([], name, 10_000)),
	);
	await jest.advanceTimersByTimeAsync(31_000);
	expect(await Promise.all(all)).toEqual([{ result: 'a' }, { result: 'b' }, { result: 'c' }]);
});

test('work without any patience starts only if nobody is ahead', async () => {
	const impatient = { ...patient, group: {}, maxWait: 0 };
	expect(await runExclusive('ada', impatient, async () => 'first')).toEqual({ result: 'first' });
	void runExclusive('ada', patient, work([], 'a', 1000));
	const second = runExclusive('ada', impatient, async () => 'second');
	await jest.advanceTimersByTimeAsync(300);
	expect(await second).toBe('overBudget');
	await jest.advanceTimersByTimeAsync(1000);
});
