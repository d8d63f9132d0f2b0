import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { getTeammatesWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { pause } from '../../support/machine';

const sendGrid = fakeSendGrid();

const STANDING = ['status', 'expires_at', 'days_left'];

test('1,000 teammates take at most 4 requests', async () => {
	sendGrid.state.addManyTeammates(1000);
	const { results } = await sendGrid.run({ parameters: getTeammatesWith() });
	expect(results).toHaveLength(1000);
	// K2: each page starts with the last entry of the one before: 500, 499, 2, and none that is new.
	expect(sendGrid.state.requests.length).toBeLessThanOrEqual(4);
});

describe('the filters of teammates', () => {
	beforeEach(() => {
		const { state } = sendGrid;
		state.addTeammate({ email: 'olga@example.com', user_type: 'owner' });
		state.addTeammate({ email: 'adam@example.com', is_admin: true, phone: '123' });
		state.addTeammate({ email: 'sam@example.org', is_sso: true });
		state.addTeammate({ email: 'tim@example.com' });
	});

	const namesOf = (results: Array<{ json: { email?: unknown } }>) =>
		results.map(({ json }) => String(json.email).split('@')[0]);

	test.each([
		[{}, ['olga', 'adam', 'sam', 'tim']],
		[{ role: 'owner' }, ['olga']],
		[{ role: 'admin' }, ['adam']],
		[{ role: 'teammate' }, ['sam', 'tim']],
		[{ sso: true }, ['sam']],
		[{ sso: false }, ['olga', 'adam', 'tim']],
		[{ emailDomain: 'example.org' }, ['sam']],
		[{ role: 'teammate', sso: false }, ['tim']],
	])('let through the right ones for %j', async (filters, expected) => {
		const { results } = await sendGrid.run({ parameters: getTeammatesWith({ filters }) });
		expect(namesOf(results)).toEqual(expected);
	});

	test('count people without the field is_sso as signing in without single sign-on', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'rename', from: 'is_sso', to: 'sso' } });
		const { results } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { sso: false } }),
		});
		expect(results).toHaveLength(4);
	});

	test('refuse an unknown role', async () => {
		const { error } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { role: 'king' } }),
		});
		expect(error?.message).toContain(
			"'Role' in 'Filters' must be Admin, Owner or Teammate, not 'king'",
		);
	});

	test('Get Many returns the essentials of a record with Simplify, otherwise everything', async () => {
		const filters = { role: 'admin' };
		const [simple] = (await sendGrid.run({ parameters: getTeammatesWith({ filters }) })).results;
		expect(Object.entries(simple.json)).toEqual([
			['email', 'adam@example.com'],
			['first_name', ''],
			['last_name', ''],
			['username', 'adam@example.com'],
			['user_type', 'admin'],
			['is_admin', true],
			['is_sso', false],
		]);
		const [raw] = (
			await sendGrid.run({ parameters: getTeammatesWith({ filters, simplify: false }) })
		).results;
		expect(raw.json).toMatchObject({ phone: '123' });
	});
});

describe('Get Many with invitations', () => {
	const DAY = 24 * 60 * 60;

	beforeEach(() => {
		const { state } = sendGrid;
		state.addPending({ email: 'late@example.com', expiresInSeconds: -DAY, is_admin: true });
		state.addPending({ email: 'short@example.org', expiresInSeconds: DAY });
		state.addPending({ email: 'long@example.com', scopes: ['stats.read'] });
		state.addTeammate({ email: 'olga@example.com', user_type: 'owner' });
		state.addTeammate({ email: 'adam@example.com', is_admin: true, phone: '123' });
		state.addTeammate({ email: 'sam@example.com', is_sso: true });
	});

	const everyone = async (parameters: INodeParameters = {}) => {
		const { results, error } = await sendGrid.run({
			parameters: getTeammatesWith({ includeInvitations: true, ...parameters }),
		});
		expect(error).toBeUndefined();
		return results.map(({ json }) => json);
	};

	const shownOf = (records: IDataObject[]) =>
		records.map(({ email, status }) => `${String(email).split('@')[0]} ${String(status)}`);

	test('lists teammates, then valid invitations, then expired ones', async () => {
		expect(shownOf(await everyone())).toEqual([
			'olga active',
			'adam active',
			'sam active',
			'long pending',
			'short pending',
			'late expired',
		]);
	});

	test('gives everybody the same fields in the same order', async () => {
		const records = await everyone();
		const [, , { expiration_date }] = sendGrid.state.account().invitations;
		expect(records[3]).toEqual({
			email: 'long@example.com',
			first_name: null,
			last_name: null,
			status: 'pending',
			expires_at: new Date(expiration_date * 1000).toISOString(),
			days_left: 6,
			username: null,
			user_type: null,
			is_admin: false,
			is_sso: null,
			scopes: ['stats.read'],
		});
		expect(records[1]).toMatchObject({ expires_at: null, days_left: null, scopes: null });
		const fields = records.map((record) => Object.keys(record).join());
		expect(new Set(fields).size).toBe(1);
	});

	test.each([true, false])('shows no token, simplified %s', async (simplify) => {
		const text = JSON.stringify(await everyone({ simplify }));
		for (const { token } of sendGrid.state.account().invitations) expect(text).not.toContain(token);
		expect(text.includes('"phone":"123"')).toBe(!simplify);
	});

	test('puts address and status first in raw records', async () => {
		for (const record of await everyone({ simplify: false })) {
			expect(Object.keys(record).slice(0, 4)).toEqual(['email', ...STANDING]);
		}
	});

	test.each([
		[{ emailDomain: 'example.org' }, ['short pending']],
		[{ role: 'owner' }, ['olga active']],
		[{ role: 'admin' }, ['adam active', 'late expired']],
		[{ role: 'teammate' }, ['sam active', 'long pending', 'short pending']],
		[{ sso: true }, ['sam active']],
		[
			{ sso: false },
			['olga active', 'adam active', 'long pending', 'short pending', 'late expired'],
		],
	])('lets %j through as %j', async (filters, expected) => {
		expect(shownOf(await everyone({ filters }))).toEqual(expected);
	});

	test.each([1, 4, 5])('counts both against a limit of %i', async (limit) => {
		const all = shownOf(await everyone());
		expect(shownOf(await everyone({ returnAll: false, limit }))).toEqual(all.slice(0, limit));
	});

	test('K5: lists somebody who has joined as a teammate, whatever invitation is left, in any spelling', async () => {
		sendGrid.state.addPending({ email: 'SAM@example.com' });
		sendGrid.state.addPending({ email: 'Olga@example.com', expiresInSeconds: -DAY });
		expect(await everyone()).toHaveLength(6);
		// A teammate who is left out by a filter isn't listed by their invitation either.
		expect(shownOf(await everyone({ filters: { role: 'admin' } }))).not.toContain('SAM pending');
	});

	test('K5: lists every valid invitation, but an expired one only if there is no other', async () => {
		sendGrid.state.addPending({ email: 'LONG@example.com', is_admin: true, expiresInSeconds: 60 });
		sendGrid.state.addPending({ email: 'Long@example.com', expiresInSeconds: -60 });
		sendGrid.state.addPending({ email: 'LATE@example.com', expiresInSeconds: -2 * DAY });
		expect(shownOf(await everyone()).slice(3)).toEqual([
			'long pending',
			'short pending',
			'LONG pending',
			'late expired',
		]);
	});

	test('K6: treats invitations without an address as nobody in particular', async () => {
		sendGrid.state.faults.add({
			path: '/pending',
			times: Infinity,
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: { result: [{ token: 'one' }, { token: 'two', expiration_date: 9 }] },
			},
		});
		expect(shownOf(await everyone()).slice(3)).toEqual(['null pending', 'null expired']);
	});

	test('lists somebody who accepts while the lists are read among the teammates', async () => {
		sendGrid.state.faults.add({ path: '/pending', fault: { kind: 'slow', ms: 800 } });
		const reading = everyone();
		await pause(300);
		sendGrid.state.accept('long@example.com');
		expect(shownOf(await reading)).toContain('long active');
	});

	test('reads each list once for 1,000 teammates and 500 invitations, even for several items', async () => {
		sendGrid.state.addManyTeammates(1000);
		sendGrid.state.addManyPending(500);
		const { results } = await sendGrid.run({
			items: [{}, {}, {}],
			parameters: getTeammatesWith({ includeInvitations: true }),
		});
		expect(results).toHaveLength(3 * (1000 + 500 + 6));
		expect(sendGrid.state.requests.length).toBeLessThanOrEqual(8);
	});
});

test.each(['admin', 'owner', 'teammate'])(
	'K6: the role %s does not match people if no record says so',
	async (role) => {
		sendGrid.state.behaviours.adminFlag = 'hidden';
		sendGrid.state.addTeammate({ email: 'ada@example.com', is_admin: true });
		const { results } = await sendGrid.run({ parameters: getTeammatesWith({ filters: { role } }) });
		expect(results.filter(({ json }) => json.email === 'ada@example.com')).toEqual([]);
	},
);
