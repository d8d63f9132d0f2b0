import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { authenticate } from '../../nodes/SendGridTeammates/transport/authenticate';
import { asOwnRequest } from '../../nodes/SendGridTeammates/transport/client';

const KEY = 'SG.key';
const credentialWith = (more: object = {}): ICredentialDataDecryptedObject => ({
	apiKey: KEY,
	region: 'global',
	apiUrl: '',
	onBehalfOf: '',
	...more,
});

/** A request as n8n's nodes pass it on, in the older form too. */
const sign = async (request: object, credential: object = {}) =>
	(await authenticate(
		credentialWith(credential),
		request as IHttpRequestOptions,
	)) as IHttpRequestOptions & Record<string, unknown>;

const CUSTOM = { region: 'custom', apiUrl: 'https://gateway.example.com/sendgrid' };

const REFUSED = "This credential's API key can be sent to SendGrid";

describe('a request', () => {
	test.each([
		[{ url: 'https://api.sendgrid.com/v3/scopes' }, {}],
		[{ url: 'https://API.sendgrid.com:443/v3/scopes' }, {}],
		[{ uri: 'https://api.eu.sendgrid.com/v3/scopes' }, {}],
		[{ url: '/v3/scopes', baseURL: 'https://api.sendgrid.com' }, { region: 'eu' }],
		[{ url: 'https://gateway.example.com/anything' }, CUSTOM],
	])('to %j is signed', async (request, credential) => {
		const { headers } = await sign(request, credential);
		expect(headers).toEqual({ Authorization: `Bearer ${KEY}` });
	});

	test.each([
		[{ url: 'https://evil.example/v3/scopes' }, {}],
		[{ url: 'https://api.sendgrid.com.evil.example/' }, {}],
		[{ url: 'https://api.sendgrid.com@evil.example/' }, {}],
		[{ url: 'http://api.sendgrid.com/v3/scopes' }, {}],
		[{ url: 'https://api.sendgrid.com:8443/v3/scopes' }, {}],
		[{ url: '//evil.example/x', baseURL: 'https://api.sendgrid.com' }, {}],
		[{ url: 'https://api.sendgrid.com/', uri: 'https://evil.example/' }, {}],
		[{ url: 'https://evil.example/', uri: 'https://api.sendgrid.com/' }, {}],
		[{ url: '/v3/scopes', baseURL: 'https://evil.example' }, {}],
		[{ url: '/v3/scopes' }, {}],
		[{}, {}],
		[{ url: 'https://api.sendgrid.com/v3/scopes' }, CUSTOM],
		[{ url: 'http://gateway.example.com/' }, CUSTOM],
	])('to %j is not signed', async (request, credential) => {
		await expect(sign(request, credential)).rejects.toThrow(REFUSED);
		await expect(sign(asOwnRequest(request as IHttpRequestOptions), credential)).rejects.toThrow(
			REFUSED,
		);
	});
});

describe('a credential', () => {
	const request = () => ({ url: 'https://api.sendgrid.com/v3/scopes', method: 'GET' as const });

	test.each([
		{ allowedEmailDomains: 'example.com' },
		{ allowedEmailDomains: ' ' },
		{ allowAdminAccess: false },
		{ allowDeletion: false },
		{ allowAgents: false },
		{ allowAgents: 'true' },
	])("with %j signs only this package's own requests", async (limit) => {
		await expect(sign(request(), limit)).rejects.toThrow('only the SendGrid Teammates nodes');
		const own = asOwnRequest(request());
		expect((await sign(own, limit)).headers).toEqual({ Authorization: `Bearer ${KEY}` });
		// Looking the same is not enough.
		await expect(sign({ ...own }, limit)).rejects.toThrow('only the SendGrid Teammates nodes');
	});

	test.each([
		{},
		{ allowedEmailDomains: '', allowAdminAccess: true, allowDeletion: true, allowAgents: true },
	])('with %j signs requests of every node', async (none) => {
		expect((await sign(request(), none)).headers).toEqual({ Authorization: `Bearer ${KEY}` });
	});
});

test.each(['On-Behalf-Of', 'on-behalf-of', 'ON-BEHALF-OF'])(
	'no request chooses whom to act for in place of the credential (%s)',
	async (name) => {
		const url = 'https://api.sendgrid.com/v3/scopes';
		const headers = { [name]: 'another', AUTHORIZATION: 'Bearer another', accept: '*/*' };
		expect((await sign({ url, headers }, { onBehalfOf: 'acme' })).headers).toEqual({
			accept: '*/*',
			'on-behalf-of': 'acme',
			Authorization: `Bearer ${KEY}`,
		});
		expect((await sign({ url, headers })).headers).toMatchObject({ [name]: 'another' });
	},
);

describe('a certificate or proxy', () => {
	const careless = {
		url: 'https://api.sendgrid.com/v3/scopes',
		rejectUnauthorized: false,
		skipSslCertificateValidation: true,
		agentOptions: { ca: 'of somebody else' },
	};

	test.each([{}, { allowUnauthorizedCerts: true }, { region: 'eu', allowUnauthorizedCerts: true }])(
		"of SendGrid's hosts is checked, whatever the request says (%j)",
		async (credential) => {
			expect(await sign({ ...careless }, credential)).toMatchObject({
				rejectUnauthorized: true,
				skipSslCertificateValidation: false,
				agentOptions: undefined,
			});
			expect(await sign(asOwnRequest({ ...careless }), credential)).toMatchObject({
				skipSslCertificateValidation: false,
			});
		},
	);

	test('of a custom URL is checked unless the credential says otherwise', async () => {
		const request = { ...careless, url: 'https://gateway.example.com/' };
		expect(await sign({ ...request }, CUSTOM)).toMatchObject({
			rejectUnauthorized: true,
			skipSslCertificateValidation: false,
			agentOptions: undefined,
		});
		expect(await sign({ ...request }, { ...CUSTOM, allowUnauthorizedCerts: true })).toMatchObject({
			rejectUnauthorized: false,
			skipSslCertificateValidation: true,
		});
	});

	test('the key follows no redirect to another host', async () => {
		const { sendCredentialsOnCrossOriginRedirect } = await sign({
			url: 'https://api.sendgrid.com/',
			sendCredentialsOnCrossOriginRedirect: true,
		});
		expect(sendCredentialsOnCrossOriginRedirect).toBe(false);
	});

	test('a proxy that could read the key is refused', async () => {
		const request = { url: 'http://localhost:3000/v3/scopes', proxy: 'http://127.0.0.1:9' };
		const local = { region: 'custom', apiUrl: 'http://localhost:3000' };
		await expect(sign(request, local)).rejects.toThrow("A proxy can't be used");
		expect((await sign({ url: request.url }, local)).headers).toBeDefined();
	});
});
