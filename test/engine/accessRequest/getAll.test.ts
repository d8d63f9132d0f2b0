import { approveWith, denyWith, getAccessRequestsWith } from '../../support/parameters';
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

test('Get Many returns the access requests', async () => {
	const { results } = await sendGrid.run({ parameters: getAccessRequestsWith() });
	expect(results).toMatchObject([
		{ json: { id, scope_group_name: 'Templates', email: 'ada@example.com' } },
	]);
});

test.each([
	['approved', approveWith],
	['denied', denyWith],
])('Get Many lists no request as open that this n8n has just %s', async (_, answerWith) => {
	sendGrid.state.behaviours.readLagMs = 3000;
	const { error } = await sendGrid.run({ items: [{ id }], parameters: answerWith() });
	expect(error).toBeUndefined();
	const { results } = await sendGrid.run({ parameters: getAccessRequestsWith() });
	expect(results).toEqual([]);
});

test('a failure says in plain words that SendGrid no longer has access requests', async () => {
	sendGrid.state.behaviours.accessRequests = 'gone';
	const { error } = await sendGrid.run({ parameters: getAccessRequestsWith() });
	expect(error?.message).toContain('The access requests could not be read');
	expect(error?.description).toContain('January 2026');
});
