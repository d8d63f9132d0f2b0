import { linkOf } from '../../support/link';
import {
	getTeammateWith,
	inviteWith,
	resendWith,
	revokeWith,
	upsertWith,
} from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const people = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.com` }));

/** Refuses the first invitation, whoever it is for. */
const refuseOne = () =>
	sendGrid.state.faults.add({
		method: 'POST',
		fault: { kind: 'status', status: 400, when: 'before', body: { error: 'not today' } },
	});

describe('without Continue On Fail,', () => {
	test('one bad row ends the run before anything is sent', async () => {
		const items = [...people(120), { email: 'nobody' }, ...people(3)];
		const { results, error } = await sendGrid.run({ items, parameters: inviteWith() });
		expect(results).toEqual([]);
		expect(error?.message).toBe(
			"'Email' must be an email address, not 'nobody'. The run stopped; nothing was sent for the other 123 items",
		);
		expect(error?.description).toContain(
			"To handle the other items anyway, set Settings > On Error to 'Continue (using error output)'.",
		);
		expect(error).toMatchObject({ context: { itemIndex: 120 } });
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('a refusal stops what has not been sent, and says how many were', async () => {
		refuseOne();
		const { results, error } = await sendGrid.run({ items: people(200), parameters: inviteWith() });
		expect(results).toEqual([]);
		const sent = sendGrid.mailed().length;
		expect(sent).toBeLessThan(40);
		expect(error?.message).toBe(
			`'person0@example.com' was not invited: SendGrid says "not today" (HTTP 400). The run stopped; requests were sent for ${sent} of the other 199 items`,
		);
		expect(new Set(sendGrid.mailed()).size).toBe(sent);
	});

	test('a refusal counts a single other item', async () => {
		sendGrid.state.addPending({ email: 'ada@example.com' });
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }, { email: 'bob@example.com' }],
			parameters: revokeWith(),
		});
		expect(error?.message).toMatch(/The run stopped; requests were sent for the other item$/);
	});

	test('requests that have started are finished', async () => {
		for (const { email } of people(12)) sendGrid.state.addPending({ email, scopes: ['mail.send'] });
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 400, when: 'before' },
		});
		// Each revokes and invites again, since the access differs.
		const { error } = await sendGrid.run({ items: people(12), parameters: upsertWith() });
		expect(error?.message).toContain('The run stopped');
		const revoked = sendGrid.calls().filter((call) => call.startsWith('DELETE'));
		const invited = sendGrid.calls().filter((call) => call.startsWith('POST'));
		expect(invited).toHaveLength(revoked.length);
	});

	test('a failure does not wait for the batches that will not come any more', async () => {
		const batching = { batch: { batchSize: 1, batchInterval: 60_000 } };
		const { error, duration } = await sendGrid.run({
			items: [{ email: 'nobody' }, ...people(3)],
			parameters: inviteWith({ requestOptions: { batching } }),
		});
		expect(error?.message).toContain("'Email' must be an email address, not 'nobody'");
		expect(sendGrid.state.requests).toEqual([]);
		// Waits are skipped here, and counted.
		expect(duration).toBeLessThan(60_000);
	});

	test('a read that fails has sent nothing', async () => {
		sendGrid.state.addTeammate({ email: 'person0@example.com' });
		const { error } = await sendGrid.run({ items: people(2), parameters: getTeammateWith() });
		expect(error?.message).toMatch(
			/no teammate has the address 'person1@example.com'\. The run stopped; nothing was sent for the other item$/,
		);
	});
});

describe('with Retry On Fail,', () => {
	test('what has succeeded is not sent again', async () => {
		refuseOne();
		const { results, error } = await sendGrid.run({
			items: people(60),
			parameters: inviteWith(),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(error).toBeUndefined();
		expect(results.map(linkOf)).toEqual(people(60).map((_, index) => index));
		expect(sendGrid.mailed()).toHaveLength(60);
		expect(new Set(sendGrid.mailed()).size).toBe(60);
	});

	test('W4: what is unclear stays unclear: later tries repeat the message and send nothing', async () => {
		// Carried out, and then the connection breaks and looking it up is not allowed.
		sendGrid.state.faults.add({ method: 'POST', fault: { kind: 'drop', when: 'after' } });
		sendGrid.state.faults.add({
			method: 'GET',
			times: Infinity,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		const { error } = await sendGrid.run({
			items: people(1),
			parameters: inviteWith({ options: { maxWait: 2 } }),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(error?.message).toMatch(/^It is unclear whether 'person0@example.com' was invited: /);
		expect(sendGrid.mailed()).toEqual(['person0@example.com']);
		expect(sendGrid.calls().filter((call) => call.startsWith('POST'))).toHaveLength(1);
	});

	test('a row that stays bad still ends the run', async () => {
		const { error } = await sendGrid.run({
			items: [...people(2), { email: 'nobody' }],
			parameters: inviteWith(),
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(error?.message).toContain("'nobody'");
		expect(sendGrid.state.requests).toEqual([]);
	});
});

test('a list that cannot be read is reported by each item about its own address', async () => {
	sendGrid.state.faults.add({
		method: 'GET',
		times: Infinity,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
	const { results } = await sendGrid.run({
		items: people(3),
		parameters: resendWith(),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(results.map(({ json }) => String(json.error).split(' was ')[0])).toEqual(
		people(3).map(({ email }) => `The invitation of '${email}'`),
	);
	expect(sendGrid.state.requests).toHaveLength(1);
});
