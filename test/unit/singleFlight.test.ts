import { sleep } from 'n8n-workflow';

import { RetryBudget } from '../../nodes/SendGridTeammates/transport/retry';
import { SingleFlight, tick } from '../../nodes/SendGridTeammates/transport/singleFlight';

/** A list whose readings end when the test says so. */
function slowList() {
	const begun: Array<{ end: (items: string[]) => void; fail: (error: Error) => void }> = [];
	const read = async (onBegin: () => void) =>
		await new Promise<string[]>((end, fail) => {
			onBegin();
			begun.push({ end, fail });
		});
	return { begun, read };
}

/** A reading that begins and ends at once. */
const giving =
	<Value>(value: Value) =>
	async (onBegin: () => void) => {
		onBegin();
		return await Promise.resolve(value);
	};

/** Lets everything happen that waits for nothing but a turn. */
const settle = async () => {
	for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** What an item may wait, in milliseconds: as long as everybody else. */
const budget = () => new RetryBudget(60_000);

const valueOf = async <Value>(reading: Promise<{ value: Value }>) => (await reading).value;

test('items that started before the reading share it', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const starts = [tick(), tick(), tick()];
	const asked = starts.map(
		async (since) => await valueOf(readings.read('list', since, read, budget())),
	);
	await settle();
	begun[0].end(['ada']);
	expect(await Promise.all(asked)).toEqual([['ada'], ['ada'], ['ada']]);
	expect(begun).toHaveLength(1);
});

test('a reading that has ended still serves items that started before it', async () => {
	const readings = new SingleFlight();
	const [early, late] = [tick(), tick()];
	await readings.read('list', late, giving('first'), budget());
	expect(await valueOf(readings.read('list', early, giving('second'), budget()))).toBe('first');
});

test('an item that starts after the reading gets another one', async () => {
	const readings = new SingleFlight();
	await readings.read('list', tick(), giving('first'), budget());
	expect(await valueOf(readings.read('list', tick(), giving('second'), budget()))).toBe('second');
});

test('items that find the running reading too old share the next one', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const first = readings.read('list', tick(), read, budget());
	await settle();
	const [second, third] = [tick(), tick()].map(
		async (since) => await valueOf(readings.read('list', since, read, budget())),
	);
	await settle();
	expect(begun).toHaveLength(1);
	begun[0].end(['old']);
	await settle();
	begun[1].end(['new']);
	expect(await Promise.all([valueOf(first), second, third])).toEqual([['old'], ['new'], ['new']]);
	expect(begun).toHaveLength(2);
});

test('another list, or another account, is another reading', async () => {
	const readings = new SingleFlight();
	const since = tick();
	expect(await valueOf(readings.read('one', since, giving(1), budget()))).toBe(1);
	expect(await valueOf(readings.read('other', since, giving(2), budget()))).toBe(2);
});

test('a reading older than half a minute serves nobody', async () => {
	jest.useFakeTimers();
	try {
		const readings = new SingleFlight();
		const since = tick();
		await readings.read('list', since, giving('first'), budget());
		jest.advanceTimersByTime(30_000);
		expect(await valueOf(readings.read('list', since, giving('second'), budget()))).toBe('first');
		jest.advanceTimersByTime(1);
		expect(await valueOf(readings.read('list', since, giving('third'), budget()))).toBe('third');
	} finally {
		jest.useRealTimers();
	}
});

test('K3: a reading that fails does so for the waiting items, and for none that ask later', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const since = tick();
	const asked = [1, 2].map(async () => await readings.read('list', since, read, budget()));
	await settle();
	begun[0].fail(new Error('403'));
	await expect(Promise.allSettled(asked)).resolves.toMatchObject([
		{ status: 'rejected', reason: { message: '403' } },
		{ status: 'rejected', reason: { message: '403' } },
	]);
	expect(await valueOf(readings.read('list', since, giving(['ada']), budget()))).toEqual(['ada']);
});

test('a reading that waits for the rate limit serves items that start before it is sent', async () => {
	const readings = new SingleFlight();
	let send = () => {};
	const first = readings.read(
		'list',
		tick(),
		async (onBegin) => {
			await new Promise<void>((resolve) => {
				send = resolve;
			});
			onBegin();
			return 'first';
		},
		budget(),
	);
	await settle();
	const second = readings.read('list', tick(), giving('second'), budget());
	send();
	expect(await valueOf(second)).toBe('first');
	expect((await first).readAt).toBe((await second).readAt);
});

test('a reading says when it was made', async () => {
	const before = tick();
	const { startedAt, endedAt, readAt } = await new SingleFlight().read(
		'list',
		before,
		async (onBegin) => {
			onBegin();
			return tick();
		},
		budget(),
	);
	expect(before).toBeLessThan(startedAt);
	expect(startedAt).toBeLessThan(endedAt);
	expect(Math.abs(Date.now() - readAt)).toBeLessThan(1000);
});

test('K3: readings that can no longer serve any item are dropped', async () => {
	const flights = new SingleFlight();
	const clock = jest.spyOn(Date, 'now');
	const start = Date.now();
	// One account after the other, as with an API key or subuser that is an expression.
	for (let account = 0; account < 100; account += 1) {
		clock.mockReturnValue(start + account * 60_000);
		await flights.read(`account${account}`, tick(), giving(['a whole list']), budget());
	}
	clock.mockRestore();
	const held = (Reflect.get(flights, 'flights') as Map<string, unknown>).size;
	expect(held).toBeLessThan(10);
});

describe('A2: Max Wait', () => {
	test('lets an item that may wait less give up while another goes on', async () => {
		const readings = new SingleFlight();
		const { begun, read } = slowList();
		const [patient, impatient] = [new RetryBudget(60_000), new RetryBudget(300)];
		const first = readings.read('list', tick(), read, patient);
		const second = readings.read('list', tick(), read, impatient);
		await settle();
		patient.start();
		await expect(second).rejects.toThrow("for longer than 'Max Wait' allows");
		begun[0].end(['ada']);
		expect(await valueOf(first)).toEqual(['ada']);
		expect(begun).toHaveLength(1);
	});

	test("lets an item give up whose own reading would come after another's", async () => {
		const readings = new SingleFlight();
		const { read } = slowList();
		const [patient, impatient] = [new RetryBudget(60_000), new RetryBudget(300)];
		void readings.read('list', tick(), read, patient);
		await settle();
		patient.start();
		const second = readings.read('list', tick(), giving(['ada']), impatient);
		await expect(second).rejects.toThrow("for longer than 'Max Wait' allows");
	});

	test('does not count mere slowness', async () => {
		const readings = new SingleFlight();
		const { begun, read } = slowList();
		void readings.read('list', tick(), read, new RetryBudget(60_000));
		const second = readings.read('list', tick(), read, new RetryBudget(0));
		await sleep(600);
		begun[0].end(['ada']);
		expect(await valueOf(second)).toEqual(['ada']);
	});

	test('lets an item that may wait longer read what another has given up', async () => {
		const readings = new SingleFlight();
		const { begun, read } = slowList();
		const [impatient, patient] = [new RetryBudget(0), new RetryBudget(60_000)];
		const first = readings.read('list', tick(), read, impatient);
		const second = readings.read('list', tick(), giving(['ada']), patient);
		await settle();
		expect(await impatient.wait(10)).toBe(false);
		begun[0].fail(new Error('too many requests'));
		await expect(first).rejects.toThrow('too many requests');
		expect(await valueOf(second)).toEqual(['ada']);
	});
});
