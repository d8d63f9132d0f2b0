import { getSubusersWith, getTeammatesWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { linkOf } from '../../support/link';

const sendGrid = fakeSendGrid();

beforeEach(() => {
	const { state } = sendGrid;
	state.addSubuser({ username: 'acme-marketing', email: 'marketing@acme.example' });
	state.addSubuser({ username: 'acme-eu', region: 'eu', disabled: true });
	state.addSubuser({ username: 'acme-marketing-2' });
});

const usernames = async (changes: Parameters<typeof getSubusersWith>[0]) => {
	const { results, error } = await sendGrid.run({ parameters: getSubusersWith(changes) });
	expect(error).toBeUndefined();
	return results.map(({ json }) => json.username);
};

test('Get Many returns the subusers with their regions', async () => {
	const { id } = sendGrid.state.account('acme-marketing');
	const { results } = await sendGrid.run({ parameters: getSubusersWith() });
	expect(results.map(({ json }) => json)).toEqual([
		{
			id,
			username: 'acme-marketing',
			email: 'marketing@acme.example',
			disabled: false,
			region: 'global',
		},
		expect.objectContaining({ username: 'acme-eu', disabled: true, region: 'eu' }),
		expect.objectContaining({ username: 'acme-marketing-2' }),
	]);
});

test.each<[{ region?: string; username?: string }, string[]]>([
	[{ region: 'eu' }, ['acme-eu']],
	[{ region: ' Global ' }, ['acme-marketing', 'acme-marketing-2']],
	[{ username: ' acme-marketing ' }, ['acme-marketing']],
	[{ username: 'ACME-Marketing' }, ['acme-marketing']],
	[{ username: 'acme-marketing', region: 'eu' }, []],
])('the filters let through the right subusers: %j', async (filters, expected) => {
	expect(await usernames({ filters })).toEqual(expected);
	const [{ query }] = sendGrid.state.requests;
	// SendGrid filters by region. It is unknown how it compares usernames.
	expect([query.region, query.username]).toEqual([filters.region?.trim().toLowerCase(), undefined]);
});

test.each([
	['goes by a part of the username', { username: 'acme-marketing' }, ['acme-marketing']],
	['takes no notice of the region', { region: 'eu' }, ['acme-eu']],
])('the filters hold with a SendGrid that %s', async (_, filters, expected) => {
	const { state } = sendGrid;
	const all = state.subusers(state.account()).map(({ id, name, region }) => {
		return { id, username: name, region };
	});
	state.faults.add({
		path: /subusers/,
		times: Infinity,
		fault: { kind: 'status', status: 200, when: 'after', body: JSON.stringify(all) },
	});
	expect(await usernames({ filters })).toEqual(expected);
});

test('the region filter trusts a SendGrid that does not say the region', async () => {
	sendGrid.state.faults.add({ fault: { kind: 'rename', from: 'region', to: 'datacenter' } });
	expect(await usernames({ filters: { region: 'eu' } })).toEqual(['acme-eu']);
});

test('Limit asks for no more, and Return All reads to the end', async () => {
	const { state } = sendGrid;
	for (let i = 0; i < 1000; i += 1) state.addSubuser({ username: `bulk-${i}` });
	expect(await usernames({ returnAll: false, limit: 2 })).toEqual(['acme-marketing', 'acme-eu']);
	expect(state.requests).toMatchObject([{ query: { limit: '2' } }]);
	const all = await usernames({ returnAll: true });
	expect(new Set(all).size).toBe(1003);
});

test('an account without subusers gives no items', async () => {
	sendGrid.state.reset();
	sendGrid.state.addAccount({ name: 'acme' });
	sendGrid.state.addKey({ key: sendGrid.apiKey });
	expect(await usernames({})).toEqual([]);
});

test('with On Behalf Of by expression behind it, an operation runs over all subusers', async () => {
	const { state } = sendGrid;
	state.addTeammate({ account: 'acme-marketing', email: 'mia@acme.example' });
	state.addTeammate({ account: 'acme-marketing-2', email: 'max@acme.example' });
	const { results: subusers } = await sendGrid.run({
		parameters: getSubusersWith({ filters: { region: 'global' } }),
	});
	const { results } = await sendGrid.run({
		items: subusers.map(({ json }) => json),
		parameters: getTeammatesWith({ options: { onBehalfOf: '={{ $json.username }}' } }),
	});
	expect(results.map((result) => [result.json.email, linkOf(result)])).toEqual([
		['mia@acme.example', 0],
		['max@acme.example', 1],
	]);
});
