import type { Fault, When } from '../../sandbox/faults.mts';
import { until } from '../support/machine';
import { seededSandbox } from './seeded';
import type { Reply } from './seeded';

const sandbox = seededSandbox();
const { call, mailed } = sandbox;

const ADA = { email: 'ada@new.example', scopes: ['stats.read'], is_admin: false };
const invite = async (timeout?: number) =>
	await call('POST', '/v3/teammates', { body: ADA, timeout });
const add = (fault: Fault) => sandbox.state.faults.add({ fault });
const logged = () => sandbox.state.requests.at(-1);
const secondsUntil = ({ headers }: Reply, name: string) =>
	Number(headers.get(name)) - Date.parse(headers.get('date') ?? '') / 1000;

/** The change is made after all, or it is not. */
const expectInvited = (when: When) => {
	const expected = when === 'after' ? [ADA.email] : [];
	expect(mailed()).toEqual(expected);
	expect(sandbox.invited().slice(2)).toEqual(expected);
};
const BOTH = ['before', 'after'] as const;

describe('the fault rate-limited', () => {
	const limited = async (header: Extract<Fault, { kind: 'rate-limited' }>['header']) => {
		add({ kind: 'rate-limited', header, seconds: 20 });
		const reply = await invite();
		expect(reply.status).toBe(429);
		expect(reply.json).toEqual({ errors: [{ field: null, message: 'too many requests' }] });
		expectInvited('before');
		return reply;
	};
	const NAMES = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after'];
	const sent = ({ headers }: Reply) => NAMES.filter((name) => headers.has(name));

	test('has the reset in epoch seconds', async () => {
		const reply = await limited('epoch');
		expect(sent(reply)).toEqual(NAMES.slice(0, 3));
		expect(reply.headers.get('x-ratelimit-remaining')).toBe('0');
		const wait = secondsUntil(reply, 'x-ratelimit-reset');
		expect(wait).toBeGreaterThanOrEqual(20);
		expect(wait).toBeLessThanOrEqual(21);
	});

	test("has the reset by the state's clock", async () => {
		sandbox.state.advance(100_000);
		const reply = await limited('epoch');
		expect(secondsUntil(reply, 'x-ratelimit-reset')).toBeLessThanOrEqual(21);
		expect(Number(reply.headers.get('x-ratelimit-reset')) - Date.now() / 1000).toBeGreaterThan(
			100_000,
		);
	});

	test('has the reset in seconds from now', async () => {
		const reply = await limited('delta');
		expect(sent(reply)).toEqual(NAMES.slice(0, 3));
		expect(reply.headers.get('x-ratelimit-reset')).toBe('20');
	});

	test('has a reset in the past', async () => {
		const wait = secondsUntil(await limited('past-epoch'), 'x-ratelimit-reset');
		expect(wait).toBeLessThanOrEqual(-20);
		expect(wait).toBeGreaterThanOrEqual(-22);
	});

	test('has a Retry-After', async () => {
		const reply = await limited('retry-after');
		expect(sent(reply)).toEqual(['retry-after']);
		expect(reply.headers.get('retry-after')).toBe('20');
	});

	test('has no announcement', async () => {
		expect(sent(await limited('none'))).toEqual([]);
	});
});

describe.each(BOTH)('a fault %s the change', (when) => {
	test('answers with a status', async () => {
		add({ kind: 'status', status: 503, when });
		const reply = await invite();
		expect(reply.status).toBe(503);
		expect(reply.json).toEqual({ errors: [{ field: null, message: 'service unavailable' }] });
		expect(reply.headers.get('content-type')).toBe('application/json');
		expectInvited(when);
		expect(logged()).toMatchObject({ status: 503, fault: 'status' });
	});

	test('answers with HTML', async () => {
		add({ kind: 'html', status: 502, when });
		const reply = await invite();
		expect(reply.status).toBe(502);
		expect(reply.headers.get('content-type')).toBe('text/html');
		expect(reply.text).toContain('<h1>502 Bad Gateway</h1>');
		expectInvited(when);
	});

	test('drops the connection', async () => {
		add({ kind: 'drop', when });
		await expect(invite()).rejects.toThrow('fetch failed');
		expectInvited(when);
		expect(logged()).toMatchObject({ status: null, fault: 'drop' });
	});

	test('leaves the connection open', async () => {
		add({ kind: 'hang', when });
		await expect(invite(400)).rejects.toThrow(/timeout/);
		expectInvited(when);
		expect(logged()).toMatchObject({ status: null, fault: 'hang' });
	});
});

describe('the fault status', () => {
	test.each([
		['a value, as JSON', { error: 'down' }, '{"error":"down"}'],
		['a text, as it is', 'not json', 'not json'],
		['an empty text', '', ''],
	])('has a body: %s', async (_, body, text) => {
		add({ kind: 'status', status: 500, when: 'before', body });
		expect((await invite()).text).toBe(text);
	});

	test('has a content type', async () => {
		const contentType = 'text/plain';
		add({ kind: 'status', status: 500, when: 'before', body: 'down', contentType });
		expect((await invite()).headers.get('content-type')).toBe('text/plain');
	});

	test('may even be a success that changed nothing', async () => {
		add({ kind: 'status', status: 201, when: 'before', body: {} });
		expect((await invite()).status).toBe(201);
		expectInvited('before');
	});
});

test('the fault slow gives the right answer late', async () => {
	add({ kind: 'slow', ms: 300 });
	const start = Date.now();
	expect((await invite()).status).toBe(201);
	expect(Date.now() - start).toBeGreaterThanOrEqual(295);
	expectInvited('after');
});

test('the fault slow still makes the change if the client gives up', async () => {
	add({ kind: 'slow', ms: 800 });
	await expect(invite(400)).rejects.toThrow(/timeout/);
	expectInvited('after');
});

test('the fault truncated-json sends half the body, with a length that fits it', async () => {
	add({ kind: 'truncated-json' });
	const reply = await invite();
	expect(reply.status).toBe(201);
	expect(reply.json).toBeUndefined();
	expect(reply.text).toMatch(/^\{"token":/);
	expect(reply.headers.get('content-length')).toBe(String(reply.text.length));
	expectInvited('after');
});

test('the fault empty-body sends no body', async () => {
	add({ kind: 'empty-body' });
	const reply = await invite();
	expect(reply.status).toBe(201);
	expect(reply.text).toBe('');
	expect(reply.headers.get('content-length')).toBe('0');
	expectInvited('after');
});

test('the fault wrong-content-type sends correct JSON', async () => {
	add({ kind: 'wrong-content-type' });
	const reply = await invite();
	expect(reply.status).toBe(201);
	expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
	expect(reply.json).toMatchObject({ email: ADA.email });
	expectInvited('after');
});

test('the fault rename works at any depth', async () => {
	add({ kind: 'rename', from: 'token', to: 'pending_id' });
	expect((await invite()).json).toMatchObject({ pending_id: expect.any(String), email: ADA.email });
	add({ kind: 'rename', from: 'result', to: 'results' });
	expect((await call('GET', '/v3/teammates')).json).toEqual({ results: expect.any(Array) });
	add({ kind: 'rename', from: 'token', to: 'pending_id' });
	const { json } = await call('GET', '/v3/teammates/pending');
	const { result } = json as { result: object[] };
	expect(result).toHaveLength(3);
	for (const item of result) {
		expect(item).toHaveProperty('pending_id');
		expect(item).not.toHaveProperty('token');
	}
});

describe('a fault strikes', () => {
	const fault = { kind: 'status', status: 500, when: 'before' } as const;
	const struck = async (method: string, path: string, options = {}) =>
		(await call(method, path, options)).status === 500;

	test('only the next request by default', async () => {
		sandbox.state.faults.add({ fault });
		expect(await struck('GET', '/v3/scopes')).toBe(true);
		expect(await struck('GET', '/v3/scopes')).toBe(false);
	});

	test('a given number of times', async () => {
		sandbox.state.faults.add({ fault, times: 2 });
		expect(await struck('GET', '/v3/scopes')).toBe(true);
		expect(sandbox.state.faults.list()).toMatchObject([{ timesLeft: 1 }]);
		expect(await struck('GET', '/v3/scopes')).toBe(true);
		expect(await struck('GET', '/v3/scopes')).toBe(false);
	});

	test('every time until it is removed', async () => {
		const id = sandbox.state.faults.add({ fault, times: Infinity });
		for (let i = 0; i < 5; i += 1) expect(await struck('GET', '/v3/scopes')).toBe(true);
		expect(sandbox.state.faults.remove(id)).toBe(true);
		expect(sandbox.state.faults.remove(id)).toBe(false);
		expect(await struck('GET', '/v3/scopes')).toBe(false);
	});

	test('requests by method and path', async () => {
		sandbox.state.faults.add({ fault, method: 'post', path: /\/resend$/ });
		expect(await struck('POST', '/v3/teammates')).toBe(false);
		expect(await struck('GET', '/v3/teammates/x/resend')).toBe(false);
		expect(await struck('POST', '/v3/teammates/pending/x/resend?a=b')).toBe(true);
	});

	test('requests by a pattern as text, on the path as sent', async () => {
		sandbox.state.faults.add({ fault, path: '^/v3/teammates/a%40b$' });
		expect(await struck('GET', '/v3/teammates/a@b')).toBe(false);
		expect(await struck('GET', '/v3/teammates/a%40b')).toBe(true);
	});

	test('every time for a pattern with a memory', async () => {
		sandbox.state.faults.add({ fault, path: /scopes/g, times: Infinity });
		expect(await struck('GET', '/v3/scopes')).toBe(true);
		expect(await struck('GET', '/v3/scopes')).toBe(true);
	});

	test('requests by host', async () => {
		sandbox.state.faults.add({ fault, host: 'eu' });
		expect(await struck('GET', '/v3/scopes')).toBe(false);
		expect(await struck('GET', '/v3/scopes', { host: 'eu' })).toBe(true);
	});

	test('by the oldest rule that matches, one at a time', async () => {
		add({ kind: 'status', status: 502, when: 'before' });
		add({ kind: 'status', status: 503, when: 'before' });
		expect((await call('GET', '/v3/scopes')).status).toBe(502);
		expect((await call('GET', '/v3/scopes')).status).toBe(503);
		expect((await call('GET', '/v3/scopes')).status).toBe(200);
	});

	test('by chance, in the same sequence every time', async () => {
		const sequence = async () => {
			sandbox.state.faults.clear();
			sandbox.state.faults.add({ fault, probability: 0.3, times: Infinity });
			const results: boolean[] = [];
			for (let i = 0; i < 100; i += 1) results.push(await struck('GET', '/v3/scopes'));
			return results;
		};
		const first = await sequence();
		expect(first.filter(Boolean).length).toBeGreaterThan(15);
		expect(first.filter(Boolean).length).toBeLessThan(45);
		expect(await sequence()).toEqual(first);
	});

	test('never with probability 0', async () => {
		sandbox.state.faults.add({ fault, probability: 0, times: Infinity });
		for (let i = 0; i < 20; i += 1) expect(await struck('GET', '/v3/scopes')).toBe(false);
	});

	test('before execution even without a valid key', async () => {
		sandbox.state.faults.add({ fault });
		expect(await struck('GET', '/v3/scopes', { key: null })).toBe(true);
	});
});

test('the fault late answers 504 at once and makes the change later', async () => {
	add({ kind: 'late', ms: 50 });
	expect((await invite()).status).toBe(504);
	expectInvited('before');
	await until(() => mailed().length > 0);
	expectInvited('after');
});

test('the fault not-applied answers a change that is not made', async () => {
	add({ kind: 'not-applied' });
	const reply = await invite();
	expect(reply.status).toBe(201);
	expect(reply.json).toMatchObject(ADA);
	expectInvited('before');
});

test.each(BOTH)('the fault dribble, %s, sends an answer that never ends', async (when) => {
	add({ kind: 'dribble', when });
	await expect(invite(700)).rejects.toThrow();
	expectInvited(when);
});

test('the fault rate-limited can have a reset in milliseconds and a date of 1970', async () => {
	const date = new Date(0).toUTCString();
	add({ kind: 'rate-limited', header: 'epoch-milliseconds', seconds: 20, date });
	const { headers } = await invite();
	expect(headers.get('date')).toBe(date);
	expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(1e12);
});
