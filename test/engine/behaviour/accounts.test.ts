/** K4: the account can differ from item to item, since fields of a credential can be expressions. */
import type { INodeParameters } from 'n8n-workflow';

import { getStatusWith, inviteWith, offboardWith, upsertWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const otherKey = ['SG', 'the-key-of-the-other-account', 'x'.repeat(40)].join('.');

beforeEach(() => {
	sendGrid.state.addAccount({ name: 'globex' });
	sendGrid.state.addKey({ key: otherKey, account: 'globex' });
});

/** Two items, one for each account, with a key that depends on the item. */
const runInBoth = async (parameters: INodeParameters, emails: [string, string]) =>
	await sendGrid.run({
		items: [
			{ account: 'acme', email: emails[0] },
			{ account: 'globex', email: emails[1] },
		],
		parameters,
		credential: {
			apiKey: `={{ $json.account === 'acme' ? '${sendGrid.apiKey}' : '${otherKey}' }}`,
		},
	});

const askedAccounts = () => new Set(sendGrid.state.requests.map(({ account }) => account));

const peopleOf = (name: string) => {
	const { invitations, teammates } = sendGrid.state.account(name);
	return [...invitations, ...teammates.map(({ profile }) => profile)].map(({ email }) => email);
};

test('K4: Offboard asks each account about its own person', async () => {
	sendGrid.state.addTeammate({ email: 'bob@example.com' });
	sendGrid.state.addTeammate({ email: 'ada@example.com', account: 'globex' });
	const { results, error } = await runInBoth(offboardWith(), [
		'bob@example.com',
		'ada@example.com',
	]);
	expect(error).toBeUndefined();
	expect(results).toMatchObject([
		{ json: { email: 'bob@example.com', deleted: true } },
		{ json: { email: 'ada@example.com', deleted: true } },
	]);
	expect(askedAccounts()).toEqual(new Set(['acme', 'globex']));
	expect([...peopleOf('acme'), ...peopleOf('globex')]).toEqual([]);
});

test('K4: a person known in one account is new in the other', async () => {
	sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
	const { results } = await runInBoth(upsertWith(), ['ada@example.com', 'ada@example.com']);
	expect(results.map(({ json }) => json.action)).toEqual(['unchanged', 'invited']);
	expect(peopleOf('globex')).toEqual(['ada@example.com']);
});

test('K4: the same wish in two accounts is two wishes', async () => {
	const { results } = await runInBoth(inviteWith(), ['ada@example.com', 'ada@example.com']);
	expect(results).toHaveLength(2);
	expect(peopleOf('acme')).toEqual(['ada@example.com']);
	expect(peopleOf('globex')).toEqual(['ada@example.com']);
});

test('K4: the same key on behalf of two subusers is two accounts', async () => {
	sendGrid.state.addSubuser({ username: 'east', parent: 'acme' });
	sendGrid.state.addSubuser({ username: 'west', parent: 'acme' });
	sendGrid.state.addPending({ email: 'ada@example.com', account: 'west' });
	const { results } = await sendGrid.run({
		items: [{ subuser: 'east' }, { subuser: 'west' }, { subuser: '' }],
		parameters: getStatusWith({
			email: 'ada@example.com',
			options: { onBehalfOf: '={{ $json.subuser }}' },
		}),
	});
	expect(results.map(({ json }) => json.status)).toEqual(['not_found', 'pending', 'not_found']);
});
