import { createListener, type Listener } from '../../../sandbox/listener.mts';
import { startSandbox } from '../../../sandbox/sandbox.mts';
import { selfSigned } from '../../sandbox/outside.mts';
import { testCredential } from '../../support/editor';
import { failureOfKind } from '../../support/engine';
import { inviteWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

test("the proxy of the node's settings is used", async () => {
	const { error } = await sendGrid.run({
		items: ADA,
		parameters: inviteWith({ requestOptions: { proxy: 'http://127.0.0.1:9' } }),
	});
	expect(error?.message).toContain('[ECONNREFUSED]');
	expect(sendGrid.state.requests).toEqual([]);
});

test.each(['127.0.0.1', 'ftp://127.0.0.1:21', 'http://'])(
	'a proxy that is none (%s) is told before any request',
	async (proxy) => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({ requestOptions: { proxy } }),
		});
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Proxy' under the node's settings is no address of a proxy",
		);
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test('a domain that the credential does not allow is not asked', async () => {
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

test.each([
	[false, /the encrypted connection was not trusted \[\w+\]$/],
	[true, /^$/],
])(
	'a certificate that nobody knows, with SSL issues ignored: %s',
	async (allowUnauthorizedCerts, message) => {
		const secure = await startSandbox({ tls: await selfSigned() });
		try {
			secure.state.addAccount({ name: 'acme' });
			secure.state.addKey({ key: sendGrid.apiKey });
			const { error } = await sendGrid.run({
				items: ADA,
				parameters: inviteWith({ requestOptions: { allowUnauthorizedCerts } }),
				credential: { apiUrl: secure.globalUrl },
			});
			expect(error?.message ?? '').toMatch(message);
			expect(secure.state.sentEmails).toHaveLength(allowUnauthorizedCerts ? 1 : 0);
		} finally {
			await secure.close();
		}
	},
);

describe('a redirect to SendGrid itself is not followed', () => {
	let gateway: Listener;
	beforeEach(async () => {
		const { app, listen } = createListener({});
		app.all('*', (request, reply) => reply.redirect(`${sendGrid.url}${request.url}`, 307));
		gateway = await listen(0);
	});
	afterEach(async () => {
		await gateway.close();
	});

	test('by an operation', async () => {
		const { error } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith(),
			credential: { apiUrl: gateway.url },
		});
		expect(error?.message).toContain('[HTTP 307]');
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('by the test of the credential', async () => {
		const { message } = await testCredential({ ...sendGrid.credential, apiUrl: gateway.url });
		expect(message).toContain('does not answer as SendGrid does [HTTP 307]');
		expect(sendGrid.state.requests).toEqual([]);
	});
});
