import type { IDataObject } from 'n8n-workflow';

import { movableClock } from '../../support/clock';
import { addPeople } from '../../support/people';
import { by, syncWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();
const clock = movableClock();

/** The node waits until SendGrid's lists must show an email that was just sent. */
const LATER = 10;

const DAY = 24 * 60 * 60;
const OTHERS = { offboardOthers: true };
const LENIENT = { settings: { onError: 'continueErrorOutput' } } as const;

type Fields = Parameters<typeof syncWith>[0];

const rowsOf = (...emails: string[]): IDataObject[] => emails.map((email) => ({ email }));

const sync = async (items: IDataObject[], fields: Fields = {}, run: object = {}) =>
	await sendGrid.run({ items, parameters: syncWith(fields), ...run });

/** The people in the account, invited or joined. */
const everybody = (): string[] => {
	const account = sendGrid.state.account();
	return [
		...sendGrid.state.pending(account).map(({ email }) => email),
		...account.teammates.map(({ profile }) => profile.email),
	]
		.map((email) => email.toLowerCase())
		.sort();
};

/** The output for each person: `action email <- items`. */
const told = (results: Array<{ json: IDataObject; pairedItem?: unknown }>): string[] =>
	results.map(({ json, pairedItem }) => {
		const links = [pairedItem].flat().map((link) => (link as { item: number }).item);
		const action = json.would === undefined ? json.action : `would be ${json.would}`;
		return `${action ?? json.error} ${json.email ?? ''} <- ${links.join()}`;
	});

/** One of each, and an account with its owner and an admin. */
function company() {
	const { state } = sendGrid;
	addPeople(state);
	state.addPending({ email: 'same@example.com', scopes: ['stats.read'] });
	state.addPending({ email: 'other@example.com', scopes: ['mail.send'] });
	state.addPending({
		email: 'expiring@example.com',
		scopes: ['stats.read'],
		expiresInSeconds: DAY,
	});
	state.addTeammate({ email: 'in@example.com', username: 'in_1', scopes: ['stats.read'] });
	state.addTeammate({ email: 'sso@example.com', username: 'sso@example.com', is_sso: true });
	state.addTeammate({ email: 'guest@partner.example', username: 'guest_1' });
}

const LIST = rowsOf(
	'new@example.com',
	'SAME@example.com',
	'other@example.com',
	'expiring@example.com',
	'in@example.com',
	'ADA@example.com',
	'adam@example.com',
	'olga@example.com',
);

const EXPECTED = [
	'invited new@example.com <- 0',
	'unchanged same@example.com <- 1',
	'reinvited other@example.com <- 2',
	'resent expiring@example.com <- 3',
	'unchanged in@example.com <- 4',
	'updated Ada@example.com <- 5',
	'kept adam@example.com <- 6',
	'kept olga@example.com <- 7',
];

const LEAVERS = [
	'offboarded penny@example.com <- ',
	'offboarded sso@example.com <- ',
	'offboarded guest@partner.example <- ',
];

describe('Sync With List', () => {
	test('invites missing people, updates differing ones, and leaves everybody else alone', async () => {
		company();
		const { results, error } = await sync(LIST);
		expect(error).toBeUndefined();
		expect(told(results)).toEqual(EXPECTED);
		expect(results.map(({ json }) => json.changed)).toEqual(
			EXPECTED.map((line) => !/^(kept|unchanged)/.test(line)),
		);
		expect(results[6].json.reason).toBe(
			"This person is an admin. Admins are left alone unless 'Allow Admins' is on.",
		);
		expect(results[7].json.reason).toBe('This person owns the account.');
		expect(sendGrid.mailed().sort()).toEqual([
			'expiring@example.com',
			'new@example.com',
			'other@example.com',
		]);
		expect(everybody()).toContain('guest@partner.example');
	});

	test('removes everybody else with Offboard Others: invitations, teammates and single sign-on', async () => {
		company();
		const { results, error } = await sync(LIST, OTHERS);
		expect(error).toBeUndefined();
		expect(told(results)).toEqual([...EXPECTED, ...LEAVERS]);
		expect(everybody()).toEqual(LIST.map(({ email }) => String(email).toLowerCase()).sort());
		expect(JSON.stringify(results)).not.toContain('"token"');
	});

	test('writes nothing in a second run', async () => {
		company();
		await sync(LIST, OTHERS);
		clock.advance(LATER);
		const before = sendGrid.writes().length;
		const { results, error } = await sync(LIST, OTHERS);
		expect(error).toBeUndefined();
		expect(told(results).map((line) => line.split(' ')[0])).toEqual([
			...Array(6).fill('unchanged'),
			'kept',
			'kept',
		]);
		expect(sendGrid.writes()).toHaveLength(before);
	});

	test('says the same in a dry run, and writes nothing', async () => {
		company();
		const { results, error } = await sync(LIST, { ...OTHERS, options: { dryRun: true } });
		expect(error).toBeUndefined();
		expect(told(results)).toEqual([...EXPECTED, ...LEAVERS].map((line) => `would be ${line}`));
		expect(results.map(({ json }) => json.changed)).not.toContain(true);
		expect(results.filter(({ json }) => 'action' in json)).toEqual([]);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('reads everything before the first write', async () => {
		company();
		await sync(LIST, OTHERS);
		const calls = sendGrid.calls();
		const first = calls.findIndex((call) => !call.startsWith('GET'));
		const details = calls.slice(0, first).filter((call) => /GET \/v3\/teammates\/[^p]/.test(call));
		// The records of all teammates on the list.
		expect(new Set(details).size).toBe(4);
		expect(calls.slice(0, first)).toContain('GET /v3/teammates/pending');
	});

	test('removes people after all others have been handled', async () => {
		company();
		await sync(LIST, OTHERS);
		const leaving = sendGrid.writes().findIndex((call) => call === 'DELETE /v3/teammates/guest_1');
		expect(
			sendGrid
				.writes()
				.slice(leaving)
				.filter((call) => !call.startsWith('DELETE')),
		).toEqual([]);
	});
});

describe('Sync With List', () => {
	test('links one person to all of their items', async () => {
		const { results, error } = await sync(
			rowsOf('ada@example.com', 'bob@example.com', 'ADA@example.com'),
		);
		expect(error).toBeUndefined();
		expect(told(results)).toEqual([
			'invited ada@example.com <- 0,2',
			'invited bob@example.com <- 1',
		]);
		expect(sendGrid.mailed().sort()).toEqual(['ada@example.com', 'bob@example.com']);
	});

	test.each([1, 2])('links nobody to an item about another person: %s item(s)', async (count) => {
		sendGrid.state.addTeammate({ email: 'gone@example.com' });
		const items = [...rowsOf('ada@example.com'), ...rowsOf('ada@example.com')].slice(0, count);
		const { results } = await sync(items, OTHERS);
		expect(told(results)[1]).toBe('offboarded gone@example.com <- ');
	});

	test('keeps the row of a failure, and gives none to a person without a row', async () => {
		sendGrid.state.addTeammate({ email: 'gone@example.com', username: 'gone_1' });
		for (const [method, path] of [
			['POST', '/v3/teammates'],
			['DELETE', '/v3/teammates/gone_1'],
		]) {
			sendGrid.state.faults.add({
				method,
				path,
				times: Infinity,
				fault: { kind: 'status', status: 400, when: 'before' },
			});
		}
		const items = [{ email: 'ada@example.com', team: 'engines' }];
		const { failures, results, error } = await sync(items, OTHERS, LENIENT);
		expect(error).toBeUndefined();
		expect(results).toEqual([]);
		expect(failures.map(({ json }) => json)).toEqual([
			{ ...items[0], error: expect.stringContaining("'ada@example.com' was not invited") },
			{ error: expect.stringContaining("'gone@example.com' was not offboarded") },
		]);
	});
});

describe('to remove nobody by mistake,', () => {
	/** This many people who are not on the list. */
	const strangers = (count: number, domain = 'example.com') =>
		Array.from({ length: count }, (_, i) => {
			const email = `stranger${i}@${domain}`;
			if (i % 2 === 0) sendGrid.state.addTeammate({ email });
			else sendGrid.state.addPending({ email });
			return email;
		});

	const ADA = rowsOf('ada@example.com');

	test.each([
		[5, 5, true],
		[6, 5, false],
		[1, 0, false],
		[0, 0, true],
		[2, '2', true],
	])(
		'with %s to go and Max Offboarded %s, it is done: %s',
		async (count, maxOffboarded, isDone) => {
			const people = strangers(count);
			const { error } = await sync(ADA, { ...OTHERS, maxOffboarded });
			if (isDone) {
				expect(error).toBeUndefined();
				expect(everybody()).toEqual(['ada@example.com']);
				return;
			}
			const who = count === 1 ? '1 person' : `${count} people`;
			expect(error?.message).toContain(
				`The list was not applied: ${who} would be offboarded, and 'Max Offboarded' is ${maxOffboarded}: 'stranger`,
			);
			expect(sendGrid.writes()).toEqual([]);
			expect(everybody()).toEqual(people.sort());
			const dry = await sync(ADA, { ...OTHERS, maxOffboarded, options: { dryRun: true } });
			expect(dry.error?.message).toBe(error?.message);
		},
	);

	test('Max Offboarded is 5 by default', async () => {
		strangers(6);
		const { error } = await sync(ADA, OTHERS);
		expect(error?.message).toContain("'Max Offboarded' is 5");
		expect(error?.message).toContain('and 1 more');
	});

	test('each of several teammates with an address counts, and all are named', async () => {
		const usernames = ['team_1', 'team_2', 'team_3'];
		for (const username of usernames)
			sendGrid.state.addTeammate({ email: 'team@example.com', username });
		strangers(2);
		const { error } = await sync(ADA, { ...OTHERS, maxOffboarded: 4 });
		expect(error?.message).toContain("5 people would be offboarded, and 'Max Offboarded' is 4");
		expect(sendGrid.writes()).toEqual([]);
		for (const dryRun of [true, false]) {
			const { results } = await sync(ADA, { ...OTHERS, maxOffboarded: 5, options: { dryRun } });
			const named = results.slice(1).map(({ json }) => [json.email, json.usernames]);
			expect(new Map(named as Array<[string, string[]]>)).toEqual(
				new Map([
					['team@example.com', usernames],
					['stranger0@example.com', ['stranger0@example.com']],
					['stranger1@example.com', []],
				]),
			);
		}
		expect(everybody()).toEqual(['ada@example.com']);
	});

	test('what an earlier try has deleted counts in a later one', async () => {
		for (const username of ['team_1', 'team_2'])
			sendGrid.state.addTeammate({ email: 'team@example.com', username });
		sendGrid.state.addTeammate({ email: 'gone@example.com', username: 'gone_1' });
		sendGrid.state.faults.add({
			method: 'DELETE',
			path: '/v3/teammates/team_2',
			fault: { kind: 'status', status: 400, when: 'before' },
		});
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
		const { results } = await sync(ADA, { ...OTHERS, maxOffboarded: 3 }, { settings });
		const team = results.find(({ json }) => json.email === 'team@example.com');
		expect(team?.json).toMatchObject({ action: 'offboarded', usernames: ['team_1', 'team_2'] });
		expect(everybody()).toEqual(['ada@example.com']);
	});

	test('people who are kept do not count', async () => {
		strangers(3, 'partner.example');
		sendGrid.state.addTeammate({ email: 'gone@example.com' });
		const limits = { ...OTHERS, maxOffboarded: 1, offboardDomains: '@EXAMPLE.com; other.example' };
		const { results, error } = await sync(ADA, limits);
		expect(error).toBeUndefined();
		expect(told(results).sort()).toEqual([
			'invited ada@example.com <- 0',
			'kept stranger0@partner.example <- ',
			'kept stranger1@partner.example <- ',
			'kept stranger2@partner.example <- ',
			'offboarded gone@example.com <- ',
		]);
		expect(results.find(({ json }) => json.action === 'kept')?.json).toMatchObject({
			changed: false,
			reason: "This address isn't at one of the 'Offboard Domains'.",
		});
	});

	test.each(['', ' ', '[]', 'null', 'undefined'])(
		'an expression that finds no domain does not mean all domains: %j',
		async (nothing) => {
			strangers(1);
			const value = nothing.trim() === '' ? JSON.stringify(nothing) : nothing;
			const { error } = await sync(ADA, { ...OTHERS, offboardDomains: `={{ ${value} }}` });
			expect(error?.message).toContain("'Offboard Domains' ");
			expect(sendGrid.calls()).toEqual([]);
		},
	);

	test('a subdomain, or a domain with the same ending, is another domain', async () => {
		sendGrid.state.addTeammate({ email: 'a@eu.example.com' });
		sendGrid.state.addTeammate({ email: 'b@notexample.com' });
		const { results } = await sync(ADA, { ...OTHERS, offboardDomains: 'example.com' });
		expect(told(results).slice(1)).toEqual([
			'kept a@eu.example.com <- ',
			'kept b@notexample.com <- ',
		]);
	});

	test.each([
		['an address that is none', { email: 'nobody' }],
		['no address', {}],
		['a domain that is not allowed', { email: 'eve@evil.example' }],
		['an access that is none', { email: 'bob@example.com', access: 'boss' }],
		['a subuser that is none', { email: 'bob@example.com', subuser: null }],
	])('a bad item refuses the list: %s', async (_, bad) => {
		strangers(1);
		const items = [
			{ email: 'ada@example.com', access: 'scopes', subuser: '' },
			{ access: 'scopes', subuser: '', ...bad },
		];
		const fields = {
			access: '={{ $json.access }}',
			options: { onBehalfOf: '={{ $json.subuser }}' },
		};
		const credential = { allowedEmailDomains: 'example.com' };
		const strict = await sync(items, { ...fields, ...OTHERS }, { credential });
		expect(strict.error).toMatchObject({ context: { itemIndex: 1 } });
		expect(strict.error?.message).toContain('nothing was sent for the other item');

		const lenient = await sync(items, { ...fields, ...OTHERS }, { credential, ...LENIENT });
		expect(lenient.results).toEqual([]);
		expect(lenient.failures.map(({ json }) => json.error)).toEqual([
			"'ada@example.com' was not handled: The list was not applied: an item was refused, so 'Offboard Others' can't tell who has left. Correct the items that were refused, or turn off 'Offboard Others'.",
			expect.anything(),
		]);
		expect(sendGrid.calls()).toEqual([]);

		// If nobody has to go, the others can be handled.
		const { results, failures } = await sync(items, fields, { credential, ...LENIENT });
		expect(told(results)).toEqual(['invited ada@example.com <- 0']);
		expect(failures).toHaveLength(1);
	});

	test('an empty list, which n8n makes one empty item of, is refused', async () => {
		strangers(1);
		const { error } = await sync([{}], OTHERS);
		expect(error?.message).toContain("'Email' is empty");
		expect(sendGrid.calls()).toEqual([]);
	});

	test('a list that Execute Once cuts to its first item is refused', async () => {
		strangers(1);
		const items = rowsOf('ada@example.com', 'stranger0@example.com');
		const { error } = await sync(items, OTHERS, { settings: { executeOnce: true } });
		expect(error?.message).toContain("'Execute Once' is on");
		expect(sendGrid.calls()).toEqual([]);
		const { results } = await sync(items, {}, { settings: { executeOnce: true } });
		expect(told(results)).toEqual(['invited ada@example.com <- 0']);
	});

	test.each([
		['access', { scopes: ['mail.send'] }],
		["'If Pending'", { ifPending: 'leave' }],
		["'Expires Within Days'", { days: 1 }],
	])('two items of one person that differ in %s are refused, both named', async (what, other) => {
		strangers(1);
		const base = { scopes: ['stats.read'], ifPending: 'resendIfExpiring', days: 2 };
		const items = [
			{ email: 'bob@example.com', ...base },
			{ email: 'ada@example.com', ...base },
			{ email: 'ADA@example.com', ...base, ...other },
		];
		const fields = {
			scopes: '={{ $json.scopes }}',
			ifPending: '={{ $json.ifPending }}',
			expiresWithinDays: '={{ $json.days }}',
		};
		const message = `'ada@example.com' was not invited or updated: items 1 and 2 are about this person, but ask for different ${what}`;
		for (const changes of [{}, OTHERS]) {
			const { error } = await sync(items, { ...fields, ...changes });
			expect(error?.message).toContain(message);
		}
		const all = await sync(items, { ...fields, ...OTHERS }, LENIENT);
		expect(all.failures).toHaveLength(3);
		expect(sendGrid.calls()).toEqual([]);

		const { results, failures } = await sync(items, fields, LENIENT);
		expect(told(results)).toEqual(['invited bob@example.com <- 0']);
		expect(failures.map(({ json }) => json.email)).toEqual(['ada@example.com', 'ADA@example.com']);
		expect(everybody()).not.toContain('ada@example.com');
	});

	test.each([
		['Offboard Others', { offboardOthers: '={{ $json.it }}' }, [true, false]],
		['Max Offboarded', { ...OTHERS, maxOffboarded: '={{ $json.it }}' }, [5, 6]],
		['Offboard Domains', { ...OTHERS, offboardDomains: '={{ $json.it }}' }, ['a.com', 'b.com']],
		['Dry Run', { options: { dryRun: '={{ $json.it }}' } }, [true, 'false']],
		['Allow Admins', { options: { allowAdmins: '={{ $json.it }}' } }, [false, true]],
	])('items that differ in %s are refused', async (name, fields, values) => {
		strangers(1);
		const items = values.map((it, i) => ({ email: `person${i}@example.com`, it }));
		const { error } = await sync(items as IDataObject[], fields as Fields);
		expect(error?.message).toContain(`'${name}'`);
		expect(error?.message).toContain(
			'must be the same in all items of an account, and differs between items 0 and 1',
		);
		expect(sendGrid.calls()).toEqual([]);
	});

	test.each([/teammates$/, /pending$/])(
		'a list that cannot be read removes nobody: %s',
		async (path) => {
			strangers(2);
			sendGrid.state.faults.add({
				method: 'GET',
				path,
				times: Infinity,
				fault: { kind: 'status', status: 403, when: 'before' },
			});
			const { error } = await sync(ADA, OTHERS);
			expect(error?.message).toMatch(/^The list was not applied: .+HTTP 403/);
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('a record without an address removes nobody, since it may belong to somebody on the list', async () => {
		strangers(1);
		sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: '', username: 'nameless' });
		const { error } = await sync(ADA, OTHERS);
		expect(error?.message).toContain(
			"The list was not applied: SendGrid's list of teammates leaves out an address",
		);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('owner and admins stay, unless admins may go', async () => {
		addPeople(sendGrid.state);
		sendGrid.state.addPending({ email: 'boss@example.com', is_admin: true });
		const { results } = await sync(ADA, OTHERS);
		expect(told(results)).toEqual([
			'updated Ada@example.com <- 0',
			'offboarded penny@example.com <- ',
			'kept boss@example.com <- ',
			'kept olga@example.com <- ',
			'kept adam@example.com <- ',
		]);
		clock.advance(LATER);
		const all = await sync(ADA, { ...OTHERS, options: { allowAdmins: true } });
		expect(told(all.results).sort()).toEqual([
			'kept olga@example.com <- ',
			'offboarded adam@example.com <- ',
			'offboarded boss@example.com <- ',
			'unchanged Ada@example.com <- 0',
		]);
		expect(everybody()).toEqual(['ada@example.com', 'olga@example.com']);
	});

	test("on behalf of a subuser, the parent account's admins stay whatever is allowed", async () => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
		sendGrid.state.addTeammate({ email: 'top@example.com', is_admin: true, account: 'acme-eu' });
		sendGrid.state.addTeammate({ email: 'gone@example.com', account: 'acme-eu' });
		const options = { allowAdmins: true, onBehalfOf: 'acme-eu' };
		const { results } = await sync(ADA, { ...OTHERS, options });
		expect(told(results).sort()).toEqual([
			'invited ada@example.com <- 0',
			'kept top@example.com <- ',
			'offboarded gone@example.com <- ',
		]);
	});

	test("on behalf of a subuser, the parent account's admins on the list stay admins", async () => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
		sendGrid.state.addTeammate({ email: 'top@example.com', is_admin: true });
		for (const dryRun of [true, false]) {
			const options = { allowAdmins: true, onBehalfOf: 'acme-eu', dryRun };
			const { results } = await sync(rowsOf('top@example.com'), { options });
			expect(told(results)).toEqual([`${dryRun ? 'would be ' : ''}kept top@example.com <- 0`]);
			expect(results[0].json.reason).toContain("the parent account's admins");
		}
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each([
		['leave', ADA, ['POST /v3/teammates', 'DELETE /v3/teammates/top_1']],
		['stay', rowsOf('top@example.com'), ['PATCH /v3/teammates/top_1']],
	])(
		"with a subuser's own key, it is said that the parent's admins may not be changed there: who should %s",
		async (_, list, sent) => {
			sendGrid.state.addSubuser({ username: 'acme-eu' });
			sendGrid.state.addTeammate({ email: 'top@example.com', username: 'top_1', is_admin: true });
			const credential = { apiKey: sendGrid.state.addKey({ account: 'acme-eu' }) };
			const { error } = await sync(
				list,
				{ ...OTHERS, options: { allowAdmins: true } },
				{ credential },
			);
			expect(error?.message).toMatch(/^'top@example.com' was not .+ the username 'top_1'/);
			expect(error?.description).toContain('it may be an admin of the parent account');
			expect(sendGrid.writes()).toEqual(sent);
			expect(everybody()).toEqual(['top@example.com']);
		},
	);

	test('one subuser in two spellings is refused, since it would be two lists', async () => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
		const items = [
			{ email: 'ada@example.com', subuser: 'acme-eu' },
			{ email: 'bob@example.com', subuser: 'Acme-EU' },
		];
		const options = { onBehalfOf: '={{ $json.subuser }}' };
		const { error } = await sync(items, { ...OTHERS, options });
		expect(error?.message).toContain("'On Behalf Of' in 'Options' must be the same");
		expect(sendGrid.calls()).toEqual([]);
	});

	test('a list that has the username in place of the address invites and removes nobody by it', async () => {
		const { state } = sendGrid;
		state.addTeammate({ email: 'ada.lovelace@example.com', username: 'Ada@example.com' });
		const { results, failures } = await sync(ADA, OTHERS, {
			settings: { onError: 'continueErrorOutput' },
		});
		expect(failures.map(({ json }) => json.error)).toEqual([
			expect.stringContaining('this is the username of a teammate with another email address'),
		]);
		expect(told(results)).toEqual(['kept ada.lovelace@example.com <- ']);
		expect(results[0].json.reason).toContain("this person's username");
		expect(sendGrid.mailed()).toEqual([]);
	});

	test('an invited address stays if it is the username of somebody with another one', async () => {
		const { state } = sendGrid;
		state.addTeammate({ email: 'bob@example.com', username: 'bob@old.example' });
		state.addPending({ email: 'bob@old.example' });
		state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
		const { results } = await sync([...ADA, { email: 'bob@example.com' }], OTHERS);
		expect(told(results)).toContain('kept bob@old.example <- ');
		expect(state.account().invitations).toHaveLength(1);
	});

	test('a possible owner stays, whatever is allowed', async () => {
		sendGrid.state.behaviours.adminFlag = 'hidden';
		strangers(1);
		const { error } = await sync(ADA, { ...OTHERS, options: { allowAdmins: true } });
		expect(error?.message).toContain(
			"'stranger0@example.com' was not offboarded: SendGrid doesn't say whether this person is an admin. The run stopped; nothing was sent for the other item",
		);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('each account is a list of its own', async () => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
		sendGrid.state.addTeammate({ email: 'bob@example.com', account: 'acme-eu' });
		sendGrid.state.addTeammate({ email: 'bob@example.com' });
		sendGrid.state.addSubuser({ username: 'acme-us' });
		sendGrid.state.addTeammate({ email: 'carl@example.com', account: 'acme-us' });
		const items = [
			{ email: 'ada@example.com', subuser: '' },
			{ email: 'bob@example.com', subuser: 'acme-eu' },
		];
		const options = { onBehalfOf: '={{ $json.subuser }}' };
		const { results } = await sync(items, { ...OTHERS, options });
		expect(told(results)).toEqual([
			'invited ada@example.com <- 0',
			'updated bob@example.com <- 1',
			'offboarded bob@example.com <- ',
		]);
		expect(sendGrid.state.account('acme-us').teammates).toHaveLength(1);
	});

	test('an account under two URLs, or with two keys, removes nobody who is on another of its lists', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
		sendGrid.state.addPending({ email: 'bob@example.com', scopes: ['stats.read'] });
		strangers(1);
		const items = [
			{ email: 'ada@example.com', url: sendGrid.url },
			{ email: 'BOB@example.com', url: sendGrid.url.replace('127.0.0.1', 'localhost') },
		];
		const { results, error } = await sync(items, OTHERS, {
			credential: { apiUrl: '={{ $json.url }}' },
		});
		expect(error).toBeUndefined();
		expect(told(results).slice(0, 2)).toEqual([
			'unchanged ada@example.com <- 0',
			'unchanged bob@example.com <- 1',
		]);
		expect(told(results).slice(2)).toContain('kept ada@example.com <- ');
		expect(told(results).slice(2)).toContain('kept bob@example.com <- ');
		expect(everybody()).toEqual(['ada@example.com', 'bob@example.com']);
	});

	describe('a subuser under two names', () => {
		/** With the parent's key and under its own URL, unless the item says otherwise. */
		const syncAll = async (items: IDataObject[]) => {
			const { results, error } = await sync(
				items,
				{ ...OTHERS, options: { onBehalfOf: '={{ $json.subuser }}' } },
				{
					settings: { onError: 'continueErrorOutput' },
					credential: {
						apiKey: `={{ $json.key ?? '${sendGrid.apiKey}' }}`,
						apiUrl: `={{ $json.url ?? '${sendGrid.url}' }}`,
					},
				},
			);
			expect(error).toBeUndefined();
			return told(results);
		};
		const emails = () =>
			sendGrid.state.account('acme-eu').teammates.map(({ profile }) => profile.email);
		const others = (lines: string[]) => lines.filter((line) => line.endsWith('<- ')).sort();

		beforeEach(() => {
			sendGrid.state.addSubuser({ username: 'acme-eu', accountId: '4711' });
			for (const name of ['ada', 'bob']) {
				const [email, username] = [`${name}@example.com`, `${name}@old.example`];
				sendGrid.state.addTeammate({ email, username, account: 'acme-eu', scopes: ['stats.read'] });
			}
		});

		test.each<[string, () => IDataObject]>([
			[
				'an API key of its own',
				() => ({ subuser: '', key: sendGrid.state.addKey({ account: 'acme-eu' }) }),
			],
			['its account ID', () => ({ subuser: 'account-id 4711' })],
			[
				'its account ID, and another URL',
				() => ({
					subuser: 'account-id 4711',
					url: sendGrid.url.replace('127.0.0.1', 'localhost'),
				}),
			],
			[
				'another spelling, and another key',
				() => ({ subuser: 'account-id  4711', key: sendGrid.state.addKey() }),
			],
		])('removes nobody who is on the other list: %s', async (_, other) => {
			for (const ada of ['ada@example.com', 'ada@old.example']) {
				const lines = await syncAll([
					{ email: ada, subuser: 'acme-eu' },
					{ email: 'bob@example.com', ...other() },
				]);
				expect(others(lines)).toEqual(
					expect.arrayContaining(['kept ada@example.com <- ', 'kept bob@example.com <- ']),
				);
				expect(emails()).toEqual(['ada@example.com', 'bob@example.com']);
			}
		});

		test('other names are other accounts: who is on the list of one may leave the others', async () => {
			const { state } = sendGrid;
			state.addSubuser({ username: 'acme-us' });
			const bob = { email: 'bob@example.com', username: 'bob@old.example' };
			for (const account of ['acme-us', undefined]) state.addTeammate({ ...bob, account });
			const lines = await syncAll([
				{ email: 'bob@example.com', subuser: 'acme-eu' },
				{ email: 'cy@example.com', subuser: 'acme-us' },
				{ email: 'dee@example.com', subuser: '' },
			]);
			expect(others(lines)).toEqual([
				'offboarded ada@example.com <- ',
				'offboarded bob@example.com <- ',
				'offboarded bob@example.com <- ',
			]);
			expect(emails()).toEqual(['bob@example.com']);
		});
	});

	test.each([
		['an accent that is a separate character', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
		['another spelling of a domain', 'jane@b\u00fccher.example', 'jane@xn--bcher-kva.example'],
	])('%s makes nobody another person', async (_, inAccount, inList) => {
		sendGrid.state.addTeammate({ email: inAccount, scopes: ['stats.read'] });
		const { results } = await sync(rowsOf(inList), OTHERS);
		expect(told(results)).toEqual([`unchanged ${inAccount} <- 0`]);
	});

	test('a credential that allows no deletion refuses the list', async () => {
		strangers(1);
		const run = { credential: { allowDeletion: false } };
		const { error } = await sync(ADA, OTHERS, run);
		expect(error?.message).toContain("doesn't allow deleting teammates");
		expect(sendGrid.calls()).toEqual([]);
		expect((await sync(ADA, {}, run)).error).toBeUndefined();
	});

	test('somebody on the list whose plan fails keeps all others in place', async () => {
		strangers(1);
		sendGrid.state.addTeammate({ email: 'twin@example.com', username: 'twin_1' });
		sendGrid.state.addTeammate({ email: 'Twin@example.com', username: 'twin_2' });
		const items = rowsOf('ada@example.com', 'twin@example.com');
		const strict = await sync(items, OTHERS);
		expect(strict.error?.message).toContain('2 teammates have this address');
		expect(sendGrid.writes()).toEqual([]);

		const { results, failures } = await sync(items, OTHERS, LENIENT);
		expect(told(results)).toEqual([
			'invited ada@example.com <- 0',
			'kept stranger0@example.com <- ',
		]);
		expect(results[1].json.reason).toBe(
			'Nobody is offboarded from this account in this run, because the plan failed for somebody else.',
		);
		expect(failures).toHaveLength(1);
	});

	test('a write that fails keeps all others in place', async () => {
		strangers(1);
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 400, when: 'before' },
		});
		const { error } = await sync(ADA, OTHERS);
		expect(error?.message).toContain('The run stopped; nothing was sent for the other person');
		expect(everybody()).toEqual(['stranger0@example.com']);
	});
});

describe('Same as Teammate, of a colleague who is on the list too,', () => {
	/** Scopes, or the colleague whose access the person should have. */
	const LIKE = {
		access: '={{ $json.like ? "teammate" : "scopes" }}',
		scopes: '={{ $json.scopes ?? [] }}',
		sameAs: by('email', '={{ $json.like ?? "nobody@example.com" }}'),
	};

	const ada = { email: 'ada@example.com', like: 'lee@example.com' };
	const lee = { email: 'lee@example.com', scopes: ['stats.read'] };

	const leeHas = (...scopes: string[]) =>
		sendGrid.state.addTeammate({ email: lee.email, username: 'lee_1', scopes });

	/** What the teammates have, and what the invitations give. */
	const granted = () => {
		const { teammates, invitations } = sendGrid.state.account();
		return Object.fromEntries([
			...teammates.map(({ profile, scopes }) => [profile.email, scopes.join()]),
			...invitations.map(({ email, scopes }) => [email, scopes.join()]),
		]);
	};

	/** The dry run must say the same as the run, and a second run must change nothing. */
	const syncTwice = async (items: IDataObject[], fields: Fields = {}) => {
		const wanted = { ...LIKE, ...fields };
		const dry = await sync(items, {
			...wanted,
			options: { ...(fields.options as object), dryRun: true },
		});
		expect(sendGrid.writes()).toEqual([]);
		const { results, error } = await sync(items, wanted);
		expect(error).toBeUndefined();
		expect(told(dry.results)).toEqual(told(results).map((line) => `would be ${line}`));
		clock.advance(LATER);
		const before = sendGrid.writes().length;
		const again = await sync(items, wanted);
		expect(again.error).toBeUndefined();
		expect(sendGrid.writes()).toHaveLength(before);
		return told(results);
	};

	test.each([
		['after the colleague', [lee, ada]],
		['before the colleague', [ada, lee]],
	])('somebody new gets what the colleague has afterwards: %s', async (_, items) => {
		leeHas('mail.send', 'templates.create');
		expect(await syncTwice(items)).toEqual([
			`${items[0] === lee ? 'updated lee' : 'invited ada'}@example.com <- 0`,
			`${items[1] === lee ? 'updated lee' : 'invited ada'}@example.com <- 1`,
		]);
		expect(granted()).toEqual({ [ada.email]: 'stats.read', [lee.email]: 'stats.read' });
		expect(sendGrid.mailed()).toEqual([ada.email]);
	});

	test('somebody who has it already is unchanged, and somebody who has what the colleague had is updated', async () => {
		leeHas('mail.send');
		sendGrid.state.addTeammate({ email: ada.email, scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: 'bob@example.com', scopes: ['mail.send'] });
		const bob = { email: 'bob@example.com', like: 'LEE@example.com' };
		expect(await syncTwice([ada, bob, lee])).toEqual([
			'unchanged ada@example.com <- 0',
			'updated bob@example.com <- 1',
			'updated lee@example.com <- 2',
		]);
		expect(Object.values(granted())).toEqual(['stats.read', 'stats.read', 'stats.read']);
	});

	test('a colleague of a colleague comes first, whoever else is named by username', async () => {
		leeHas('mail.send');
		sendGrid.state.addTeammate({ email: 'kim@example.com', username: 'kim_1' });
		const kim = { email: 'kim@example.com', like: 'lee_1' };
		const bob = { email: 'bob@example.com', like: 'kim_1' };
		const sameAs = by('username', '={{ $json.like ?? "nobody_1" }}');
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 1 } } };
		expect(await syncTwice([bob, kim, lee], { sameAs, requestOptions } as never)).toEqual([
			'invited bob@example.com <- 0',
			'updated kim@example.com <- 1',
			'updated lee@example.com <- 2',
		]);
		expect(new Set(Object.values(granted()))).toEqual(new Set(['stats.read']));
	});

	test('a colleague who becomes an admin, or is one no more, counts as that', async () => {
		leeHas('mail.send');
		const { teammates } = sendGrid.state.account();
		const access = '={{ $json.like ? "teammate" : $json.scopes ? "scopes" : "admin" }}';
		const boss = { email: lee.email };
		const dry = { ...LIKE, access, options: { dryRun: true } };
		const { error } = await sync([ada, boss], dry);
		expect(error?.message).toContain(
			"'ada@example.com' was not invited or updated: 'lee@example.com' is an admin",
		);
		const options = { allowAdmins: true };
		await syncTwice([ada, boss], { access, options });
		expect(sendGrid.state.account().invitations[0].is_admin).toBe(true);
		clock.advance(LATER);
		await sync([ada, lee], { ...LIKE, access, options });
		expect(teammates[0].profile.is_admin).toBe(false);
		expect(granted()).toEqual({ [ada.email]: 'stats.read', [lee.email]: 'stats.read' });
	});

	const NOT_HANDLED =
		"'ada@example.com' was not invited or updated: 'lee@example.com', whose access this person should have, is on the list too, and was not handled";

	test.each<[string, IDataObject[]]>([
		['is refused', [{ ...lee, scopes: ['user.profile.update'] }]],
		['contradicts another one', [lee, { ...lee, scopes: ['mail.send'] }]],
		['cannot be planned', [{ ...lee, like: 'ghost@example.com' }]],
	])("nothing is done if the colleague's item %s", async (_, items) => {
		leeHas('mail.send');
		const list = [ada, ...items, { email: 'bob@example.com', scopes: ['stats.read'] }];
		for (const options of [{ dryRun: true }, {}]) {
			const { failures, results } = await sync(list, { ...LIKE, options }, LENIENT);
			expect(told(results)).toEqual([
				expect.stringMatching(/invited bob@example.com <- \d$/) as unknown as string,
			]);
			expect(failures).toHaveLength(1 + items.length);
			expect(failures[0].json.error).toContain(NOT_HANDLED);
		}
		const { error } = await sync(list, LIKE);
		expect(error?.message).toContain("'lee@example.com'");
		expect(error?.message).not.toContain(NOT_HANDLED);
		expect(granted()).toEqual({ [lee.email]: 'mail.send', 'bob@example.com': 'stats.read' });
	});

	const refuseUpdates = (times: number) =>
		sendGrid.state.faults.add({
			method: 'PATCH',
			times,
			fault: { kind: 'status', status: 400, when: 'before' },
		});

	test('nothing is done if the colleague could not be updated', async () => {
		leeHas('mail.send');
		sendGrid.state.addTeammate({ email: ada.email, scopes: ['stats.read'] });
		const bob = { email: 'bob@example.com', like: lee.email };
		refuseUpdates(Infinity);
		const lenient = await sync([ada, bob, lee], LIKE, LENIENT);
		expect(lenient.results).toEqual([]);
		expect(lenient.failures.map(({ json }) => json.error)).toEqual([
			expect.stringContaining(NOT_HANDLED),
			expect.stringContaining('was not handled'),
			expect.stringContaining("'lee@example.com' was not invited or updated"),
		]);
		const strict = await sync([ada, bob, lee], LIKE);
		expect(strict.error?.message).toMatch(
			/^'lee@example.com' was not .+ nothing was sent for the other 2 people$/,
		);
		expect(sendGrid.mailed()).toEqual([]);
	});

	test('with Retry On Fail, it is done when the colleague could be updated', async () => {
		leeHas('mail.send');
		refuseUpdates(1);
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
		const { results } = await sync([ada, lee], LIKE, { settings });
		expect(told(results)).toEqual(['invited ada@example.com <- 0', 'updated lee@example.com <- 1']);
		expect(granted()).toEqual({ [ada.email]: 'stats.read', [lee.email]: 'stats.read' });
	});

	test.each([2, 3])(
		'%s people who should all have the access of the next are refused',
		async (n) => {
			const people = ['ada', 'bob', 'cy'].slice(0, n).map((name) => `${name}@example.com`);
			for (const email of people) sendGrid.state.addTeammate({ email, scopes: ['mail.send'] });
			const circle = people.map((email, i) => ({ email, like: people[(i + 1) % n] }));
			const list = [...circle, lee, { email: 'dee@example.com', like: 'ada@example.com' }];
			for (const options of [{ dryRun: true }, {}]) {
				const { failures, results } = await sync(list, { ...LIKE, options }, LENIENT);
				expect(told(results)).toHaveLength(1);
				expect(failures).toHaveLength(n + 1);
				expect(JSON.stringify(failures)).toContain('should have the access of this person in turn');
			}
			const { error } = await sync(circle, LIKE);
			expect(error?.message).toContain('was not invited or updated');
			expect(sendGrid.writes()).toEqual(['POST /v3/teammates']);
		},
	);
});

describe('with Retry On Fail,', () => {
	const RETRY = { settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } };

	test('a second try does not email, update or remove twice, and answers everybody', async () => {
		company();
		sendGrid.state.faults.add({
			method: 'DELETE',
			path: '/v3/teammates/guest_1',
			fault: { kind: 'status', status: 400, when: 'before' },
		});
		const { results, error } = await sync(LIST, OTHERS, RETRY);
		expect(error).toBeUndefined();
		expect(told(results).sort()).toEqual([...EXPECTED, ...LEAVERS].sort());
		expect(sendGrid.mailed()).toHaveLength(3);
		expect(sendGrid.writes().filter((call) => call.startsWith('PATCH'))).toHaveLength(1);
		// The invitation that was replaced, Penny's, two teammates, and the try that was refused.
		expect(sendGrid.writes().filter((call) => call.startsWith('DELETE'))).toHaveLength(5);
	});

	/** Bob's record can be read in the first try only. */
	const bobOnce = () => {
		sendGrid.state.addTeammate({
			email: 'bob@example.com',
			username: 'bob_1',
			scopes: ['stats.read'],
		});
		const bob = { method: 'GET', path: '/v3/teammates/bob_1' };
		sendGrid.state.faults.add({ ...bob, fault: { kind: 'slow', ms: 0 } });
		sendGrid.state.faults.add({
			...bob,
			times: Infinity,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
	};

	test('a plan that fails in a later try says for how many people something was sent', async () => {
		bobOnce();
		for (const i of [0, 1]) {
			sendGrid.state.addTeammate({ email: `gone${i}@example.com`, username: `gone_${i}` });
		}
		sendGrid.state.faults.add({
			method: 'DELETE',
			path: '/v3/teammates/gone_1',
			fault: { kind: 'status', status: 400, when: 'before' },
		});
		const same = ['cleo@example.com', 'dora@example.com'];
		for (const email of same) sendGrid.state.addTeammate({ email, scopes: ['stats.read'] });
		const items = rowsOf('ada@example.com', 'bob@example.com', ...same);
		const { error } = await sync(items, OTHERS, RETRY);
		expect(error?.message).toMatch(
			/^'bob@example.com' was not .+ The run stopped; requests were sent for 3 other people$/,
		);
	});

	test('a person kept because of a failure goes when a later try has none', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'ada_1' });
		sendGrid.state.addTeammate({ email: 'gone@example.com' });
		sendGrid.state.faults.add({
			method: 'GET',
			path: '/v3/teammates/ada_1',
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		// n8n considers a run failed if its first item says so.
		const settings = { ...RETRY.settings, onError: 'continueRegularOutput' };
		const { results } = await sync(rowsOf('ada@example.com'), OTHERS, { settings });
		expect(told(results)).toEqual([
			'updated ada@example.com <- 0',
			'offboarded gone@example.com <- ',
		]);
	});
});

test('Sync With List handles one person at a time under Items per Batch', async () => {
	company();
	const started = Date.now();
	const requestOptions = { batching: { batch: { batchSize: 2, batchInterval: 150 } } };
	const { results, error } = await sync(LIST, { ...OTHERS, requestOptions } as never);
	expect(error).toBeUndefined();
	expect(told(results)).toEqual([...EXPECTED, ...LEAVERS]);
	// Four batches for the list, and two for the people who are not on it.
	expect(Date.now() - started).toBeGreaterThan(4 * 150);
});

test('Sync With List handles 1,000 people, 400 of them known', async () => {
	const { state } = sendGrid;
	const people = Array.from({ length: 1000 }, (_, i) => `person${i}@example.com`);
	for (const [i, email] of people.slice(0, 400).entries()) {
		if (i % 2 === 0) state.addTeammate({ email, username: `p${i}`, scopes: ['stats.read'] });
		else state.addPending({ email, scopes: ['stats.read'] });
	}
	for (const i of [1, 2, 3]) state.addTeammate({ email: `gone${i}@example.com` });
	const countOf = (pattern: RegExp) => sendGrid.calls().filter((call) => pattern.test(call)).length;
	const items = rowsOf(...people);

	const first = await sync(items, OTHERS);
	expect(first.error).toBeUndefined();
	expect(sendGrid.mailed()).toHaveLength(600);
	expect(countOf(/^POST/)).toBe(600);
	expect(countOf(/^DELETE/)).toBe(3);
	// Each known teammate once.
	expect(countOf(/^GET \/v3\/teammates\/p\d/)).toBe(200);
	expect(countOf(/^GET \/v3\/teammates$/)).toBeLessThanOrEqual(12);
	expect(countOf(/^GET \/v3\/teammates\/pending$/)).toBeLessThanOrEqual(12);
	expect(sendGrid.calls().length).toBeLessThanOrEqual(830);

	clock.advance(LATER);
	const before = sendGrid.writes().length;
	const second = await sync(items, OTHERS);
	expect(second.results).toHaveLength(1000);
	expect(new Set(second.results.map(({ json }) => json.action))).toEqual(new Set(['unchanged']));
	expect(sendGrid.writes()).toHaveLength(before);
});
