import { sleep } from 'n8n-workflow';

import { by, updateSsoWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

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

describe('SSO Teammate > Update', () => {
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
		[{}, { first_name: 'Sam', last_name: 'Single' }],
	])('changes the name that is set, and nothing about access: %j', async (updateFields, body) => {
		const { results } = await update({ updateFields });
		expect(writes()).toEqual([body]);
		expect(results).toMatchObject([{ json: body }]);
		expect(sso('sam@example.com')?.scopes).toEqual(['stats.read']);
	});

	test.each(['', ' ', null, undefined])(
		'V2: changes nothing at all for a name of %j',
		async (name) => {
			const { error } = await sendGrid.run({
				items: [{ ...SAM[0], name }],
				parameters: updateSsoWith({ updateFields: { lastName: '={{ $json.name }}' } }),
			});
			expect(error?.message).toBe(
				"'sam@example.com' was not handled: 'Last Name' in 'Update Fields' is set, but has no value",
			);
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test('names scopes that the account cannot grant', async () => {
		const { error } = await update({ access: 'scopes', scopes: ['stats.read', 'cakes.bake'] });
		expect(error?.description).toContain("cannot grant from 'Scope Names or IDs': 'cakes.bake'");
	});

	test('refuses the owner, even with single sign-on', async () => {
		sendGrid.state.addTeammate({ email: 'olga@example.com', user_type: 'owner', is_sso: true });
		const { error } = await sendGrid.run({
			items: [{ email: 'olga@example.com' }],
			parameters: updateSsoWith(),
		});
		expect(error?.message).toContain('owns the account');
		expect(writes()).toEqual([]);
	});

	test('accepts somebody if SendGrid does not say how they sign in', async () => {
		const fault = { kind: 'rename', from: 'is_sso', to: 'sso' } as const;
		sendGrid.state.faults.add({ method: 'GET', path: /sam/, fault });
		const { error } = await update({ updateFields: { firstName: 'Samantha' } });
		expect(error).toBeUndefined();
	});

	test('reports somebody who vanishes just before the change as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'PATCH', fault });
		const { error } = await update();
		expect(error?.description).toContain('Usernames often differ from the email address');
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

	test('names the possible cause of the 500 that SendGrid gives for a scope', async () => {
		const { error } = await update(
			subusers({
				username: 'acme-marketing',
				permission: 'restricted',
				scopes: ['teammates.read'],
			}),
		);
		expect(error?.message).toBe(
			'It is unclear whether \'sam@example.com\' was updated: SendGrid says "invalid scopes provided" (HTTP 500)',
		);
		expect(error?.description).toContain('when a scope cannot be granted in a subuser');
	});

	test('lets nobody restricted to subusers into the account by accident', async () => {
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

	test('refuses somebody who does not sign in by single sign-on', async () => {
		sendGrid.state.addTeammate({ username: 'lee', email: 'lee@example.com' });
		const { error } = await sendGrid.run({
			parameters: updateSsoWith({ teammate: by('username', 'lee') }),
		});
		expect(error?.message).toContain("doesn't sign in by single sign-on");
		expect(writes()).toEqual([]);
	});
});

test('W7: SSO Teammate > Update returns the record that it read back after an answer without a body', async () => {
	sendGrid.state.addTeammate({
		email: 'sam@example.com',
		first_name: 'Sam',
		last_name: 'Single',
		is_sso: true,
		scopes: ['mail.send'],
	});
	sendGrid.state.faults.add({ method: 'PATCH', fault: { kind: 'empty-body' } });
	const { results, error } = await sendGrid.run({
		items: SAM,
		parameters: updateSsoWith({ access: 'scopes', scopes: ['stats.read'] }),
	});
	expect(error).toBeUndefined();
	expect(results[0].json).toMatchObject({ email: 'sam@example.com' });
});

test('K3: SSO Teammate > Update decides again if it was not carried out and another admin changes the person', async () => {
	sendGrid.state.addTeammate({
		email: 'sam@example.com',
		first_name: 'Sam',
		last_name: 'Single',
		is_sso: true,
		scopes: ['stats.read'],
	});
	sendGrid.state.faults.add({
		method: 'PATCH',
		fault: { kind: 'status', status: 503, when: 'before' },
	});
	const running = sendGrid.run({
		items: SAM,
		parameters: updateSsoWith({ access: 'keep', updateFields: { firstName: 'Samantha' } }),
	});
	while (writes().length === 0) await sleep(20);
	Object.assign(sso('sam@example.com')?.profile ?? {}, { last_name: 'Double' });
	const { error } = await running;
	expect(error?.message).toBeUndefined();
	expect(writes()).toEqual([
		{ first_name: 'Samantha', last_name: 'Single' },
		{ first_name: 'Samantha', last_name: 'Double' },
	]);
}, 30_000);
