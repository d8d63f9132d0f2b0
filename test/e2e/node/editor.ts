import type { DynamicParameter } from '../../../playground/n8n/rest.mts';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../../support/names';
import { on } from './sharedByAll';

/** One that looks as SendGrid's do. */
const keyNamed = (name: string) => `SG.${name.padEnd(22, '0')}.${'0'.repeat(43)}`;

const testWith = async (data: object) =>
	await on.rest.testCredential({
		name: 'SendGrid',
		type: CREDENTIAL_TYPE,
		data: { apiKey: on.keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '', ...data },
	});

describe('testing the credential,', () => {
	test('a good key passes', async () => {
		expect(await testWith({})).toMatchObject({ status: 'OK' });
		expect(on.sandbox.state.requests).toMatchObject([
			{ host: 'global', method: 'GET', path: '/v3/scopes', onBehalfOf: null },
		]);
	});

	test('a good key that may do nothing with teammates passes', async () => {
		const { status, message } = await testWith({ apiKey: on.keys.statsOnly });
		expect(status).toBe('Error');
		expect(message).toContain('Give it teammates.read and teammates.create');
	});

	test("the parent's key on behalf of an EU subuser passes on the EU host", async () => {
		expect(await testWith({ region: 'eu', onBehalfOf: 'acme-eu' })).toMatchObject({ status: 'OK' });
		expect(on.sandbox.state.requests).toMatchObject([{ host: 'eu', onBehalfOf: 'acme-eu' }]);
	});

	test('a wrong key fails', async () => {
		const { status, message } = await testWith({ apiKey: keyNamed('wrong') });
		expect(status).toBe('Error');
		expect(message).toContain('SendGrid rejected this API key');
	});

	test('what cannot be a key', async () => {
		const { status, message } = await testWith({ apiKey: 'abc' });
		expect(status).toBe('Error');
		expect(message).toContain("SendGrid's keys begin with 'SG.'");
		expect(on.sandbox.state.requests).toEqual([]);
	});

	test('a key of the other region fails with its region', async () => {
		expect(await testWith({ apiKey: on.keys.euSubuser })).toEqual({
			status: 'Error',
			message: "This API key belongs to SendGrid's EU region. Set 'Region' to EU.",
		});
	});

	test('a key that its own region knows is not sent to the other one', async () => {
		const apiKey = keyNamed('elsewhere');
		on.sandbox.state.addKey({ key: apiKey, ipAllowed: false });
		const { message } = await testWith({ apiKey });
		expect(message).toContain('IP Access Management');
		on.sandbox.state.faults.add({ fault: { kind: 'status', status: 503, when: 'before' } });
		expect((await testWith({})).message).toContain('HTTP 503)');
		expect(on.sandbox.state.requests.map(({ host }) => host)).toEqual(['global', 'global']);
	});

	test.each([
		{ allowedHttpRequestDomains: 'none' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'api.sendgrid.com' },
	])("no key is sent to a host that n8n's Allowed Domains leave out (%j)", async (allowed) => {
		const { message } = await testWith({ apiKey: on.keys.euSubuser, ...allowed });
		expect(message).toContain('SendGrid rejected this API key');
		expect(on.sandbox.state.requests.map(({ host }) => host)).toEqual(['global']);
	});

	test('a key is sent to a host that they contain', async () => {
		const { message } = await testWith({
			apiKey: on.keys.euSubuser,
			allowedHttpRequestDomains: 'domains',
			allowedDomains: 'example.com, *.sendgrid.com',
		});
		expect(message).toContain("Set 'Region' to EU");
	});

	test('a host that cannot be reached fails', async () => {
		const { message } = await testWith({ region: 'custom', apiUrl: 'http://127.0.0.1:9' });
		expect(message).toContain("No answer from 127.0.0.1:9: n8n couldn't connect to SendGrid");
	});
});

describe('the editor lists', () => {
	const parameter = (path: string, parameters: Record<string, unknown> = {}): DynamicParameter => ({
		nodeType: NODE_TYPE,
		nodeVersion: 1,
		path,
		parameters: { resource: 'invitation', region: 'credential', options: {}, ...parameters },
		credentials: { [CREDENTIAL_TYPE]: on.credential },
	});

	test('scopes by readable names, without those that cannot be granted', async () => {
		const scopes = await on.rest.options(parameter('parameters.scopes'), 'getScopes');
		expect(scopes).toContainEqual({
			name: 'Statistics (stats.read)',
			value: 'stats.read',
		});
		expect(scopes.map(({ value }) => value)).not.toContain('user.profile.update');
	});

	test('pending invitations', async () => {
		const search = async (filter?: string) =>
			await on.rest.resourceLocator(parameter('parameters.invitation'), 'searchInvitations', {
				filter,
			});
		const all = await search();
		expect(all.results.map(({ name }) => name)).toEqual([
			'Expiring.Soon@acme.example',
			'fresh@acme.example',
		]);
		expect((await search('FRESH')).results).toHaveLength(1);
	});

	test('teammates while typing and scrolling', async () => {
		on.sandbox.state.addManyTeammates(600);
		const search = async (page: { filter?: string; paginationToken?: string }) =>
			await on.rest.resourceLocator(parameter('parameters.teammate'), 'searchTeammates', page);
		const first = await search({});
		expect(first.results).toContainEqual({
			name: 'Adam Admin (adam@acme.example), admin',
			value: 'adam@acme.example',
			url: 'https://app.sendgrid.com/settings/teammates',
		});
		const second = await search({ paginationToken: first.paginationToken });
		expect(first.results.length + second.results.length).toBe(606);
		expect((await search({ filter: 'legacy' })).results.map(({ value }) => value)).toEqual([
			'legacy_lee',
		]);
	});

	test('the reason if there is nothing to choose from', async () => {
		on.sandbox.state.faults.add({ fault: { kind: 'status', status: 403, when: 'before' } });
		await expect(on.rest.options(parameter('parameters.scopes'), 'getScopes')).rejects.toThrow(
			'The scopes could not be loaded',
		);
	});
});
