import type { IDataObject } from 'n8n-workflow';

import { linkOf } from '../../support/link';
import { inviteWith, offboardWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const bodies = () => sendGrid.state.requests.map(({ body }) => body);

describe('Invite sends', () => {
	test('an invitation with chosen scopes', async () => {
		const { results, error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: inviteWith({ scopes: ['stats.read', 'templates.read'] }),
		});

		expect(error).toBeUndefined();
		expect(bodies()).toEqual([
			{ email: 'ada@example.com', scopes: ['stats.read', 'templates.read'], is_admin: false },
		]);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
		const [{ token }] = sendGrid.state.account().invitations;
		expect(results.map(({ json }) => json)).toEqual([
			{
				token,
				email: 'ada@example.com',
				expires_at: null,
				skipped_scopes: [],
				scopes: ['stats.read', 'templates.read'],
				is_admin: false,
			},
		]);
	});

	test('an admin without scopes', async () => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: inviteWith({ access: 'admin', scopes: ['stats.read'] }),
		});
		expect(bodies()).toEqual([{ email: 'ada@example.com', scopes: [], is_admin: true }]);
	});

	test('even an empty choice and false', async () => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: inviteWith({ scopes: [] }),
		});
		expect(bodies()).toEqual([{ email: 'ada@example.com', scopes: [], is_admin: false }]);
	});

	test.each([
		['a list', ['stats.read', 'templates.read']],
		['a text with commas', 'stats.read, templates.read,'],
		['a list as JSON, as agents write it', '["stats.read","templates.read"]'],
		['the same scope twice', ['stats.read', ' templates.read', 'stats.read ']],
	])('scopes from an expression: %s', async (_, scopes) => {
		await sendGrid.run({
			items: [{ email: 'ada@example.com', scopes }],
			parameters: inviteWith({ scopes: '={{ $json.scopes }}' }),
		});
		expect(bodies()).toMatchObject([{ scopes: ['stats.read', 'templates.read'] }]);
	});

	test('the address trimmed, in its own case', async () => {
		await sendGrid.run({
			items: [{ email: '  Ada.Lovelace@Example.COM ' }],
			parameters: inviteWith({}),
		});
		expect(bodies()).toMatchObject([{ email: 'Ada.Lovelace@Example.COM' }]);
	});

	test("each item's own access", async () => {
		await sendGrid.run({
			items: [
				{ email: 'ada@example.com', access: 'admin' },
				{ email: 'bob@example.com', access: 'scopes', scopes: 'stats.read' },
			],
			parameters: inviteWith({ access: '={{ $json.access }}', scopes: '={{ $json.scopes }}' }),
		});
		expect(bodies()).toEqual(
			expect.arrayContaining([
				{ email: 'ada@example.com', scopes: [], is_admin: true },
				{ email: 'bob@example.com', scopes: ['stats.read'], is_admin: false },
			]),
		);
	});
});

describe('the output of Invite', () => {
	test.each(['pending_id', 'absent'] as const)(
		'has the token under the name %s',
		async (inviteToken) => {
			sendGrid.state.behaviours.inviteToken = inviteToken;
			const { results } = await sendGrid.run({
				items: [{ email: 'ada@example.com' }],
				parameters: inviteWith({}),
			});
			const [{ token }] = sendGrid.state.account().invitations;
			expect(results[0].json.token).toBe(inviteToken === 'absent' ? undefined : token);
		},
	);

	test('is linked to its item', async () => {
		const items = ['ada', 'bob', 'cyd'].map((name) => ({ email: `${name}@example.com` }));
		const { results } = await sendGrid.run({ items, parameters: inviteWith({}) });
		expect(results.map((item) => [item.json.email, linkOf(item)])).toEqual([
			['ada@example.com', 0],
			['bob@example.com', 1],
			['cyd@example.com', 2],
		]);
	});
});

describe('Invite sends one email for one wish', () => {
	test('W8: in three rows with one fixed address', async () => {
		const { results } = await sendGrid.run({
			items: [{}, {}, {}],
			parameters: inviteWith({ email: 'ada@example.com' }),
		});
		expect(results.map(linkOf)).toEqual([0, 1, 2]);
		expect(new Set(results.map(({ json }) => json.token)).size).toBe(1);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test('W8: in another spelling and with the same scopes in another order', async () => {
		const { results } = await sendGrid.run({
			items: [
				{ email: 'ada@example.com', scopes: ['stats.read', 'templates.read'] },
				{ email: ' ADA@Example.com', scopes: 'templates.read, stats.read' },
			],
			parameters: inviteWith({ scopes: '={{ $json.scopes }}' }),
		});
		expect(results).toHaveLength(2);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test('W8: but another one for other access', async () => {
		await sendGrid.run({
			items: [
				{ email: 'ada@example.com', scopes: ['stats.read'] },
				{ email: 'ada@example.com', scopes: ['mail.send'] },
			],
			parameters: inviteWith({ scopes: '={{ $json.scopes }}' }),
		});
		expect(sendGrid.mailed()).toEqual(['ada@example.com', 'ada@example.com']);
	});
});

test('W7: Invite says that nothing was done while a deletion of the person is in doubt', async () => {
	sendGrid.state.addTeammate({ email: 'ada@example.com' });
	sendGrid.state.faults.add({
		method: 'DELETE',
		fault: { kind: 'status', status: 504, when: 'before' },
	});
	const items = [{ email: 'ada@example.com' }];
	const options = { maxWait: 1 };
	await sendGrid.run({ items, parameters: offboardWith({ options }) });
	const { error } = await sendGrid.run({ items, parameters: inviteWith({ options }) });
	expect(error?.message).toMatch(
		/^'ada@example.com' was not invited: an earlier change of this person may still be carried out: /,
	);
	expect(sendGrid.mailed()).toEqual([]);
});

describe('before any request, Invite refuses', () => {
	const refusal = async (item: object, parameters = {}) => {
		const { error } = await sendGrid.run({
			items: [item as IDataObject],
			parameters: inviteWith(parameters),
		});
		expect(sendGrid.state.requests).toEqual([]);
		return error;
	};

	test.each([
		[undefined, "'Email' is empty"],
		['', "'Email' is empty"],
		[42, "'Email' must be an email address, not 42"],
		['a@b', "'Email' must be an email address, not 'a@b'"],
		['ada example.com', "'Email' must be an email address, not 'ada example.com'"],
		['ada@example', "'Email' must be an email address, not 'ada@example'"],
		['ada@example.com, bob@example.com', 'must be an email address'],
		['ada@example.com\r\nbcc: x@example.com', 'must be an email address'],
		['ada\u0007@example.com', "'Email' must be an email address, not 'ada @example.com'"],
		[`${'a'.repeat(250)}@example.com`, 'must be an email address'],
	])('the address %j', async (email, message) => {
		const error = await refusal({ email });
		expect(error?.message).toContain(message);
		expect(error?.description).toContain("'Email'");
	});

	test.each([undefined, null, '', 7, { a: 1 }, ['stats.read', 7], [''], '[broken'])(
		'scopes that are %j',
		async (scopes) => {
			const error = await refusal(
				{ email: 'ada@example.com', scopes },
				{ scopes: '={{ $json.scopes }}' },
			);
			expect(error?.message).toEqual(
				expect.stringMatching(
					/^'ada@example\.com' was not handled: 'Scope Names or IDs' (is empty|must be a list of (text values|scopes), not .+)$/,
				),
			);
		},
	);

	test('scopes that SendGrid never grants, by their names', async () => {
		const error = await refusal(
			{ email: 'ada@example.com' },
			{ scopes: ['stats.read', 'user.profile.update', '2fa_required'] },
		);
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Scope Names or IDs' has scopes that can't be granted to anyone: 'user.profile.update' and '2fa_required'",
		);
	});

	test('an unknown access', async () => {
		const error = await refusal({ email: 'ada@example.com' }, { access: 'owner' });
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Access' must be Admin, Persona, Same as Teammate or Selected Scopes, not 'owner'",
		);
	});

	test.each(['mars', '', 'custom', null])('the region %j', async (region) => {
		const error = await refusal(
			{ email: 'ada@example.com', region },
			{ region: '={{ $json.region }}' },
		);
		expect(error?.message).toMatch(/'Region' (is empty|must be Same as Credential, Global or EU)/);
	});

	test('another region than that of a credential with its own address', async () => {
		const error = await refusal({ email: 'ada@example.com' }, { region: 'eu' });
		expect(error?.message).toContain('the credential has an address of its own');
	});

	test.each(['soon', '', -1, '={{ 1 / 0 }}'])('the waiting time %j', async (maxWait) => {
		const error = await refusal({ email: 'ada@example.com' }, { options: { maxWait } });
		expect(error?.message).toMatch(
			/^'ada@example\.com' was not handled: 'Max Wait' in 'Options' (is set, but has no value|must be a number of seconds from 0)/,
		);
	});
});

test('an answer without a scope that everybody has is no other invitation', async () => {
	const scopes = ['stats.read'];
	sendGrid.state.faults.add({
		method: 'POST',
		fault: {
			kind: 'status',
			status: 201,
			when: 'after',
			body: { email: 'ada@example.com', token: 'a-token', is_admin: false, scopes },
		},
	});
	const { error } = await sendGrid.run({
		items: [{ email: 'ada@example.com' }],
		parameters: inviteWith({ scopes: [...scopes, 'user.email.read'] }),
	});
	expect(error).toBeUndefined();
});
