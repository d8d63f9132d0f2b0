import type { INodeParameters } from 'n8n-workflow';

import { longestHold } from '../support/eventLoop.mts';
import { fakeSendGrid } from '../support/fakeSendGrid';
import { getStatusWith, syncWith, upsertWith } from '../support/parameters';

const sendGrid = fakeSendGrid({ inRealTime: true });

jest.setTimeout(120_000);

test('the node holds n8n little longer when 1,000 rows look people up among 20,000 than among 5', async () => {
	const items = Array.from({ length: 1000 }, (_, index) => ({ email: `none${index}@example.com` }));
	const hold = async (bound?: number) =>
		await longestHold(async () => {
			await sendGrid.run({ items, parameters: getStatusWith() });
		}, bound);
	const bound = 3 * (await hold()) + 250;
	sendGrid.state.addManyTeammates(20_000);
	expect(await hold(bound)).toBeLessThan(bound);
});

test('the node holds n8n little longer when 10,000 rows of one person wait for a lock than when they do not', async () => {
	sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
	const items = Array.from({ length: 10_000 }, () => ({ email: 'ada@example.com' }));
	const hold = async (parameters: INodeParameters, bound?: number) =>
		await longestHold(async () => {
			await sendGrid.run({ items, parameters });
		}, bound);
	const bound = 2 * (await hold(getStatusWith())) + 250;
	expect(await hold(upsertWith(), bound)).toBeLessThan(bound);
});

test('the node holds n8n little longer for a list of 1,000 than for each of them alone', async () => {
	const items = Array.from({ length: 1000 }, (_, index) => ({ email: `some${index}@example.com` }));
	for (const { email } of items.slice(0, 200)) {
		sendGrid.state.addTeammate({ email, scopes: ['stats.read'] });
	}
	const hold = async (parameters: INodeParameters, bound?: number) =>
		await longestHold(async () => {
			const { error } = await sendGrid.run({ items, parameters });
			expect(error).toBeUndefined();
		}, bound);
	const options = { dryRun: true };
	const bound = 2 * (await hold(upsertWith({ options }))) + 250;
	expect(await hold(syncWith({ options, offboardOthers: true }), bound)).toBeLessThan(bound);
});
