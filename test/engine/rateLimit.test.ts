import type { ResetForm } from '../../sandbox/faults.mts';
import { linkOf } from '../support/link';
import { inviteWith } from '../support/parameters';
import { standIn } from '../support/standIn';

const sendGrid = standIn();

const ADA = [{ email: 'ada@example.com' }];

test.each<ResetForm>(['epoch', 'delta', 'retry-after', 'past-epoch', 'none'])(
	'a 429 that tells the reset as %s is waited out and sent again',
	async (header) => {
		sendGrid.world.faults.add({
			times: 2,
			fault: { kind: 'rate-limited', header, seconds: 1 },
		});
		const { results, error } = await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		expect(sendGrid.world.requests.map(({ status }) => status)).toEqual([429, 429, 201]);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	},
);

test('the wait is as long as asked for, by the clock of the server', async () => {
	sendGrid.world.advance(3600);
	sendGrid.world.faults.add({ fault: { kind: 'rate-limited', header: 'epoch', seconds: 2 } });
	await sendGrid.run({ items: ADA, parameters: inviteWith({}) });
	const [refused, sent] = sendGrid.world.requests;
	// Epoch seconds are whole, so up to one of them is lost.
	expect(sent.at - refused.at).toBeGreaterThanOrEqual(1000);
	expect(sent.at - refused.at).toBeLessThan(3500);
});

test('a limit for the whole account is met by waiting', async () => {
	sendGrid.world.rateLimits.set({ limit: 5, windowMs: 1000, reset: 'epoch' });
	const items = Array.from({ length: 15 }, (_, i) => ({ email: `person${i}@example.com` }));
	const { results } = await sendGrid.run({ items, parameters: inviteWith({}) });
	expect(results.map(linkOf)).toEqual(items.map((_, index) => index));
	expect(new Set(sendGrid.mailed()).size).toBe(15);
	expect(sendGrid.mailed()).toHaveLength(15);
});

test('past the budget the item says what to do', async () => {
	sendGrid.world.faults.add({
		times: Infinity,
		fault: { kind: 'rate-limited', header: 'delta', seconds: 60 },
	});
	const { error, duration } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith({ options: { maxWait: '={{ "2" }}' } }),
	});
	expect(error?.message).toBe(
		'\'ada@example.com\' was not invited: SendGrid says "too many requests" [HTTP 429]',
	);
	expect(error?.description).toContain("'Max Wait'");
	expect(error).toMatchObject({ failure: { cause: 'rate-limited' } });
	expect(sendGrid.world.requests).toHaveLength(1);
	expect(duration).toBeLessThan(2000);
});

test('cancelling ends the wait within half a second and sends nothing more', async () => {
	sendGrid.world.faults.add({
		times: Infinity,
		fault: { kind: 'rate-limited', header: 'delta', seconds: 20 },
	});
	const { duration } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith({}),
		cancelAfter: 700,
	});
	expect(duration).toBeLessThan(1200);
	expect(sendGrid.world.requests).toHaveLength(1);
	expect(sendGrid.world.ledger).toEqual([]);
});
