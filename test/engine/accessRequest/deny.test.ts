import { denyWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

let id: number;

beforeEach(() => {
	sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
	id = sendGrid.state.addAccessRequest({
		username: 'ada@example.com',
		scope_group_name: 'Templates',
		scopes: ['templates.read'],
	}).id;
});

const open = () => sendGrid.state.account().accessRequests.length;

test('Deny does not grant the access request', async () => {
	const { results } = await sendGrid.run({
		items: [{ id: ` ${id} ` }],
		parameters: denyWith(),
	});
	expect(results.map(({ json }) => json)).toEqual([{ denied: true, request_id: id }]);
	expect(open()).toBe(0);
	expect(sendGrid.state.account().teammates[0].scopes).not.toContain('templates.read');
});

test.each(['', '..', 'a/b', { a: 1 }])('Deny sends nothing for the ID %j', async (wrong) => {
	const { error } = await sendGrid.run({ items: [{ id: wrong }], parameters: denyWith() });
	expect(error?.message).toContain("'Access Request'");
	expect(sendGrid.state.requests).toEqual([]);
});

test('Deny answers a second row about the same request from the first', async () => {
	const { results, error } = await sendGrid.run({
		items: [{ id }, { id: String(id) }],
		parameters: denyWith(),
	});
	expect(error).toBeUndefined();
	expect(results.map(({ json }) => json.denied)).toEqual([true, true]);
	expect(sendGrid.writes()).toHaveLength(1);
});

test('a request that is gone is reported as not denied', async () => {
	const { error } = await sendGrid.run({ items: [{ id: 99 }], parameters: denyWith() });
	expect(error?.message).toBe(
		"The access request '99' was not denied: there is no open request with this ID",
	);
	expect(error?.description).toContain('already approved or denied, or never existed');
});
