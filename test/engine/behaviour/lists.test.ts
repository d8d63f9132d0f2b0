import { linkOf } from '../../support/link';
import {
	by,
	getAccessRequestsWith,
	getInvitationsWith,
	getTeammatesWith,
	resendWith,
} from '../../support/parameters';
import { standIn } from '../../support/standIn';

const sendGrid = standIn();

const LISTS = {
	invitations: {
		parameters: getInvitationsWith,
		fill: (count: number) => sendGrid.state.addManyPending(count),
	},
	teammates: {
		parameters: getTeammatesWith,
		fill: (count: number) => sendGrid.state.addManyTeammates(count),
	},
	'access requests': {
		parameters: getAccessRequestsWith,
		fill(count: number) {
			sendGrid.state.addTeammate({ email: 'ada@example.com' });
			for (let i = 0; i < count; i += 1) {
				sendGrid.state.addAccessRequest({
					username: 'ada@example.com',
					scope_group_name: `Feature ${i}`,
				});
			}
		},
	},
} as const;

const names = Object.keys(LISTS) as Array<keyof typeof LISTS>;

const limits = () => sendGrid.state.requests.map(({ query }) => query.limit);

describe.each(names)('%s', (name) => {
	const { parameters, fill } = LISTS[name];

	test.each([0, 1, 49, 50, 51, 499, 500, 501])('all of %d', async (count) => {
		fill(count);
		const { results, error } = await sendGrid.run({ parameters: parameters() });
		expect(error).toBeUndefined();
		expect(results).toHaveLength(count);
		expect(new Set(results.map(({ json }) => JSON.stringify(json))).size).toBe(count);
		expect(limits()).not.toContain(undefined);
	});

	test.each([
		[1, 60],
		[50, 60],
		[60, 60],
		[61, 60],
		[501, 600],
	])('%d of %d', async (limit, count) => {
		fill(count);
		const { results } = await sendGrid.run({ parameters: parameters({ returnAll: false, limit }) });
		expect(results).toHaveLength(Math.min(limit, count));
	});

	test('no more is asked for than wanted', async () => {
		fill(60);
		await sendGrid.run({ parameters: parameters({ returnAll: false, limit: 7 }) });
		expect(limits()).toEqual(['7']);
	});

	test.each([0, -1, 1.5, 'many'])('a limit of %j is refused', async (limit) => {
		const { error } = await sendGrid.run({ parameters: parameters({ returnAll: false, limit }) });
		expect(error?.message).toBe("'Limit' is not a number of results");
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('every result is linked to the item that asked', async () => {
		fill(2);
		const { results } = await sendGrid.run({ items: [{}, {}], parameters: parameters() });
		expect(results.map(linkOf)).toEqual([0, 0, 1, 1]);
	});
});

test('1,000 teammates take at most 3 requests', async () => {
	sendGrid.state.addManyTeammates(1000);
	const { results } = await sendGrid.run({ parameters: getTeammatesWith() });
	expect(results).toHaveLength(1000);
	expect(sendGrid.state.requests.length).toBeLessThanOrEqual(3);
});

test.each(['honoured', 'ignored', 'capped-at-50'] as const)(
	'all invitations, whatever the list makes of limit and offset: %s',
	async (pendingPaging) => {
		sendGrid.state.behaviours.pendingPaging = pendingPaging;
		sendGrid.state.addManyPending(120);
		const { results } = await sendGrid.run({ parameters: getInvitationsWith() });
		expect(new Set(results.map(({ json }) => json.token)).size).toBe(120);
	},
);

test('200 items that resend by e-mail on an account of 400 take 200 writes and at most 3 reads', async () => {
	sendGrid.state.addManyTeammates(200);
	const pending = sendGrid.state.addManyPending(200);
	const { results } = await sendGrid.run({
		items: pending.map(({ email }) => ({ email: email.toUpperCase() })),
		parameters: resendWith(),
	});
	expect(results).toHaveLength(200);
	const calls = sendGrid.calls();
	expect(calls.filter((call) => call.startsWith('POST'))).toHaveLength(200);
	expect(calls.filter((call) => call.startsWith('GET')).length).toBeLessThanOrEqual(3);
	expect(new Set(sendGrid.mailed()).size).toBe(200);
});

describe('filters of invitations', () => {
	beforeEach(() => {
		const DAY = 24 * 60 * 60;
		const { state } = sendGrid;
		state.addPending({ email: 'soon@example.com', expiresInSeconds: 1.5 * DAY });
		state.addPending({ email: 'fresh@Example.com', expiresInSeconds: 7 * DAY });
		state.addPending({ email: 'late@example.com', expiresInSeconds: -DAY });
		state.addPending({ email: 'other@sub.example.com', expiresInSeconds: 3 * DAY + 60 });
	});

	test.each([
		[{}, ['soon', 'fresh', 'late', 'other']],
		[{ status: 'all' }, ['soon', 'fresh', 'late', 'other']],
		[{ status: 'pending' }, ['soon', 'fresh', 'other']],
		[{ status: 'expired' }, ['late']],
		[{ expiresWithinDays: 2 }, ['soon']],
		[{ expiresWithinDays: 4 }, ['soon', 'other']],
		[{ expiresWithinDays: 0 }, []],
		[{ emailDomain: '@EXAMPLE.com' }, ['soon', 'fresh', 'late']],
		[{ emailDomain: 'example.com', status: 'pending', expiresWithinDays: 30 }, ['soon', 'fresh']],
	])('%j', async (filters, expected) => {
		const { results } = await sendGrid.run({ parameters: getInvitationsWith({ filters }) });
		expect(results.map(({ json }) => String(json.email).split('@')[0])).toEqual(expected);
	});

	test('say how things stand', async () => {
		const { results } = await sendGrid.run({ parameters: getInvitationsWith() });
		expect(
			results.map(({ json: { status, days_left, expires_at, expiration_date } }) => {
				expect(Date.parse(String(expires_at))).toBe(Number(expiration_date) * 1000);
				return [status, days_left];
			}),
		).toEqual([
			['pending', 1],
			['pending', 6],
			['expired', 0],
			['pending', 3],
		]);
	});

	test('with a limit, count what they let through', async () => {
		const { results } = await sendGrid.run({
			parameters: getInvitationsWith({
				returnAll: false,
				limit: 1,
				filters: { status: 'expired' },
			}),
		});
		expect(results.map(({ json }) => json.email)).toEqual(['late@example.com']);
	});

	test.each([
		[{ status: 'gone' }, "'Status' is neither"],
		[{ expiresWithinDays: 'soon' }, "'Expires Within Days' is not a number of days"],
		[{ expiresWithinDays: -1 }, "'Expires Within Days' is not a number of days"],
	])('%j is refused', async (filters, message) => {
		const { error } = await sendGrid.run({ parameters: getInvitationsWith({ filters }) });
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe('filters of teammates', () => {
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
	])('%j', async (filters, expected) => {
		const { results } = await sendGrid.run({ parameters: getTeammatesWith({ filters }) });
		expect(namesOf(results)).toEqual(expected);
	});

	test('whoever is not said to sign in by single sign-on does not', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'rename', from: 'is_sso', to: 'sso' } });
		const { results } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { sso: false } }),
		});
		expect(results).toHaveLength(4);
	});

	test('a role that is none is refused', async () => {
		const { error } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { role: 'king' } }),
		});
		expect(error?.message).toContain("'Role' is neither");
	});

	test('simplified, a record holds the essentials; else all that SendGrid has', async () => {
		const filters = { role: 'admin' };
		const [simple] = (await sendGrid.run({ parameters: getTeammatesWith({ filters }) })).results;
		expect(simple.json).toEqual({
			username: 'adam@example.com',
			email: 'adam@example.com',
			first_name: '',
			last_name: '',
			user_type: 'admin',
			is_admin: true,
			is_sso: false,
		});
		const [raw] = (
			await sendGrid.run({ parameters: getTeammatesWith({ filters, simplify: false }) })
		).results;
		expect(raw.json).toMatchObject({ phone: '123' });
	});
});

test('access requests that SendGrid has no more are told in plain words', async () => {
	sendGrid.state.behaviours.accessRequests = 'gone';
	const { error } = await sendGrid.run({ parameters: getAccessRequestsWith() });
	expect(error?.message).toContain('The access requests could not be read');
	expect(error?.description).toContain('January 2026');
});

test('an empty list gives no items', async () => {
	const { results } = await sendGrid.run({ items: [{}], parameters: getTeammatesWith() });
	expect(results).toEqual([]);
});

test('resending from the list of those that expire soon is two nodes', async () => {
	sendGrid.state.addPending({ email: 'soon@example.com', expiresInSeconds: 3600 });
	sendGrid.state.addPending({ email: 'fresh@example.com' });
	const found = await sendGrid.run({
		parameters: getInvitationsWith({ filters: { expiresWithinDays: 2 } }),
	});
	await sendGrid.run({
		items: found.results.map(({ json }) => json),
		parameters: resendWith({ invitation: by('token', '={{ $json.token }}') }),
	});
	expect(sendGrid.mailed()).toEqual(['soon@example.com']);
});
