import { builtPackage } from '../../support/builtPackage';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { getStatusWith } from '../../support/parameters';
import { testCredential } from '../../support/editor';

const sendGrid = fakeSendGrid();

test('the API key is hidden as it is typed', async () => {
	const { credential } = await builtPackage();
	const apiKey = credential.properties.find(({ name }) => name === 'apiKey');
	expect(apiKey?.typeOptions).toEqual({ password: true });
});

test('the credential tells n8n 2.x that no other node may use it', async () => {
	const { credential } = await builtPackage();
	expect(credential.restrictToSupportedNodes).toBe(true);
});

describe('the test of the credential', () => {
	test.each(['teammates.read', 'teammates.create', 'sso.teammates.create'])(
		'passes for a key with %s',
		async (scope) => {
			sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['stats.read', scope] });
			expect(await testCredential(sendGrid.credential)).toEqual({
				status: 'OK',
				message: 'Connection successful',
			});
			expect(sendGrid.calls()).toEqual(['GET /v3/scopes']);
		},
	);

	test.each([[['stats.read', 'sso.settings.read']], [[]]])(
		'says of a valid key with %j that it can do nothing here',
		async (scopes) => {
			sendGrid.state.addKey({ key: sendGrid.apiKey, scopes });
			expect(await messageOf({})).toBe(
				"This API key is valid, but it can't manage teammates. Give it teammates.read and teammates.create under Settings > API Keys in SendGrid.",
			);
		},
	);

	test.each([
		'example.com',
		'@example.com; Example.org',
		'example.com, @mail.example.org,',
		' example.com\nexample.org ',
	])('takes the domains %j', async (allowedEmailDomains) => {
		const credential = { ...sendGrid.credential, allowedEmailDomains };
		expect(await testCredential(credential)).toMatchObject({ status: 'OK' });
	});

	test('asks on behalf of the subuser', async () => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		await testCredential({ ...sendGrid.credential, onBehalfOf: 'acme-marketing' });
		expect(sendGrid.state.requests).toMatchObject([{ onBehalfOf: 'acme-marketing' }]);
	});

	test('passes for a key that was copied with a line break behind it', async () => {
		const copied = { ...sendGrid.credential, apiKey: ` ${sendGrid.apiKey}\n` };
		expect(await testCredential(copied)).toMatchObject({ status: 'OK' });
	});

	test.each<Record<string, string>>([
		{ allowedHttpRequestDomains: 'none' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com, 127.0.0.1.' },
	])("passes and fails like the node with n8n's own limits: %j", async (limits) => {
		const credential = { ...sendGrid.credential, ...limits };
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: getStatusWith(),
			credential,
		});
		expect(error).toBeUndefined();
		expect(await testCredential(credential)).toMatchObject({ status: 'OK' });
	});

	const messageOf = async (changes: object) => {
		const { status, message } = await testCredential({ ...sendGrid.credential, ...changes });
		expect(status).toBe('Error');
		expect(message).not.toContain(sendGrid.apiKey);
		return message;
	};

	test('says what keys look like where a gateway refuses something else', async () => {
		expect(await messageOf({ apiKey: 'abc' })).toMatch(
			/^SendGrid rejected this API key .*SendGrid's keys begin with 'SG\.' and are 69 characters long\.$/,
		);
	});

	test('names a wrong key', async () => {
		expect(await messageOf({ apiKey: 'SG.wrong' })).toMatch(
			/^SendGrid rejected this API key .*Check 'API Key'/,
		);
	});

	test('names an unreachable host', async () => {
		expect(await messageOf({ apiUrl: 'http://127.0.0.1:9' })).toMatch(
			/^No answer from 127\.0\.0\.1:9: n8n couldn't connect to SendGrid \(ECONNREFUSED\)\. Check 'Region'/,
		);
	});

	test('names an address that n8n may not use', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, ipAllowed: false });
		expect(await messageOf({})).toContain('IP Access Management');
	});

	test.each([503, 500, 429])('names trouble at SendGrid: %d', async (status) => {
		sendGrid.state.faults.add({ fault: { kind: 'html', status, when: 'before' } });
		expect(await messageOf({})).toContain(`can't answer at the moment (HTTP ${status})`);
	});

	test('names a server that is not SendGrid', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'html', status: 200, when: 'before' } });
		expect(await messageOf({})).toContain("doesn't answer like SendGrid");
	});

	test.each([
		[{ apiUrl: 'http://gateway.example.com' }, "'API URL' must be a plain https address"],
		[{ apiUrl: '' }, "'API URL' is empty"],
		[
			{ apiUrl: 'https://user:pass@gateway.example.com' },
			"'API URL' must be a plain https address",
		],
		[{ region: 'mars' }, "'Region' must be"],
		[{ apiKey: '' }, "'API Key' is empty"],
		[
			{ allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com, api.sendgrid.com' },
			"'Allowed HTTP Request Domains' leaves out 127.0.0.1",
		],
		[
			{ region: 'eu', allowedHttpRequestDomains: 'domains', apiKey: `SG.${'x'.repeat(66)}` },
			'leaves out api.eu.sendgrid.com',
		],
		[{ apiKey: 'SG.a\nb' }, "'API Key' contains a line break"],
		[{ onBehalfOf: 'subuser_acme' }, "starts with 'subuser_'"],
		[{ apiKey: 'Bearer SG.abc' }, "'API Key' begins with 'Bearer'"],
		[{ apiKey: '"SG.abc"' }, "'API Key' has quotation marks"],
		[{ apiKey: 'SG.abc def' }, "'API Key' has a space in it"],
		[{ apiKey: 'abc', region: 'global' }, "'API Key' isn't a SendGrid key"],
		[{ apiKey: 'x'.repeat(30), region: 'eu' }, "SendGrid's keys begin with 'SG.'"],
	])('refuses %j without a request', async (changes, message) => {
		const told = await messageOf(changes);
		expect(told).toContain(message);
		expect(told).toMatch(/^(The credential's )?'.*\. (Choose|Copy|Enter|Remove) /);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test.each([
		['example', "must be a domain such as example.com, not 'example'"],
		['*.example.com', "not '*.example.com'"],
		['ann@example.com', "not 'ann@example.com'"],
		[' , ', 'is empty'],
	])('the domains %j are refused without a request', async (allowedEmailDomains, message) => {
		const told = await messageOf({ allowedEmailDomains });
		expect(told).toMatch(/^'Allowed Email Domains' /);
		expect(told).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});
