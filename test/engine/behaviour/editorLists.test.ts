import type { INodeParameters } from 'n8n-workflow';

import { builtPackage } from '../../support/builtPackage';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	editorOf,
	loadScopes,
	searchAccessRequests,
	searchInvitations,
	searchTeammates,
} from '../../support/editor';

const sendGrid = fakeSendGrid();

describe('the list of scopes', () => {
	test("has the account's scopes by readable names, without those that no invitation can grant", async () => {
		sendGrid.state.addKey({
			key: sendGrid.apiKey,
			scopes: [
				'templates.read',
				'stats.read',
				'user.profile.update',
				'2fa_required',
				'teammates.create',
			],
		});
		expect(await loadScopes(sendGrid.credential)).toEqual([
			{ name: 'Statistics (stats.read)', value: 'stats.read' },
			{ name: 'Teammates (teammates.create)', value: 'teammates.create' },
			{ name: 'Templates (templates.read)', value: 'templates.read' },
		]);
	});

	test('has the scopes of the subuser that the options name, and says so', async () => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		const scopes = await loadScopes(sendGrid.credential, {
			options: { onBehalfOf: 'acme-marketing' },
		});
		expect(sendGrid.state.requests).toMatchObject([{ onBehalfOf: 'acme-marketing' }]);
		expect(new Set(scopes.map(({ description }) => description))).toEqual(
			new Set(['What acme-marketing can grant']),
		);
	});

	/** As n8n 2.x, n8n 1.x and an older n8n hand over an expression that has no value yet. */
	test.each([
		[{ region: null, options: {} }, 'Region'],
		[{ region: 'credential', options: { onBehalfOf: null } }, 'On Behalf Of'],
		[{ region: 'credential', options: null }, 'Options'],
		[{ region: '={{ $json.region }}' }, 'Region'],
	] as Array<[INodeParameters, string]>)(
		'is that of all known scopes where nobody can know whose it is: %j',
		async (parameters, field) => {
			const scopes = await loadScopes(sendGrid.credential, parameters);
			expect(scopes.length).toBeGreaterThan(200);
			expect(scopes).toContainEqual({
				name: 'Mail Send (mail.send)',
				value: 'mail.send',
				description: `One of all known scopes: '${field}' has no value yet`,
			});
			expect(sendGrid.state.requests).toEqual([]);
		},
	);

	test('is that of the account, whatever other options have no value yet', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['stats.read'] });
		const parameters = { options: { maxWait: null, dryRun: null } } as unknown as INodeParameters;
		expect(await loadScopes(sendGrid.credential, parameters)).toHaveLength(1);
	});

	test('is that of all known scopes before a credential has been chosen', async () => {
		const scopes = await loadScopes(undefined);
		expect(scopes.length).toBeGreaterThan(200);
		expect(scopes).toContainEqual({
			name: 'Sender Authentication (whitelabel.read)',
			value: 'whitelabel.read',
			description: expect.stringContaining('with a credential chosen'),
		});
		expect(scopes.map(({ value }) => value)).not.toContain('user.profile.update');
	});

	test('loads while Region has no value yet, and again whenever Region changes, in rows too', async () => {
		const { node } = await builtPackage();
		const fields = [...node.description.properties];
		const dependencies = fields.flatMap(({ typeOptions, options = [] }) => [
			typeOptions?.loadOptionsDependsOn,
			...options.flatMap((option) =>
				'values' in option
					? option.values.map((field) => field.typeOptions?.loadOptionsDependsOn)
					: [],
			),
		]);
		const paths = dependencies.filter((names) => names !== undefined);
		expect(paths).toHaveLength(3);
		for (const names of paths) {
			// What is named as it is has to have a value.
			expect(names).not.toContain('region');
			for (const path of ['parameters.scopes', 'parameters.subuserAccess.subusers[0].scopes']) {
				const watched = async (region: string) => {
					const editor = await editorOf(undefined, { region, options: {} }, path);
					return names.map((name): unknown => editor.getCurrentNodeParameter(name));
				};
				expect(await watched('eu')).not.toEqual(await watched('global'));
			}
		}
	});

	test('is sorted by the readable names', async () => {
		sendGrid.state.faults.add({
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: { scopes: ['templates.read', 'ips.read', 'ip.read'] },
			},
		});
		const scopes = await loadScopes(sendGrid.credential);
		expect(scopes.map(({ name }) => name)).toEqual([
			'Ip (ip.read)',
			'IP Addresses (ips.read)',
			'Templates (templates.read)',
		]);
	});

	test.each([{}, [], { errors: [{ message: 'no' }] }, { scopes: ['stats.read', 7] }])(
		'K6: is not empty if SendGrid answers %j, but is requested again',
		async (body) => {
			sendGrid.state.faults.add({ fault: { kind: 'status', status: 200, when: 'before', body } });
			expect((await loadScopes(sendGrid.credential)).length).toBeGreaterThan(200);
			sendGrid.state.faults.add({
				times: Infinity,
				fault: { kind: 'status', status: 200, when: 'before', body },
			});
			await expect(loadScopes(sendGrid.credential)).rejects.toThrow(
				/^The scopes could not be loaded: /,
			);
		},
	);

	test('says why it cannot be loaded, and what to do', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'status', status: 403, when: 'before' } });
		await expect(loadScopes(sendGrid.credential)).rejects.toMatchObject({
			message: expect.stringMatching(/^The scopes could not be loaded: .*HTTP 403.*IP Access/),
			description: expect.stringContaining('IP Access'),
		});
	});

	test('is that of all known scopes where SendGrid rejects the key, which may be corrected', async () => {
		const scopes = await loadScopes({ ...sendGrid.credential, apiKey: 'SG.wrong' });
		expect(scopes).toContainEqual({
			name: 'Mail Send (mail.send)',
			value: 'mail.send',
			description: expect.stringContaining('SendGrid rejected the API key'),
		});
	});

	test('does not keep anybody waiting for long', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'rate-limited', header: 'delta', seconds: 20 } });
		const list = expect(loadScopes(sendGrid.credential)).rejects;
		await list.toMatchObject({
			message: expect.stringContaining('too many requests'),
			description: 'Wait a few minutes and open the list again.',
		});
	});

	test("does not wait in the queue for long, or name options that lists don't have", async () => {
		sendGrid.state.faults.add({ fault: { kind: 'rate-limited', header: 'delta', seconds: 20 } });
		await expect(loadScopes(sendGrid.credential)).rejects.toThrow();
		await expect(loadScopes(sendGrid.credential)).rejects.toMatchObject({
			message:
				"The scopes could not be loaded: SendGrid's rate limit is used up for longer than a list can wait. Wait a few minutes and open the list again.",
			description: 'Wait a few minutes and open the list again.',
		});
	});

	test('says what to do about an outage without advising to run an item again', async () => {
		sendGrid.state.faults.add({
			fault: { kind: 'status', status: 503, when: 'before' },
			times: 99,
		});
		await expect(loadScopes(sendGrid.credential)).rejects.toMatchObject({
			description: expect.stringMatching(/^Open the list again\. If this keeps happening, check/),
		});
	});
});

describe('the list of invitations', () => {
	test('shows who and where SendGrid has it, and nothing that ages in a saved workflow', async () => {
		sendGrid.state.addPending({ email: 'Ada@example.com' });
		sendGrid.state.addPending({ email: 'bob@example.com', expiresInSeconds: -9e5 });
		expect(await searchInvitations(sendGrid.credential)).toEqual({
			results: [
				{
					name: 'Ada@example.com',
					value: 'Ada@example.com',
					url: 'https://app.sendgrid.com/settings/teammates',
				},
				{
					name: 'bob@example.com',
					value: 'bob@example.com',
					url: 'https://app.sendgrid.com/settings/teammates',
				},
			],
		});
	});

	test('holds no token, because the choice is saved in the workflow', async () => {
		const invitations = sendGrid.state.addManyPending(3);
		const lists = [
			await searchInvitations(sendGrid.credential),
			await searchInvitations(sendGrid.credential, 'pending'),
		];
		expect(lists.map(({ results }) => results.length)).toEqual([3, 3]);
		for (const { token } of invitations) expect(JSON.stringify(lists)).not.toContain(token);
	});

	test('shows an address that has several invitations once, by the one that lasts longest', async () => {
		sendGrid.state.addPending({ email: 'Ada@example.com', expiresInSeconds: -9e5 });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		sendGrid.state.addPending({ email: 'bob@example.com' });
		const { results } = await searchInvitations(sendGrid.credential);
		expect(results.map(({ value }) => value)).toEqual(['ada@example.com', 'bob@example.com']);
	});

	test('is searched by part of the address, in upper or lower case, on every page', async () => {
		sendGrid.state.addManyPending(600);
		const found = await searchInvitations(sendGrid.credential, ' PENDING0599@');
		expect(found.results.map(({ name }) => name)).toEqual([
			expect.stringContaining('pending0599@bulk.example'),
		]);
	});

	test('is searched for text typed in capitals', async () => {
		sendGrid.state.addPending({ email: 'Ada@Example.com' });
		const { results } = await searchInvitations(sendGrid.credential, 'ada@example');
		expect(results).toHaveLength(1);
	});

	test('says why it cannot be loaded, and what to do', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['stats.read'] });
		await expect(searchInvitations(sendGrid.credential)).rejects.toMatchObject({
			message: expect.stringContaining(
				"The pending invitations could not be loaded: this API key isn't allowed to do this",
			),
			description: expect.stringContaining('the scope teammates.read '),
		});
	});
});

describe('the list of teammates', () => {
	test('shows name, address, username and kind', async () => {
		const { state } = sendGrid;
		const url = 'https://app.sendgrid.com/settings/teammates';
		state.addTeammate({ username: 'boss', email: 'olga@example.com', user_type: 'owner' });
		state.addTeammate({
			username: 'countess',
			email: 'ada@example.com',
			first_name: 'Ada',
			last_name: 'Lovelace',
		});
		state.addTeammate({
			email: 'sam@example.com',
			first_name: 'Sam',
			is_admin: true,
			is_sso: true,
		});
		const { results } = await searchTeammates(sendGrid.credential);
		expect(results).toEqual([
			{ name: 'olga@example.com (boss), owner', value: 'boss', url },
			{ name: 'Ada Lovelace (ada@example.com, countess)', value: 'countess', url },
			{ name: 'Sam (sam@example.com), admin, SSO', value: 'sam@example.com', url },
		]);
	});

	test('tells two logins of one address apart, and is searched by username', async () => {
		const ada = { email: 'ada@example.com', first_name: 'Ada' };
		sendGrid.state.addTeammate({ ...ada, username: 'countess' });
		sendGrid.state.addTeammate({ ...ada, username: 'Ada@Example.com' });
		const labels = async (text = '') =>
			(await searchTeammates(sendGrid.credential, text)).results.map(({ name }) => name);
		expect(await labels()).toEqual(['Ada (ada@example.com, countess)', 'Ada (ada@example.com)']);
		expect(await labels('COUNTESS')).toEqual(['Ada (ada@example.com, countess)']);
	});

	test('has people without an address by username, and leaves out what nothing can stand for', async () => {
		const body = { result: [{ username: 'countess' }, { email: 'bob@example.com' }, {}] };
		sendGrid.state.faults.add({ fault: { kind: 'status', status: 200, when: 'before', body } });
		const { results } = await searchTeammates(sendGrid.credential);
		expect(results).toMatchObject([{ name: 'countess', value: 'countess' }]);
	});

	test('says in its only line that nobody can know yet whose it is', async () => {
		sendGrid.state.addManyTeammates(3);
		const parameters = { options: { onBehalfOf: null } } as unknown as INodeParameters;
		expect((await searchTeammates(sendGrid.credential, '', undefined, parameters)).results).toEqual(
			[{ name: expect.stringContaining("'On Behalf Of' has no value yet"), value: '' }],
		);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('loads 1,000 people while scrolling, 500 at a time', async () => {
		sendGrid.state.addManyTeammates(1000);
		expect((await searchTeammates(sendGrid.credential)).results).toHaveLength(500);
		sendGrid.state.requests.length = 0;
		const values: unknown[] = [];
		let token: string | undefined;
		for (;;) {
			const page = await searchTeammates(sendGrid.credential, '', token);
			values.push(...page.results.map(({ value }) => value));
			if (page.paginationToken === undefined) break;
			token = String(page.paginationToken);
		}
		expect(new Set(values).size).toBe(1000);
		expect(values).toHaveLength(1000);
		expect(sendGrid.state.requests).toHaveLength(3);
	});

	test('is searched completely while typing', async () => {
		sendGrid.state.addManyTeammates(1000);
		const { results, paginationToken } = await searchTeammates(sendGrid.credential, 'Teammate099');
		expect(results).toHaveLength(10);
		expect(paginationToken).toBeUndefined();
	});
});

describe('the list of access requests', () => {
	const url = 'https://app.sendgrid.com/settings/teammates';
	const added = (username: string, scope_group_name: string) =>
		String(sendGrid.state.addAccessRequest({ username, scope_group_name }).id);

	beforeEach(() => {
		const { state } = sendGrid;
		state.addTeammate({ email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' });
		state.addTeammate({ username: 'bobby', email: 'bob@example.com' });
	});

	test('shows who asks for what', async () => {
		const ids = [added('ada@example.com', 'Templates'), added('bobby', 'Mail Send')];
		expect(await searchAccessRequests(sendGrid.credential)).toMatchObject({
			results: [
				{ name: 'Ada Lovelace (ada@example.com): Templates', value: ids[0], url },
				{ name: 'bob@example.com (bobby): Mail Send', value: ids[1], url },
			],
		});
	});

	test('has no line without a text, whatever SendGrid leaves out', async () => {
		const body = [
			{ id: 1, scope_group_name: 'Templates' },
			{ id: 2, username: 'bobby' },
			{ id: 3 },
		];
		sendGrid.state.faults.add({ fault: { kind: 'status', status: 200, when: 'before', body } });
		const { results } = await searchAccessRequests(sendGrid.credential);
		expect(results.map(({ name }) => name)).toEqual(['Templates', 'bobby', '3']);
	});

	test('is searched by person and by feature, on every page', async () => {
		for (let i = 0; i < 60; i += 1) added('bobby', 'Stats');
		const id = added('ada@example.com', 'Templates');
		for (const text of ['LOVELACE', 'templates ']) {
			const { results } = await searchAccessRequests(sendGrid.credential, text);
			expect(results.map(({ value }) => value)).toEqual([id]);
		}
	});

	test("refuses a subuser's credential like Approve and Deny, since it might be the parent's list", async () => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		added('bobby', 'Templates');
		const credential = { ...sendGrid.credential, onBehalfOf: 'acme-marketing' };
		await expect(searchAccessRequests(credential)).rejects.toMatchObject({
			message: expect.stringContaining("doesn't support 'On Behalf Of'"),
			description: expect.stringContaining('Use a credential'),
		});
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('says if the account no longer has any', async () => {
		sendGrid.state.behaviours.accessRequests = 'gone';
		await expect(searchAccessRequests(sendGrid.credential)).rejects.toMatchObject({
			message: expect.stringContaining('The access requests could not be loaded'),
			description: expect.stringContaining('January 2026'),
		});
	});
});
