import { ENDPOINTS } from '../../sandbox/router.mts';
import { BAD_KEY, FORBIDDEN, NOT_FOUND, errorOf, seededSandbox } from './seeded';
import type { CallOptions } from './seeded';

const sandbox = seededSandbox();
const { call, keys } = sandbox;

const actedOn = () => sandbox.state.requests.at(-1)?.account;
const pathOf = (pattern: string) => pattern.replace(/:\w+/g, 'x');
const EVERY = ENDPOINTS.map(({ method, path, scope, documentsOnBehalfOf }) => ({
	name: `${method} ${path}`,
	method,
	path: pathOf(path),
	scope,
	documentsOnBehalfOf,
}));

test('the sandbox has sixteen endpoints', () => {
	expect(EVERY).toHaveLength(16);
	expect(new Set(EVERY.map(({ name }) => name)).size).toBe(16);
});

describe('a request', () => {
	test('without a key is refused', async () => {
		const reply = await call('GET', '/v3/scopes', { key: null });
		expect(reply.status).toBe(401);
		expect(reply.json).toEqual(errorOf('authorization required', { field: null }));
	});

	test.each(['Basic abc', 'Bearer', 'Bearer ', keys.fullAccess])(
		'with a malformed key is refused: %s',
		async (Authorization) => {
			const response = await fetch(`${sandbox.globalUrl}/v3/scopes`, {
				headers: { Authorization },
			});
			expect(response.status).toBe(401);
			expect(await response.json()).toEqual(errorOf('authorization required', { field: null }));
		},
	);

	test('with an unknown key is refused', async () => {
		const reply = await call('GET', '/v3/scopes', { key: `${keys.fullAccess}x` });
		expect(reply.status).toBe(401);
		expect(reply.json).toEqual(BAD_KEY);
	});

	test.each(Object.values(keys))("has a key in SendGrid's format: %s", (key) => {
		expect(key).toMatch(/^SG\.[\w-]{22}\.[\w-]{43}$/);
	});

	test("has a random key in SendGrid's format too", () => {
		expect(sandbox.state.addKey()).toMatch(/^SG\.[\w-]{22}\.[\w-]{43}$/);
	});

	test.each([
		['HEAD', '/v3/scopes'],
		['PUT', '/v3/teammates'],
		['GET', '/v3/teammates/100%'],
		['GET', '/v3/teammates/%ff'],
	])('to an unknown endpoint is only logged: %s %s', async (method, path) => {
		expect((await call(method, path)).status).toBe(404);
		expect(sandbox.state.requests).toMatchObject([{ method, path, status: 404 }]);
	});

	test('to an unknown path gets a 404', async () => {
		const reply = await call('GET', '/v3/nothing');
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(NOT_FOUND);
		expect((await call('GET', '/v3/nothing', { key: null })).status).toBe(401);
	});
});

describe.each(EVERY.filter(({ scope }) => scope !== null))('$name', ({ method, path, scope }) => {
	test('is forbidden without its scope only', async () => {
		const lacking = sandbox.state.account().scopes.filter((other) => other !== scope);
		const without = sandbox.state.addKey({ scopes: lacking });
		const withIt = sandbox.state.addKey({ scopes: [scope ?? ''] });
		expect((await call(method, path, { key: without })).status).toBe(403);
		expect((await call(method, path, { key: withIt })).status).not.toBe(403);
	});

	test('is forbidden from an address that is not allowed', async () => {
		const reply = await call(method, path, { key: keys.ipBlocked });
		expect(reply.status).toBe(403);
		expect(reply.json).toEqual(FORBIDDEN);
	});
});

test('a scope that the account has lost no longer works', async () => {
	const account = sandbox.state.account();
	account.scopes = account.scopes.filter((scope) => scope !== 'teammates.read');
	expect((await call('GET', '/v3/teammates')).json).toEqual(FORBIDDEN);
});

describe('hosts, keys and on-behalf-of', () => {
	const globalSubuserKey = 'SG.key-of-a-global-subuser';
	beforeEach(() => {
		sandbox.state.addKey({ key: globalSubuserKey, account: 'acme-marketing' });
	});

	test.each<[string, CallOptions, number, string | null]>([
		['the parent on its host', {}, 200, 'acme'],
		['the parent on the EU host', { host: 'eu' }, 401, null],
		['for a global subuser', { onBehalfOf: 'acme-marketing' }, 200, 'acme-marketing'],
		['by account id', { onBehalfOf: 'account-id acct-marketing' }, 200, 'acme-marketing'],
		['for an EU subuser on the wrong host', { onBehalfOf: 'acme-eu' }, 401, null],
		['for an EU subuser', { host: 'eu', onBehalfOf: 'acme-eu' }, 200, 'acme-eu'],
		[
			'for a global subuser on the EU host',
			{ host: 'eu', onBehalfOf: 'acme-marketing' },
			401,
			null,
		],
		['an EU subuser itself', { host: 'eu', key: keys.euSubuser }, 200, 'acme-eu'],
		['an EU subuser on the global host', { key: keys.euSubuser }, 401, null],
		['a global subuser itself', { key: globalSubuserKey }, 200, 'acme-marketing'],
		['a global subuser on the EU host', { key: globalSubuserKey, host: 'eu' }, 401, null],
		['a subuser for another', { key: globalSubuserKey, onBehalfOf: 'acme-eu' }, 403, null],
		['a prefixed subuser', { onBehalfOf: 'subuser_acme-marketing' }, 403, null],
		['a subuser in another case', { onBehalfOf: 'Acme-Marketing' }, 403, null],
		['a username as account id', { onBehalfOf: 'account-id acme-marketing' }, 403, null],
		['nobody', { onBehalfOf: 'nobody' }, 403, null],
	])('act as documented: %s', async (_, options, status, account) => {
		const reply = await call('GET', '/v3/teammates', options);
		expect(reply.status).toBe(status);
		expect(actedOn()).toBe(account);
		if (status === 401) expect(reply.json).toEqual(BAD_KEY);
		if (status === 403) expect(reply.json).toEqual(FORBIDDEN);
	});

	test("do not reach another parent's subuser", async () => {
		sandbox.state.addAccount({ name: 'rival' });
		const key = sandbox.state.addKey({ account: 'rival' });
		const onBehalfOf = 'acme-marketing';
		expect((await call('GET', '/v3/teammates', { key, onBehalfOf })).status).toBe(403);
	});

	test.each(EVERY)('follow the header at $name if documented', async (endpoint) => {
		const { method, path, documentsOnBehalfOf } = endpoint;
		await call(method, path, { onBehalfOf: 'acme-marketing' });
		expect(actedOn()).toBe(documentsOnBehalfOf ? 'acme-marketing' : 'acme');
	});

	test('use a header that is documented for eight endpoints about teammates, and for the scopes', () => {
		expect(
			EVERY.filter((endpoint) => endpoint.documentsOnBehalfOf).map(({ name }) => name),
		).toEqual([
			'POST /v3/teammates',
			'GET /v3/teammates/pending',
			'POST /v3/teammates/pending/:token/resend',
			'DELETE /v3/teammates/pending/:token',
			'GET /v3/teammates',
			'GET /v3/teammates/:username',
			'PATCH /v3/teammates/:username',
			'DELETE /v3/teammates/:username',
			'GET /v3/scopes',
		]);
	});
});
