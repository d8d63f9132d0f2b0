import { createListener, type Listener } from '../../../sandbox/listener.mts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { selfSigned } from '../../sandbox/outside.mts';
import { testCredential } from '../../support/editor';
import { failureOfKind, testOfNewerEngine } from '../../support/engine';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { tunnelTo, type HostileHost } from '../../support/hostileHosts.mts';
import { inviteWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

describe('a gateway with a certificate of its own', () => {
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
	});

	test.each([
		[undefined, undefined, false],
		[undefined, true, false],
		[false, true, false],
		['true', true, false],
		[true, undefined, true],
		[true, false, true],
	])(
		'is trusted if the credential says so (%j), whatever Request Options say (%j): %s',
		async (allowUnauthorizedCerts, ofNode, isTrusted) => {
			const credential = { apiUrl: secure.globalUrl, allowUnauthorizedCerts };
			const requestOptions = ofNode === undefined ? undefined : { allowUnauthorizedCerts: ofNode };
			const { error } = await sendGrid.run({
				items: ADA,
				parameters: inviteWith({ ...(requestOptions && { requestOptions }) }),
				credential,
			});
			expect(error?.message ?? '').toMatch(
				isTrusted ? /^$/ : /the server's certificate isn't trusted \(\w+\)$/,
			);
			expect(error?.description ?? '').toMatch(isTrusted ? /^$/ : /'Ignore SSL Issues'/);
			expect(secure.state.sentEmails).toHaveLength(isTrusted ? 1 : 0);
			const { status, message } = await testCredential({
				...sendGrid.credential,
				...(credential as object),
			});
			expect(status).toBe(isTrusted ? 'OK' : 'Error');
			if (!isTrusted) expect(message).toContain("isn't trusted");
		},
	);

	let tunnel: HostileHost;
	beforeEach(async () => {
		tunnel = await tunnelTo(secure.globalUrl);
	});
	afterEach(async () => {
		await tunnel.close();
	});

	// n8n 1.x always checks certificates behind a proxy.
	testOfNewerEngine('goes through the proxy of the node', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ requestOptions: { proxy: tunnel.url } }),
			credential: { apiUrl: secure.globalUrl, allowUnauthorizedCerts: true },
		});
		expect(error).toBeUndefined();
		expect(tunnel.accepted).toBeGreaterThan(0);
		expect(secure.state.sentEmails).toHaveLength(1);
	});

	test.each(['global', 'eu'])(
		"gets no key if it poses as SendGrid's host behind a proxy, whatever is set (%s)",
		async (region) => {
			for (const asTool of [undefined, true, 'asAnyNode'] as const) {
				const { error, results } = await sendGrid.run({
					items: ADA,
					parameters: inviteWith({
						requestOptions: { proxy: tunnel.url, allowUnauthorizedCerts: true },
					}),
					credential: { region, allowUnauthorizedCerts: true },
					asTool,
				});
				expect(error?.message ?? String(results[0].json.error)).toContain(
					"the server's certificate isn't trusted",
				);
			}
			expect(tunnel.accepted).toBeGreaterThan(0);
			expect(secure.state.requests).toEqual([]);
		},
	);
});

test.each([undefined, true, 'asAnyNode'] as const)(
	'a proxy is refused if it could read the key (as a tool: %s)',
	async (asTool) => {
		const { error, results } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ requestOptions: { proxy: 'http://127.0.0.1:9' } }),
			asTool,
		});
		expect(error?.message ?? String(results[0].json.error)).toContain(
			"A proxy can't be used for an 'API URL' that starts with http",
		);
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test.each(['127.0.0.1', 'ftp://127.0.0.1:21', 'http://'])(
	'an invalid proxy (%s) is refused before any request',
	async (proxy) => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ requestOptions: { proxy } }),
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Proxy' under the node's settings isn't the address of a proxy",
		);
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test('a domain that the credential does not allow gets no request', async () => {
	const { error } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith(),
		credential: { allowedHttpRequestDomains: 'domains', allowedDomains: 'gateway.example.com' },
	});
	expect(error?.message).toContain("'ada@example.com' was not invited: Domain not allowed");
	expect(error?.description).toContain("'Allowed HTTP Request Domains'");
	expect(error).toMatchObject(failureOfKind('configuration-invalid'));
	expect(sendGrid.state.requests).toEqual([]);
});

describe('a redirect to SendGrid itself', () => {
	let gateway: Listener;
	beforeEach(async () => {
		const { app, listen } = createListener({});
		app.all('*', (request, reply) => reply.redirect(`${sendGrid.url}${request.url}`, 307));
		gateway = await listen(0);
	});
	afterEach(async () => {
		await gateway.close();
	});

	test('is not followed by an operation', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith(),
			credential: { apiUrl: gateway.url },
		});
		expect(error?.message).toContain('HTTP 307)');
		expect(sendGrid.state.requests).toEqual([]);
	});

	test("is not followed by the credential's test", async () => {
		const { message } = await testCredential({ ...sendGrid.credential, apiUrl: gateway.url });
		expect(message).toContain("doesn't answer like SendGrid (HTTP 307)");
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe.each([301, 302, 303, 307, 308])(
	'W2: an invitation that is redirected with %i',
	(status) => {
		const redirect = (when: 'after' | 'before') =>
			sendGrid.state.faults.add({
				method: 'POST',
				fault: { kind: 'status', status, when, body: '' },
			});
		const invite = async () =>
			await sendGrid.run({
				items: ADA,
				parameters: inviteWith(),
				settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 },
			});

		test('is sent once if it was carried out', async () => {
			redirect('after');
			const { results } = await invite();
			expect(results).toMatchObject([{ json: { email: 'ada@example.com' } }]);
			expect(sendGrid.mailed()).toEqual(['ada@example.com']);
		});

		test('is sent again if it was not', async () => {
			redirect('before');
			const { results } = await invite();
			expect(results).toHaveLength(1);
			expect(sendGrid.mailed()).toEqual(['ada@example.com']);
		});
	},
);
