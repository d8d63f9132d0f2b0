import { sleep } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/sandbox.mts';
import { SEED_KEYS, seedDefault } from '../../sandbox/seed.mts';
import { idleConnection, secureGet, selfSigned } from './outside.mts';

const Authorization = `Bearer ${SEED_KEYS.fullAccess}`;
const headers = { Authorization };

test('the sandbox has three ports of its own, on the loopback', async () => {
	const [one, other] = await Promise.all([startSandbox(), startSandbox()]);
	const urls = [one, other].flatMap(({ globalUrl, euUrl, controlUrl }) => [
		globalUrl,
		euUrl,
		controlUrl,
	]);
	expect(new Set(urls).size).toBe(6);
	for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	await Promise.all([one.close(), other.close()]);
});

test('the sandbox starts empty', async () => {
	const sandbox = await startSandbox();
	expect((await fetch(`${sandbox.globalUrl}/v3/scopes`, { headers })).status).toBe(401);
	expect(() => sandbox.state.account()).toThrow('no such account');
	await sandbox.close();
});

test('the sandbox uses chosen ports, and leaves nothing behind if one is taken', async () => {
	const first = await startSandbox();
	const port = (url: string) => Number(new URL(url).port);
	await first.close();
	const ports = { global: port(first.globalUrl), eu: port(first.euUrl) };
	const again = await startSandbox({ ports });
	expect([again.globalUrl, again.euUrl]).toEqual([first.globalUrl, first.euUrl]);

	const free = await startSandbox();
	await free.close();
	const global = port(free.globalUrl);
	await expect(startSandbox({ ports: { global, eu: ports.eu } })).rejects.toThrow('EADDRINUSE');
	await expect(fetch(free.globalUrl)).rejects.toThrow('fetch failed');
	await again.close();
});

test('the sandbox ends at once, with idle, hanging, slow and delayed connections', async () => {
	const sandbox = await startSandbox({ latencyMs: 1 });
	seedDefault(sandbox.state);
	const idle = await idleConnection(sandbox.globalUrl);
	await fetch(`${sandbox.globalUrl}/v3/scopes`, { headers });
	sandbox.state.faults.add({ fault: { kind: 'hang', when: 'after' } });
	sandbox.state.faults.add({ fault: { kind: 'slow', ms: 60_000 } });
	const unanswered = Promise.allSettled([
		fetch(`${sandbox.globalUrl}/v3/scopes`, { headers }),
		fetch(`${sandbox.euUrl}/v3/scopes`, { headers }),
	]);
	while (sandbox.state.requests.length < 3) await sleep(5);

	const start = Date.now();
	await sandbox.close();
	expect(Date.now() - start).toBeLessThan(1000);
	await idle.ended;
	for (const { status } of await unanswered) expect(status).toBe('rejected');
});

test('closing twice does no harm', async () => {
	const sandbox = await startSandbox();
	await sandbox.close();
	await expect(sandbox.close()).resolves.toBeUndefined();
});

test('the API hosts speak https, the control endpoint does not', async () => {
	const tls = await selfSigned();
	const sandbox = await startSandbox({ tls });
	const { fullAccess, euSubuser } = seedDefault(sandbox.state);
	expect(sandbox.globalUrl).toMatch(/^https:/);
	expect(sandbox.controlUrl).toMatch(/^http:/);
	expect(await secureGet(`${sandbox.globalUrl}/v3/scopes`, tls.cert, fullAccess)).toBe(200);
	expect(await secureGet(`${sandbox.euUrl}/v3/scopes`, tls.cert, euSubuser)).toBe(200);
	expect((await fetch(`${sandbox.controlUrl}/state`)).status).toBe(200);
	// Its own certificate, which nobody else trusts.
	await expect(fetch(`${sandbox.globalUrl}/v3/scopes`, { headers })).rejects.toThrow();
	await sandbox.close();
});

test('latency is added to each answer', async () => {
	const sandbox = await startSandbox({ latencyMs: 150 });
	seedDefault(sandbox.state);
	const start = Date.now();
	const get = async (headers: Record<string, string>) =>
		(await fetch(`${sandbox.globalUrl}/v3/scopes`, { headers })).status;
	expect(await Promise.all([get(headers), get(headers), get({})])).toEqual([200, 200, 401]);
	expect(Date.now() - start).toBeGreaterThanOrEqual(145);
	await sandbox.close();
});

describe('the request log', () => {
	test('has everything except the key', async () => {
		const sandbox = await startSandbox();
		seedDefault(sandbox.state);
		await fetch(`${sandbox.globalUrl}/v3/teammates/a%40b?x=1&y=a%20b&x=2`, {
			method: 'PATCH',
			headers: { ...headers, 'on-behalf-of': 'acme-marketing' },
			body: '{"scopes":[]}',
		});
		await fetch(`${sandbox.euUrl}/v3/teammates`, { headers });
		await fetch(`${sandbox.globalUrl}/nowhere`);

		expect(sandbox.state.requests).toEqual([
			{
				at: expect.any(Number),
				host: 'global',
				method: 'PATCH',
				path: '/v3/teammates/a%40b',
				query: { x: '2', y: 'a b' },
				body: { scopes: [] },
				onBehalfOf: 'acme-marketing',
				headerNames: expect.arrayContaining(['authorization', 'on-behalf-of']),
				account: 'acme-marketing',
				status: 404,
				inFlight: 1,
			},
			expect.objectContaining({ host: 'eu', body: null, account: null, status: 401 }),
			expect.objectContaining({ path: '/nowhere', onBehalfOf: null, status: 401 }),
		]);
		expect(JSON.stringify(sandbox.state.requests)).not.toContain('SG.');
		await sandbox.close();
	});

	test('counts running requests', async () => {
		const sandbox = await startSandbox({ latencyMs: 250 });
		seedDefault(sandbox.state);
		const get = async () => await fetch(`${sandbox.globalUrl}/v3/scopes`, { headers });
		await Promise.all([get(), get(), get()]);
		await get();
		expect(sandbox.state.requests.map(({ inFlight }) => inFlight)).toEqual([1, 2, 3, 1]);

		// A dropped or abandoned request is over as well.
		sandbox.state.faults.add({ fault: { kind: 'drop', when: 'after' } });
		sandbox.state.faults.add({ fault: { kind: 'hang', when: 'after' } });
		await expect(get()).rejects.toThrow();
		const signal = AbortSignal.timeout(400);
		await expect(fetch(`${sandbox.globalUrl}/v3/scopes`, { headers, signal })).rejects.toThrow();
		await sleep(100);
		await get();
		expect(sandbox.state.requests.at(-1)?.inFlight).toBe(1);
		await sandbox.close();
	});

	test('shows a hung request while it hangs', async () => {
		const sandbox = await startSandbox();
		sandbox.state.faults.add({ fault: { kind: 'hang', when: 'before' } });
		const hung = fetch(`${sandbox.globalUrl}/v3/scopes`, { headers });
		while (sandbox.state.requests.length === 0) await sleep(5);
		expect(sandbox.state.requests).toMatchObject([{ status: null, fault: 'hang' }]);
		await sandbox.close();
		await expect(hung).rejects.toThrow();
	});
});

test('a thousand invitations arrive at the same moment', async () => {
	const sandbox = await startSandbox();
	seedDefault(sandbox.state);
	sandbox.state.rateLimits.set({ limit: 10_000, windowMs: 60_000, reset: 'epoch' });
	const statuses = await Promise.all(
		Array.from({ length: 1000 }, async (_, i) => {
			const body = JSON.stringify({ email: `person${i}@new.example`, scopes: [] });
			const url = `${sandbox.globalUrl}/v3/teammates`;
			return (await fetch(url, { method: 'POST', headers, body })).status;
		}),
	);
	expect(new Set(statuses)).toEqual(new Set([201]));
	expect(new Set(sandbox.state.sentEmails.map(({ email }) => email)).size).toBe(1000);
	expect(new Set(sandbox.state.sentEmails.map(({ token }) => token)).size).toBe(1000);
	await sandbox.close();
});
