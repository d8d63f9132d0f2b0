import { seededSandbox } from './seeded';
import type { Reply } from './seeded';

const sandbox = seededSandbox();
const { call, keys } = sandbox;

const TOO_MANY = { errors: [{ field: null, message: 'too many requests' }] };

const limitsOf = ({ headers }: Reply) =>
	['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`)));
const dateOf = ({ headers }: Reply) => Date.parse(headers.get('date') ?? '') / 1000;

test('the limit is 600 a minute by default, counted per endpoint', async () => {
	expect(limitsOf(await call('GET', '/v3/teammates')).slice(0, 2)).toEqual([600, 599]);
	expect(limitsOf(await call('GET', '/v3/teammates?limit=1')).slice(0, 2)).toEqual([600, 598]);
	expect(limitsOf(await call('GET', '/v3/teammates/legacy_lee')).slice(0, 2)).toEqual([600, 599]);
	expect(limitsOf(await call('GET', '/v3/teammates/acme_owner')).slice(0, 2)).toEqual([600, 598]);
});

test('a refused request carries the headers, an unknown key none', async () => {
	const forbidden = await call('GET', '/v3/teammates', { key: keys.statsOnly });
	expect(forbidden.status).toBe(403);
	expect(limitsOf(forbidden).slice(0, 2)).toEqual([600, 599]);
	const unknown = await call('GET', '/v3/teammates', { key: 'SG.unknown' });
	expect(unknown.headers.get('x-ratelimit-limit')).toBeNull();
});

test('windows end at full minutes of the clock', async () => {
	const reply = await call('GET', '/v3/teammates');
	const [, , reset] = limitsOf(reply);
	expect(reset % 60).toBe(0);
	const wait = reset - dateOf(reply);
	expect(wait).toBeGreaterThan(0);
	expect(wait).toBeLessThanOrEqual(60);
	sandbox.state.advance(wait);
	expect(limitsOf(await call('GET', '/v3/teammates')).slice(0, 2)).toEqual([600, 599]);
});

describe('a limit of 2', () => {
	const rule = { limit: 2, windowMs: 30_000, reset: 'epoch', fromFirstRequest: true } as const;

	test('refuses and logs the third request without executing it', async () => {
		sandbox.state.rateLimits.set(rule);
		const invite = async (email: string) =>
			await call('POST', '/v3/teammates', { body: { email } });
		expect(limitsOf(await invite('a@new.example'))[1]).toBe(1);
		expect(limitsOf(await invite('b@new.example'))[1]).toBe(0);
		const third = await invite('c@new.example');

		expect(third.status).toBe(429);
		expect(third.json).toEqual(TOO_MANY);
		expect(limitsOf(third).slice(0, 2)).toEqual([2, 0]);
		expect(third.headers.get('retry-after')).toBeNull();
		expect(sandbox.mailed()).toEqual(['a@new.example', 'b@new.example']);
		expect(sandbox.state.requests.map(({ status }) => status)).toEqual([201, 201, 429]);
		expect((await call('GET', '/v3/teammates')).status).toBe(200);
	});

	test('announces the reset in epoch seconds, never early', async () => {
		sandbox.state.rateLimits.set(rule);
		const reply = await call('GET', '/v3/teammates');
		const wait = limitsOf(reply)[2] - dateOf(reply);
		expect(wait).toBeGreaterThanOrEqual(30);
		expect(wait).toBeLessThanOrEqual(32);
	});

	test('announces the reset in seconds from now, counting down', async () => {
		sandbox.state.rateLimits.set({ ...rule, reset: 'delta' });
		expect(limitsOf(await call('GET', '/v3/teammates'))[2]).toBe(30);
		sandbox.state.advance(20);
		expect(limitsOf(await call('GET', '/v3/teammates'))[2]).toBe(10);
	});

	test('ends a window when the clock says so', async () => {
		sandbox.state.rateLimits.set(rule);
		const status = async () => (await call('GET', '/v3/teammates')).status;
		expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
		sandbox.state.advance(29);
		expect(await status()).toBe(429);
		sandbox.state.advance(1);
		expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
	});

	test('is shared by endpoints but not by accounts if it is per account', async () => {
		sandbox.state.rateLimits.set({ ...rule, perAccount: true });
		sandbox.state.addAccount({ name: 'rival' });
		const rival = sandbox.state.addKey({ account: 'rival' });
		expect((await call('GET', '/v3/teammates')).status).toBe(200);
		expect((await call('GET', '/v3/scopes')).status).toBe(200);
		expect((await call('GET', '/v3/teammates/pending')).status).toBe(429);
		expect((await call('GET', '/v3/teammates', { key: rival })).status).toBe(200);
	});

	test('is forgotten with a new rule, and a reset of the state restores the default', async () => {
		sandbox.state.rateLimits.set({ ...rule, limit: 0 });
		expect((await call('GET', '/v3/scopes')).status).toBe(429);
		sandbox.state.rateLimits.set(rule);
		expect((await call('GET', '/v3/scopes')).status).toBe(200);
		sandbox.state.rateLimits.reset();
		expect(limitsOf(await call('GET', '/v3/scopes')).slice(0, 2)).toEqual([600, 599]);
	});
});

test('the Date header follows the clock', async () => {
	sandbox.state.advance(7 * 24 * 60 * 60);
	const reply = await call('GET', '/v3/scopes');
	expect(dateOf(reply) - Date.now() / 1000).toBeCloseTo(7 * 24 * 60 * 60, -1);
});
