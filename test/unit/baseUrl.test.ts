import { hostForItem, hostOfCredential } from '../../nodes/SendGridTeammates/transport/baseUrl';

describe("the credential's address", () => {
	test.each([
		[{}, 'https://api.sendgrid.com'],
		[{ region: 'global', apiUrl: 'https://ignored.example.com' }, 'https://api.sendgrid.com'],
		[{ region: 'eu' }, 'https://api.eu.sendgrid.com'],
		[{ region: 'custom', apiUrl: ' https://gw.example.com/ ' }, 'https://gw.example.com'],
		[
			{ region: 'custom', apiUrl: 'https://gw.example.com:8443/sg//' },
			'https://gw.example.com:8443/sg',
		],
		[{ region: 'custom', apiUrl: 'http://localhost:4010' }, 'http://localhost:4010'],
		[{ region: 'custom', apiUrl: 'http://127.0.0.2:4010' }, 'http://127.0.0.2:4010'],
		[{ region: 'custom', apiUrl: 'http://[::1]:4010' }, 'http://[::1]:4010'],
	])('is read from %j', (credential, host) => {
		expect(hostOfCredential(credential)).toBe(host);
	});

	test.each([
		'http://gw.example.com',
		'http://127.0.0.1.example.com',
		'http://localhost.example.com',
		'ftp://gw.example.com',
		'https://user@gw.example.com',
		'https://:pass@gw.example.com',
		'https://gw.example.com?x=1',
		'https://gw.example.com#x',
		'gw.example.com',
		'javascript:alert(1)',
	])('is refused if it is %j', (apiUrl) => {
		expect(() => hostOfCredential({ region: 'custom', apiUrl })).toThrow("'API URL' must be");
	});

	test.each(['', '  ', undefined, 42])('counts as empty if it is %j', (apiUrl) => {
		expect(() => hostOfCredential({ region: 'custom', apiUrl })).toThrow("'API URL' is empty");
	});
});

describe("an item's address", () => {
	test.each([
		['credential', 'global', 'https://api.sendgrid.com'],
		['credential', 'eu', 'https://api.eu.sendgrid.com'],
		['eu', 'global', 'https://api.eu.sendgrid.com'],
		['global', 'eu', 'https://api.sendgrid.com'],
	] as const)('is that of %s with a credential for %s', (region, credentialRegion, host) => {
		expect(hostForItem(region, { region: credentialRegion })).toBe(host);
	});

	test("stays the credential's own if it has one", () => {
		const credential = { region: 'custom', apiUrl: 'https://gw.example.com' };
		expect(hostForItem('credential', credential)).toBe('https://gw.example.com');
		expect(() => hostForItem('global', credential)).toThrow("can't be chosen here");
	});
});
