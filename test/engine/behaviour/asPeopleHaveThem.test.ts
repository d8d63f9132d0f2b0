/** Values as webhooks, forms, sheets and AI models deliver them, where it matters most. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { longestHold } from '../../support/eventLoop.mts';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { linkOf } from '../../support/link';
import {
	by,
	createSsoWith,
	deleteTeammateWith,
	getInvitationsWith,
	getSubuserAccessWith,
	getTeammatesWith,
	getTeammateWith,
	inviteWith,
	offboardWith,
	resendWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';
import { ActiveTrigger } from '../../support/trigger';

const sendGrid = fakeSendGrid();

const EMAIL = 'ada@example.com';

/** One item whose value is used in every field marked with this: `={{ $json.it }}`. */
const runWith = async (parameters: INodeParameters, it: unknown = undefined) =>
	await sendGrid.run({ items: [{ email: EMAIL, it } as IDataObject], parameters });

const IT = '={{ $json.it }}';

describe('a flag as text', () => {
	test.each(['true', 'TRUE', ' True '])('deletes nobody with dryRun %j', async (it) => {
		sendGrid.state.addTeammate({ email: EMAIL });
		const { results } = await runWith(offboardWith({ dryRun: IT }), it);
		expect(results).toMatchObject([{ json: { would: 'delete', dry_run: true } }]);
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each(['yes', 'on', 1, [], {}, null, undefined, ''])(
		'is refused for dryRun %j',
		async (it) => {
			sendGrid.state.addTeammate({ email: EMAIL });
			const { error } = await runWith(offboardWith({ dryRun: IT }), it);
			expect(error?.message).toContain("'Dry Run' ");
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test('gives all 203 results for returnAll "true"', async () => {
		sendGrid.state.addManyTeammates(203);
		const { results } = await runWith(getTeammatesWith({ returnAll: IT }), 'true');
		expect(results).toHaveLength(203);
	});

	test('is understood for sso "false", simplify "false" and allowAdmins "true"', async () => {
		const { state } = sendGrid;
		state.addTeammate({ email: EMAIL, is_admin: true, phone: '123' });
		state.addTeammate({ email: 'sam@example.com', is_sso: true });
		const { results } = await runWith(
			getTeammatesWith({ simplify: IT, filters: { sso: IT } }),
			'false',
		);
		expect(results).toMatchObject([{ json: { email: EMAIL, phone: '123' } }]);
		const { error } = await runWith(offboardWith({ options: { allowAdmins: IT } }), 'true');
		expect(error).toBeUndefined();
		expect(sendGrid.writes()).toEqual([`DELETE /v3/teammates/${encodeURIComponent(EMAIL)}`]);
	});
});

describe('V2: a filter that is set and yields nothing is refused before any request', () => {
	test.each([null, undefined, '', '  ', ',;', [], ['']])(
		'an item is refused for emailDomain %j',
		async (it) => {
			for (const make of [getTeammatesWith, getInvitationsWith]) {
				const { error } = await runWith(make({ filters: { emailDomain: IT } }), it);
				expect(error?.message).toBe("'Email Domain' in 'Filters' is set, but has no value");
			}
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test.each([null, undefined, '', '  '])('an item is refused for subuser %j', async (it) => {
		const { error } = await runWith(getSubuserAccessWith({ filters: { subuser: IT } }), it);
		expect(error?.message).toBe(
			`'${EMAIL}' was not handled: 'Subuser' in 'Filters' is set, but has no value`,
		);
		expect(sendGrid.calls()).toEqual([]);
	});

	test.each([null, undefined, '  '])(
		'an item on behalf of %j does not act for the parent account',
		async (it) => {
			const { error } = await runWith(inviteWith({ options: { onBehalfOf: IT } }), it);
			expect(error?.message).toBe(
				`'${EMAIL}' was not handled: 'On Behalf Of' in 'Options' is set, but has no value`,
			);
			const trigger = new ActiveTrigger(sendGrid, {
				events: ['teammateAdded'],
				options: { onBehalfOf: `={{ ${JSON.stringify(it)} }}` },
			});
			expect((await trigger.failure()).message).toContain("'On Behalf Of' in 'Options' is set");
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test.each([null, undefined, '', '  '])('the trigger is refused for %j', async (it) => {
		const value = `={{ ${JSON.stringify(it)} }}`;
		for (const name of ['emailDomain', 'email', 'role']) {
			const trigger = new ActiveTrigger(sendGrid, { filters: { [name]: value } });
			expect((await trigger.failure()).message).toMatch(/^'.+' in 'Filters' is set, but has no/);
		}
		expect(sendGrid.calls()).toEqual([]);
	});
});

test('several domains in one filter are all used', async () => {
	const { state } = sendGrid;
	for (const email of ['a@a.com', 'b@B.com', 'c@c.com']) state.addTeammate({ email });
	const { results } = await runWith(
		getTeammatesWith({ filters: { emailDomain: IT } }),
		'a.com, @b.com',
	);
	expect(results.map(({ json }) => json.email)).toEqual(['a@a.com', 'b@B.com']);

	const filters = { emailDomain: 'a.com; b.com' };
	const trigger = new ActiveTrigger(sendGrid, { events: ['teammateAdded'], filters });
	await trigger.poll();
	for (const email of ['aa@a.com', 'bb@b.com', 'cc@c.com']) state.addTeammate({ email });
	expect(await trigger.events()).toEqual(['teammateAdded aa@a.com', 'teammateAdded bb@b.com']);
});

describe('a subuser that is called by a number', () => {
	beforeEach(() => {
		const { state } = sendGrid;
		const ids = ['12345', '123456'].map((username) => state.addSubuser({ username }).id);
		state.addTeammate({
			email: EMAIL,
			is_sso: true,
			has_restricted_subuser_access: true,
			subuser_access: ids.map((id) => ({ id, permission_type: 'admin' as const, scopes: [] })),
		});
	});

	test('works as a filter, even if SendGrid does not filter', async () => {
		sendGrid.state.faults.add({
			path: /subuser_access$/,
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: {
					subuser_access: [
						{ id: 1, username: '12345' },
						{ id: 2, username: '123456' },
					],
				},
			},
		});
		const parameters = getSubuserAccessWith({
			teammate: by('username', EMAIL),
			filters: { subuser: IT },
		});
		const { results } = await runWith(parameters, 12345);
		expect(results.map(({ json }) => json.username)).toEqual(['12345']);
	});

	test('works in a row, with its permission by name, and is refused if it is there twice', async () => {
		const row = { username: 12345, permission: 'Admin' };
		const create = (subusers: object[]) =>
			createSsoWith({
				email: 'new@example.com',
				access: 'subusers',
				subuserAccess: { subusers } as never,
			});
		const { error } = await runWith(create([row, { username: ' 12345 ', permission: 'admin' }]));
		expect(error?.message).toContain("'Subuser Access' names the subuser '12345' twice");
		expect(sendGrid.calls()).toEqual([]);
		const { results } = await runWith(create([row]));
		expect(results).toMatchObject([
			{ json: { subuser_access: [{ username: '12345', permission_type: 'admin' }] } },
		]);
	});
});

describe('Mode Remove beside Access Admin', () => {
	test.each(['admin', 'Admin'])('makes nobody an admin with %j', async (access) => {
		sendGrid.state.addTeammate({ email: EMAIL, scopes: ['stats.read'] });
		const { error } = await runWith(
			updatePermissionsWith({ access: `={{ '${access}' }}`, mode: 'remove' }),
		);
		expect(error?.message).toContain("'Mode' can't be Remove when 'Access' is Admin");
		expect(error?.description).toContain("set 'Mode' to 'Replace'");
		expect(sendGrid.calls()).toEqual([]);
	});
});

describe('the words that the panel shows', () => {
	const invited = () => sendGrid.state.account().invitations.at(-1);

	test.each([
		['Admin', { is_admin: true }],
		['Selected Scopes', { scopes: ['stats.read'], is_admin: false }],
		['PERSONA', { is_admin: false }],
	])('are understood for Access %j', async (it, expected) => {
		const { error } = await runWith(
			inviteWith({ access: IT, persona: 'Marketer', additionalScopes: [] }),
			it,
		);
		expect(error).toBeUndefined();
		expect(invited()).toMatchObject(expected);
	});

	test.each([
		[{ scopes: 'Statistics (stats.read)' }, ['stats.read']],
		[{ scopes: ['Mail Send (mail.send)', 'stats.read'] }, ['mail.send', 'stats.read']],
		[{ scopes: 'stats.read; mail.send' }, ['stats.read', 'mail.send']],
		[{ scopes: 'stats.read\nmail.send\n' }, ['stats.read', 'mail.send']],
		[{ scopes: 'stats.read mail.send' }, ['stats.read', 'mail.send']],
		[{ scopes: 'Statistics (stats.read) Mail Send (mail.send)' }, ['stats.read', 'mail.send']],
		[{ scopes: 'stats.read Mail Send (mail.send)' }, ['stats.read', 'mail.send']],
		[{ scopes: '"stats.read","mail.send"' }, ['stats.read', 'mail.send']],
		[{ scopes: [] }, []],
	])('are understood as %j', async ({ scopes }, expected) => {
		await runWith(inviteWith({ scopes: IT }), scopes);
		expect(invited()?.scopes).toEqual(expect.arrayContaining(expected));
	});

	test.each([',', ' ; ,', '""', null, undefined])('invite nobody as scopes %j', async (it) => {
		const { error } = await runWith(inviteWith({ scopes: IT }), it);
		expect(error?.message).toContain("'Scope Names or IDs' is empty");
		expect(sendGrid.calls()).toEqual([]);
	});

	test('are refused beside words of which nobody knows what they mean', async () => {
		sendGrid.state.addTeammate({ email: EMAIL, scopes: ['stats.read', 'templates.read'] });
		const { error } = await runWith(
			upsertWith({ scopes: IT }),
			'Read stats (stats.read) and templates (templates.read)',
		);
		expect(error?.message).toContain("'Scope Names or IDs' must be a list of scopes, not 'Read");
		expect(sendGrid.calls()).toEqual([]);
	});

	test('are understood for Mode, If Pending, If Access Differs and Region', async () => {
		sendGrid.state.addTeammate({ email: EMAIL, scopes: ['stats.read'] });
		const parameters = upsertWith({
			scopes: ['mail.send'],
			ifPending: "={{ 'Resend if Expiring' }}",
			ifAccessDiffers: "={{ 'ADD' }}",
			region: "={{ 'Same as Credential' }}",
		});
		const { results } = await runWith(parameters);
		expect(results).toMatchObject([{ json: { action: 'updated' } }]);
		const removed = updatePermissionsWith({ mode: "={{ 'Remove' }}", scopes: ['mail.send'] });
		expect((await runWith(removed)).error).toBeUndefined();
		expect(sendGrid.state.account().teammates.at(-1)?.scopes).not.toContain('mail.send');
	});

	test("are understood for the trigger's events and region", async () => {
		const trigger = new ActiveTrigger(sendGrid, {
			events: "={{ 'Teammate Added; teammateRemoved' }}",
			region: "={{ 'SAME AS credential' }}",
			simplify: "={{ 'true' }}",
			filters: { role: "={{ 'TEAMMATE' }}" },
		});
		sendGrid.state.addTeammate({ email: 'bob@example.com' });
		await trigger.poll();
		sendGrid.state.addTeammate({ email: EMAIL });
		expect(await trigger.events()).toEqual([`teammateAdded ${EMAIL}`]);
	});
});

describe('D6: seven days', () => {
	test.each([7, '7', 8, 1e9])('of %j are refused where they decide about an email', async (it) => {
		const { error } = await runWith(upsertWith({ expiresWithinDays: IT }), it);
		expect(error?.message).toContain("'Expires Within Days' must be a number of days from 0 to");
		expect(error?.description).toContain('every run would send the email again');
		const trigger = new ActiveTrigger(sendGrid, {
			events: ['invitationExpiring'],
			expiresWithinDays: it,
		});
		expect((await trigger.failure()).message).toContain('from 0 to less than 7');
		expect(sendGrid.calls()).toEqual([]);
	});

	test('are allowed in a filter', async () => {
		sendGrid.state.addPending({ email: EMAIL });
		const { results } = await runWith(
			getInvitationsWith({ filters: { expiresWithinDays: IT } }),
			'8',
		);
		expect(results).toHaveLength(1);
	});
});

describe('a locator', () => {
	beforeEach(() => {
		sendGrid.state.addTeammate({ email: EMAIL, username: 'countess' });
		sendGrid.state.addTeammate({ email: 'bob@example.com', username: '12345' });
	});

	test.each<[unknown, string]>([
		[EMAIL, 'countess'],
		['countess', 'countess'],
		[12345, '12345'],
		[{ mode: 'By Email', value: 'ADA@example.com' }, 'countess'],
		[{ mode: 'username', value: 12345 }, '12345'],
		[`{"mode": "email", "value": "${EMAIL}"}`, 'countess'],
	])('is understood as one expression: %j', async (it, username) => {
		const { results } = await runWith(getTeammateWith({ teammate: IT }), it);
		expect(results).toMatchObject([{ json: { username } }]);
	});

	test.each(['email', 'EMAIL', 'By Email'])(
		'is understood with its mode by expression: %j',
		async (it) => {
			const teammate = { __rl: true, mode: IT, value: EMAIL };
			const { results } = await runWith(getTeammateWith({ teammate } as INodeParameters), it);
			expect(results).toMatchObject([{ json: { username: 'countess' } }]);
		},
	);

	test.each([null, '', 'phone'])('is refused with an unknown mode: %j', async (it) => {
		const teammate = { __rl: true, mode: IT, value: EMAIL };
		const { error } = await runWith(deleteTeammateWith({ teammate } as INodeParameters), it);
		expect(error?.message).toContain("'Mode' in 'Teammate' ");
		expect(sendGrid.calls()).toEqual([]);
	});
});

describe('addresses that are none are not sent anything', () => {
	test.each([
		'<ada@example.com>',
		'ada@example.com,',
		'mailto:ada@example.com',
		'ada\u200b@example.com',
		'\u202eada@example.com',
		'a..b@example.com',
	])('are understood as %j', async (it) => {
		const { error } = await runWith(inviteWith({ email: IT }), it);
		expect(error?.message).toMatch(/^'Email' must be an email address, not '.+': it /);
		expect(sendGrid.calls()).toEqual([]);
	});
});

describe('V4: a value that is far too long', () => {
	const HUGE = 'x'.repeat(16_000_000);

	test.each<[string, INodeParameters, unknown]>([
		['email', inviteWith({ email: IT }), HUGE],
		['username', getTeammateWith({ teammate: by('username', IT) }), HUGE],
		['token', resendWith({ invitation: by('token', IT) }), HUGE],
		['scopes', inviteWith({ scopes: IT }), HUGE],
		['scopes with commas', inviteWith({ scopes: IT }), 'a,'.repeat(8_000_000)],
		['50,000 scopes', inviteWith({ scopes: IT }), Array(50_000).fill('stats.read')],
		['deep JSON', inviteWith({ scopes: IT }), '['.repeat(1_000_000)],
		['a domain', getTeammatesWith({ filters: { emailDomain: IT } }), HUGE],
		['access', inviteWith({ access: IT }), HUGE],
		['limit', getTeammatesWith({ returnAll: false, limit: IT }), HUGE],
		['on behalf of', inviteWith({ options: { onBehalfOf: IT } }), HUGE],
	])('%s is refused at once', async (_, parameters, it) => {
		// What n8n itself does with such an item, and with an expression about it, costs more than everything else.
		const plain = inviteWith({ access: IT });
		const others = await longestHold(async () => await runWith(plain, ['x', it]));
		const bound = 2 * others + 50;
		const ours = await longestHold(async () => {
			const { error } = await runWith(parameters, it);
			expect(error?.message).toMatch(/ must (be|have) at most | must be a list of text values/);
			expect(error?.message.length).toBeLessThan(300);
		}, bound);
		expect(ours).toBeLessThan(bound);
		expect(sendGrid.calls()).toEqual([]);
	});
});

describe('an expression that throws', () => {
	const ITEMS = [{ email: 'bob@example.com' }, { email: EMAIL, fails: true }];
	const FAILS = (value: string) => `={{ $json.fails ? $json.no.such.thing() : ${value} }}`;

	test.each<[string, INodeParameters]>([
		['a field', inviteWith({ scopes: FAILS('["stats.read"]') })],
		['an option', inviteWith({ options: { maxWait: FAILS('0') } })],
		['the region', inviteWith({ region: FAILS('"credential"') })],
		['Request Options', inviteWith({ requestOptions: { timeout: FAILS('1000') } })],
		[
			'Batching',
			inviteWith({ requestOptions: { batching: { batch: { batchSize: FAILS('50') } } } }),
		],
	])('in %s fails its item, which stays linked, and the others go on', async (_, parameters) => {
		for (const [onError, items] of [
			['continueErrorOutput', ITEMS],
			['continueErrorOutput', [...ITEMS].reverse()],
			['continueRegularOutput', ITEMS],
		] as const) {
			const { results, failures, error } = await sendGrid.run({
				items: [...items],
				parameters,
				settings: { onError },
			});
			expect(error).toBeUndefined();
			const all = [...results, ...failures];
			const failed = all.filter(({ json }) => json.error);
			expect(failed.map(linkOf)).toEqual([items.findIndex(({ email }) => email === EMAIL)]);
			if (onError === 'continueErrorOutput') {
				expect(failures).toEqual(failed);
				expect(failures[0].json).toMatchObject({ email: EMAIL, error: expect.any(String) });
			}
			expect(sendGrid.mailed()).toEqual(['bob@example.com']);
			sendGrid.state.account().invitations.length = 0;
			sendGrid.state.sentEmails.length = 0;
		}
	});

	test.each<INodeParameters>([
		{ timeout: "={{ $('Nobody').first().json.it }}" },
		{ proxy: '={{ $json.no.such.thing() }}' },
		{ batching: { batch: { batchInterval: "={{ $('Nobody').first().json.it }}" } } },
		{ timeout: 'soon' },
		{ timeout: IT },
		{ batching: { batch: { batchSize: 'many' } } },
		{ proxy: '' },
		{ proxy: 'http://%zz@proxy:1' },
		{ allowUnauthorizedCerts: 'perhaps' },
	])(
		'in the Request Options %j fails all items, which leave by the error output',
		async (requestOptions) => {
			const { results, failures, error } = await sendGrid.run({
				items: ITEMS,
				parameters: inviteWith({ requestOptions }),
				settings: { onError: 'continueErrorOutput' },
			});
			expect(error).toBeUndefined();
			expect(results).toEqual([]);
			expect(failures.map(linkOf)).toEqual([0, 1]);
			expect(failures.map(({ json }) => json.email)).toEqual(ITEMS.map(({ email }) => email));
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test('leaves Request Options given as text in effect', async () => {
		const requestOptions = {
			timeout: '5000',
			allowUnauthorizedCerts: 'true',
			batching: { batch: { batchSize: '1', batchInterval: '0' } },
		};
		const { results } = await runWith(inviteWith({ requestOptions }));
		expect(results).toHaveLength(1);
	});
});
