import { simulateAllPolls, simulatePolls } from './polls/simulatePolls.mts';

const HISTORIES = 400;

/** Enough failures to start with; `npm run simulate` replays a single seed. */
const SHOWN = 5;

test(`of ${HISTORIES} histories of polls none makes the trigger say or omit what it must not`, async () => {
	const seeds = Array.from({ length: HISTORIES }, (_, index) => index + 1);
	const { histories, polls, events, failing } = await simulateAllPolls(seeds);
	expect(histories).toBe(HISTORIES);
	// They must not be empty.
	expect(polls).toBeGreaterThan(HISTORIES * 5);
	expect(events).toBeGreaterThan(HISTORIES);
	const shown = failing.slice(0, SHOWN).map(({ seed, findings }) => ({ seed, findings }));
	expect({ failing: failing.length, shown }).toEqual({ failing: 0, shown: [] });
}, 180_000);

test('a seed plays the same polls every time', async () => {
	for (let seed = 1; seed < 20; seed += 1) {
		const [first, second] = [await simulatePolls(seed), await simulatePolls(seed)];
		expect(second.trace).toBe(first.trace);
	}
});
