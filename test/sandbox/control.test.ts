import { SEED_KEYS } from '../../sandbox/seed.mts';
import { replyOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();

const control = async (method: string, path: string, body?: unknown) =>
	await replyOf(
		await fetch(`${sandbox.controlUrl}${path}`, {
			method,
			headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		}),
	);
const post = async (path: string, body?: unknown) => await control('POST', path, body);
const get = async (path: string) => (await control('GET', path)).json;

const FRESH = 'fresh@acme.example';

describe('POST /reset', () => {
	test.each([undefined, {}, { seed: 'default' }])(
		'puts the example back for %j, with its keys',
		async (body) => {
			sandbox.state.addAccount({ name: 'rival' });
			sandbox.state.advance(1000);
			const reply = await post('/reset', body);
			expect(reply.status).toBe(200);
			expect(reply.json).toEqual({ keys: SEED_KEYS });
			expect([...sandbox.state.accounts.keys()]).toEqual(['acme', 'acme-marketing', 'acme-eu']);
		},
	);

	test('empties the state', async () => {
		expect((await post('/reset', { seed: 'empty' })).json).toEqual({ keys: {} });
		expect(sandbox.state.accounts.size).toBe(0);
	});
});

test('GET /state returns everything but the API keys', async () => {
	sandbox.state.faults.add({ path: /resend/, times: Infinity, fault: { kind: 'empty-body' } });
	const reply = await control('GET', '/state');
	expect(reply.json).toMatchObject({
		now: expect.any(Number),
		accounts: [
			{
				name: 'acme',
				parent: null,
				invitations: [{}, { email: FRESH, token: expect.any(String) }],
			},
			{ name: 'acme-marketing', parent: 'acme', region: 'global' },
			{ name: 'acme-eu', region: 'eu', teammates: [{ profile: { first_name: 'Erika' } }] },
		],
		rateLimit: { limit: 600 },
		behaviours: { listKey: 'result' },
		faults: [{ path: 'resend', timesLeft: null, fault: { kind: 'empty-body' } }],
	});
	expect((reply.json as { keys: object[] }).keys).toContainEqual({
		account: 'acme',
		scopes: ['stats.read'],
		ipAllowed: true,
		editedToFullAccess: false,
	});
	expect(reply.text).not.toContain('SG.');
});

test('GET /sent-emails and GET /requests return the logs, and DELETE /requests empties one', async () => {
	await sandbox.call('POST', '/v3/teammates', { body: { email: 'ada@new.example' } });
	expect(await get('/sent-emails')).toMatchObject([
		{ kind: 'invitation', email: 'ada@new.example' },
	]);
	expect(await get('/requests')).toMatchObject([{ method: 'POST', status: 201, account: 'acme' }]);
	expect(JSON.stringify(await get('/requests'))).not.toContain('SG.');
	expect((await control('DELETE', '/requests')).status).toBe(204);
	expect(await get('/requests')).toEqual([]);
	expect(await get('/sent-emails')).toHaveLength(1);
});

test('POST /clock moves the clock', async () => {
	const { json } = await post('/clock', { advanceSeconds: 3600 });
	const { now } = json as { now: number };
	expect((now - Date.now()) / 1000).toBeCloseTo(3600, -1);
	expect(sandbox.state.now()).toBeGreaterThanOrEqual(now);
});

test('POST /rate-limit sets the limit', async () => {
	const rule = { limit: 1, windowMs: 60_000, reset: 'delta', perAccount: true };
	expect((await post('/rate-limit', rule)).json).toEqual(rule);
	expect((await sandbox.call('GET', '/v3/scopes')).status).toBe(200);
	expect((await sandbox.call('GET', '/v3/teammates')).status).toBe(429);
});

describe('the route of faults', () => {
	const fault = { kind: 'status', status: 503, when: 'before' };

	test('takes POST, GET and DELETE', async () => {
		const added = await post('/faults', { method: 'get', path: 'scopes$', times: 2, fault });
		expect(added.status).toBe(201);
		expect((await sandbox.call('GET', '/v3/scopes')).status).toBe(503);
		expect(await get('/faults')).toEqual([
			{
				...(added.json as { id: number }),
				method: 'GET',
				path: 'scopes$',
				host: null,
				probability: 1,
				timesLeft: 1,
				fault,
			},
		]);
		expect((await control('DELETE', '/faults')).status).toBe(204);
		expect((await sandbox.call('GET', '/v3/scopes')).status).toBe(200);
	});

	test('keeps a fault without end until it is removed by its id', async () => {
		const { json } = await post('/faults', { times: null, fault });
		await post('/faults', { fault: { kind: 'empty-body' } });
		const { id } = json as { id: number };
		for (let i = 0; i < 3; i += 1) {
			expect((await sandbox.call('GET', '/v3/scopes')).status).toBe(503);
		}
		expect((await control('DELETE', `/faults/${id}`)).status).toBe(204);
		expect((await control('DELETE', `/faults/${id}`)).status).toBe(404);
		expect(await get('/faults')).toMatchObject([{ fault: { kind: 'empty-body' } }]);
	});

	test.each([
		{ kind: 'rate-limited', header: 'past-epoch', seconds: 1.5 },
		{ kind: 'status', status: 200, when: 'after', body: { any: ['thing'] }, contentType: 'x/y' },
		{ kind: 'drop', when: 'after' },
		{ kind: 'slow', ms: 1 },
		{ kind: 'hang', when: 'before' },
		{ kind: 'html', status: 502, when: 'after' },
		{ kind: 'truncated-json' },
		{ kind: 'empty-body' },
		{ kind: 'wrong-content-type' },
		{ kind: 'rename', from: 'token', to: 'pending_id' },
	])('takes $kind', async (any) => {
		expect((await post('/faults', { host: 'eu', probability: 0.5, fault: any })).status).toBe(201);
		expect(await get('/faults')).toMatchObject([{ host: 'eu', probability: 0.5, fault: any }]);
	});

	test.each([
		[{}, 'fault'],
		[{ fault: { kind: 'explode' } }, 'kind'],
		[{ fault: { kind: 'drop' } }, 'when'],
		[{ fault: { kind: 'empty-body', when: 'after' } }, 'additional'],
		[{ fault, time: 2 }, 'additional'],
		[{ fault, times: 0 }, 'times'],
		[{ fault, path: '(' }, 'regular expression'],
	])('refuses %j', async (body, message) => {
		const reply = await post('/faults', body);
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual({ error: expect.stringContaining(message) });
		expect(await get('/faults')).toEqual([]);
	});
});

test('GET and PATCH /behaviours read and set the switches', async () => {
	const reply = await control('PATCH', '/behaviours', { tokenChangesOnResend: true });
	expect(reply.json).toMatchObject({ tokenChangesOnResend: true, listKey: 'result' });
	expect(await get('/behaviours')).toMatchObject({
		current: { tokenChangesOnResend: true },
		candidates: { listKey: ['result', 'results'] },
	});
	const refused = await control('PATCH', '/behaviours', { listKey: 'items' });
	expect(refused.status).toBe(400);
	expect(refused.json).toEqual({ error: 'listKey must be one of ["result","results"]' });
});

test('POST /accept turns an invitation into a teammate', async () => {
	const reply = await post('/accept', { email: FRESH, username: 'freddy' });
	expect(reply.status).toBe(200);
	expect(reply.json).toMatchObject({ profile: { username: 'freddy', email: FRESH } });
	expect((await post('/accept', { email: FRESH })).json).toEqual({
		error: `nothing pending for ${FRESH}`,
	});
});

test('POST /expire ends an invitation', async () => {
	expect((await post('/expire', { email: FRESH })).status).toBe(200);
	expect((await post('/accept', { email: FRESH })).status).toBe(400);
});

test('POST /accounts, /subusers and /keys add accounts and keys', async () => {
	expect((await post('/accounts', { name: 'rival', seats: 1, sso: false })).status).toBe(201);
	expect(sandbox.state.account('rival')).toMatchObject({ seats: 1, sso: false });
	const subuser = { username: 'rival-eu', parent: 'rival', region: 'eu', accountId: 'x', id: 7 };
	expect((await post('/subusers', subuser)).json).toMatchObject({ name: 'rival-eu', id: 7 });
	const { json } = await post('/keys', { account: 'rival', scopes: ['teammates.read'] });
	const { key } = json as { key: string };

	const options = { key, host: 'eu', onBehalfOf: 'account-id x' } as const;
	expect((await sandbox.call('GET', '/v3/teammates', options)).status).toBe(200);
	expect((await sandbox.call('GET', '/v3/scopes', options)).json).toEqual({
		scopes: ['teammates.read'],
	});
	expect((await post('/keys', { account: 'nobody' })).json).toEqual({
		error: 'no such account: nobody',
	});
});

test('POST /teammates, /pending and /access-requests add people', async () => {
	const email = 'ada@new.example';
	expect((await post('/teammates', { email, username: 'ada', is_admin: true })).status).toBe(201);
	expect(sandbox.teammate('ada').profile.user_type).toBe('admin');
	expect((await post('/pending', { email: 'bob@new.example', token: 'bobs' })).status).toBe(201);
	expect(sandbox.invited()).toContain('bob@new.example');
	const asked = await post('/access-requests', { username: 'ada', scope_group_name: 'Stats' });
	expect(asked.json).toMatchObject({ email, scope_group_name: 'Stats' });
	expect(sandbox.mailed()).toEqual([]);
});

test('POST /teammates/many and /pending/many add many people', async () => {
	const many = { count: 1000, account: 'acme-eu' };
	expect((await post('/teammates/many', { ...many, is_sso: true })).json).toEqual({ added: 1000 });
	expect((await post('/pending/many', { ...many, expiresInSeconds: -5 })).status).toBe(201);
	const { teammates, invitations } = sandbox.state.account('acme-eu');
	expect([teammates.length, invitations.length]).toEqual([1001, 1000]);
	expect(teammates[1000].profile.is_sso).toBe(true);
	expect(sandbox.state.hasExpired(invitations[0])).toBe(true);
});

test.each([
	['/clock', { advanceSeconds: '60' }],
	['/rate-limit', { limit: 1, windowMs: 0, reset: 'epoch' }],
	['/accept', {}],
	['/accounts', { nme: 'x' }],
	['/subusers', { username: 'x', region: 'mars' }],
	['/keys', { scopes: 'some' }],
	['/teammates', { email: 'a@b.c', isAdmin: true }],
	['/teammates/many', { count: 2, email: 'a@b.c' }],
	['/pending', { email: 5 }],
	['/reset', { seed: 'other' }],
])('a mistake is reported: %s %j', async (path, body) => {
	const reply = await post(path, body);
	expect(reply.status).toBe(400);
	expect(reply.json).toEqual({ error: expect.stringMatching(/^body/) });
});

test('an unknown route gets a 404', async () => {
	expect(await control('GET', '/v3/scopes')).toMatchObject({
		status: 404,
		json: { error: 'no such route' },
	});
});
