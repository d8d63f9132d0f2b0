import type { Limited } from '../../bench/limits.mts';
import { median, ownTime, timesOf } from '../../bench/report.mts';
import type { Speed } from '../../bench/speed.mts';

test("a limit's own time is that of its rate", () => {
	expect(ownTime({ items: 1800, limit: 600, windowMs: 60_000 } as Limited)).toBe(180);
});

test('the median lies between the two in the middle', () => {
	expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

test('without a limit each round is compared within itself', () => {
	const round = (ours: number, floor: number) => ({
		ours: { seconds: ours },
		floor: { seconds: floor },
	});
	// A slow machine in the second round slows both.
	const rounds = [round(1, 0.9), round(5, 4), round(1, 1.5)];
	expect(timesOf({ items: 1, rounds } as unknown as Speed, 'floor')).toBe(0.9);
});
