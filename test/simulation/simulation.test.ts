import { BuiltNode } from './builtNode.mts';
import { drawScript } from './draw/drawScript.mts';
import { FIRST_LIST_SEED } from './draw/mix.mts';
import type { Weather } from './script.mts';
import { simulate, simulateAll, type Failing } from './simulate.mts';

/** The histories of one kind, from this seed on. */
const FIRST_SEED = 1;

function seedsOf(weather: Weather, count: number): number[] {
	const seeds: number[] = [];
	for (let seed = FIRST_SEED; seeds.length < count; seed += 1) {
		if (drawScript(seed).weather === weather) seeds.push(seed);
	}
	return seeds;
}

/** Enough failures to start with; `npm run simulate` replays a single seed. */
const SHOWN = 5;

function expectNone(failing: readonly Failing[]): void {
	const shown = failing
		.slice(0, SHOWN)
		.map(({ seed, findings, needsOthers }) => ({ seed, findings, needsOthers }));
	expect({ failing: failing.length, shown }).toEqual({ failing: 0, shown: [] });
}

test.each([
	['undisturbed', 400],
	['mild', 800],
	['wild', 400],
] as const)(
	'%s: of %i histories none makes the node say or do what it must not',
	async (weather, count) => {
		const { histories, failing } = await simulateAll(seedsOf(weather, count));
		expect(histories).toBe(count);
		expectNone(failing);
	},
	180_000,
);

test('of 400 histories of lists none makes the node say or do what it must not', async () => {
	const seeds = Array.from({ length: 400 }, (_, index) => FIRST_LIST_SEED + index);
	const { histories, failing } = await simulateAll(seeds);
	expect(histories).toBe(seeds.length);
	expectNone(failing);
}, 180_000);

test('a seed plays the same history every time, also on a copy of the node that others have used', async () => {
	const used = new BuiltNode();
	for (let seed = FIRST_SEED; seed < FIRST_SEED + 40; seed += 1) {
		const [first, second] = [await simulate(seed), await simulate(seed, undefined, used)];
		expect(second.trace).toBe(first.trace);
	}
});
