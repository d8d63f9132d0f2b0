import { Random } from './random.mts';
import { VirtualClock } from './virtualClock.mts';

const START = Date.UTC(2026, 0, 1);

/** Runs something on a separate clock, and returns what was logged in the meantime. */
async function onClock(
	action: (clock: VirtualClock, say: (text: string) => void) => void,
	longest = 1e9,
): Promise<string[]> {
	const random = new Random(1);
	const clock = new VirtualClock(START, () => random.next());
	const said: string[] = [];
	const restore = clock.install();
	try {
		action(clock, (text) => said.push(`${clock.now - START}: ${text}`));
		await clock.run(() => false, longest);
	} finally {
		restore();
	}
	return said;
}

const wait = async (clock: VirtualClock, ms: number) =>
	await new Promise<void>((goOn) => clock.after(ms, goOn));

test('timers go off in order of their time, with promises settled in between', async () => {
	const said = await onClock((clock, say) => {
		clock.after(20, () => say('second'));
		clock.after(10, () => {
			say('first');
			void Promise.resolve()
				.then(() => undefined)
				.then(() => say('promise'));
		});
		clock.after(10, () => say('at the same moment'));
	});
	expect(said).toEqual(['10: first', '10: promise', '10: at the same moment', '20: second']);
});

test('a year passes at once', async () => {
	const year = 365 * 86_400_000;
	const said = await onClock((clock, say) => {
		void wait(clock, year).then(() => say(new Date().toISOString()));
	}, year);
	expect(said).toEqual([`${year}: 2027-01-01T00:00:00.000Z`]);
});

test('a cancelled timer does not go off', async () => {
	const said = await onClock((clock, say) => {
		const callOff = clock.after(10, () => say('never'));
		callOff();
	});
	expect(said).toEqual([]);
});

test('time stops where it should', async () => {
	const said = await onClock((clock, say) => {
		clock.after(100, () => say('in time'));
		clock.after(101, () => say('too late'));
	}, 100);
	expect(said).toEqual(['100: in time']);
});

test('afterwards the real clock is back', async () => {
	const before = Date.now();
	await onClock(() => {});
	expect(Date.now() - before).toBeLessThan(60_000);
	expect(Date.now()).toBeGreaterThanOrEqual(before);
});
