import { ServerClock } from '../../nodes/SendGridTeammates/transport/serverClock';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

/** Responses of a server whose clock is `ahead` of ours, after 20 ms each way. */
function observe(clock: ServerClock, ahead: number, sentAt: number, count = 1) {
	for (let i = 0; i < count; i += 1) {
		const sent = sentAt + i * 137;
		clock.observe(new Date(sent + 20 + ahead).toUTCString(), sent, sent + 40);
	}
}

const expectAhead = (clock: ServerClock, ahead: number, tolerance = 540) => {
	expect(Math.abs(clock.ahead - ahead)).toBeLessThanOrEqual(tolerance);
};

test('both clocks count as equal until a response has a date', () => {
	const clock = new ServerClock();
	expect(clock.ahead).toBe(0);
	clock.observe(undefined, NOW, NOW);
	clock.observe('yesterday', NOW, NOW);
	expect(clock.ahead).toBe(0);
	expect(clock.spanOf(NOW)).toEqual({ earliest: -Infinity, latest: Infinity });
});

test.each([HOUR + 300, -HOUR - 700, 0])(
	'one response shows a difference of %d ms to within a second, many to within the latency',
	(ahead) => {
		const clock = new ServerClock();
		observe(clock, ahead, NOW);
		expectAhead(clock, ahead);
		const { earliest, latest } = clock.spanOf(NOW);
		expect(earliest).toBeLessThanOrEqual(NOW + ahead);
		expect(latest).toBeGreaterThanOrEqual(NOW + ahead);
		expect(latest - earliest).toBeLessThanOrEqual(1040);
		observe(clock, ahead, NOW, 100);
		expectAhead(clock, ahead, 45);
	},
);

test('a Date header of 1970 is ignored, however often it comes', () => {
	const clock = new ServerClock();
	for (let i = 0; i < 3; i += 1) clock.observe('Thu, 01 Jan 1970 00:00:00 GMT', NOW, NOW);
	expect(clock.ahead).toBe(0);
	observe(clock, HOUR, NOW);
	clock.observe('Thu, 01 Jan 1970 00:00:00 GMT', NOW, NOW);
	expectAhead(clock, HOUR);
});

test('a Date header more than a day away is believed once a second one agrees', () => {
	const clock = new ServerClock();
	observe(clock, 100 * HOUR, NOW);
	expect(clock.ahead).toBe(0);
	observe(clock, 0, NOW + 1000);
	observe(clock, 100 * HOUR, NOW + 2000);
	expectAhead(clock, 0);
	observe(clock, 100 * HOUR, NOW + 3000);
	expectAhead(clock, 100 * HOUR);
});

test('a clock that was set is learned again from two responses', () => {
	const clock = new ServerClock();
	observe(clock, 0, NOW, 50);
	observe(clock, HOUR, NOW + 10_000);
	expectAhead(clock, 0, 45);
	observe(clock, HOUR, NOW + 10_100);
	expectAhead(clock, HOUR);
});
