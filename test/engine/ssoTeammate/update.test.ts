import { by, createSsoWith, updateSsoWith } from '../../support/parameters';
import { standIn } from '../../support/standIn';

const sendGrid = standIn();

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

describe('Create', () => {
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

	test('says so where SendGrid drops the access without a word', async () => {
		const { error } = await create(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['templates.read', 'teammates.read'],
			}),
		);
		expect(error?.message).toBe(
			"'sam@example.com' was created, but SendGrid dropped the access to 1 of 1 subusers without a word",
		);
		expect(error?.description).toContain('templates.read and teammates.read');
		expect(sso('sam@example.com')).toBeDefined();
	});

	test('says so where SendGrid drops a scope only', async () => {
		sendGrid.state.behaviours.marketingOnRestricted = 'dropped';
		const { error } = await create(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['stats.read', 'marketing.read'],
			}),
		);
		expect(error?.message).toContain('dropped the access to 1 of 1 subusers');
	});

	test('says so where SendGrid gives another permission', async () => {
		sendGrid.state.faults.add({
			path: /subuser_access$/,
			fault: { kind: 'rename', from: 'permission_type', to: 'kind' },
		});
		const { error } = await create(
			subusers({ username: 'acme-marketing', permission: 'admin', scopes: [] }),
		);
		expect(error?.message).toContain('dropped the access to 1 of 1 subusers');
		expect(error?.description).toContain('none was sent');
	});

	test('a subuser that is not there is told before anything is created', async () => {
		const { error } = await create(subusers({ username: 'acme-nowhere', permission: 'admin' }));
		expect(error?.message).toBe(
			"'sam@example.com' was not created: this account has no subuser 'acme-nowhere'",
		);
		expect(writes()).toEqual([]);
	});

	test('somebody who is there already', async () => {
		sendGrid.state.addTeammate({ email: 'sam@example.com', is_sso: true });
		const { error } = await create();
		expect(error?.message).toContain("'sam@example.com' was not created: SendGrid says");
	});

	test('names scopes that the account cannot grant', async () => {
		const { error } = await create({ scopes: ['cakes.bake'] });
		expect(error?.description).toContain("'cakes.bake'");
	});

	test.each([
		[{ scopes: [] }, 'wants at least one scope'],
		[{ firstName: ' ' }, "'First Name' is empty"],
		[{ lastName: '={{ $json.surname }}' }, "'Last Name' is empty"],
		[{ access: 'king' }, "'Access' is not one of its choices"],
		[{ access: 'persona', persona: 'king' }, "'Persona' is not one"],
		[{ access: 'subusers', subuserAccess: {} }, "'Subuser Access' names no subuser"],
		[subusers({ username: '', permission: 'admin' }), 'a row without a username'],
		[subusers({ username: 'acme-marketing', permission: 'king' }), 'without a permission'],
		[
			subusers({ username: 'acme-marketing', permission: 'restricted', scopes: '' }),
			'holds no list of scopes',
		],
	])('%j is refused before any request', async (parameters, message) => {
		const { error } = await create(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe('Update', () => {
	beforeEach(() => {
		sendGrid.state.addTeammate({
			email: 'sam@example.com',
			first_name: 'Sam',
			last_name: 'Single',
			is_sso: true,
			scopes: ['stats.read'],
		});
	});

	const update = async (parameters: object = {}) =>
		await sendGrid.run({ items: SAM, parameters: updateSsoWith(parameters as never) });

	test.each([
		[{ firstName: ' Samantha ' }, { first_name: 'Samantha', last_name: 'Single' }],
		[{ lastName: ' Double ' }, { first_name: 'Sam', last_name: 'Double' }],
		[
			{ firstName: ' ', lastName: '' },
			{ first_name: 'Sam', last_name: 'Single' },
		],
	])('changes the name that is set, and nothing about access: %j', async (updateFields, body) => {
		const { results } = await update({ updateFields });
		expect(writes()).toEqual([body]);
		expect(results).toMatchObject([{ json: body }]);
		expect(sso('sam@example.com')?.scopes).toEqual(['stats.read']);
	});

	test('names scopes that the account cannot grant', async () => {
		const { error } = await update({ access: 'scopes', scopes: ['stats.read', 'cakes.bake'] });
		expect(error?.description).toContain("cannot grant from 'Scope Names or IDs': 'cakes.bake'");
	});

	test('the owner is refused, also with single sign-on', async () => {
		sendGrid.state.addTeammate({ email: 'olga@example.com', user_type: 'owner', is_sso: true });
		const { error } = await sendGrid.run({
			items: [{ email: 'olga@example.com' }],
			parameters: updateSsoWith(),
		});
		expect(error?.message).toContain('this is the owner of the account');
		expect(writes()).toEqual([]);
	});

	test('somebody of whom SendGrid does not say how they sign in is not refused', async () => {
		const fault = { kind: 'rename', from: 'is_sso', to: 'sso' } as const;
		sendGrid.state.faults.add({ method: 'GET', path: /sam/, fault });
		const { error } = await update({ updateFields: { firstName: 'Samantha' } });
		expect(error).toBeUndefined();
	});

	test('somebody who vanishes just before the change is told as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'PATCH', fault });
		const { error } = await update();
		expect(error?.description).toContain('nobody in this account has this username');
	});

	test.each([
		[{ access: 'admin' }, { is_admin: true }],
		[{ access: 'scopes', scopes: ['mail.send'] }, { scopes: ['mail.send'] }],
		[{ access: 'persona', persona: 'developer' }, { persona: 'developer' }],
	])('changes the access: %j', async (parameters, body) => {
		const { error } = await update(parameters);
		expect(error).toBeUndefined();
		expect(writes()).toEqual([{ first_name: 'Sam', last_name: 'Single', ...body }]);
	});

	test('gives access to subusers, and reads it back', async () => {
		const { results, error } = await update(
			subusers({ username: 'acme-marketing', permission: 'restricted', scopes: ['stats.read'] }),
		);
		expect(error).toBeUndefined();
		expect(results[0].json.subuser_access).toMatchObject([{ username: 'acme-marketing' }]);
	});

	test('the 500 that SendGrid gives for a scope is told as what it may be', async () => {
		const { error } = await update(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['teammates.read'],
			}),
		);
		expect(error?.message).toContain('SendGrid says "invalid scopes provided" [HTTP 500]');
		expect(error?.description).toContain('when a scope cannot be granted in a subuser');
	});

	test('somebody restricted to subusers is not let into the account by accident', async () => {
		const [{ id }] = sendGrid.state.subusers(sendGrid.state.account());
		sendGrid.state.addTeammate({
			email: 'rosa@example.com',
			first_name: 'Rosa',
			last_name: 'Restricted',
			is_sso: true,
			has_restricted_subuser_access: true,
			subuser_access: [{ id, permission_type: 'restricted', scopes: ['stats.read'] }],
		});
		const change = async (updateFields: object) =>
			await sendGrid.run({
				parameters: updateSsoWith({
					teammate: by('username', 'rosa@example.com'),
					access: 'scopes',
					scopes: ['stats.read'],
					updateFields: updateFields as never,
				}),
			});
		const { error } = await change({});
		expect(error?.message).toContain('cannot specify scopes for a restricted subuser access');
		expect(error?.description).toContain("'Lift Subuser Restriction'");
		expect(sso('rosa@example.com')?.has_restricted_subuser_access).toBe(true);

		expect((await change({ liftSubuserRestriction: true })).error).toBeUndefined();
		expect(sso('rosa@example.com')?.has_restricted_subuser_access).toBe(false);
	});

	test('somebody who does not sign in by single sign-on', async () => {
		sendGrid.state.addTeammate({ username: 'lee', email: 'lee@example.com' });
		const { error } = await sendGrid.run({
			parameters: updateSsoWith({ teammate: by('username', 'lee') }),
		});
		expect(error?.message).toContain('does not sign in by single sign-on');
		expect(writes()).toEqual([]);
	});
});
