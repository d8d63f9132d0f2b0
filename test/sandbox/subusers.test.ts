import { assert, asyncProperty, integer } from 'fast-check';

import { errorOf, seededSandbox } from './seeded';
import type { CallOptions } from './seeded';

const sandbox = seededSandbox();
const { call } = sandbox;

interface Access {
	has_restricted_subuser_access: boolean;
	subuser_access: Array<{
		id: number;
		username: string;
		permission_type: string;
		scopes: string[];
	}>;
	_metadata: {
		next_params: { limit: number; username: string; after_subuser_id?: number | string | null };
	};
}

const SAM = '/v3/teammates/sam@acme.example/subuser_access';
const ADAM = '/v3/teammates/adam@acme.example/subuser_access';

const accessOf = async (path: string, options?: CallOptions) =>
	(await call('GET', path, options)).json as Access;

describe('GET /v3/teammates/{teammate_name}/subuser_access', () => {
	test("lists a restricted teammate's subusers with the scopes that SendGrid adds", async () => {
		const { id } = sandbox.state.account('acme-marketing');
		const access = await accessOf(SAM);
		expect(access).toEqual({
			has_restricted_subuser_access: true,
			subuser_access: [
				{
					id,
					username: 'acme-marketing',
					email: 'marketing@acme.example',
					disabled: false,
					permission_type: 'restricted',
					scopes: expect.arrayContaining(['templates.read', 'stats.read', 'user.account.read']),
				},
			],
			_metadata: { next_params: { limit: 100, username: '', after_subuser_id: 0 } },
		});
		expect(access.subuser_access[0].scopes).toHaveLength(1 + 11);
	});

	test('lists every subuser for an admin', async () => {
		const access = await accessOf(ADAM);
		expect(access.has_restricted_subuser_access).toBe(false);
		expect(access.subuser_access.map(({ username }) => username)).toEqual([
			'acme-marketing',
			'acme-eu',
		]);
		expect(access.subuser_access.map(({ permission_type }) => permission_type)).toEqual([
			'admin',
			'admin',
		]);
	});

	test("filters by a subuser's username, not the teammate's", async () => {
		const found = await accessOf(`${ADAM}?username=acme-eu`);
		expect(found.subuser_access.map(({ username }) => username)).toEqual(['acme-eu']);
		expect(found._metadata.next_params.username).toBe('acme-eu');
		expect((await accessOf(`${ADAM}?username=adam@acme.example`)).subuser_access).toEqual([]);
	});

	test('answers 404 for an unknown teammate', async () => {
		const reply = await call('GET', '/v3/teammates/nobody/subuser_access');
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(errorOf('username not found', { field: 'username' }));
	});

	test('pages by cursor, 100 by default, in the order of ids', async () => {
		for (let i = 0; i < 120; i += 1) {
			// Added downwards, so that only sorting gives the order.
			sandbox.state.addSubuser({ username: `bulk-${i}`, id: 9000 - i });
		}
		const first = await accessOf(ADAM);
		expect(first.subuser_access).toHaveLength(100);
		const ids = first.subuser_access.map(({ id }) => id);
		expect(ids).toEqual([...ids].sort((one, other) => one - other));
		expect(first._metadata.next_params.after_subuser_id).toBe(ids.at(-1));

		const second = await accessOf(`${ADAM}?after_subuser_id=${ids.at(-1)}`);
		expect(second.subuser_access).toHaveLength(22);
		expect(second._metadata.next_params.after_subuser_id).toBe(0);
		expect(second.subuser_access[0].id).toBeGreaterThan(ids.at(-1) ?? 0);
	});

	test('misses and repeats no page, whatever the limit', async () => {
		for (let i = 0; i < 18; i += 1) sandbox.state.addSubuser({ username: `bulk-${i}` });
		const walked = async (limit: number) => {
			const ids: number[] = [];
			let after: unknown = 0;
			do {
				const access = await accessOf(`${ADAM}?limit=${limit}&after_subuser_id=${String(after)}`);
				ids.push(...access.subuser_access.map(({ id }) => id));
				after = access._metadata.next_params.after_subuser_id;
			} while (after);
			return ids;
		};
		const all = sandbox.state.subusers(sandbox.state.account()).map(({ id }) => id);
		await assert(
			asyncProperty(integer({ min: 1, max: 25 }), async (limit) => {
				expect(await walked(limit)).toEqual(all);
			}),
			{ numRuns: 25 },
		);
	});
});

describe('GET /v3/subusers', () => {
	const names = async (query: string) => {
		const { json } = await call('GET', `/v3/subusers${query}`);
		return (json as Array<{ username: string }>).map(({ username }) => username);
	};

	test('lists a bare array, without the region', async () => {
		const { id } = sandbox.state.account('acme-marketing');
		const { status, json } = await call('GET', '/v3/subusers');
		expect(status).toBe(200);
		expect(json).toEqual([
			{ id, username: 'acme-marketing', email: 'marketing@acme.example', disabled: false },
			expect.objectContaining({ username: 'acme-eu' }),
		]);
	});

	test.each([
		['?region=eu', ['acme-eu']],
		['?region=global', ['acme-marketing']],
		['?region=all', ['acme-marketing', 'acme-eu']],
		['?username=acme-eu', ['acme-eu']],
		['?username=acme', []],
		['?limit=1', ['acme-marketing']],
		['?limit=1&offset=1', ['acme-eu']],
	])('lists %s', async (query, expected) => {
		expect(await names(query)).toEqual(expected);
	});

	test('lists 100 by default', async () => {
		for (let i = 0; i < 100; i += 1) sandbox.state.addSubuser({ username: `bulk-${i}` });
		expect(await names('')).toHaveLength(100);
		expect(await names('?limit=500')).toHaveLength(102);
	});

	test('lists the region on demand', async () => {
		const { json } = await call('GET', '/v3/subusers?include_region=true');
		expect(json).toMatchObject([{ region: 'global' }, { region: 'eu' }]);
	});

	test('refuses an unknown region', async () => {
		expect((await call('GET', '/v3/subusers?region=mars')).status).toBe(400);
	});

	test('has its own message for a missing permission', async () => {
		const reply = await call('GET', '/v3/subusers', { key: sandbox.keys.teammatesOnly });
		expect(reply.status).toBe(403);
		expect(reply.json).toEqual(errorOf('you dont have permission to access this resource'));
	});
});
