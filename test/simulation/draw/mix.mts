import type { RateLimitRule } from '../../../sandbox/rate-limits.mts';
import { Random } from '../random.mts';
import type { Clocks } from '../script.mts';

/**
 * What histories are made of, in shares.
 *
 * - `wide`: many people, and little that happens to one of them
 * - `crowded`: few people, so that items, runs and other admins meet, often right after a request of ours
 * - `minutes`: SendGrid's windows of a minute, as recorded, with clocks that differ by minutes
 * - `lists`: runs of Sync With List, of seeds of their own
 */
export interface Mix {
	name: 'wide' | 'crowded' | 'minutes' | 'lists';
	/** How many names there are. */
	names: number;
	/** How much likelier it is than usual that a person has several records. */
	doubles: number;
	/** Shares of runs, acts and histories. */
	retryOnFail: number;
	continueOnFail: number;
	secondRun: number;
	tiedActs: number;
	otherClocks: number;
	/** Whether pages are tiny, records hide things, and fields hold more than their defaults. */
	isVaried: boolean;
}

const WIDE: Mix = {
	name: 'wide',
	names: 10,
	doubles: 1,
	retryOnFail: 0.2,
	continueOnFail: 0.7,
	secondRun: 0.3,
	tiedActs: 0,
	otherClocks: 0,
	isVaried: false,
};

const CROWDED: Mix = {
	name: 'crowded',
	names: 3,
	doubles: 4,
	retryOnFail: 0.5,
	continueOnFail: 0.5,
	secondRun: 0.6,
	tiedActs: 0.75,
	otherClocks: 0.25,
	isVaried: true,
};

const MINUTES: Mix = {
	...CROWDED,
	name: 'minutes',
	names: 6,
	doubles: 2,
	secondRun: 0.4,
	tiedActs: 0.3,
	otherClocks: 0.3,
};

const LISTS: Mix = { ...WIDE, name: 'lists', names: 6, retryOnFail: 0.3, tiedActs: 0.3 };

/** Seeds from here on are all `lists`. */
export const FIRST_LIST_SEED = 10_000_000;

/** Seeds below are all `wide`; those from here on draw all mixes. */
export const FIRST_MIXED_SEED = 1_000_000;

/** From a separate generator, so that what a mix draws depends only on the seed. */
export function drawMix(seed: number): Mix {
	if (seed < FIRST_MIXED_SEED) return WIDE;
	if (seed >= FIRST_LIST_SEED) return LISTS;
	return new Random(seed ^ 0x3c6ef372).weighted([
		[60, WIDE],
		[30, CROWDED],
		[10, MINUTES],
	]);
}

const MINUTE = 60_000;

/** Recorded: 600 for each endpoint in each minute of the clock. */
export const drawMinutes = (random: Random): RateLimitRule => ({
	limit: random.pick([10, 10, 600]),
	windowMs: MINUTE,
	reset: random.pick(['epoch', 'delta']),
});

/** @param isLimited whether SendGrid's limit is met: if its clock is unknown, so is the end of the limit */
export function drawClocks(random: Random, mix: Mix, isLimited: boolean): Clocks | undefined {
	if (mix.otherClocks === 0 || !random.chance(mix.otherClocks)) return undefined;
	return {
		aheadMs: random.pick([-10, -1.5, 0, 1.5, 10]) * MINUTE,
		hasNoDate: random.chance(0.6) && !isLimited,
	};
}
