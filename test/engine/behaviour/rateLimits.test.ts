import type { ResetForm } from '../../../sandbox/faults.mts';
import { failureOfKind } from '../../support/engine';
import { linkOf } from '../../support/link';
import { pause } from '../../support/machine';
import { inviteWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

test.each<ResetForm>(['epoch', 'delta', 'retry-after', 'past-epoch', 'none'])(
	'a 429 with the reset as %s is waited out, and the request is sent again',
	async (header) => {
		sendGrid.state.faults.add({
			times: 2,
			fault: { kind: 'rate-limited', header, seconds: 1 },
		});
		const { results, error } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		expect(sendGrid.state.requests.map(({ status }) => status)).toEqual([429, 429, 201]);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	},
);

test('the wait is as long as asked for, by the clock of the server', async () => {
	sendGrid.state.advance(3600);
	sendGrid.state.faults.add({ fault: { kind: 'rate-limited', header: 'epoch', seconds: 2 } });
	await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
	const [refused, sent] = sendGrid.state.requests;
	// Epoch seconds are whole, so up to one second is lost.
	expect(sent.at - refused.at).toBeGreaterThanOrEqual(1000);
	expect(sent.at - refused.at).toBeLessThan(3500);
});

const people = (count: number, from = 0) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${from + i}@example.com` }));

const refusals = () => sendGrid.state.requests.filter(({ status }) => status === 429);

/** Everybody got one email. */
const expectMailed = (count: number) => {
	expect(new Set(sendGrid.mailed()).size).toBe(count);
	expect(sendGrid.mailed()).toHaveLength(count);
};

test.each(['epoch', 'delta'] as const)(
	'a limit is met by waiting for its reset (%s), not by running into it',
	async (reset) => {
		sendGrid.state.rateLimits.set({ limit: 8, windowMs: 700, reset, perAccount: true });
		const items = people(40);
		const { results } = await sendGrid.run({ items, parameters: inviteWith({}) });
		expect(results.map(linkOf)).toEqual(items.map((_, index) => index));
		expectMailed(40);
		// A window is entered with one probe, so hardly any.
		expect(refusals().length).toBeLessThanOrEqual(4);
	},
);

test('two workflows share one limit, and take turns', async () => {
	sendGrid.state.rateLimits.set({ limit: 10, windowMs: 600, reset: 'epoch', perAccount: true });
	const runs = await Promise.all([
		sendGrid.run({ items: people(30), parameters: inviteWith({}) }),
		sendGrid.run({ items: people(30, 30), parameters: inviteWith({}) }),
	]);
	expect(runs.map(({ results }) => results.length)).toEqual([30, 30]);
	expectMailed(60);
	expect(refusals().length).toBeLessThanOrEqual(4);
	expect(Math.max(...sendGrid.state.requests.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(
		10,
	);
	// Neither had to wait for the other to finish.
	const half = sendGrid.mailed().slice(0, 30);
	const ofFirst = half.filter((email) => people(30).some((person) => person.email === email));
	expect(ofFirst.length).toBeGreaterThan(5);
	expect(ofFirst.length).toBeLessThan(25);
});

test('one 429 stops all requests to its endpoint until the reset', async () => {
	await sendGrid.run({ items: people(1), parameters: inviteWith({}) });
	sendGrid.state.requests.length = 0;
	sendGrid.state.faults.add({ fault: { kind: 'rate-limited', header: 'delta', seconds: 1 } });
	await sendGrid.run({ items: people(60, 1), parameters: inviteWith({}) });
	expectMailed(61);
	expect(refusals()).toHaveLength(1);
	const [{ at }] = refusals();
	// Only those that were already on their way.
	const early = sendGrid.state.requests.filter((request) => request.at < at + 1000);
	expect(early.length).toBeLessThanOrEqual(11);
});

test('a limit that is used up for longer than an item may wait ends it before anything is sent', async () => {
	sendGrid.state.rateLimits.set({
		limit: 2,
		windowMs: 60_000,
		reset: 'epoch',
		perAccount: true,
		// Near the end of a minute of the clock the window would be over soon.
		fromFirstRequest: true,
	});
	const { results, duration } = await sendGrid.run({
		items: people(5),
		parameters: inviteWith({ options: { maxWait: 3 } }),
		settings: { onError: 'continueRegularOutput' },
	});
	const failed = results.filter(({ json }) => 'error' in json);
	expect(failed.map(linkOf)).toEqual([2, 3, 4]);
	expect(failed[0].json.error).toBe(
		"'person2@example.com' was not invited: SendGrid's rate limit is used up for longer than 'Max Wait' allows. Wait a few minutes and run this item again, or allow a longer wait under 'Max Wait' in 'Options'.",
	);
	expect(sendGrid.state.requests).toHaveLength(2);
	expect(duration).toBeLessThan(3000);
});

test('refusals without end use up the time of all who wait, not of each in turn', async () => {
	sendGrid.state.faults.add({
		times: Infinity,
		fault: { kind: 'rate-limited', header: 'none', seconds: 0 },
	});
	const { results, duration } = await sendGrid.run({
		items: people(20),
		parameters: inviteWith({ options: { maxWait: 2 } }),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(results.filter(({ json }) => 'error' in json)).toHaveLength(20);
	expect(duration).toBeLessThan(8000);
});

test('an item whose budget has run out says what to do', async () => {
	sendGrid.state.faults.add({
		times: Infinity,
		fault: { kind: 'rate-limited', header: 'delta', seconds: 60 },
	});
	const { error, duration } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith({ options: { maxWait: '={{ "2" }}' } }),
	});
	expect(error?.message).toBe(
		'\'ada@example.com\' was not invited: SendGrid says "too many requests" (HTTP 429)',
	);
	expect(error?.description).toContain("'Max Wait'");
	expect(error).toMatchObject(failureOfKind('rate-limited'));
	expect(sendGrid.state.requests).toHaveLength(1);
	expect(duration).toBeLessThan(2000);
});

test('cancelling in the middle stops all further requests', async () => {
	sendGrid.state.rateLimits.set({ limit: 5, windowMs: 1000, reset: 'epoch', perAccount: true });
	await sendGrid.run({ items: people(200), parameters: inviteWith({}), cancelAfter: 1500 });
	const sent = sendGrid.state.requests.length;
	expect(sent).toBeGreaterThan(0);
	expect(sent).toBeLessThan(50);
	await pause(2500);
	expect(sendGrid.state.requests).toHaveLength(sent);
});

test('cancelling ends the wait within half a second and sends nothing more', async () => {
	sendGrid.state.faults.add({
		times: Infinity,
		fault: { kind: 'rate-limited', header: 'delta', seconds: 20 },
	});
	const { duration } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith({}),
		cancelAfter: 700,
	});
	expect(duration).toBeLessThan(1200);
	expect(sendGrid.state.requests).toHaveLength(1);
	expect(sendGrid.state.sentEmails).toEqual([]);
});
