import { createSsoWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { until } from '../../support/machine';

const sendGrid = fakeSendGrid();

const SAM = [{ email: 'sam@example.com' }];

beforeEach(() => {
	sendGrid.state.addSubuser({ username: 'acme-marketing' });
	sendGrid.state.addSubuser({ username: 'acme-marketing-2' });
});

const subusers = (...rows: object[]) => ({ access: 'subusers', subuserAccess: { subusers: rows } });

const writes = () =>
	sendGrid.state.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body);

const sso = (email: string) =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.email === email);

describe('SSO Teammate > Create', () => {
	const create = async (parameters: object = {}) =>
		await sendGrid.run({ items: SAM, parameters: createSsoWith(parameters as never) });

	test.each([
		[{ scopes: ['stats.read'] }, { scopes: ['stats.read'] }],
		[{ access: 'admin' }, { is_admin: true }],
		[{ access: 'persona', persona: 'observer' }, { persona: 'observer' }],
	])('sends what is set and nothing else: %j', async (parameters, body) => {
		const { results, error } = await create({ firstName: ' Ada ', ...parameters });
		expect(error).toBeUndefined();
		expect(writes()).toEqual([
			{ email: 'sam@example.com', first_name: 'Ada', last_name: 'Lovelace', ...body },
		]);
		expect(results).toMatchObject([{ json: { email: 'sam@example.com', is_sso: true } }]);
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test('gives access to subusers by their usernames, and reads it back', async () => {
		const { results, error } = await create(
			subusers(
				{ username: ' acme-marketing ', permission: 'restricted', scopes: ['templates.read'] },
				{ username: 'acme-marketing-2', permission: 'admin', scopes: [] },
			),
		);
		expect(error).toBeUndefined();
		const [first, second] = sendGrid.state.subusers(sendGrid.state.account());
		expect(writes()).toEqual([
			{
				email: 'sam@example.com',
				first_name: 'Ada',
				last_name: 'Lovelace',
				has_restricted_subuser_access: true,
				subuser_access: [
					{ id: first.id, permission_type: 'restricted', scopes: ['templates.read'] },
					{ id: second.id, permission_type: 'admin' },
				],
			},
		]);
		expect(results[0].json.subuser_access).toMatchObject([
			{ username: 'acme-marketing', permission_type: 'restricted' },
			{ username: 'acme-marketing-2', permission_type: 'admin' },
		]);
	});

	test('says so if SendGrid silently drops the access', async () => {
		const { error } = await create(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['templates.read', 'teammates.read'],
			}),
		);
		expect(error?.message).toBe(
			"'sam@example.com' was created, but not completely: SendGrid silently ignored the access in 1 of 1 subusers",
		);
		expect(error?.description).toContain("'templates.read' and 'teammates.read'");
		expect(sso('sam@example.com')).toBeDefined();
	});

	test('says so if SendGrid drops only a scope', async () => {
		sendGrid.state.behaviours.marketingOnRestricted = 'dropped';
		const { error } = await create(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['stats.read', 'marketing.read'],
			}),
		);
		expect(error?.message).toContain("silently ignored 'marketing.read' in 1 of 1 subusers");
		expect(error?.description).toContain(" can't be granted in a subuser: 'marketing.read'.");
	});

	test('says so if SendGrid gives another permission', async () => {
		sendGrid.state.faults.add({
			path: /subuser_access$/,
			times: Infinity,
			fault: { kind: 'rename', from: 'permission_type', to: 'kind' },
		});
		const { error } = await create(
			subusers({ username: 'acme-marketing', permission: 'admin', scopes: [] }),
		);
		expect(error?.message).toContain('silently ignored the permission in 1 of 1 subusers');
		expect(error?.description).toContain('none was sent');
	});

	test('reports an unknown subuser before anything is created', async () => {
		const { error } = await create(subusers({ username: 'acme-nowhere', permission: 'admin' }));
		expect(error?.message).toBe(
			"'sam@example.com' was not created: this account has no subuser 'acme-nowhere'",
		);
		expect(writes()).toEqual([]);
	});

	test('reports somebody who is already there', async () => {
		sendGrid.state.addTeammate({ email: 'sam@example.com', is_sso: true });
		const { error } = await create();
		expect(error?.message).toContain("'sam@example.com' was not created: SendGrid says");
		expect(error?.description).toContain('use SSO Teammate > Update');
	});

	test('names scopes that the account cannot grant', async () => {
		const { error } = await create({ scopes: ['cakes.bake'] });
		expect(error?.description).toContain("'cakes.bake'");
	});

	test.each([
		[{ scopes: [] }, 'requires at least one scope'],
		[{ firstName: ' ' }, "'First Name' is empty"],
		[{ lastName: '={{ $json.surname }}' }, "'Last Name' is empty"],
		[
			{ access: 'king' },
			"'Access' must be Admin, Persona, Selected Scopes or Selected Subusers, not 'king'",
		],
		[
			{ access: 'persona', persona: 'king' },
			"'Persona' must be Accountant, Developer, Marketer or Observer, not 'king'",
		],
		[{ access: 'subusers', subuserAccess: {} }, "'Subuser Access' is empty"],
		[
			subusers({ username: '', permission: 'admin' }),
			"'Username' in row 1 of 'Subuser Access' is set, but has no value",
		],
		[
			subusers({ username: 'acme-marketing', permission: 'king' }),
			"'Permission' in row 1 of 'Subuser Access' must be Admin or Restricted, not 'king'",
		],
		[
			subusers({ username: 'acme-marketing', permission: 'restricted', scopes: [] }),
			"'Scope Names or IDs' in row 1 of 'Subuser Access' is empty",
		],
		[
			subusers({ username: 'acme-marketing', permission: 'restricted', scopes: '' }),
			"'Scope Names or IDs' in row 1 of 'Subuser Access' is set, but has no value",
		],
	])('refuses %j before any request', async (parameters, message) => {
		const { error } = await create(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

test('W6: SSO Teammate > Create returns the record that it read back after a 201 without scopes', async () => {
	sendGrid.state.faults.add({
		method: 'POST',
		fault: {
			kind: 'status',
			status: 201,
			when: 'after',
			body: { email: 'sam@example.com', is_admin: false, scopes: [] },
		},
	});
	const { results, error } = await sendGrid.run({
		items: SAM,
		parameters: createSsoWith({ scopes: ['stats.read'] }),
	});
	expect(error).toBeUndefined();
	expect(results[0].json.scopes).toContain('stats.read');
});

test('W6: SSO Teammate > Create fails when SendGrid drops the persona', async () => {
	const creating = sendGrid.run({
		items: SAM,
		parameters: createSsoWith({ access: 'persona', persona: 'developer' }),
	});
	await until(() => sso('sam@example.com') !== undefined);
	Object.assign(sso('sam@example.com') ?? {}, { scopes: ['stats.read'] });
	expect((await creating).error?.message).toBe(
		"'sam@example.com' was created, but not completely: SendGrid silently ignored the persona 'developer'",
	);
});

describe('W3: SSO Teammate > Create in doubt', () => {
	const fail = (when: string) =>
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 503, when },
		} as never);
	const create = async () => await sendGrid.run({ items: SAM, parameters: createSsoWith() });

	test('does not call somebody created who was there before', async () => {
		sendGrid.state.addTeammate({
			email: 'sam@example.com',
			first_name: 'Ada',
			last_name: 'Lovelace',
			is_sso: true,
			scopes: ['stats.read'],
		});
		fail('before');
		const { results, error } = await create();
		expect(results).toEqual([]);
		expect(error?.message).toMatch(/^It is unclear whether 'sam@example.com' was created/);
		expect(writes()).toHaveLength(1);
	});

	test('calls somebody created who was not there before', async () => {
		fail('after');
		const { results, error } = await create();
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { email: 'sam@example.com' } }]);
		expect(writes()).toHaveLength(1);
	});

	test.each<[string, () => void]>([
		[
			'cannot be read',
			() =>
				sendGrid.state.faults.add({
					method: 'GET',
					path: /teammates$/,
					times: Infinity,
					fault: { kind: 'status', status: 500, when: 'before' },
				}),
		],
		[
			'leaves out an address',
			() => {
				const { profile } = sendGrid.state.addTeammate({ email: 'cy@example.com', username: 'cy' });
				Object.assign(profile, { email: null });
			},
		],
	])(
		'creates somebody without a list, which %s, but is not certain if in doubt',
		async (_, spoil) => {
			spoil();
			expect((await create()).error).toBeUndefined();
			expect(sso('sam@example.com')).toBeDefined();

			sendGrid.state.account().teammates = [];
			spoil();
			fail('after');
			const { results, error } = await create();
			expect(results).toEqual([]);
			expect(error?.message).toMatch(/^It is unclear whether 'sam@example.com' was created/);
		},
	);

	test('is certain about somebody who was seen not to be there', async () => {
		fail('before');
		fail('after');
		const { results, error } = await create();
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		expect(writes()).toHaveLength(2);
	});
});

test('a subuser in another case is found', async () => {
	sendGrid.state.addSubuser({ username: 'acme-eu' });
	const subuserAccess = { subusers: [{ username: 'Acme-EU', permission: 'admin' }] };
	const { error } = await sendGrid.run({
		items: SAM,
		parameters: createSsoWith({ access: 'subusers', subuserAccess } as never),
	});
	expect(error).toBeUndefined();
	expect(sendGrid.calls()).toContain('POST /v3/sso/teammates');
});
