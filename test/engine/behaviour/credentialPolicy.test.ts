import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	inviteWith,
	offboardWith,
	resendWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';
import { authenticate } from '../../../nodes/SendGridTeammates/transport/authenticate';
import { aboutAda } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();
const { asked, joined, fault } = aboutAda(sendGrid);

const ADA = [{ email: 'ada@example.com' }];

describe("under the credential's limits,", () => {
	const DOMAINS = { allowedEmailDomains: ' Example.org; @example.net, ' };
	const NO_ADMINS = { allowAdminAccess: false };
	const NO_DELETION = { allowDeletion: false };

	test.each([
		['Invite', inviteWith({}), DOMAINS, 'Allowed Email Domains'],
		['Resend Invite', resendWith({}), DOMAINS, 'Allowed Email Domains'],
		['Create or Update', upsertWith({}), DOMAINS, 'Allowed Email Domains'],
		['SSO Create', createSsoWith({}), DOMAINS, 'Allowed Email Domains'],
		['Invite', inviteWith({ access: 'admin' }), NO_ADMINS, 'Allow Admin Access'],
		['Create or Update', upsertWith({ access: 'admin' }), NO_ADMINS, 'Allow Admin Access'],
		['Update', updatePermissionsWith({ access: 'admin' }), NO_ADMINS, 'Allow Admin Access'],
		['SSO Create', createSsoWith({ access: 'admin' }), NO_ADMINS, 'Allow Admin Access'],
		['SSO Update', updateSsoWith({ access: 'admin' }), NO_ADMINS, 'Allow Admin Access'],
		['Delete', deleteTeammateWith({}), NO_DELETION, 'Allow Deletion'],
		['Offboard', offboardWith({}), NO_DELETION, 'Allow Deletion'],
	])(
		'%s is refused before any request, and says by which (%#)',
		async (_, parameters, credential, field) => {
			const { error } = await sendGrid.run({ items: ADA, parameters, credential });
			expect(error?.message).toMatch(/this credential does(?: not allow)?|does not allow/i);
			expect(error?.description).toBe(
				`Ask the person who manages the credential to change this, under '${field}' in the credential.`,
			);
			expect(sendGrid.state.requests).toEqual([]);
		},
	);

	test.each(['ada@example.org', 'Ada@EXAMPLE.net'])('%s is allowed', async (email) => {
		const { error } = await sendGrid.run({
			items: [{ email }],
			parameters: inviteWith({}),
			credential: DOMAINS,
		});
		expect(error).toBeUndefined();
	});

	test.each(['ada@sub.example.org', 'ada@notexample.org', 'ada@example.org.evil.com'])(
		'%s is not allowed',
		async (email) => {
			const { error } = await sendGrid.run({
				items: [{ email }],
				parameters: inviteWith({}),
				credential: DOMAINS,
			});
			expect(error?.message).toContain('Allowed: Example.org and example.net');
		},
	);

	test.each([
		['somebody at another domain', DOMAINS, { scopes: ['stats.read'] }, 'Allowed: Example.org'],
		['an admin', NO_ADMINS, { is_admin: true }, "doesn't allow granting admin access"],
	])(
		'%s whose invitation is named by its token gets no other one',
		async (_, credential, details, message) => {
			const { token } = sendGrid.state.addPending({ email: 'ada@example.com', ...details });
			const { error } = await sendGrid.run({
				parameters: resendWith({ invitation: { __rl: true, mode: 'token', value: token } }),
				credential,
			});
			expect(error?.message).toContain(message);
			expect(sendGrid.mailed()).toEqual([]);
		},
	);

	test('a list without any domain allows nobody', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { allowedEmailDomains: ' , ' },
		});
		expect(error?.message).toContain('Allowed: none');
	});

	test('everything is allowed if none is set', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ access: 'admin' }),
			credential: { allowedEmailDomains: '', allowAdminAccess: true, allowDeletion: true },
		});
		expect(error).toBeUndefined();
	});
});

describe('with Allow AI Agents', () => {
	const asked = async (asTool: boolean | 'asAnyNode', allowAgents: unknown) =>
		await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			credential: { allowAgents } as never,
			asTool,
		});

	test.each([true, 'asAnyNode'] as const)(
		'off, the node does nothing as a tool (%s)',
		async (asTool) => {
			for (const off of [false, 'true', null, '']) {
				const { results } = await asked(asTool, off);
				expect(results).toMatchObject([
					{
						json: {
							error: expect.stringContaining("This credential doesn't allow AI agents to use it"),
							how_to_fix:
								"Ask the person who manages the credential to change this, under 'Allow AI Agents' in the credential.",
						},
					},
				]);
			}
			expect(sendGrid.state.requests).toEqual([]);
		},
	);

	test.each([true, 'asAnyNode'] as const)(
		'on, or in an older credential, the node can be used in any way (%s)',
		async (asTool) => {
			const { results } = await asked(asTool, true);
			expect(results).toMatchObject([{ json: { email: 'ada@example.com' } }]);
			const again = await asked(asTool, undefined);
			expect(again.results).toHaveLength(1);
		},
	);

	test('off, workflows can still use the node', async () => {
		const { error } = await asked(false, false);
		expect(error).toBeUndefined();
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});
});

describe('a field of the credential whose expression finds nothing', () => {
	test.each([
		['Region', 'region'],
		['On Behalf Of', 'onBehalfOf'],
		['Allowed Email Domains', 'allowedEmailDomains'],
		['Allow Admin Access', 'allowAdminAccess'],
		['Allow Deletion', 'allowDeletion'],
		['Allow AI Agents', 'allowAgents'],
	])('lets nobody pass: %s', async (displayName, name) => {
		sendGrid.state.addTeammate({ email: ADA[0].email });
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: offboardWith({}),
			credential: { [name]: '={{ $json.missing }}' },
		});
		expect(error?.message).toContain(`The credential's '${displayName}' has no value`);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('is refused for null, which is neither a subuser nor the parent account', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: offboardWith({}),
			credential: { onBehalfOf: '={{ null }}' },
		});
		expect(error?.message).toContain("The credential's 'On Behalf Of' has no value");
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('no other node is signed', async () => {
		const request = { url: `${sendGrid.url}/v3/teammates` };
		const data = { ...sendGrid.credential, allowDeletion: null as unknown as boolean };
		await expect(authenticate(data, request)).rejects.toThrow('has limits');
		const subuser = { ...sendGrid.credential, onBehalfOf: null as unknown as string };
		await expect(authenticate(subuser, request)).rejects.toThrow("'On Behalf Of' has no value");
	});
});

test('Section 6: Approve gives something, so the guards hold', async () => {
	joined({ scopes: ['alerts.read'] });
	const request = asked();
	const { error } = await sendGrid.run({
		items: [{ id: request.id }],
		parameters: approveWith(),
		credential: { allowedEmailDomains: 'acme.example' },
	});
	expect(error?.message).toContain("doesn't allow");
});

test('K6: a record without an address is not judged by the username, by the domains that a credential allows', async () => {
	joined({ email: 'eve@evil.example', username: 'eve@example.com', scopes: ['stats.read'] });
	const record = { username: 'eve@example.com', user_type: 'teammate', is_admin: false };
	fault({
		method: 'GET',
		path: /teammates\/eve/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { ...record, scopes: ['stats.read'] },
		},
	});
	const { error } = await sendGrid.run({
		parameters: updatePermissionsWith({
			teammate: by('username', 'eve@example.com'),
			scopes: ['mail.send'],
		}),
		credential: { allowedEmailDomains: 'example.com' },
	});
	expect(error?.message).toContain("SendGrid doesn't say this person's email address");
	expect(sendGrid.writes()).toEqual([]);
});
