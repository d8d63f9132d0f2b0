import { AUTOMATIC_SCOPES, MINIMUM_SCOPES, SELF_SERVICE_SCOPES } from '../../sandbox/scopes.mts';
import { errorOf, itemsOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();
const { call } = sandbox;

const usernames = async (path: string, options = {}) =>
	itemsOf<{ username: string }>(await call('GET', path, options)).map(({ username }) => username);
const scopesOf = async (username: string) => {
	const reply = await call('GET', `/v3/teammates/${encodeURIComponent(username)}`);
	return (reply.json as { scopes: string[] }).scopes;
};
const update = async (username: string, body: unknown) =>
	await call('PATCH', `/v3/teammates/${encodeURIComponent(username)}`, { body });

describe('GET /v3/teammates', () => {
	test('lists everybody, the owner too, without scopes', async () => {
		const reply = await call('GET', '/v3/teammates');
		expect(reply.status).toBe(200);
		expect(itemsOf(reply)[0]).toEqual({
			username: 'acme_owner',
			email: 'olivia@acme.example',
			first_name: 'Olivia',
			last_name: 'Owner',
			user_type: 'owner',
			is_admin: true,
			is_sso: false,
			is_unified: false,
			is_partner_sso: false,
			phone: '',
			website: '',
			address: '',
			address2: '',
			city: '',
			state: '',
			zip: '',
			country: '',
			company: 'Acme',
		});
		expect(itemsOf(reply)).toHaveLength(6);
		for (const item of itemsOf(reply)) expect(item).not.toHaveProperty('scopes');
	});

	describe('paging', () => {
		beforeEach(() => {
			sandbox.state.account().teammates = [];
			sandbox.state.addManyTeammates(520);
		});
		const size = async (query: string) => (await usernames(`/v3/teammates${query}`)).length;

		test.each([
			['', 50],
			['?limit=1', 1],
			['?limit=0', 0],
			['?limit=500', 500],
			['?offset=500', 20],
			['?limit=500&offset=500', 20],
			['?limit=500&offset=519', 1],
			['?offset=520', 0],
			['?offset=100000', 0],
		])('gives for %j %i teammates', async (query, expected) => {
			expect(await size(query)).toBe(expected);
		});

		test('counts items by offset', async () => {
			expect(await usernames('/v3/teammates?limit=2&offset=518')).toEqual([
				'teammate0519@bulk.example',
				'teammate0520@bulk.example',
			]);
		});

		test.each(['limit=many', 'limit=-1', 'limit=1.5', 'offset=-1', 'limit='])(
			'refuses %s',
			async (query) => {
				expect((await call('GET', `/v3/teammates?${query}`)).status).toBe(400);
			},
		);
	});

	test("lists the parent's admins among a subuser's own people", async () => {
		const options = { host: 'eu', onBehalfOf: 'acme-eu' };
		expect(await usernames('/v3/teammates', options)).toEqual([
			'acme_owner',
			'adam@acme.example',
			'erika@acme.example',
		]);
	});
});

describe('GET /v3/teammates/{username}', () => {
	test('returns one teammate with scopes', async () => {
		const reply = await call('GET', '/v3/teammates/legacy_lee');
		expect(reply.status).toBe(200);
		expect(reply.json).toMatchObject({
			username: 'legacy_lee',
			email: 'lee@acme.example',
			user_type: 'teammate',
			scopes: expect.arrayContaining(['stats.read', 'templates.read', 'suppression.read']),
		});
	});

	test.each([
		['Mia.Marketer+news@acme.example', 'Mia.Marketer%2Bnews%40acme.example'],
		['odd/name ?#%', 'odd%2Fname%20%3F%23%25'],
		[`${'é'.repeat(127)}@b.com`, encodeURIComponent(`${'é'.repeat(127)}@b.com`)],
	])('finds the percent-encoded username %s', async (username, encoded) => {
		if (!username.startsWith('Mia')) sandbox.state.addTeammate({ email: 'x@y.example', username });
		const reply = await call('GET', `/v3/teammates/${encoded}`);
		expect(reply.json).toMatchObject({ username });
	});

	test('shows more than was given: the minimum set and the automatic scopes', async () => {
		const shown = await scopesOf('dev@acme.example');
		const minimum = MINIMUM_SCOPES.filter((scope) => scope !== 'user.profile.update');
		expect(minimum).toHaveLength(10);
		expect(shown).toEqual(expect.arrayContaining([...minimum, '2fa_required', 'ui.provision']));
		expect(shown).not.toContain('2fa_exempt');
		expect(shown).not.toContain('user.profile.update');
		expect(new Set(shown).size).toBe(shown.length);
	});

	test('shows self-service scopes only with a password', async () => {
		expect(SELF_SERVICE_SCOPES).toHaveLength(8);
		expect(await scopesOf('legacy_lee')).toEqual(expect.arrayContaining([...SELF_SERVICE_SCOPES]));
		for (const username of ['dev@acme.example', 'sam@acme.example']) {
			expect(await scopesOf(username)).not.toContain('user.password.update');
		}
	});

	test.each(['acme_owner', 'adam@acme.example'])(
		'shows for %s all scopes, including both 2fa scopes',
		async (username) => {
			const shown = await scopesOf(username);
			expect(shown).toEqual(expect.arrayContaining(sandbox.state.account().scopes));
			expect(shown).toEqual(expect.arrayContaining(['2fa_exempt', '2fa_required']));
		},
	);

	test.each(['nobody', 'LEGACY_LEE', 'lee@acme.example'])(
		"answers 404 for %s, nobody's username",
		async (name) => {
			const reply = await call('GET', `/v3/teammates/${name}`);
			expect(reply.status).toBe(404);
			expect(reply.json).toEqual(errorOf('unable to get teammate data at this time'));
		},
	);

	test("finds on behalf of a subuser its own people and the parent's admins", async () => {
		const options = { host: 'eu', onBehalfOf: 'acme-eu' } as const;
		expect((await call('GET', '/v3/teammates/erika@acme.example', options)).status).toBe(200);
		expect((await call('GET', '/v3/teammates/acme_owner', options)).status).toBe(200);
		expect((await call('GET', '/v3/teammates/legacy_lee', options)).status).toBe(404);
		expect((await call('GET', '/v3/teammates/erika@acme.example')).status).toBe(404);
	});
});

describe('PATCH /v3/teammates/{username}', () => {
	test('replaces all scopes', async () => {
		const reply = await update('legacy_lee', { scopes: ['mail.send'], is_admin: false });
		expect(reply.status).toBe(200);
		expect(reply.json).toMatchObject({
			username: 'legacy_lee',
			scopes: expect.arrayContaining(['mail.send', 'user.profile.read']),
		});
		expect(await scopesOf('legacy_lee')).toContain('mail.send');
		expect(await scopesOf('legacy_lee')).not.toContain('stats.read');
	});

	test('leaves the minimum for an empty list', async () => {
		await update('legacy_lee', { scopes: [], is_admin: false });
		expect(sandbox.teammate('legacy_lee').scopes).toEqual([]);
		expect(await scopesOf('legacy_lee')).toContain('user.profile.read');
	});

	test('echoes user.profile.update, which is gone at the next GET', async () => {
		const reply = await update('legacy_lee', {
			scopes: ['stats.read', 'user.profile.update'],
			is_admin: false,
		});
		expect(reply.status).toBe(200);
		expect((reply.json as { scopes: string[] }).scopes).toContain('user.profile.update');
		expect(await scopesOf('legacy_lee')).not.toContain('user.profile.update');
		expect(await scopesOf('legacy_lee')).toContain('stats.read');
	});

	test.each([
		'no.such.scope',
		...SELF_SERVICE_SCOPES,
		...AUTOMATIC_SCOPES.filter((scope) => scope !== 'user.profile.update'),
	])('refuses %s and changes nothing', async (scope) => {
		const before = [...sandbox.teammate('legacy_lee').scopes];
		const reply = await update('legacy_lee', { scopes: ['mail.send', scope], is_admin: false });
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual(
			errorOf('one or more of given scopes are invalid', { field: 'scopes' }),
		);
		expect(sandbox.teammate('legacy_lee').scopes).toEqual(before);
	});

	test('refuses what a GET shows when it is written back unchanged', async () => {
		const scopes = await scopesOf('legacy_lee');
		expect((await update('legacy_lee', { scopes, is_admin: false })).status).toBe(400);
	});

	test('makes a teammate an admin, and an admin a teammate again', async () => {
		const reply = await update('legacy_lee', { scopes: [], is_admin: true });
		expect(reply.json).toMatchObject({ is_admin: true, user_type: 'admin' });
		expect(sandbox.teammate('legacy_lee').scopes).toEqual([]);

		await update('legacy_lee', { scopes: ['stats.read'], is_admin: false });
		expect(sandbox.teammate('legacy_lee')).toMatchObject({
			profile: { is_admin: false, user_type: 'teammate' },
			scopes: ['stats.read'],
		});
	});

	test.each([
		['scopes', { is_admin: false }],
		['is_admin', { scopes: [] }],
	])('requires both fields: no %s', async (field, body) => {
		const reply = await update('legacy_lee', body);
		expect(reply.status).toBe(400);
		expect(reply.json).toMatchObject({ errors: [{ field }] });
	});

	test('answers 404 for an unknown username', async () => {
		const reply = await update('nobody', { scopes: [], is_admin: false });
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(errorOf('username not found', { field: 'username' }));
	});

	test('refuses the owner', async () => {
		const reply = await update('acme_owner', { scopes: [], is_admin: false });
		expect(reply.status).toBe(403);
		expect(sandbox.teammate('acme_owner').profile.is_admin).toBe(true);
	});
});

describe('DELETE /v3/teammates/{username}', () => {
	test.each(['legacy_lee', 'sam@acme.example'])('removes %s', async (username) => {
		const reply = await call('DELETE', `/v3/teammates/${encodeURIComponent(username)}`);
		expect(reply.status).toBe(204);
		expect(reply.text).toBe('');
		expect(reply.headers.has('content-type')).toBe(false);
		expect(reply.headers.has('content-length')).toBe(false);
		expect(await usernames('/v3/teammates')).not.toContain(username);
		expect(await usernames('/v3/teammates')).toHaveLength(5);
	});

	test('has another message for an unknown username than PATCH', async () => {
		const reply = await call('DELETE', '/v3/teammates/nobody');
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(errorOf('teammate does not exist', { field: 'username' }));
	});

	test('refuses the owner', async () => {
		expect((await call('DELETE', '/v3/teammates/acme_owner')).status).toBe(403);
		expect(await usernames('/v3/teammates')).toContain('acme_owner');
	});

	test("refuses the parent's admin through a subuser", async () => {
		const options = { host: 'eu', onBehalfOf: 'acme-eu' } as const;
		expect((await call('DELETE', '/v3/teammates/adam@acme.example', options)).status).toBe(404);
		expect(await usernames('/v3/teammates')).toContain('adam@acme.example');
	});

	test("removes the person's access requests too", async () => {
		await call('DELETE', '/v3/teammates/dev@acme.example');
		expect(sandbox.state.account().accessRequests).toEqual([]);
	});
});
