/** What a hostile or broken host can't do: stop others, fill the memory, get the key into results. */
import type { INodeParameters } from 'n8n-workflow';

import { LIST_LAG_MS } from '../../../nodes/SendGridTeammates/transport/reconcile';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { selfSigned } from '../../sandbox/outside.mts';
import { movableClock } from '../../support/clock';
import { testCredential } from '../../support/editor';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	blackHole,
	breakingOff,
	dribbling,
	echoing,
	gzipBomb,
	memoryTakenBy,
	type HostileHost,
} from '../../support/hostileHosts.mts';
import { pause, until } from '../../support/machine';
import {
	by,
	getTeammateWith,
	inviteWith,
	offboardWith,
	getTeammatesWith,
} from '../../support/parameters';
import { ActiveTrigger } from '../../support/trigger';

const sendGrid = fakeSendGrid();
const clock = movableClock();

const ADA = [{ email: 'ada@example.com' }];

const hosts: HostileHost[] = [];
afterEach(async () => {
	for (const host of hosts.splice(0)) await host.close();
});

async function hostile<Host extends HostileHost>(starting: Promise<Host>): Promise<Host> {
	const host = await starting;
	hosts.push(host);
	return host;
}

const people = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.com` }));

/** Abandons a request soon: n8n's own limit is five minutes. */
const IMPATIENT = { options: { maxWait: 0 }, requestOptions: { timeout: 1500 } };

/** A request for each person, which is not shared. */
const lookUp = (more: INodeParameters = {}) =>
	getTeammateWith({ teammate: by('username', '={{ $json.email }}'), ...IMPATIENT, ...more });

/** Another workflow with the same key, at the fake SendGrid. @returns how long it took, in milliseconds */
async function another(): Promise<number> {
	const { error, duration } = await sendGrid.run({ items: ADA, parameters: inviteWith() });
	expect(error).toBeUndefined();
	return duration;
}

/** The trigger with the same key, likewise. */
async function poll(): Promise<number> {
	// An account without anybody would be no answer.
	sendGrid.state.addTeammate({ email: 'owner@example.com', user_type: 'owner' });
	const start = performance.now();
	await new ActiveTrigger(sendGrid, { events: ['teammateAdded'] }).poll();
	return performance.now() - start;
}

const SOON = 3_000;

describe('A2: a body that dribbles in forever', () => {
	test('stops nobody else with the same key, and is abandoned', async () => {
		const host = await hostile(dribbling());
		const stuck = sendGrid.run({
			items: people(4),
			parameters: lookUp(),
			credential: { apiUrl: host.url },
			settings: { onError: 'continueRegularOutput' },
		});
		await until(() => host.open > 0);
		expect(await another()).toBeLessThan(SOON);
		expect(await poll()).toBeLessThan(SOON);
		const { results } = await stuck;
		expect(results).toHaveLength(4);
		for (const { json } of results) expect(json.error).toContain('no answer came in time');
		await until(() => host.open === 0);
	});

	test('gives its places back after 15 seconds, even at SendGrid itself', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com' });
		sendGrid.state.faults.add({
			path: 'teammates/person',
			times: Infinity,
			fault: { kind: 'dribble', when: 'before' },
		});
		// The first answer says that more may follow at once.
		await sendGrid.run({ items: ADA, parameters: lookUp() });
		const stuck = sendGrid.run({
			items: people(10),
			parameters: lookUp({ requestOptions: { timeout: 120_000 } }),
			settings: { onError: 'continueRegularOutput' },
		});
		await until(() => sendGrid.state.requests.length === 11);
		const other = sendGrid.run({ parameters: getTeammatesWith() });
		clock.advance(15);
		expect((await other).results).toHaveLength(1);
		clock.advance(150);
		await stuck;
	});

	test("does not keep the credential's test waiting", async () => {
		const host = await hostile(dribbling());
		const testing = testCredential({ ...sendGrid.credential, apiUrl: host.url });
		await until(() => host.open > 0);
		clock.advance(21);
		expect((await testing).message).toContain('no answer came in time');
		await until(() => host.open === 0);
	});
});

test('W2: nothing is sent again after a 201 whose body breaks off, although no list shows it', async () => {
	const { url } = await hostile(breakingOff(sendGrid.url));
	sendGrid.state.faults.add({
		method: 'GET',
		path: /pending/,
		times: Infinity,
		fault: { kind: 'status', status: 200, when: 'before', body: { result: [] } },
	});
	const { error } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith(),
		credential: { apiUrl: url },
	});
	expect(error?.message).toMatch(/^It is unclear whether 'ada@example.com' was invited: the conn/);
	expect(sendGrid.mailed()).toEqual(['ada@example.com']);
});

describe('a proxy that never answers', () => {
	let secure: Sandbox;
	beforeAll(async () => {
		secure = await startSandbox({ tls: await selfSigned() });
	});
	afterAll(async () => {
		await secure.close();
	});
	beforeEach(() => {
		secure.state.reset();
		secure.state.addAccount({ name: 'acme' });
		secure.state.addKey({ key: sendGrid.apiKey });
		secure.state.addPending({ email: 'ada@example.com' });
	});
	const gateway = () => ({ apiUrl: secure.globalUrl, allowUnauthorizedCerts: true });

	test('holds no lock of another account with an invalid key', async () => {
		const host = await hostile(blackHole());
		const stuck = sendGrid.run({
			items: ADA,
			parameters: offboardWith({
				...IMPATIENT,
				requestOptions: { timeout: 4000, proxy: host.url },
			}),
			credential: { ...gateway(), apiKey: 'SG.bogus' },
			settings: { onError: 'continueRegularOutput' },
		});
		await until(() => host.open > 0);
		const { results, duration } = await sendGrid.run({
			items: ADA,
			parameters: offboardWith(),
			credential: gateway(),
		});
		expect(results).toMatchObject([{ json: { revoked: true } }]);
		expect(duration).toBeLessThan(SOON);
		await stuck;
	});

	test("takes no places from requests with the same key that don't use it", async () => {
		const host = await hostile(blackHole());
		secure.state.addTeammate({ email: 'ada@example.com' });
		const lookUpAda = async () =>
			await sendGrid.run({ items: ADA, parameters: lookUp(), credential: gateway() });
		// The first answer says that more may follow at once.
		expect((await lookUpAda()).error).toBeUndefined();
		const stuck = sendGrid.run({
			items: people(12),
			parameters: lookUp({ requestOptions: { timeout: 60_000, proxy: host.url } }),
			credential: gateway(),
			settings: { onError: 'continueRegularOutput' },
			cancelAfter: 5000,
		});
		await until(() => host.open > 0);
		await pause(300);
		const { error, duration } = await lookUpAda();
		expect(error).toBeUndefined();
		expect(duration).toBeLessThan(SOON);
		await stuck;
	});
});

describe('A1: a Retry-After of a year', () => {
	const aYear = () =>
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 365 * 86_400 },
		});

	test('stops nothing', async () => {
		aYear();
		const { error, duration } = await sendGrid.run({ items: ADA, parameters: inviteWith() });
		expect(error).toBeUndefined();
		// Nobody means that, so it counts as no limit at all.
		expect(duration).toBeLessThan(SOON);
		// Get Many waits until SendGrid's list must show who was invited.
		const listed = await sendGrid.run({ parameters: getTeammatesWith() });
		expect(listed.duration).toBeLessThan(LIST_LAG_MS + SOON);
		expect(await poll()).toBeLessThan(SOON);
		const key = sendGrid.state.addKey({});
		const elsewhere = await sendGrid.run({
			items: people(1),
			parameters: inviteWith(),
			credential: { apiKey: key },
		});
		expect(elsewhere.error).toBeUndefined();
		expect(elsewhere.duration).toBeLessThan(SOON);
		expect(sendGrid.mailed()).toEqual(['ada@example.com', 'person0@example.com']);
	});

	test('stops nothing else if it is ten minutes', async () => {
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 600 },
		});
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ options: { maxWait: 1 } }),
		});
		expect(error?.message).toContain("'ada@example.com' was not invited");
		expect(await poll()).toBeLessThan(SOON);
		clock.advance(601);
		expect(await another()).toBeLessThan(SOON);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});
});

describe('A1: a Date of 1970', () => {
	test('stops nothing for longer than 15 minutes', async () => {
		sendGrid.state.faults.add({
			method: 'POST',
			fault: {
				kind: 'rate-limited',
				header: 'epoch',
				seconds: 1,
				date: 'Thu, 01 Jan 1970 00:00:00 GMT',
			},
		});
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ options: { maxWait: 1 } }),
		});
		expect([undefined, 'string']).toContain(error && typeof error.message);
		expect(await poll()).toBeLessThan(SOON);
		clock.advance(15 * 60 + 1);
		expect(await another()).toBeLessThan(SOON);
	});
});

describe('an answer of 400 MB in 400 kB', () => {
	const MB = 1024 * 1024;

	test.each([
		['a list', getTeammatesWith(), 'the answer was larger than 32 MB'],
		['an invitation', inviteWith(), "It is unclear whether 'ada@example.com' was invited"],
	])('is unreadable, and is not unpacked: %s', async (_, parameters, message) => {
		const bomb = await hostile(gzipBomb());
		expect(bomb.packedBytes).toBeLessThan(MB / 2);
		const taken = await memoryTakenBy(async () => {
			const { error } = await sendGrid.run({
				items: ADA,
				parameters,
				credential: { apiUrl: bomb.url },
			});
			expect(error?.message).toContain(message);
			expect(error?.message).toContain('larger than 32 MB instead of');
		});
		expect(taken).toBeLessThan(200 * MB);
		// A list is not requested again: it would be just as large. A write is verified.
		if (message.startsWith('the answer')) expect(bomb.accepted).toBe(1);
	});

	test("is not unpacked in a failure or in the credential's test either", async () => {
		const bomb = await hostile(gzipBomb(503));
		const taken = await memoryTakenBy(async () => {
			const { error } = await sendGrid.run({
				items: ADA,
				parameters: inviteWith(IMPATIENT),
				credential: { apiUrl: bomb.url },
			});
			expect(error?.message).toContain('HTTP 503)');
			const { message } = await testCredential({ ...sendGrid.credential, apiUrl: bomb.url });
			expect(message).toContain("can't answer at the moment (HTTP 503)");
		});
		expect(taken).toBeLessThan(300 * MB);
	});
});

test('a gateway is asked for answers that are not packed', async () => {
	const host = await hostile(echoing());
	const { results } = await sendGrid.run({
		parameters: getTeammateWith({ teammate: by('username', 'ada'), simplify: false }),
		credential: { apiUrl: host.url },
	});
	expect(results[0].json.headers).toMatchObject({ 'accept-encoding': 'identity' });
});

describe('a gateway that repeats what it is sent', () => {
	test('gets the key into no result', async () => {
		const host = await hostile(echoing());
		const { results, error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'ada'), simplify: false }),
			credential: { apiUrl: host.url },
		});
		expect(error).toBeUndefined();
		expect(results[0].json).toMatchObject({
			email: 'ada@example.com',
			scopes: ['stats.read', 'Bearer …'],
			headers: { authorization: 'Bearer …' },
			'…': ['…', { in: 'x…x' }],
		});
	});

	test('gets the key into no message', async () => {
		const host = await hostile(echoing(400));
		const { error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'ada'), simplify: false }),
			credential: { apiUrl: host.url },
		});
		expect(error?.message).toContain('no Bearer …');
	});
});
