import { ServerClock } from '../../nodes/SendGridTeammates/transport/serverClock';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

/** An answer as a server sends it whose clock is `ahead` of ours, after a way of 20 ms each. */
function observe(clock: ServerClock, ahead: number, sentAt: number) {
	clock.observe(new Date(sentAt + 20 + ahead).toUTCString(), sentAt, sentAt + 40);
}

test('without an answer, or with one that tells no time, both clocks count as equal', () => {
	const clock = new ServerClock();
	expect(clock.ahead).toBe(0);
	clock.observe(undefined, NOW, NOW);
	clock.observe('yesterday', NOW, NOW);
	expect(clock.ahead).toBe(0);
});

test.each([HOUR + 300, -HOUR - 700, 0])(
	'one answer tells the difference to a second: %d',
	(ahead) => {
		const clock = new ServerClock();
		observe(clock, ahead, NOW);
		expect(Math.abs(clock.ahead - ahead)).toBeLessThanOrEqual(540);
	},
);

test.each([HOUR + 300, -HOUR - 700])(
	'many answers tell it to the length of the way: %d',
	(ahead) => {
		const clock = new ServerClock();
		for (let i = 0; i < 100; i += 1) observe(clock, ahead, NOW + i * 137);
		expect(Math.abs(clock.ahead - ahead)).toBeLessThanOrEqual(45);
	},
);

test('a clock that has been set is learnt anew', () => {
	const clock = new ServerClock();
	for (let i = 0; i < 50; i += 1) observe(clock, 0, NOW + i * 137);
	observe(clock, HOUR, NOW + 10_000);
	expect(Math.abs(clock.ahead - HOUR)).toBeLessThanOrEqual(540);
});
