import { MINIMUM_SCOPES, PERSONA_SCOPES, UNASSIGNABLE_SCOPES } from '../../sandbox/scopes.mts';
import { FORBIDDEN, errorOf, itemsOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();
const { call } = sandbox;

const PATH = '/v3/sso/teammates';
const SAM = `${PATH}/sam@acme.example`;
const ADA = { email: 'ada@acme.example', first_name: 'Ada', last_name: 'Lovelace' };
const NAME = { first_name: 'Sam', last_name: 'Single' };

const marketing = () => sandbox.state.account('acme-marketing').id;
const restrictedTo = (scopes: string[], more = {}) => ({
	has_restricted_subuser_access: true,
	subuser_access: [{ id: marketing(), permission_type: 'restricted', scopes }],
	...more,
});
const create = async (body: object) => await call('POST', PATH, { body: { ...ADA, ...body } });
const update = async (body: object) => await call('PATCH', SAM, { body: { ...NAME, ...body } });
const usernames = () => sandbox.state.account().teammates.map(({ profile }) => profile.username);

describe('POST /v3/sso/teammates', () => {
	test('adds a person with scopes, which only a GET shows', async () => {
		const reply = await create({ scopes: ['stats.read'] });
		expect(reply.status).toBe(201);
		expect(reply.json).toEqual({
			...ADA,
			is_admin: false,
			is_sso: true,
			scopes: [],
			has_restricted_subuser_access: false,
			subuser_access: [],
		});
		const { json } = await call('GET', `/v3/teammates/${ADA.email}`);
		expect(json).toMatchObject({
			username: ADA.email,
			is_sso: true,
			is_unified: false,
			scopes: expect.arrayContaining(['stats.read']),
		});
		expect(sandbox.state.sentEmails).toEqual([]);
	});

	test('gives an admin every subuser, in entries without scopes', async () => {
		const reply = await create({ is_admin: true });
		expect(reply.json).toMatchObject({ is_admin: true, scopes: [] });
		const { subuser_access } = reply.json as { subuser_access: object[] };
		expect(subuser_access).toMatchObject([
			{ username: 'acme-marketing', permission_type: 'admin' },
			{ username: 'acme-eu', permission_type: 'admin' },
		]);
		for (const entry of subuser_access) expect(entry).not.toHaveProperty('scopes');
	});

	test.each(['accountant', 'developer', 'marketer', 'observer'] as const)(
		'gives a person as %s what the account has of it',
		async (persona) => {
			expect((await create({ persona })).status).toBe(201);
			const { scopes } = sandbox.teammate(ADA.email);
			expect(scopes.length).toBeGreaterThan(20);
			for (const scope of scopes) {
				expect(PERSONA_SCOPES[persona]).toContain(scope);
				expect(sandbox.state.account().scopes).toContain(scope);
				expect(UNASSIGNABLE_SCOPES.has(scope)).toBe(false);
			}
		},
	);

	test('restricts a person to a subuser, with the baseline added', async () => {
		const reply = await create(restrictedTo(['templates.read']));
		expect(reply.status).toBe(201);
		const baseline = MINIMUM_SCOPES.filter((scope) => scope.endsWith('.read'));
		expect(reply.json).toMatchObject({
			has_restricted_subuser_access: true,
			subuser_access: [
				{
					id: marketing(),
					username: 'acme-marketing',
					email: 'marketing@acme.example',
					disabled: false,
					permission_type: 'restricted',
					scopes: ['templates.read', ...baseline, 'stats.read'],
				},
			],
		});
	});

	test.each([
		'sender_verification_legacy',
		'2fa_required',
		'user.profile.read',
		'billing.read',
		'nonsense',
	])('answers 201 and silently drops the whole list for %s in an entry', async (scope) => {
		const reply = await create(restrictedTo(['templates.read', scope]));
		expect(reply.status).toBe(201);
		expect(reply.json).toMatchObject({
			has_restricted_subuser_access: true,
			subuser_access: [],
		});
		expect(sandbox.teammate(ADA.email).subuser_access).toEqual([]);
	});

	test.each([
		['no address', { email: undefined }],
		['no first name', { first_name: undefined }],
		['no last name', { last_name: '' }],
		['admin and scopes', { is_admin: true, scopes: ['stats.read'] }],
		['admin and persona', { is_admin: true, persona: 'observer' }],
		['persona and scopes', { persona: 'observer', scopes: ['stats.read'] }],
		['an unknown persona', { persona: 'boss' }],
		['scopes as text', { scopes: 'stats.read' }],
		['is_admin as text', { is_admin: 'no', scopes: ['stats.read'] }],
		['subuser_access as an object', { has_restricted_subuser_access: true, subuser_access: {} }],
	])('refuses %s', async (_, body) => {
		const reply = await create(body);
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual({ errors: [{ message: expect.any(String) }] });
		expect(usernames()).not.toContain(ADA.email);
	});

	test.each([
		['an unknown subuser', { id: 1, permission_type: 'restricted', scopes: [] }],
		['scopes for a subuser admin', { permission_type: 'admin', scopes: ['stats.read'] }],
		['an unknown permission type', { permission_type: 'owner' }],
		['an id as text', { id: '1001', permission_type: 'admin' }],
	])('refuses an entry with %s', async (_, entry) => {
		const reply = await create({
			has_restricted_subuser_access: true,
			subuser_access: [{ id: marketing(), ...entry }],
		});
		expect(reply.status).toBe(400);
		expect(usernames()).not.toContain(ADA.email);
	});

	test.each([{}, { scopes: [] }, { is_admin: false }])(
		'refuses a body without access: %j',
		async (body) => {
			const reply = await create(body);
			expect(reply.status).toBe(400);
			expect(reply.json).toEqual(errorOf('scopes cannot be empty'));
		},
	);

	test.each([
		['the flag and entries', () => restrictedTo(['stats.read'])],
		['the flag alone', () => ({ has_restricted_subuser_access: true })],
		['entries alone', () => ({ subuser_access: restrictedTo([]).subuser_access })],
	])('refuses scopes with restricted access: %s', async (_, restricted) => {
		const reply = await create({ ...restricted(), scopes: ['stats.read'] });
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual(
			errorOf('cannot specify scopes for a restricted subuser access teammate'),
		);
	});

	test.each([{ is_admin: true }, { persona: 'observer' }])(
		'refuses %j with restricted access',
		async (body) => {
			expect((await create(restrictedTo([], body))).status).toBe(400);
		},
	);

	test('refuses an unassignable scope', async () => {
		expect((await create({ scopes: ['stats.read', 'user.profile.update'] })).status).toBe(400);
		expect(usernames()).not.toContain(ADA.email);
	});

	test('refuses the address of a teammate with another username', async () => {
		expect((await create({ email: 'lee@acme.example', is_admin: true })).status).toBe(400);
		expect(usernames()).not.toContain('lee@acme.example');
	});

	test('refuses the same person a second time', async () => {
		await create({ is_admin: true });
		expect((await create({ is_admin: true })).status).toBe(400);
		expect(usernames().filter((username) => username === ADA.email)).toHaveLength(1);
	});

	test('refuses a key that was edited up to Full Access, and a plan without SSO', async () => {
		const key = sandbox.state.addKey({ editedToFullAccess: true });
		const body = { ...ADA, is_admin: true };
		expect((await call('POST', PATH, { key, body })).json).toEqual(FORBIDDEN);

		sandbox.state.account().sso = false;
		expect((await call('POST', PATH, { body })).json).toEqual(FORBIDDEN);
		expect(usernames()).not.toContain(ADA.email);
	});
});

describe('PATCH /v3/sso/teammates/{username}', () => {
	test('changes the name and leaves the rest', async () => {
		const reply = await update({ last_name: 'Married' });
		expect(reply.status).toBe(200);
		expect(reply.json).toMatchObject({
			username: 'sam@acme.example',
			email: 'sam@acme.example',
			last_name: 'Married',
			user_type: 'teammate',
			has_restricted_subuser_access: true,
			subuser_access: [{ id: marketing(), scopes: expect.arrayContaining(['templates.read']) }],
		});
	});

	test('replaces the whole list by subuser_access', async () => {
		const { id } = sandbox.state.account('acme-eu');
		const entry = { id, permission_type: 'admin' };
		const reply = await update({ subuser_access: [entry] });
		expect(reply.status).toBe(200);
		expect(sandbox.teammate('sam@acme.example').subuser_access).toEqual([{ ...entry, scopes: [] }]);
	});

	test('answers 500 and changes nothing for a scope that a subuser cannot have', async () => {
		const reply = await update({ ...restrictedTo(['billing.read']), last_name: 'Changed' });
		expect(reply.status).toBe(500);
		expect(reply.json).toEqual(errorOf('invalid scopes provided'));
		expect(sandbox.teammate('sam@acme.example')).toMatchObject({
			profile: { last_name: 'Single' },
			subuser_access: [{ scopes: ['templates.read'] }],
		});
	});

	test.each([
		['scopes and entries', () => restrictedTo([], { scopes: ['stats.read'] })],
		['scopes while restricted', () => ({ scopes: ['stats.read'] })],
	])('refuses a body with %s', async (_, body) => {
		const reply = await update(body());
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual(
			errorOf('cannot specify scopes for a restricted subuser access teammate'),
		);
	});

	test('needs scopes to lift the restriction', async () => {
		const lifted = { has_restricted_subuser_access: false };
		expect((await update(lifted)).json).toEqual(errorOf('scopes cannot be empty'));
		expect((await update({ ...lifted, scopes: [] })).json).toEqual(
			errorOf('scopes cannot be empty'),
		);
		expect((await update({ ...lifted, scopes: ['stats.read'] })).status).toBe(200);
		expect(sandbox.teammate('sam@acme.example')).toMatchObject({
			has_restricted_subuser_access: false,
			scopes: ['stats.read'],
		});
	});

	test('takes the scopes away when restricting', async () => {
		await update({ has_restricted_subuser_access: false, scopes: ['stats.read'] });
		expect((await update({ has_restricted_subuser_access: true })).status).toBe(200);
		expect(sandbox.teammate('sam@acme.example').scopes).toEqual([]);
	});

	test('refuses an unknown subuser', async () => {
		const before = sandbox.teammate('sam@acme.example').subuser_access;
		const subuser_access = [{ id: 1, permission_type: 'admin' }];
		expect((await update({ subuser_access })).status).toBe(400);
		expect(sandbox.teammate('sam@acme.example').subuser_access).toEqual(before);
	});

	test('refuses the owner', async () => {
		const { profile } = sandbox.teammate('sam@acme.example');
		profile.user_type = 'owner';
		expect((await update({ last_name: 'Changed' })).status).toBe(403);
		expect(profile.last_name).toBe('Single');
	});

	test('makes a person an admin, and an admin a marketer', async () => {
		expect((await update({ is_admin: true })).json).toMatchObject({
			is_admin: true,
			user_type: 'admin',
			has_restricted_subuser_access: false,
		});
		expect((await update({ last_name: 'Boss' })).json).toMatchObject({ is_admin: true });
		expect((await update({ persona: 'marketer' })).json).toMatchObject({
			is_admin: false,
			user_type: 'teammate',
		});
		expect(sandbox.teammate('sam@acme.example').scopes).toContain('alerts.read');
	});

	test.each(['first_name', 'last_name'])('requires %s too', async (name) => {
		expect((await update({ [name]: undefined })).status).toBe(400);
	});

	test.each(['nobody@acme.example', 'legacy_lee'])(
		'refuses %s, who is no SSO teammate',
		async (username) => {
			const body = { ...NAME, is_admin: true };
			expect((await call('PATCH', `${PATH}/${username}`, { body })).status).toBe(404);
			expect(sandbox.teammate('legacy_lee').profile.is_admin).toBe(false);
		},
	);

	test('refuses a key that was edited up to Full Access', async () => {
		const key = sandbox.state.addKey({ editedToFullAccess: true });
		expect((await call('PATCH', SAM, { key, body: { ...NAME, is_admin: true } })).json).toEqual(
			FORBIDDEN,
		);
		expect(sandbox.teammate('sam@acme.example').profile.is_admin).toBe(false);
	});
});

test('SSO teammates are in the list, and their username is the address', async () => {
	const people = itemsOf(await call('GET', '/v3/teammates'));
	expect(people).toContainEqual(
		expect.objectContaining({ username: 'sam@acme.example', is_sso: true, is_unified: false }),
	);
});
