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

const valueOf = async <Value>(reading: Promise<{ value: Value }>) => (await reading).value;

test('those who began before the reading share it', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const starts = [tick(), tick(), tick()];
	const asked = starts.map(async (since) => await valueOf(readings.read('list', since, read)));
	await settle();
	begun[0].end(['ada']);
	expect(await Promise.all(asked)).toEqual([['ada'], ['ada'], ['ada']]);
	expect(begun).toHaveLength(1);
});

test('a reading that has ended still serves whoever began before it', async () => {
	const readings = new SingleFlight();
	const [early, late] = [tick(), tick()];
	await readings.read('list', late, giving('first'));
	expect(await valueOf(readings.read('list', early, giving('second')))).toBe('first');
});

test('whoever begins after the reading gets another', async () => {
	const readings = new SingleFlight();
	await readings.read('list', tick(), giving('first'));
	expect(await valueOf(readings.read('list', tick(), giving('second')))).toBe('second');
});

test('those for whom a reading under way is too old share the one that follows', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const first = readings.read('list', tick(), read);
	await settle();
	const [second, third] = [tick(), tick()].map(
		async (since) => await valueOf(readings.read('list', since, read)),
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
	expect(await valueOf(readings.read('one', since, giving(1)))).toBe(1);
	expect(await valueOf(readings.read('other', since, giving(2)))).toBe(2);
});

test('a reading older than half a minute serves nobody', async () => {
	jest.useFakeTimers();
	try {
		const readings = new SingleFlight();
		const since = tick();
		await readings.read('list', since, giving('first'));
		jest.advanceTimersByTime(30_000);
		expect(await valueOf(readings.read('list', since, giving('second')))).toBe('first');
		jest.advanceTimersByTime(1);
		expect(await valueOf(readings.read('list', since, giving('third')))).toBe('third');
	} finally {
		jest.useRealTimers();
	}
});

test('K3: a reading that fails does so for those who wait, and for nobody who asks later', async () => {
	const readings = new SingleFlight();
	const { begun, read } = slowList();
	const since = tick();
	const asked = [1, 2].map(async () => await readings.read('list', since, read));
	await settle();
	begun[0].fail(new Error('403'));
	await expect(Promise.allSettled(asked)).resolves.toMatchObject([
		{ status: 'rejected', reason: { message: '403' } },
		{ status: 'rejected', reason: { message: '403' } },
	]);
	expect(await valueOf(readings.read('list', since, giving(['ada'])))).toEqual(['ada']);
});

test('a reading that waits for the rate limit serves those who begin before it is sent', async () => {
	const readings = new SingleFlight();
	let send = () => {};
	const first = readings.read('list', tick(), async (onBegin) => {
		await new Promise<void>((resolve) => {
			send = resolve;
		});
		onBegin();
		return 'first';
	});
	await settle();
	const second = readings.read('list', tick(), giving('second'));
	send();
	expect(await valueOf(second)).toBe('first');
	expect((await first).readAt).toBe((await second).readAt);
});

test('a reading tells when it was made', async () => {
	const before = tick();
	const { startedAt, endedAt, readAt } = await new SingleFlight().read(
		'list',
		before,
		async (onBegin) => {
			onBegin();
			return tick();
		},
	);
	expect(before).toBeLessThan(startedAt);
	expect(startedAt).toBeLessThan(endedAt);
	expect(Math.abs(Date.now() - readAt)).toBeLessThan(1000);
});

test('K3: readings that can serve nobody any more are let go', async () => {
	const flights = new SingleFlight();
	const clock = jest.spyOn(Date, 'now');
	const start = Date.now();
	// One account after the other, as with an API key or subuser that is an expression.
	for (let account = 0; account < 100; account += 1) {
		clock.mockReturnValue(start + account * 60_000);
		await flights.read(`account${account}`, tick(), giving(['a whole list']));
	}
	clock.mockRestore();
	const held = (Reflect.get(flights, 'flights') as Map<string, unknown>).size;
	expect(held).toBeLessThan(10);
});
