/** Access > Same as Teammate: a colleague's access, for Invite, Create or Update and Update Permissions. */
import type { INodeParameters } from 'n8n-workflow';

import { searchTeammates } from '../../support/editor';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	by,
	inviteWith,
	syncWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';

const sendGrid = fakeSendGrid();

const LEE = ['mail.send', 'stats.read', 'templates.read'];

beforeEach(() => {
	const { state } = sendGrid;
	state.addTeammate({ username: 'acme_owner', email: 'olivia@example.com', user_type: 'owner' });
	state.addTeammate({ username: 'the_admin', email: 'adam@example.com', is_admin: true });
	state.addTeammate({ username: 'legacy_lee', email: 'Lee@example.com', scopes: LEE });
	state.addTeammate({ username: 'countess', email: 'ada@example.com', scopes: ['alerts.read'] });
	state.addTeammate({ username: 'newcomer', email: 'nick@example.com' });
	state.addPending({ email: 'penny@example.com', scopes: LEE });
	for (const username of ['twin1', 'twin2']) {
		state.addTeammate({ username, email: 'twin@example.com', scopes: LEE });
	}
});

const sameAs = (locator: unknown, changes: INodeParameters = {}): INodeParameters => ({
	access: 'teammate',
	sameAs: locator as INodeParameters,
	...changes,
});

const lee = by('email', 'lee@example.com');
const adam = by('email', 'adam@example.com');
const allowAdmins = { options: { allowAdmins: true } };

/** Each operation, for a person who gains something by it. */
const OPERATIONS: Record<string, (changes: INodeParameters) => INodeParameters> = {
	invite: (changes) => inviteWith({ email: 'new@example.com', ...changes }),
	'create or update, a new person': (changes) =>
		upsertWith({ email: 'new@example.com', ...changes }),
	'create or update, a teammate': (changes) => upsertWith({ email: 'ada@example.com', ...changes }),
	'update permissions, add': (changes) =>
		updatePermissionsWith({ teammate: by('username', 'countess'), mode: 'add', ...changes }),
	'update permissions, replace': (changes) =>
		updatePermissionsWith({ teammate: by('email', 'ada@example.com'), ...changes }),
};
const NAMES = Object.keys(OPERATIONS);

const run = async (
	name: string,
	changes: INodeParameters,
	credential: object = {},
	items: object[] = [{}],
) =>
	await sendGrid.run({
		items: items as never,
		parameters: OPERATIONS[name](changes),
		credential: { ...credential },
	});

const writes = () => sendGrid.state.requests.filter(({ method }) => method !== 'GET');

const ada = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess');

/** The access now: in the new person's invitation, or in Ada's record. */
function given(name: string) {
	if (name.startsWith('update') || name.endsWith('a teammate')) {
		return { scopes: ada()?.scopes, isAdmin: ada()?.profile.is_admin };
	}
	const invitation = sendGrid.state.account().invitations.find(({ email }) => /new@/.test(email));
	return { scopes: invitation?.scopes, isAdmin: invitation?.is_admin };
}

describe.each(NAMES)('%s', (name) => {
	test('gives the scopes of the colleague, and none of what SendGrid gives everybody', async () => {
		const { results, error } = await run(name, sameAs(lee));
		expect(error).toBeUndefined();
		const scopes = [...(given(name).scopes ?? [])].sort();
		if (name.endsWith('add'))
			expect(scopes).toEqual(expect.arrayContaining(['alerts.read', ...LEE]));
		else expect(scopes).toEqual(LEE);
		expect(writes()).toMatchObject([{ body: { is_admin: false } }]);
		expect(results[0].json).toMatchObject({ skipped_scopes: [] });
	});

	test.each([
		['by username', by('username', ' legacy_lee ')],
		['as text', 'lee@example.com'],
		['as JSON, as a model writes it', '{"mode": "By Email", "value": "LEE@example.com"}'],
	])('names the colleague %s', async (_, locator) => {
		const { error } = await run(name, sameAs(locator));
		expect(error).toBeUndefined();
		expect(given(name).scopes).toEqual(expect.arrayContaining(LEE));
	});

	test('names the colleague as the list has them', async () => {
		const { results } = await searchTeammates(sendGrid.credential, 'lee');
		const { error } = await run(name, sameAs(by('list', String(results[0].value))));
		expect(error).toBeUndefined();
		expect(given(name).scopes).toEqual(expect.arrayContaining(LEE));
	});

	test('leaves out what the key cannot grant, and says so', async () => {
		const { state, apiKey } = sendGrid;
		const scopes = ['read', 'create', 'update', 'delete'].map((verb) => `teammates.${verb}`);
		state.addKey({ key: apiKey, scopes: [...scopes, 'mail.send', 'alerts.read'] });
		const { results, error } = await run(name, sameAs(lee));
		expect(error).toBeUndefined();
		expect(given(name).scopes).toContain('mail.send');
		expect(given(name).scopes).not.toContain('stats.read');
		expect(results[0].json.skipped_scopes).toEqual(['stats.read', 'templates.read']);
	});

	test('D5: refuses if the key can grant nothing of it', async () => {
		const { state, apiKey } = sendGrid;
		const scopes = ['read', 'create', 'update', 'delete'].map((verb) => `teammates.${verb}`);
		state.addKey({ key: apiKey, scopes });
		const { error } = await run(name, sameAs(lee));
		expect(error?.message).toContain(
			"this API key can't grant anything of what 'lee@example.com' has beyond what everybody has",
		);
		expect(writes()).toEqual([]);
	});

	const hideRoles = () => {
		sendGrid.state.behaviours.adminFlag = 'hidden';
	};
	const hideScopes = () => {
		sendGrid.state.faults.add({
			path: /legacy_lee/,
			times: Infinity,
			fault: { kind: 'rename', from: 'scopes', to: 'permissions' },
		});
	};

	const REFUSED: Array<[string, unknown, string, () => void]> = [
		[
			'nobody with this address',
			by('email', 'nobody@example.com'),
			"the access of 'nobody@example.com' could not be read: no teammate has this address",
			() => {},
		],
		[
			'nobody with this username',
			by('username', 'nobody'),
			"the access of 'nobody' could not be read: no teammate has the username 'nobody'",
			() => {},
		],
		[
			'somebody who is only invited',
			by('email', 'penny@example.com'),
			'this colleague has been invited and has not accepted yet',
			() => {},
		],
		['two with one address', by('email', 'twin@example.com'), "'twin1' and 'twin2'", () => {}],
		['the owner', by('email', 'olivia@example.com'), 'owns the account', () => {}],
		['an admin', adam, "'adam@example.com' is an admin", () => {}],
		['who has nothing', by('username', 'newcomer'), 'only what every teammate has', () => {}],
		[
			'a record without scopes',
			lee,
			"the access of 'lee@example.com' could not be read",
			hideScopes,
		],
		['a record without a role', lee, "whether 'lee@example.com' is an admin", hideRoles],
	];

	test.each(REFUSED)('refuses %s', async (_, locator, what, prepare) => {
		prepare();
		const { results, error } = await run(name, sameAs(locator));
		expect(results).toEqual([]);
		expect(error?.message).toContain(' not ');
		expect(error?.message).toContain(what);
		expect(error?.description).not.toBe('');
		expect(writes()).toEqual([]);
	});

	test.each([
		[
			'by email',
			() =>
				by(
					'email',
					name.includes('new') || name === 'invite' ? 'NEW@example.com' : 'ADA@example.com',
				),
		],
		['by username', () => by('username', 'countess')],
	])('refuses the person themselves, %s', async (way, locator) => {
		const isNew = given(name).scopes === undefined;
		if (isNew && way === 'by username') return;
		const { error } = await run(name, sameAs(locator()));
		expect(error?.message).toContain("'Same As' names the same person");
		expect(writes()).toEqual([]);
	});

	test('gives admin access if the option says so', async () => {
		const { error } = await run(name, sameAs(adam, allowAdmins));
		expect(error).toBeUndefined();
		expect(writes()).toMatchObject([{ body: { scopes: [], is_admin: true } }]);
		expect(given(name).isAdmin).toBe(true);
	});

	test('gives no admin access if the credential does not allow it', async () => {
		const { error } = await run(name, sameAs(adam, allowAdmins), { allowAdminAccess: false });
		expect(error?.message).toContain("doesn't allow granting admin access");
		expect(writes()).toEqual([]);
	});

	test('gives no scopes that create access if the credential does not allow it', async () => {
		sendGrid.state.addTeammate({
			email: 'kim@example.com',
			scopes: ['stats.read', 'api_keys.create'],
		});
		const kim = sameAs(by('email', 'kim@example.com'));
		const { error } = await run(name, kim, { allowAdminAccess: false });
		expect(error?.message).toContain("'api_keys.create'");
		expect(writes()).toEqual([]);
	});

	test("applies the credential's domains to the person who gets the access", async () => {
		sendGrid.state.addTeammate({ email: 'kim@partner.example', scopes: LEE });
		const kim = sameAs(by('email', 'kim@partner.example'));
		const { error } = await run(name, kim, { allowedEmailDomains: 'example.com' });
		expect(error).toBeUndefined();
		const { error: refused } = await run(name, kim, { allowedEmailDomains: 'partner.example' });
		// If nothing is left to give, nothing is refused.
		expect(refused === undefined || refused.message.includes('at a domain')).toBe(true);
		expect(writes()).toHaveLength(1);
	});
});

test.each([{}, null, ' ', { mode: 'list', value: '' }, ['lee@example.com']])(
	'Same As that is %j is refused before any request',
	async (it) => {
		const { error } = await run('invite', sameAs('={{ $json.it }}'), {}, [{ it }]);
		expect(error?.message).toContain("'Same As' ");
		expect(sendGrid.calls()).toEqual([]);
	},
);

describe('reading a colleague', () => {
	const hires = (count: number) =>
		Array.from({ length: count }, (_, i) => ({ email: `hire${i}@example.com` }));

	test('K3: takes one list and one record for 500 invitations', async () => {
		const { results, error } = await run(
			'invite',
			sameAs(lee, { email: '={{ $json.email }}' }),
			{},
			hires(500),
		);
		expect(error).toBeUndefined();
		expect(results).toHaveLength(500);
		const read = sendGrid.calls().filter((call) => call.startsWith('GET'));
		expect(read.sort()).toEqual([
			'GET /v3/scopes',
			// The last page of a list is the one with nothing new.
			...Array(read.filter((call) => call === 'GET /v3/teammates').length).fill(
				'GET /v3/teammates',
			),
			'GET /v3/teammates/legacy_lee',
		]);
		expect(read.length).toBeLessThanOrEqual(4);
	});

	test('takes one record and no further list for Create or Update of 200 people', async () => {
		const people = hires(200);
		const { results } = await run(
			'create or update, a new person',
			sameAs(lee, { email: '={{ $json.email }}' }),
			{},
			people,
		);
		expect(results.map(({ json }) => json.action)).toEqual(people.map(() => 'invited'));
		const read = sendGrid.calls().filter((call) => call.startsWith('GET'));
		const count = (path: string) => read.filter((call) => call === `GET ${path}`).length;
		expect(count('/v3/teammates/legacy_lee')).toBe(1);
		expect(count('/v3/scopes')).toBe(1);
		// Each list once, and its end.
		expect(count('/v3/teammates')).toBeLessThanOrEqual(2);
		expect(read.length).toBeLessThanOrEqual(6);
	});

	test('happens for the plan of Sync With List of 100 people, and once more before it is carried out', async () => {
		const people = hires(100);
		const { results, error } = await sendGrid.run({
			items: people,
			parameters: syncWith(sameAs(lee)),
		});
		expect(error).toBeUndefined();
		expect(results.map(({ json }) => json.action)).toEqual(people.map(() => 'invited'));
		expect(
			new Set(sendGrid.state.account().invitations.map(({ scopes }) => scopes.join())),
		).toEqual(new Set([LEE.join()]));
		const records = sendGrid.calls().filter((call) => call === 'GET /v3/teammates/legacy_lee');
		expect(records.length).toBeLessThanOrEqual(3);
	});

	test('happens once for each colleague', async () => {
		await run(
			'invite',
			sameAs('={{ $json.like }}', { email: '={{ $json.email }}' }),
			{},
			hires(40).map(({ email }, i) => {
				return { email, like: ['lee@example.com', 'legacy_lee', 'countess'][i % 3] };
			}),
		);
		const records = sendGrid.calls().filter((call) => call.startsWith('GET /v3/teammates/'));
		expect(records.sort()).toEqual(['GET /v3/teammates/countess', 'GET /v3/teammates/legacy_lee']);
	});
});

test('the same person and colleague twice, however spelled, get one email', async () => {
	const { results } = await run(
		'invite',
		sameAs('={{ $json.like }}', { email: '={{ $json.email }}' }),
		{},
		[
			{ email: 'new@example.com', like: 'lee@example.com' },
			{ email: 'NEW@example.com', like: 'LEE@Example.com' },
		],
	);
	expect(results).toHaveLength(2);
	expect(sendGrid.mailed()).toEqual(['new@example.com']);
});

test('Create or Update finds nothing to do the second time', async () => {
	await run('create or update, a teammate', sameAs(lee));
	expect(writes()).toHaveLength(1);
	const { results } = await run('create or update, a teammate', sameAs(lee));
	expect(results).toMatchObject([{ json: { action: 'unchanged' } }]);
	expect(writes()).toHaveLength(1);
});

test('D5: scopes that the person already has stay, whatever the key can grant', async () => {
	const { state, apiKey } = sendGrid;
	const rights = ['teammates.read', 'teammates.update', 'mail.send', 'alerts.read', 'stats.read'];
	state.addKey({ key: apiKey, scopes: rights });
	Object.assign(ada() ?? {}, { scopes: ['templates.read', 'alerts.read'] });
	// SendGrid accepts only what the key has; here, the request counts.
	await run('update permissions, replace', sameAs(lee));
	const [{ body }] = writes();
	expect([...(body as { scopes: string[] }).scopes].sort()).toEqual(LEE);
});

describe('Remove', () => {
	const remove = async (locator: unknown, changes: INodeParameters = {}) =>
		await run('update permissions, add', sameAs(locator, { mode: 'remove', ...changes }));

	test('takes away what the colleague has, and keeps the rest', async () => {
		Object.assign(ada() ?? {}, { scopes: ['alerts.read', 'stats.read', 'mail.send'] });
		const { error } = await remove(lee);
		expect(error).toBeUndefined();
		expect(ada()?.scopes).toContain('alerts.read');
		expect(ada()?.scopes).not.toContain('stats.read');
		expect(ada()?.scopes).not.toContain('mail.send');
	});

	test('D5: needs no right to grant', async () => {
		const { state, apiKey } = sendGrid;
		const rights = ['teammates.read', 'teammates.update', 'alerts.read'];
		state.addKey({ key: apiKey, scopes: rights });
		Object.assign(ada() ?? {}, { scopes: ['alerts.read', 'stats.read'] });
		await remove(lee);
		expect(writes()).toMatchObject([
			{ body: { scopes: expect.not.arrayContaining(['stats.read']) } },
		]);
		expect(sendGrid.calls()).not.toContain('GET /v3/scopes');
	});

	test.each([
		['an admin, whatever the option says', adam, 'every scope'],
		['the person themselves', by('username', 'countess'), 'the same person'],
		['somebody without anything', by('username', 'newcomer'), 'only what every teammate has'],
	])('refuses %s', async (_, locator, what) => {
		const { error } = await remove(locator, allowAdmins);
		expect(error?.message).toContain(what);
		expect(writes()).toEqual([]);
	});
});

test('a dry run says what would be left out, and writes nothing', async () => {
	const { results } = await run(
		'create or update, a teammate',
		sameAs(lee, { options: { dryRun: true } }),
	);
	expect(results).toMatchObject([{ json: { would: 'update', dry_run: true } }]);
	expect(writes()).toEqual([]);
});

test("a subuser's colleague is looked for in the subuser", async () => {
	const { state } = sendGrid;
	state.addSubuser({ username: 'acme-marketing' });
	state.addTeammate({ account: 'acme-marketing', email: 'mia@example.com', scopes: LEE });
	const options = { onBehalfOf: 'acme-marketing' };
	const { error } = await run('invite', sameAs(by('email', 'mia@example.com'), { options }));
	expect(error).toBeUndefined();
	const { error: elsewhere } = await run(
		'invite',
		sameAs(by('email', 'ada@example.com'), { options, email: 'x@example.com' }),
	);
	expect(elsewhere?.message).toContain('no teammate has this address');
});

test('Retry On Fail does not read a colleague again for those who have been invited', async () => {
	sendGrid.state.faults.add({
		method: 'POST',
		fault: { kind: 'status', status: 400, when: 'before' },
	});
	await sendGrid.run({
		items: [{ email: 'one@example.com' }, { email: 'two@example.com' }],
		parameters: inviteWith(sameAs(lee)),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(sendGrid.mailed().sort()).toEqual(['one@example.com', 'two@example.com']);
});

test.each([true, 'asAnyNode'] as const)(
	'an agent (%s) can name a colleague too',
	async (asTool) => {
		const { results } = await sendGrid.run({
			parameters: inviteWith({ email: 'new@example.com', ...sameAs('lee@example.com') }),
			asTool,
		});
		expect(results).toMatchObject([{ json: { email: 'new@example.com', scopes: LEE } }]);
		const { results: refused } = await sendGrid.run({
			parameters: inviteWith({ email: 'other@example.com', ...sameAs('olivia@example.com') }),
			asTool,
		});
		expect(refused).toMatchObject([{ json: { how_to_fix: expect.stringContaining("'Same As'") } }]);
	},
);
