import { FORBIDDEN, NOT_FOUND, errorOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();
const { call } = sandbox;

const REQUESTS = '/v3/scopes/requests';
const openRequest = () => sandbox.state.account().accessRequests[0];

describe('GET /v3/scopes', () => {
	test('gives a full-access key everything the account has', async () => {
		const reply = await call('GET', '/v3/scopes');
		expect(reply.status).toBe(200);
		expect(reply.json).toEqual({ scopes: sandbox.state.account().scopes });
		expect(sandbox.state.account().scopes).toHaveLength(260);
	});

	test('gives a restricted key its own scopes, without needing a permission', async () => {
		const reply = await call('GET', '/v3/scopes', { key: sandbox.keys.statsOnly });
		expect(reply.json).toEqual({ scopes: ['stats.read'] });
	});

	test('gives a key without scopes an empty list', async () => {
		const key = sandbox.state.addKey({ scopes: [] });
		const reply = await call('GET', '/v3/scopes', { key });
		expect(reply.status).toBe(200);
		expect(reply.json).toEqual({ scopes: [] });
	});

	test('gives what both have on behalf of a subuser', async () => {
		sandbox.state.addSubuser({ username: 'small', scopes: ['stats.read', 'mail.send'] });
		const onBehalfOf = 'small';
		expect((await call('GET', '/v3/scopes', { onBehalfOf })).json).toEqual({
			scopes: ['stats.read', 'mail.send'],
		});
		expect(
			(await call('GET', '/v3/scopes', { onBehalfOf, key: sandbox.keys.statsOnly })).json,
		).toEqual({ scopes: ['stats.read'] });
	});

	test('refuses an address that is not allowed', async () => {
		const reply = await call('GET', '/v3/scopes', { key: sandbox.keys.ipBlocked });
		expect(reply.status).toBe(403);
		expect(reply.json).toEqual(FORBIDDEN);
	});
});

describe('the endpoint of access requests', () => {
	test('lists a bare array, without what an approval gives', async () => {
		const reply = await call('GET', REQUESTS);
		expect(reply.status).toBe(200);
		expect(reply.json).toEqual([
			{
				id: openRequest().id,
				scope_group_name: 'Templates',
				username: 'dev@acme.example',
				email: 'dev@acme.example',
				first_name: 'Dev',
				last_name: 'Developer',
			},
		]);
	});

	test('lists 50 by default, with limit and offset', async () => {
		for (let i = 0; i < 59; i += 1) {
			sandbox.state.addAccessRequest({ username: 'legacy_lee', scope_group_name: `Group ${i}` });
		}
		const length = async (query: string) =>
			((await call('GET', `${REQUESTS}${query}`)).json as unknown[]).length;
		expect(await length('')).toBe(50);
		expect(await length('?offset=50')).toBe(10);
		expect(await length('?limit=7&offset=55')).toBe(5);
		expect(await length('?limit=60')).toBe(60);
	});

	test('gives the whole group and closes the request on approval', async () => {
		const path = `${REQUESTS}/${openRequest().id}/approve`;
		const reply = await call('PATCH', path);
		expect(reply.status).toBe(200);
		expect(reply.json).toEqual({ scope_group_name: 'Templates' });
		expect(sandbox.teammate('dev@acme.example').scopes).toEqual([
			'mail.send',
			'api_keys.read',
			'user.webhooks.event.settings.read',
			'templates.create',
			'templates.read',
			'templates.update',
			'templates.delete',
		]);
		expect((await call('PATCH', path)).status).toBe(404);
	});

	test('closes the request and gives nothing on denial', async () => {
		const before = [...sandbox.teammate('dev@acme.example').scopes];
		const reply = await call('DELETE', `${REQUESTS}/${openRequest().id}`);
		expect(reply.status).toBe(204);
		expect(reply.text).toBe('');
		expect(sandbox.teammate('dev@acme.example').scopes).toEqual(before);
		expect((await call('GET', REQUESTS)).json).toEqual([]);
	});

	test.each([
		['PATCH', '/99/approve'],
		['DELETE', '/99'],
		['DELETE', '/abc'],
	])('answers %s of an unknown one with %s', async (method, path) => {
		const reply = await call(method, `${REQUESTS}${path}`);
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(errorOf('Cannot find request', { field: 'request_id' }));
	});

	test.each(['PATCH', 'POST'])('has none of the paths of 2017: %s', async (method) => {
		expect((await call(method, `${REQUESTS}/approve/${openRequest().id}`)).json).toEqual(NOT_FOUND);
		expect((await call(method, `${REQUESTS}/${openRequest().id}`)).json).toEqual(NOT_FOUND);
		expect(sandbox.state.account().accessRequests).toHaveLength(1);
	});
});
