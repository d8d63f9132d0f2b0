import { median, ownTime, verdicts } from '../../bench/bars.mts';
import type { Figures, Limited, LimitedRun } from '../../bench/figures.mts';
import { longestHold } from '../../bench/meter.mts';

/** Figures that just meet every bar. */
function limitedBy(changes: Partial<LimitedRun> = {}): Limited {
	const ours: LimitedRun = {
		who: 'ours',
		seconds: 10.2,
		items: 1000,
		failed: 0,
		requests: 1002,
		refused: 2,
		mails: 1000,
		mailedTwice: 0,
		...changes,
	};
	return {
		title: 'T',
		limit: 100,
		windowMs: 1000,
		items: 1000,
		workflows: 1,
		hasBars: true,
		runs: [ours],
	};
}

const met = (limited: Limited) =>
	verdicts({ limits: [limited] } as Figures).map((verdict) => verdict.met);

describe("the benchmark's verdicts", () => {
	test('of a limit: its own time', () => {
		expect(ownTime(limitedBy())).toBe(10);
	});

	test.each([
		['all met', {}, [true, true, true]],
		['one failed', { failed: 1 }, [false, true, true]],
		['an e-mail is missing', { mails: 999 }, [false, true, true]],
		['somebody got two', { mails: 1001, mailedTwice: 1 }, [false, true, true]],
		['too slow', { seconds: 10.21 }, [true, false, true]],
		['too much wasted', { requests: 1003, refused: 3 }, [true, true, false]],
	])('%s', (_name, changes, expected) => {
		expect(met(limitedBy(changes))).toEqual(expected);
	});

	test('a limit that SendGrid is not known to have has no bars', () => {
		expect(met({ ...limitedBy({ failed: 1 }), hasBars: false })).toEqual([]);
	});

	test.each([
		[203, true],
		[204, false],
	])('of requests spent: %d of 203', (requests, isMet) => {
		const task = { title: 'T', maxRequests: 203, runs: [{ who: 'ours', requests }] };
		expect(verdicts({ tasks: [task] } as Figures).map(({ met: is }) => is)).toEqual([isMet]);
	});

	test('without a limit each round is compared within itself', () => {
		const round = (ours: number, floor: number) => ({
			ours: { seconds: ours },
			floor: { seconds: floor },
			httpDefaults: { seconds: 1 },
		});
		// A slow machine in the second round slows both.
		const rounds = [round(0.95, 1), round(3.5, 5), round(1.5, 1)];
		const figures = { speed: { rounds } } as unknown as Figures;
		expect(verdicts(figures)).toMatchObject([{ measured: '0.95', met: true }]);
	});
});

test('the median', () => {
	expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test('of the event loop only what falls into the node counts', () => {
	const meter = {
		// A stretch that ends in the node, one inside, and one long after.
		delays: [
			[1010, 500],
			[1400, 300],
			[9000, 5000],
		] as Array<[number, number]>,
		memory: [],
		peak: 0,
	};
	expect(longestHold(meter, { startTime: 1000, executionTime: 1000 })).toBe(300);
});
