import type { Workflow } from '../../playground/n8n/workflow.mts';
import { evaluate, filledIn, runCode, type Item } from '../support/exampleCode.mts';
import { inProject, readText } from '../support/machine';

/** Parameters of a node of an example. */
async function parametersOf(name: string, node: string) {
	const { nodes } = JSON.parse(await readText(inProject('examples', `${name}.json`))) as Workflow;
	const found = nodes.find((one) => one.name === node);
	if (!found) throw new Error(`${name} has no node ${node}`);
	return found.parameters;
}

const itemsOf = (...rows: Array<Record<string, unknown>>): Item[] => rows.map((json) => ({ json }));

/** The value that a Set node assigns to a field, as an expression. */
async function assigned(name: string, node: string, field: string) {
	const { assignments } = (await parametersOf(name, node)) as {
		assignments: { assignments: Array<{ name: string; value: string }> };
	};
	return assignments.assignments.find((one) => one.name === field)?.value;
}

describe('New hires', () => {
	test("a row is invited into the key's own account only if it says so", async () => {
		const subuser = await assigned('new-hires', 'Normalise', 'subuser');
		expect(evaluate(subuser, { json: {} })).toBeUndefined();
		expect(evaluate(subuser, { json: { subuser: null } })).toBeNull();
		expect(evaluate(subuser, { json: { subuser: '' } })).toBe('');
		expect(evaluate(subuser, { json: { subuser: 'acme-eu' } })).toBe('acme-eu');
	});
});

describe('Entra groups', () => {
	const user = (mail: string | null, accountEnabled: boolean, userPrincipalName = '') => ({
		'@odata.type': '#microsoft.graph.user',
		displayName: 'Somebody',
		mail,
		userPrincipalName,
		accountEnabled,
	});

	/** @param groups each with its members */
	async function people(groups: Record<string, object[]>) {
		const { jsCode } = await parametersOf('entra-groups', 'Access of Each Person');
		const names = Object.keys(groups);
		return runCode(jsCode, {
			input: itemsOf(...Object.values(groups).map((value) => ({ value }))),
			nodes: { 'SendGrid Groups': itemsOf(...names.map((displayName) => ({ displayName }))) },
		}).map(({ json }) => json);
	}

	test('of two accounts with one address, the enabled one counts, and only its groups', async () => {
		for (const [old, developers] of [
			['ada@example.com', 'SendGrid Developers'],
			[' ADA@example.com', 'SendGrid Developers'],
		]) {
			const found = await people({
				[developers]: [user(old, false)],
				'SendGrid Support': [user('Ada@example.com', true)],
			});
			expect(found).toEqual([
				expect.objectContaining({
					email: 'ada@example.com',
					enabled: true,
					scopes: ['stats.read', 'suppression.read', 'messages.read'],
				}),
			]);
		}
	});

	test('somebody all of whose accounts are disabled is not enabled', async () => {
		const twice = [user('ada@example.com', false), user('Ada@example.com', false)];
		expect(await people({ 'SendGrid Support': twice })).toEqual([
			expect.objectContaining({ email: 'ada@example.com', enabled: false, scopes: [] }),
		]);
	});

	test('an enabled account keeps the person, in whichever group, and gets only what groups give', async () => {
		const ada = 'ada@example.com';
		const old = { 'SendGrid Support': [user(ada, false)] };
		expect(await people({ ...old, 'SendGrid Unknown': [user('Ada@example.com', true)] })).toEqual(
			[],
		);
		expect(await people({ 'SendGrid Unknown': [user(ada, true)], ...old })).toEqual([]);
		expect(await people({ 'SendGrid Unknown': [user(ada, false)] })).toEqual([]);
		expect(
			await people({ ...old, 'SendGrid Unknown': [user('bob@example.com', true)] }),
		).toMatchObject([{ email: ada, enabled: false }]);
	});

	test('a blank mail address gives way to the account name', async () => {
		const found = await people({ 'SendGrid Support': [user(' ', true, 'Ada@acme.example')] });
		expect(found).toEqual([expect.objectContaining({ email: 'ada@acme.example' })]);
	});
});

describe('Roster', () => {
	type Plan = Array<Record<string, unknown>>;

	const changed = (would: string, name: string) => ({
		would,
		email: `${name}@acme.example`,
		...(would === 'offboarded' && { usernames: [name] }),
	});

	/** What the approver is asked about, or what it would be now. */
	async function changesOf(plan: Plan, node = 'Changes') {
		const { jsCode } = await parametersOf('roster', node);
		return runCode(jsCode, { input: itemsOf(...plan) });
	}

	/** Whether what is planned now is carried out, after that was approved. */
	async function isApplied(approved: Plan, now: Plan) {
		const { conditions } = (await parametersOf('roster', 'As Approved?')) as {
			conditions: { conditions: Array<{ leftValue: string; rightValue: string }> };
		};
		const nodes = { Changes: await changesOf(approved) };
		// Always Output Data
		const [{ json } = { json: {} }] = await changesOf(now, 'Changes Now');
		const [{ leftValue, rightValue }] = conditions.conditions;
		return evaluate(leftValue, { json }) === evaluate(rightValue, { nodes });
	}

	const plan = [changed('invited', 'ada'), changed('offboarded', 'bob')];

	test('the approved plan is carried out, in any order, beside people who stay as they are', async () => {
		const others = [changed('unchanged', 'lee'), changed('kept', 'adam')];
		expect(await isApplied(plan, [...others, plan[1], plan[0]])).toBe(true);
	});

	test('another plan is not', async () => {
		const eve = changed('offboarded', 'eve');
		const failed = { error: 'nothing is done', email: 'ada@acme.example' };
		for (const now of [
			[plan[0], eve],
			[...plan, eve],
			[plan[0]],
			[plan[0], changed('kept', 'bob')],
			[changed('reinvited', 'ada'), plan[1]],
			[failed, plan[1]],
			[failed],
			[],
		]) {
			expect(await isApplied(plan, now)).toBe(false);
		}
	});

	test('nobody but the people who failed already is left out', async () => {
		const failed = { error: 'two teammates share the address', email: 'twin@acme.example' };
		expect(await isApplied(plan, [...plan, failed])).toBe(true);
	});

	test('a plan is another one if somebody has other access, or another login, by now', async () => {
		const ada = { ...changed('updated', 'ada'), is_admin: false, scopes: ['a', 'b'] };
		const twin = { ...changed('offboarded', 'twin'), usernames: ['one', 'two'] };
		const same = { ...ada, scopes: ['b', 'a'], days_left: 1 };
		expect(await isApplied([ada, twin], [same, twin])).toBe(true);
		for (const now of [
			[{ ...ada, scopes: ['a', 'b', 'c'] }, twin],
			[{ ...ada, scopes: ['a'] }, twin],
			[{ ...ada, is_admin: true }, twin],
			[{ ...ada, skipped_scopes: ['b'] }, twin],
			[ada, { ...twin, usernames: ['one'] }],
		]) {
			expect(await isApplied([ada, twin], now)).toBe(false);
		}
	});

	test('both comparisons are made by the same code', async () => {
		const [one, other] = [
			await parametersOf('roster', 'Changes'),
			await parametersOf('roster', 'Changes Now'),
		];
		expect(one).toEqual(other);
	});

	test('as many logins may be offboarded as were approved, and people who were only invited', async () => {
		const { maxOffboarded } = await parametersOf('roster', 'Apply');
		const changes = await changesOf([
			{ ...changed('offboarded', 'twin'), usernames: ['one', 'two'] },
			{ ...changed('offboarded', 'penny'), usernames: [] },
			{ ...changed('kept', 'adam'), usernames: ['adam'] },
			changed('invited', 'ada'),
		]);
		expect(evaluate(maxOffboarded, { nodes: { Changes: changes } })).toBe(3);
	});
});

describe('Access review', () => {
	const OWN = { account: 'parent', subuser: '' };
	const EU = { account: 'acme-eu', subuser: 'acme-eu' };

	/** Who has a row, of the people in the lists of both accounts. */
	async function listed(own: object[], eu: object[]) {
		const { jsCode } = await parametersOf('access-review', 'Each Person Once');
		const inputOf = (people: object[], item: number) =>
			people.map((json): Item => ({ json: { ...json }, pairedItem: { item } }));
		const found = runCode(jsCode, {
			input: [...inputOf(own, 0), ...inputOf(eu, 1)],
			nodes: { Accounts: itemsOf(OWN, EU) },
		});
		return found.map(({ json }) => `${String(json.account)} ${String(json.username)}`);
	}

	test('a teammate of two accounts has a row in each, an admin of your own only there', async () => {
		const boss = { username: 'boss', is_admin: true };
		const owner = { username: 'owner', is_admin: false, user_type: 'owner' };
		const ada = { username: 'ada', is_admin: false };
		const chief = { username: 'chief', is_admin: true };
		expect(await listed([owner, boss, ada], [owner, boss, ada, chief])).toEqual([
			'parent owner',
			'parent boss',
			'parent ada',
			'acme-eu ada',
			'acme-eu chief',
		]);
	});

	/** The rows of the sheet for people in your own account. */
	async function rowsOf(...people: Array<Record<string, unknown>>) {
		const { jsCode } = await parametersOf('access-review', 'One Table');
		const everybody = itemsOf(...people.map((person) => ({ ...OWN, ...person })));
		const rows = runCode(jsCode, {
			nodes: {
				'Each Person Once': everybody,
				Teammates: everybody.map((item, index) => ({ ...item, pairedItem: { item: index } })),
			},
		});
		return rows.map(({ json }) => json);
	}

	test('people who share an address have a row each', async () => {
		const email = 'Team@acme.example';
		const rows = await rowsOf(
			{ email, username: 'one', status: 'active' },
			{ email, username: 'two', status: 'active' },
			{ email: 'team@acme.example', status: 'pending' },
		);
		expect(rows.map(({ entry }) => entry)).toEqual([
			'2026 Q4 parent team@acme.example',
			'2026 Q4 parent team@acme.example (2)',
			'2026 Q4 parent team@acme.example (3)',
		]);
	});

	test('has a row for people without an address, and does not call it foreign', async () => {
		const person = { username: 'mystery', status: 'active' };
		const rows = await rowsOf({ ...person, email: null }, { ...person, email: '' });
		for (const row of rows) {
			expect(row).toMatchObject({ email: '', risks: 'address unknown' });
		}
		expect(rows.map(({ entry }) => entry)).toEqual([
			'2026 Q4 parent mystery',
			'2026 Q4 parent mystery (2)',
		]);
	});

	test('names what somebody may do in single subusers', async () => {
		const { jsCode } = await parametersOf('access-review', 'One Table');
		const linked = (...rows: Array<Record<string, unknown>>) =>
			rows.map((json, item): Item => ({ json, pairedItem: { item } }));
		const names = ['sam', 'kim', 'lee', 'adam'];
		const people = names.map((username) => ({
			...OWN,
			username,
			email: `${username}@acme.example`,
			status: 'active',
			is_admin: username === 'adam',
			is_sso: false,
		}));
		const access = (item: number, rest: object, isRestricted: boolean | null = true): Item => ({
			json: { has_restricted_subuser_access: isRestricted, ...rest },
			pairedItem: { item },
		});
		const everywhere = { username: 'acme-eu', permission_type: 'admin', scopes: [] };
		const rows = runCode(jsCode, {
			nodes: {
				'Each Person Once': itemsOf(...people),
				Teammates: linked(...people),
				Record: linked(...people.map((person) => ({ ...person, scopes: [], mfa: null }))),
				'Parent Account': linked(...people),
				'Subuser Access': [
					access(0, everywhere),
					access(0, { ...everywhere, username: 'acme-us' }, null),
					access(1, {
						username: 'acme-eu',
						permission_type: 'restricted',
						scopes: ['api_keys.create', '2fa_exempt'],
					}),
					access(2, { username: null, permission_type: null, scopes: null }, false),
					access(3, everywhere, false),
				],
			},
		}).map(({ json }) => json);
		expect(rows).toMatchObject([
			{
				subusers: 'acme-eu (admin); acme-us (admin)',
				risks: 'admin in acme-eu and acme-us, may create API keys in acme-eu and acme-us',
			},
			{
				'two-factor': 'exempt',
				risks: 'may create API keys in acme-eu, no second factor',
			},
			{ subusers: '', risks: '' },
			{ subusers: '', risks: 'admin, may create API keys' },
		]);
	});

	test('says nothing about people that SendGrid does not say', async () => {
		const person = { email: 'ada@acme.example', username: 'ada', status: 'active' };
		const rows = await rowsOf(
			{ ...person, is_sso: true },
			{ ...person, is_sso: false },
			{ ...person, is_sso: null },
			{ error: 'HTTP 403' },
		);
		expect(rows.map((row) => row['sign-in'])).toEqual([
			'single sign-on',
			'password',
			'unknown',
			'',
		]);
		expect(rows.at(-1)).toMatchObject({ admin: '', problem: 'HTTP 403' });
	});
});

describe('what a persona could not give', () => {
	const skipped = { action: 'invited', skipped_scopes: ['mail.send', 'stats.read'] };

	test('stands in the file that CSV returns', async () => {
		const { jsonOutput } = await parametersOf('csv', 'What Became of Each');
		const row = String(jsonOutput).replace("$('Rows').item.json", '{}');
		const outcome = (json: Record<string, unknown>) => evaluate(row, { json });
		expect(outcome(skipped)).toEqual({
			outcome: 'invited',
			reason: 'Not granted: mail.send, stats.read',
		});
		expect(outcome({ action: 'invited', skipped_scopes: [], reason: null })).toEqual({
			outcome: 'invited',
			reason: '',
		});
		expect(outcome({ error: 'No.' })).toEqual({ outcome: 'failed', reason: 'No.' });
	});

	test('stands in the email to the requester', async () => {
		const value = await assigned('new-hire-form', 'What Happened', 'outcome');
		expect(evaluate(value, { json: skipped })).toBe(
			'They have been invited and find an email from SendGrid. Not granted: mail.send, stats.read.',
		);
		expect(evaluate(value, { json: { action: 'resent' } })).toBe(
			'Their invitation was sent again.',
		);
	});

	test.each([
		[
			'other access that was left as it is',
			{ action: 'unchanged', reason: 'other', is_admin: false, skipped_scopes: ['stats.read'] },
			/^Nothing was given: .+ ask an admin of SendGrid to change it\.$/,
		],
		[
			'an expired invitation to other access',
			{ action: 'resent', reason: 'other', is_admin: false, skipped_scopes: [] },
			/^Their invitation was sent again\. The access that they had was left as it is: ask/,
		],
		[
			'the same access',
			{ action: 'unchanged', reason: null, is_admin: false, skipped_scopes: ['stats.read'] },
			/^Nothing had to be done: they have this access.+ Not granted: stats\.read\.$/,
		],
		[
			'admin access',
			{ action: 'unchanged', reason: 'an admin', is_admin: true },
			/^Nothing had to be done: they are an admin/,
		],
		[
			'the account',
			{ action: 'unchanged', reason: 'the owner', is_admin: false, user_type: 'owner' },
			/^Nothing had to be done: they are an admin/,
		],
	])('the requester reads what became of somebody who has %s', async (_, json, outcome) => {
		const value = await assigned('new-hire-form', 'What Happened', 'outcome');
		expect(evaluate(value, { json })).toMatch(outcome);
	});

	test('stands in the report of the roster', async () => {
		const { text } = await parametersOf('roster', 'Report');
		const input = itemsOf(
			{ ...skipped, changed: true, email: 'ada@acme.example' },
			{ action: 'updated', changed: true, email: 'lee@acme.example', skipped_scopes: [] },
			{ action: 'unchanged', changed: false, email: 'kay@acme.example' },
			{ error: 'No.' },
		);
		expect(evaluate(text, { input })).toBe(
			'invited ada@acme.example, not granted: mail.send, stats.read\nupdated lee@acme.example\nNo.',
		);
	});
});

describe('the subject of an email', () => {
	test.each([
		['leavers', 'Tell IT', itemsOf({}), 'SendGrid: 1 leaver was not removed'],
		['leavers', 'Tell IT', itemsOf({}, {}), 'SendGrid: 2 leavers were not removed'],
		['roster', 'Ask for Approval', itemsOf({ count: 1 }), 'SendGrid: carry out 1 change?'],
		['roster', 'Ask for Approval', itemsOf({ count: 2 }), 'SendGrid: carry out 2 changes?'],
		['roster', 'Report', itemsOf({ changed: true }), 'SendGrid: 1 changed, 0 failed'],
	])('in %s, from %s, fits any number', async (name, node, input, said) => {
		const { subject } = await parametersOf(name, node);
		const [{ json }] = input;
		expect(filledIn(subject, { input, json })).toBe(said);
	});
});

describe('Until joined', () => {
	test('the manager reads of no reminders, which may have failed', async () => {
		const value = await assigned('until-joined', 'Not Joined', 'outcome');
		expect(evaluate(value, { json: { status: 'expired' } })).toBe(
			'has not accepted the invitation to our SendGrid account. It is expired.',
		);
	});

	test('a blank manager is IT', async () => {
		const value = await assigned('until-joined', 'Colleague', 'manager');
		for (const manager of [undefined, null, '', ' ']) {
			expect(evaluate(value, { json: { body: { manager } } })).toBe('it@example.com');
		}
		expect(evaluate(value, { json: { body: { manager: ' m@acme.example ' } } })).toBe(
			'm@acme.example',
		);
	});
});
