import { NodeHelpers, type INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { builtPackage } from '../../support/builtPackage';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { NAMES, sampleOf } from '../../support/operations';
import * as parameters from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { joined, teammate } = aboutAda(sendGrid);

const OWN_ACCOUNT_ONLY = NAMES.filter((name) => sampleOf(name).ownAccountOnly);
const OTHERS = NAMES.filter((name) => !sampleOf(name).ownAccountOnly);

const ITEMS = [{ email: 'ada@example.com', id: 1 }];

describe.each(OWN_ACCOUNT_ONLY)('%s', (name) => {
	test.each([
		['the item', { options: { onBehalfOf: 'acme-marketing' } }, {}, "from 'Options'"],
		['the credential', {}, { onBehalfOf: 'acme-marketing' }, 'Use a credential'],
	])('refuses to act for the subuser that %s names', async (_, changes, credential, advice) => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		const { error } = await sendGrid.run({
			items: ITEMS,
			parameters: parameters[name](changes),
			credential,
		});
		expect(error?.message).toContain("This operation doesn't support 'On Behalf Of'");
		expect(error?.description).toContain(advice);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

test.each(NAMES)('%s offers On Behalf Of where it does not refuse it', async (name) => {
	const { node } = await builtPackage();
	const options = node.description.properties.find(({ name: field }) => field === 'options');
	const offered = (options?.options ?? []).filter(
		(option) =>
			'type' in option &&
			option.name === 'onBehalfOf' &&
			option.type !== 'hidden' &&
			NodeHelpers.displayParameter({}, option, { typeVersion: 1 }, node.description, {
				...parameters[name](),
			}),
	);
	expect(offered).toHaveLength(sampleOf(name).ownAccountOnly ? 0 : 1);
});

test.each(OTHERS)('%s acts for the subuser, with every request', async (name) => {
	const { state } = sendGrid;
	state.addSubuser({ username: 'acme-marketing' });
	await sendGrid.run({
		items: ITEMS,
		parameters: parameters[name]({ options: { onBehalfOf: 'acme-marketing' } }),
	});
	expect(state.requests.length).toBeGreaterThan(0);
	expect(new Set(state.requests.map(({ onBehalfOf }) => onBehalfOf))).toEqual(
		new Set(['acme-marketing']),
	);
});

test.each([401, 403, 404, 'ignored'] as const)(
	'reports a subuser that does not exist (answered with %s), or does no harm',
	async (badOnBehalfOf) => {
		sendGrid.state.behaviours.badOnBehalfOf = badOnBehalfOf;
		const { error } = await sendGrid.run({
			items: ITEMS,
			parameters: parameters.inviteWith({ options: { onBehalfOf: 'acme-nowhere' } }),
		});
		if (badOnBehalfOf === 'ignored') expect(error).toBeUndefined();
		else expect(error?.message).toContain(`HTTP ${badOnBehalfOf})`);
	},
);

describe('on behalf of a subuser,', () => {
	beforeEach(() => {
		sendGrid.state.addSubuser({ username: 'acme-marketing', accountId: '4711' });
	});

	const invitedBy = () =>
		[...sendGrid.state.accounts.values()]
			.filter(({ invitations }) => invitations.length > 0)
			.map(({ name }) => name);

	test('the credential makes every request', async () => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: parameters.inviteWith({}),
			credential: { onBehalfOf: ' acme-marketing ' },
		});
		expect(invitedBy()).toEqual(['acme-marketing']);
	});

	test('the item makes its requests if the credential leaves it open', async () => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com', subuser: 'account-id 4711' }],
			parameters: parameters.inviteWith({ options: { onBehalfOf: '={{ $json.subuser }}' } }),
		});
		expect(invitedBy()).toEqual(['acme-marketing']);
	});

	test('nothing is sent in a header if none is named', async () => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: parameters.inviteWith({ options: { onBehalfOf: '' } }),
		});
		expect(sendGrid.state.requests).toMatchObject([{ onBehalfOf: null, account: 'acme' }]);
	});

	test('the item cannot leave what the credential allows', async () => {
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: parameters.inviteWith({ options: { onBehalfOf: 'acme-other' } }),
			credential: { onBehalfOf: 'acme-marketing' },
		});
		expect(error?.message).toContain('the credential already acts for a subuser');
		expect(sendGrid.state.requests).toEqual([]);
	});

	test.each([
		['subuser_acme', "starts with 'subuser_'"],
		['account-id', 'must have exactly one account ID'],
		['acme\r\nx: y', 'contains a line break'],
	])('%j is refused in the credential', async (onBehalfOf, message) => {
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: parameters.inviteWith({}),
			credential: { onBehalfOf },
		});
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

test('V2: On Behalf Of that is null does not act on the parent account', async () => {
	joined();
	await sendGrid.run({
		items: [{ email: ADA, subuser: null }],
		parameters: parameters.offboardWith({
			options: { onBehalfOf: '={{ $json.subuser }}' } as INodeParameters,
		}),
	});
	expect(teammate('countess')).toBeDefined();
});

test.each([' ', '\t', '\u00a0'])(
	'V2: %j as On Behalf Of in the credential does not act on the parent account',
	async (onBehalfOf) => {
		const { error } = await sendGrid.run({
			items: [{ email: ADA }],
			parameters: parameters.inviteWith(),
			credential: { onBehalfOf },
		});
		expect(error?.message).toContain("'On Behalf Of' ");
		expect(sendGrid.state.requests).toEqual([]);
	},
);
