import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { testCredential } from '../../support/editor';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { addFuzzedAccount, TOKENS } from '../../support/fuzz/account';
import * as parameters from '../../support/parameters';

const sendGrid = fakeSendGrid();

type Make = (changes: INodeParameters) => INodeParameters;

const ADA = [{ email: 'ada@example.com', username: 'ada@example.com', id: 1001 }];

/** How messages blame a field. */
const FIELD_IS_WRONG = /^'[A-Z][\w ]+'( in '[A-Z]\w+')? must be .+, not an object$/;

describe('with values that test/fuzz has found,', () => {
	test.each([
		['getTeammateWith', 'teammate'],
		['deleteTeammateWith', 'teammate'],
		['getSubuserAccessWith', 'teammate'],
		['updateSsoWith', 'teammate'],
	] as const)('%s treats nobody called pending as the list of invitations', async (name, field) => {
		addFuzzedAccount(sendGrid);
		const { error } = await sendGrid.run({
			parameters: (parameters[name] as Make)({ [field]: parameters.by('username', 'pending') }),
		});
		expect(error?.message).toContain("'Teammate' is 'pending'");
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('a token in place of an address is not shown', async () => {
		addFuzzedAccount(sendGrid);
		const { error } = await sendGrid.run({
			parameters: parameters.resendWith({ invitation: parameters.by('email', TOKENS[0]) }),
		});
		expect(error?.message).toBe("'Invitation' must be an email address, not '7c3e…'");
	});

	test.each<IDataObject>([
		{},
		{ username: null },
		{ username: {} },
		{ username: { toString: null } },
	])('a teammate without a username is not mistaken for somebody else: %j', async (rest) => {
		addFuzzedAccount(sendGrid);
		sendGrid.state.faults.add({
			path: /teammates$/,
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: { result: [{ email: 'ada@example.com', is_admin: false, ...rest }] },
			},
		});
		const { error } = await sendGrid.run({ items: ADA, parameters: parameters.offboardWith() });
		expect(error?.message).toBe(
			"'ada@example.com' was not offboarded: SendGrid's list doesn't show the username",
		);
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each<IDataObject>([{}, { token: '' }, { token: null, pending_id: '' }])(
		'K6: an invitation without a token is not reported as an empty field: %j',
		async (rest) => {
			sendGrid.state.faults.add({
				path: /pending$/,
				fault: {
					kind: 'status',
					status: 200,
					when: 'before',
					body: { result: [{ email: 'ada@example.com', scopes: [], ...rest }] },
				},
			});
			const { error } = await sendGrid.run({ items: ADA, parameters: parameters.resendWith() });
			expect(error?.message).toBe(
				"The invitation of 'ada@example.com' was not sent again: SendGrid's list doesn't show the token",
			);
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('a bare array is no person', async () => {
		addFuzzedAccount(sendGrid);
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 200, when: 'before', body: [{ username: 'ada' }] },
		});
		const { error } = await sendGrid.run({
			parameters: parameters.getTeammateWith({
				teammate: parameters.by('username', 'ada'),
				options: { maxWait: 0 },
			}),
		});
		expect(error?.message).toContain("of another shape instead of SendGrid's data");
	});

	test.each([
		parameters.getTeammatesWith({ filters: { role: '={{ $json.it }}' } }),
		parameters.getInvitationsWith({ filters: { status: '={{ $json.it }}' } }),
		parameters.getInvitationsWith({ filters: { expiresWithinDays: '={{ $json.it }}' } }),
		parameters.getInvitationsWith({ returnAll: false, limit: '={{ $json.it }}' }),
	])('an object in place of a choice or a number is refused in words (%#)', async (made) => {
		const { error } = await sendGrid.run({
			items: [{ it: { toString: null, valueOf: null } }],
			parameters: made,
		});
		expect(error?.message).toMatch(FIELD_IS_WRONG);
	});

	test('a region is quoted on one line', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: parameters.getStatusWith({ region: 'e\nu' }),
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Region' must be Same as Credential, Global or EU, not 'e u'",
		);
	});

	test('no request is still on its way when an item has been answered', async () => {
		addFuzzedAccount(sendGrid);
		const { state } = sendGrid;
		state.faults.add({ path: /pending$/, fault: { kind: 'status', status: 403, when: 'before' } });
		state.faults.add({ path: /teammates$/, fault: { kind: 'slow', ms: 300 } });
		const { error } = await sendGrid.run({ items: ADA, parameters: parameters.getStatusWith() });
		expect(error?.message).toContain('HTTP 403)');
		// K1: invitations come first; if they can't be read, nothing else is.
		expect(state.requests.map(({ path, status }) => [path, status])).toEqual([
			['/v3/teammates/pending', 403],
		]);
	});

	test("n8n's test of the credential does not show the key", async () => {
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'status', status: 401, when: 'before', body: { error: sendGrid.apiKey } },
		});
		const { message } = await testCredential(sendGrid.credential);
		expect(message).toContain('rejected this API key ("…")');
	});
});

test.each(['ada@example.com\ufe0f', 'a\u034fda@example.com', 'ada@exa\u3164mple.com'])(
	'V3: an address with an invisible character is refused: %j',
	async (email) => {
		const { error } = await sendGrid.run({
			items: [{ email }],
			parameters: parameters.inviteWith(),
		});
		expect(error?.message).toContain('it has an invisible character');
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test('V3: an address in full-width letters is refused', async () => {
	const { error } = await sendGrid.run({
		items: [{ email: 'ａda@example.com' }],
		parameters: parameters.inviteWith(),
	});
	expect(error?.message).toContain('it has a letter in a special form');
	expect(sendGrid.state.requests).toEqual([]);
});
