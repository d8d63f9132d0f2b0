import { sleep } from 'n8n-workflow';

import { PERSONA_SCOPES } from '../../../sandbox/scopes.mts';
import { by, updateSsoWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { until } from '../../support/machine';

const sendGrid = fakeSendGrid();

const SAM = [{ email: 'sam@example.com' }];

const SAM_SINGLE = {
	email: 'sam@example.com',
	first_name: 'Sam',
	last_name: 'Single',
	is_sso: true,
};

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
		sendGrid.state.addTeammate({ ...SAM_SINGLE, scopes: ['stats.read'] });
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
		expect(error?.description).toContain('A username may differ from the email address');
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

	test.each([
		['first_name is required', {}],
		['first_name is required', { access: 'scopes', scopes: ['stats.read'] }],
		['invalid persona', { access: 'admin' }],
	])(
		'gives no advice on a restriction that cannot be the cause: %s, %j',
		async (message, access) => {
			sendGrid.state.addTeammate({ username: 'sue', email: 'sue@example.com', is_sso: true });
			sendGrid.state.faults.add({
				method: 'PATCH',
				fault: { kind: 'status', status: 400, when: 'before', body: { errors: [{ message }] } },
			});
			const { error } = await sendGrid.run({
				parameters: updateSsoWith({ teammate: by('username', 'sue'), ...(access as object) }),
			});
			expect(error?.message).toContain(message);
			expect(error?.description).not.toContain("'Lift Subuser Restriction'");
		},
	);

	test('does not lift a restriction that it sets', async () => {
		const { error } = await sendGrid.run({
			parameters: updateSsoWith({
				teammate: by('username', 'rosa@example.com'),
				access: 'subusers',
				subuserAccess: { subusers: [{ username: 'acme-marketing', permission: 'admin' }] },
				updateFields: { liftSubuserRestriction: true },
			}),
		});
		expect(error?.message).toContain("'Lift Subuser Restriction' can't be on when");
		expect(sendGrid.calls()).toEqual([]);
	});

	test('refuses somebody who does not sign in with single sign-on', async () => {
		sendGrid.state.addTeammate({ username: 'lee', email: 'lee@example.com' });
		const { error } = await sendGrid.run({
			parameters: updateSsoWith({ teammate: by('username', 'lee') }),
		});
		expect(error?.message).toContain("doesn't sign in with single sign-on");
		expect(writes()).toEqual([]);
	});
});

describe('SSO Teammate > Update, accepted and dropped', () => {
	const MARKETING = {
		username: 'acme-marketing',
		permission: 'restricted',
		scopes: ['mail.send'],
	};
	const ONE = subusers(MARKETING);
	const PERSONA = { access: 'persona', persona: 'developer' };
	const LIFT = { access: 'keep', updateFields: { liftSubuserRestriction: true } };
	const grants = (scopes: string[], count = 1) => ({
		has_restricted_subuser_access: true,
		subuser_access: sendGrid.state
			.subusers(sendGrid.state.account())
			.slice(0, count)
			.map(({ id }) => ({ id, permission_type: 'restricted' as const, scopes })),
	});
	const addSam = (more: object) =>
		sendGrid.state.addTeammate({
			...SAM_SINGLE,
			...more,
		});
	const drop = () => sendGrid.state.faults.add({ method: 'PATCH', fault: { kind: 'not-applied' } });
	const update = async (parameters: object) =>
		await sendGrid.run({ items: SAM, parameters: updateSsoWith(parameters as never) });

	const wideAndOne = () => ({
		...grants(['mail.send']),
		has_restricted_subuser_access: false,
		scopes: ['mail.send', 'templates.read'],
	});

	test.each([
		['a persona', () => ({ scopes: ['stats.read'] }), PERSONA, "the persona 'developer'"],
		['a persona for an admin', () => ({ is_admin: true }), PERSONA, 'the change of admin access'],
		['one subuser for an admin', () => ({ is_admin: true }), ONE, 'the change of admin access'],
		[
			'one of two subusers',
			() => grants(['mail.send'], 2),
			ONE,
			"the removal of 'acme-marketing-2'",
		],
		[
			'fewer scopes in a subuser',
			() => grants(['mail.send', 'templates.read']),
			ONE,
			"the removal of 'templates.read'",
		],
		['one subuser', wideAndOne, ONE, 'the change of the subuser restriction'],
		['no restriction', () => grants(['mail.send']), LIFT, 'the change of the subuser restriction'],
	])('W6: fails when SendGrid drops %s', async (_title, before, parameters, what) => {
		addSam({ scopes: ['stats.read'], ...before() });
		drop();
		const { error } = await update(parameters);
		const isKnown = parameters === PERSONA;
		expect(error?.message).toBe(
			`'sam@example.com' was ${isKnown ? 'not updated' : 'updated, but not completely'}: SendGrid silently ignored ${what}`,
		);
		// Applied, the same is a success, and so it is once more.
		expect((await update(parameters)).error).toBeUndefined();
		expect((await update(parameters)).error).toBeUndefined();
	});

	test.each(['accountant', 'developer', 'marketer', 'observer'])(
		'accepts the persona %s after each other one and once more',
		async (persona) => {
			addSam({ scopes: ['stats.read'] });
			for (const other of ['accountant', 'developer', 'marketer', 'observer']) {
				for (const next of [other, persona, persona]) {
					const { error } = await update({ access: 'persona', persona: next });
					expect(error).toBeUndefined();
				}
				if (other === persona) continue;
				drop();
				const { error } = await update({ access: 'persona', persona: other });
				expect(error?.message).toContain(`silently ignored the persona '${other}'`);
			}
		},
	);

	test('W6: fails in part when SendGrid takes only the name', async () => {
		addSam({ scopes: ['stats.read'] });
		const updating = update({ ...PERSONA, updateFields: { firstName: 'Samantha' } });
		await until(() => sso('sam@example.com')?.profile.first_name === 'Samantha');
		Object.assign(sso('sam@example.com') ?? {}, { scopes: ['stats.read'] });
		expect((await updating).error?.message).toContain(
			"was updated, but not completely: SendGrid silently ignored the persona 'developer'",
		);
	});

	test('W6: is unclear about a persona if neither answer nor record shows it', async () => {
		addSam({ scopes: PERSONA_SCOPES.developer.filter((scope) => !scope.startsWith('api_keys')) });
		const body = { email: 'sam@example.com' };
		sendGrid.state.faults.add({
			method: 'PATCH',
			fault: { kind: 'status', status: 200, when: 'before', body },
		});
		const { error } = await update(PERSONA);
		expect(error?.message).toBe(
			"It is unclear whether 'sam@example.com' was updated with all of the access: SendGrid accepted the change, but its data doesn't show what became of the persona 'developer'",
		);
	});

	test('W6: is unclear about a restriction if SendGrid does not mention it', async () => {
		addSam({ scopes: ['stats.read'] });
		sendGrid.state.faults.add({
			method: 'GET',
			path: /subuser_access$/,
			times: Infinity,
			fault: { kind: 'rename', from: 'has_restricted_subuser_access', to: 'restricted' },
		});
		const { error } = await update(ONE);
		expect(error?.message).toContain("doesn't show what became of the change of the subuser");
	});
});

test('D2: SSO Teammate > Update refuses a row of subuser access without scopes', async () => {
	const { error } = await sendGrid.run({
		items: SAM,
		parameters: updateSsoWith(
			subusers({ username: 'acme-marketing', permission: 'restricted', scopes: [] }) as never,
		),
	});
	expect(error?.message).toContain("'Scope Names or IDs' in row 1 of 'Subuser Access' is empty");
	expect(sendGrid.calls()).toEqual([]);
});

test.each(['first_name', 'last_name'])(
	'K6: SSO Teammate > Update sends no empty name if the record has no %s',
	async (from) => {
		sendGrid.state.addTeammate({ ...SAM_SINGLE, scopes: ['stats.read'] });
		const fault = { kind: 'rename', from, to: 'name' } as const;
		sendGrid.state.faults.add({ method: 'GET', path: /sam/, fault });
		const { error } = await sendGrid.run({
			items: SAM,
			parameters: updateSsoWith({ access: 'scopes', scopes: ['mail.send'] }),
		});
		expect(error?.message).toBe(
			`'sam@example.com' was not updated: SendGrid doesn't say this person's ${from.replace('_', ' ')}, which the update has to include`,
		);
		expect(writes()).toEqual([]);
	},
);

test('W7: SSO Teammate > Update returns the record that it read back after an answer without a body', async () => {
	sendGrid.state.addTeammate({
		...SAM_SINGLE,
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
		...SAM_SINGLE,
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
