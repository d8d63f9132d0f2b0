import { approveWith, denyWith, getAccessRequestsWith } from '../../support/parameters';
import { standIn } from '../../support/standIn';

const sendGrid = standIn();

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

test('Get Many gives what was asked for', async () => {
	const { results } = await sendGrid.run({ parameters: getAccessRequestsWith() });
	expect(results).toMatchObject([
		{ json: { id, scope_group_name: 'Templates', email: 'ada@example.com' } },
	]);
});

test('Approve grants it', async () => {
	const { results } = await sendGrid.run({ items: [{ id }], parameters: approveWith() });
	expect(results.map(({ json }) => json)).toEqual([
		{ approved: true, request_id: id, scope_group_name: 'Templates' },
	]);
	expect(open()).toBe(0);
	expect(sendGrid.state.account().teammates[0].scopes).toContain('templates.read');
});

test('Deny does not', async () => {
	const { results } = await sendGrid.run({
		items: [{ id: ` ${id} ` }],
		parameters: denyWith(),
	});
	expect(results.map(({ json }) => json)).toEqual([{ denied: true, request_id: id }]);
	expect(open()).toBe(0);
	expect(sendGrid.state.account().teammates[0].scopes).not.toContain('templates.read');
});

test.each([
	['approved', approveWith],
	['denied', denyWith],
])('one that is gone was not %s', async (done, parameters) => {
	const { error } = await sendGrid.run({ items: [{ id: 99 }], parameters: parameters() });
	expect(error?.message).toBe(
		`The access request '99' was not ${done}: SendGrid says "Cannot find request" (field 'request_id') [HTTP 404]`,
	);
	expect(error?.description).toContain('January 2026');
});

test.each(['', '..', 'a/b', { a: 1 }])('the ID %j sends nothing', async (wrong) => {
	const { error } = await sendGrid.run({ items: [{ id: wrong }], parameters: denyWith() });
	expect(error?.message).toContain("'Request ID'");
	expect(sendGrid.state.requests).toEqual([]);
});
