import { by, updatePermissionsWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

beforeEach(() => addPeople(sendGrid.state));

const scopesOfAda = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess')?.scopes;

describe('Update Permissions', () => {
	const update = async (parameters: object, email = 'ada@example.com') =>
		await sendGrid.run({
			items: [{ email }],
			parameters: updatePermissionsWith(parameters as Parameters<typeof updatePermissionsWith>[0]),
		});
	const patches = () =>
		sendGrid.state.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);

	test('replaces the scopes, and returns the record afterwards', async () => {
		const { results, error } = await update({ scopes: ['mail.send'] });
		expect(error).toBeUndefined();
		expect(scopesOfAda()).toEqual(['mail.send']);
		expect(results[0].json).toMatchObject({ username: 'countess', is_admin: false });
		expect(results[0].json.scopes).toEqual(expect.arrayContaining(['mail.send']));
		expect(results[0].json.scopes).not.toContain('stats.read');
	});

	test("says itself whether something has changed, whatever SendGrid's record has", async () => {
		const ada = sendGrid.state
			.account()
			.teammates.find(({ profile }) => profile.username === 'countess');
		Object.assign(ada?.profile ?? {}, { changed: true, would: 'x', added_scopes: ['x'] });
		const wanted = { mode: 'add', scopes: ['stats.read'], simplify: false };
		const [{ json }] = (await update(wanted)).results;
		expect(json.changed).toBe(false);
		expect(json).not.toHaveProperty('would');
		const [dry] = (await update({ ...wanted, options: { dryRun: true } })).results;
		expect(dry.json).toMatchObject({ would: 'nothing', dry_run: true, added_scopes: [] });
		expect(dry.json).not.toHaveProperty('changed');
	});

	test('adds scopes to what is there, without what nobody can assign', async () => {
		await update({ mode: 'add', scopes: ['mail.send', 'stats.read'] });
		const [{ scopes }] = patches() as Array<{ scopes: string[] }>;
		expect(scopes).toEqual(expect.arrayContaining(['stats.read', 'templates.read', 'mail.send']));
		expect(scopes.filter((scope) => /^(2fa|user\.profile\.update|ui\.)/.test(scope))).toEqual([]);
		expect(new Set(scopes).size).toBe(scopes.length);
	});

	test('removes scopes and keeps the rest', async () => {
		const { error } = await update({ mode: 'remove', scopes: ['stats.read'] });
		expect(error).toBeUndefined();
		expect(scopesOfAda()).toContain('templates.read');
		expect(scopesOfAda()).not.toContain('stats.read');
	});

	test('makes an admin', async () => {
		const { results } = await update({ access: 'admin' });
		expect(patches()).toEqual([{ scopes: [], is_admin: true }]);
		expect(results).toMatchObject([{ json: { is_admin: true } }]);
	});

	test('makes an admin an ordinary teammate only if Replace says so', async () => {
		const { error } = await update({ mode: 'replace' }, 'adam@example.com');
		expect(error).toBeUndefined();
		expect(patches()).toEqual([{ scopes: ['stats.read'], is_admin: false }]);
	});

	test.each(['add', 'remove'])('never turns an admin into one by %s', async (mode) => {
		const { error } = await update({ mode }, 'adam@example.com');
		expect(error?.message).toContain(`an admin has every scope, so there is nothing to ${mode}`);
		expect(patches()).toEqual([]);
	});

	test.each([
		[
			'add',
			{ mode: 'add', scopes: ['mail.send'] },
			'ada@example.com',
			"the change, but 'mail.send' is missing",
		],
		[
			'remove',
			{ mode: 'remove', scopes: ['templates.read'] },
			'ada@example.com',
			"the change, but 'templates.read' is still there",
		],
		[
			'replace',
			{ scopes: ['mail.send', 'stats.read'] },
			'ada@example.com',
			"the change, but 'mail.send' is missing and 'templates.read' is still there",
		],
		[
			'make an admin',
			{ access: 'admin' },
			'ada@example.com',
			'the change, but the admin access is as it was',
		],
		[
			'make an admin a teammate',
			{},
			'adam@example.com',
			'the change, but the admin access is as it was',
		],
	])('W6: reports a change that SendGrid accepts and drops: %s', async (_, fields, email, what) => {
		sendGrid.state.faults.add({ method: 'PATCH', fault: { kind: 'not-applied' } });
		const { error } = await update(fields, email);
		expect(error?.message).toBe(
			`The permissions of '${email}' were not updated: SendGrid accepted ${what}`,
		);
		expect(patches()).toHaveLength(1);
	});

	test('W6: leaves scopes that everybody has out of the comparison, since they cannot be taken away', async () => {
		const both = await update({ mode: 'remove', scopes: ['templates.read', 'user.timezone.read'] });
		expect(both.error).toBeUndefined();
		expect(scopesOfAda()).not.toContain('templates.read');
		const alone = await update({ mode: 'remove', scopes: ['user.timezone.read'] });
		expect(alone.error).toBeUndefined();
		expect(patches()).toHaveLength(1);
	});

	test('W6: reads a record again that lags behind the change', async () => {
		sendGrid.state.behaviours.readLagMs = 700;
		const { results, error } = await update({ scopes: ['mail.send'] });
		expect(error).toBeUndefined();
		expect(results[0].json.scopes).toContain('mail.send');
		expect(results[0].json.scopes).not.toContain('templates.read');
		expect(patches()).toHaveLength(1);
	});

	test('writes nothing if the record already shows what is wanted', async () => {
		const { results, error } = await update({ scopes: ['templates.read', 'stats.read'] });
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { username: 'countess' } }]);
		expect(patches()).toEqual([]);
	});

	test('adds if no mode is set', async () => {
		const { error } = await sendGrid.run({
			items: [{}],
			parameters: {
				resource: 'teammate',
				operation: 'updatePermissions',
				teammate: by('username', 'countess'),
				scopes: ['mail.send'],
			},
		});
		expect(error).toBeUndefined();
		expect(scopesOfAda()).toEqual(
			expect.arrayContaining(['mail.send', 'stats.read', 'templates.read']),
		);
	});

	test('K5: gives nothing to two teammates with one address, and names both', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'lovelace' });
		const { error } = await update({ mode: 'add', scopes: ['mail.send'] });
		expect(error?.message).toBe(
			"The permissions of 'ada@example.com' were not updated: 2 teammates have this address, 'countess' and 'lovelace'",
		);
		expect(error?.description).toContain('By Username');
		expect(patches()).toEqual([]);
	});

	describe('(D5) with a persona and a key that can grant little', () => {
		const PERSONA = { access: 'persona', persona: 'observer' };
		const has = ['alerts.read', 'billing.read', 'messages.read', 'stats.read', 'mail.send'];
		const scopesNow = () =>
			sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'bob')?.scopes;
		beforeEach(() => {
			sendGrid.state.addTeammate({ email: 'bob@example.com', username: 'bob', scopes: has });
			const scopes = ['teammates.read', 'teammates.update', 'stats.read', 'ips.read'];
			sendGrid.state.addKey({ key: sendGrid.apiKey, scopes });
		});

		test('takes nothing away by Add', async () => {
			const { results, error } = await update({ ...PERSONA, mode: 'add' }, 'bob@example.com');
			expect(error).toBeUndefined();
			expect(scopesNow()).toEqual(expect.arrayContaining([...has, 'ips.read']));
			expect(results[0].json.skipped_scopes).toEqual(expect.arrayContaining(['templates.read']));
		});

		test('takes away nothing of the persona by Replace', async () => {
			const { results, error } = await update({ ...PERSONA, mode: 'replace' }, 'bob@example.com');
			expect(error).toBeUndefined();
			expect(scopesNow()).toEqual(
				expect.arrayContaining(['alerts.read', 'billing.read', 'messages.read', 'ips.read']),
			);
			expect(scopesNow()).not.toContain('mail.send');
			expect(results[0].json.skipped_scopes).toEqual(expect.arrayContaining(['templates.read']));
		});

		test('needs no right to grant for Remove', async () => {
			const { results, error } = await update({ ...PERSONA, mode: 'remove' }, 'bob@example.com');
			expect(error).toBeUndefined();
			expect(scopesNow()).toContain('mail.send');
			for (const scope of ['alerts.read', 'billing.read', 'messages.read', 'stats.read']) {
				expect(scopesNow()).not.toContain(scope);
			}
			expect(results[0].json).toMatchObject({ changed: true, skipped_scopes: [] });
			expect(sendGrid.calls()).not.toContain('GET /v3/scopes');
		});
	});

	test('refuses the owner', async () => {
		const { error } = await update({}, 'olga@example.com');
		expect(error?.message).toContain("'olga@example.com' owns the account");
		expect(patches()).toEqual([]);
	});

	test('says that somebody has only been invited', async () => {
		const { error } = await update({}, 'penny@example.com');
		expect(error?.message).toContain("has been invited and hasn't accepted yet");
		expect(error?.description).toContain("An invitation can't be changed");
	});

	test('names scopes that the account cannot grant', async () => {
		const { error } = await update({ scopes: ['stats.read', 'cakes.bake'] });
		expect(error?.message).toContain('one or more of given scopes are invalid');
		expect(error?.description).toContain("'cakes.bake'");
	});

	test.each([
		[{ mode: 'merge' }, "'Mode' must be Add, Remove or Replace, not 'merge'"],
		[{ scopes: [] }, "'Scope Names or IDs' is empty for this item"],
		[{ scopes: [], mode: 'remove' }, "'Scope Names or IDs' is empty for this item"],
		[
			{ scopes: ['2fa_required'], options: { skipUngrantableScopes: true } },
			"'Scope Names or IDs' has no scopes that can be granted for this item",
		],
		[
			{ access: 'king' },
			"'Access' must be Admin, Persona, Same as Teammate or Selected Scopes, not 'king'",
		],
		[{ scopes: ['user.profile.update'] }, "can't be granted to anyone"],
	])('refuses %j before any request', async (parameters, message) => {
		const { error } = await update(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('reports somebody who vanishes just before the change as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'PATCH', fault });
		const { error } = await update({});
		expect(error?.message).toContain('HTTP 404)');
		expect(error?.description).toContain('A username may differ from the email address');
	});
});

describe('a dry run of Update Permissions', () => {
	const STATS = ['stats.read'];
	const MAIL = ['mail.send'];
	const [NOTHING, NO_ADMIN] = [{ would: 'nothing' }, { admin_access: 'unchanged' }];

	test.each([
		[{ scopes: STATS }, { ...NOTHING, ...NO_ADMIN, added_scopes: [], removed_scopes: [] }],
		[{ scopes: MAIL }, { would: 'update', added_scopes: MAIL, removed_scopes: STATS }],
		[
			{ scopes: MAIL, mode: 'add' },
			{ ...NO_ADMIN, added_scopes: MAIL, removed_scopes: [] },
		],
		[
			{ scopes: STATS, mode: 'remove' },
			{ added_scopes: [], removed_scopes: STATS },
		],
		[
			{ scopes: MAIL, mode: 'remove' },
			{ ...NOTHING, added_scopes: [], removed_scopes: [] },
		],
		[{ access: 'admin' }, { admin_access: 'added', added_scopes: [], removed_scopes: [] }],
	])('reports for %j: %j', async (parameters, planned) => {
		sendGrid.state.addTeammate({ email: 'dora@example.com', scopes: STATS });
		const dry = await sendGrid.run({
			items: [{ email: 'dora@example.com' }],
			parameters: updatePermissionsWith({ ...parameters, options: { dryRun: true } }),
		});
		expect(dry.results).toMatchObject([{ json: { dry_run: true, ...planned } }]);
		expect(dry.results[0].json).not.toHaveProperty('changed');
		expect(sendGrid.writes()).toEqual([]);
		const real = await sendGrid.run({
			items: [{ email: 'dora@example.com' }],
			parameters: updatePermissionsWith(parameters),
		});
		const changed = dry.results[0].json.would === 'update';
		expect(real.results).toMatchObject([{ json: { changed, email: 'dora@example.com' } }]);
		expect(sendGrid.writes()).toHaveLength(changed ? 1 : 0);
	});

	test('reports an admin who becomes an ordinary teammate', async () => {
		sendGrid.state.addTeammate({ email: 'ida@example.com', is_admin: true });
		const { results } = await sendGrid.run({
			items: [{ email: 'ida@example.com' }],
			parameters: updatePermissionsWith({ scopes: MAIL, options: { dryRun: true } }),
		});
		const planned = { admin_access: 'removed', added_scopes: [], removed_scopes: [] };
		expect(results).toMatchObject([{ json: { would: 'update', is_admin: true, ...planned } }]);
	});
});
