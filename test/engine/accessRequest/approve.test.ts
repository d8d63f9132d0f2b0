import { sleep } from 'n8n-workflow';

import { searchAccessRequests } from '../../support/editor';
import { approveWith, by } from '../../support/parameters';
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

test('Approve grants the access request', async () => {
	const { results } = await sendGrid.run({ items: [{ id }], parameters: approveWith() });
	expect(results.map(({ json }) => json)).toEqual([
		{ approved: true, request_id: id, scope_group_name: 'Templates' },
	]);
	expect(open()).toBe(0);
	expect(sendGrid.state.account().teammates[0].scopes).toContain('templates.read');
});

test.each<[string, () => unknown]>([
	['by expression for the whole field', () => '={{ $json.id }}'],
	['as plain text, as workflows from before the list have it', () => String(id)],
	['as a number', () => id],
	['by ID', () => by('id', '={{ $json.id }}')],
])('Approve takes a request %s', async (_, value) => {
	const { results } = await sendGrid.run({
		items: [{ id }],
		parameters: approveWith({ requestId: value() as string }),
	});
	expect(results).toMatchObject([{ json: { approved: true, request_id: id } }]);
	expect(open()).toBe(0);
});

test('Approve takes a request chosen from the list', async () => {
	const { results: listed } = await searchAccessRequests(sendGrid.credential, 'ada');
	const { results } = await sendGrid.run({
		parameters: approveWith({ requestId: by('list', String(listed[0].value)) }),
	});
	expect(results).toMatchObject([{ json: { approved: true, request_id: id } }]);
});

test('Approve answers a second row about the same request from the first', async () => {
	const { results, error } = await sendGrid.run({
		items: [{ id }, { id: String(id) }],
		parameters: approveWith(),
	});
	expect(error).toBeUndefined();
	expect(results.map(({ json }) => json.approved)).toEqual([true, true]);
	expect(sendGrid.writes()).toHaveLength(1);
});

test('a request that is gone is reported as not approved', async () => {
	const { error } = await sendGrid.run({ items: [{ id: 99 }], parameters: approveWith() });
	expect(error?.message).toBe(
		"The access request '99' was not approved: there is no open request with this ID",
	);
	expect(error?.description).toContain('already approved or denied, or never existed');
});

test('W3: a request that another admin denies while its approval is in doubt is reported as unclear', async () => {
	sendGrid.state.faults.add({
		method: 'PATCH',
		fault: { kind: 'status', status: 503, when: 'before' },
	});
	const running = sendGrid.run({ items: [{ id }], parameters: approveWith() });
	while (!sendGrid.calls().some((call) => call.startsWith('PATCH'))) await sleep(20);
	sendGrid.state.account().accessRequests = [];
	const { results, error } = await running;
	expect(results).toEqual([]);
	expect(error?.message).toContain('It is unclear whether');
}, 30_000);
