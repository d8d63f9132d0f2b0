import { aboutAda } from '../../support/ada';
import { linkOf } from '../../support/link';
import {
	deleteTeammateWith,
	getAccessRequestsWith,
	getInvitationsWith,
	getStatusWith,
	getTeammatesWith,
	offboardWith,
	syncWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

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

	test.each([0, 1, 49, 50, 51, 499, 500, 501])('returns all of %d', async (count) => {
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
	])('returns %d of %d', async (limit, count) => {
		fill(count);
		const { results } = await sendGrid.run({ parameters: parameters({ returnAll: false, limit }) });
		expect(results).toHaveLength(Math.min(limit, count));
	});

	test('requests no more than needed', async () => {
		fill(60);
		await sendGrid.run({ parameters: parameters({ returnAll: false, limit: 7 }) });
		expect(limits()).toEqual(['7']);
	});

	test.each([0, -1, 1.5, 'many'])('refuses a limit of %j', async (limit) => {
		const { error } = await sendGrid.run({ parameters: parameters({ returnAll: false, limit }) });
		expect(error?.message).toContain("'Limit' must be a whole number from 1, not ");
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('links every result to the item that asked', async () => {
		fill(2);
		const { results } = await sendGrid.run({ items: [{}, {}], parameters: parameters() });
		expect(results.map(linkOf)).toEqual([0, 0, 1, 1]);
	});
});

test('an empty list gives no items', async () => {
	const { results } = await sendGrid.run({ items: [{}], parameters: getTeammatesWith() });
	expect(results).toEqual([]);
});

/** What a list of teammates answers from now on, whatever part of it is asked for. */
const answerWith = (result: unknown[], times: number) =>
	sendGrid.state.faults.add({
		method: 'GET',
		path: /\/v3\/teammates$/,
		times,
		fault: { kind: 'status', status: 200, when: 'before', body: { result } },
	});

/** Decides by the list, and changes something where somebody is in it or not. */
const DECIDING = {
	'Create or Update': upsertWith(),
	Delete: deleteTeammateWith(),
	Offboard: offboardWith(),
	Sync: syncWith(),
	'Update Permissions': updatePermissionsWith(),
};

describe('K1: a list of teammates that starts again instead of going on', () => {
	const LAST = [{ email: 'teammate0060@bulk.example' }];
	/** As from a gateway that drops the query, and has pages of its own. */
	const firstPage = () =>
		sendGrid.state
			.account()
			.teammates.slice(0, 40)
			.map(({ profile }) => profile);
	beforeEach(() => {
		sendGrid.state.addManyTeammates(60);
		// An invitation of a teammate would email them.
		sendGrid.state.behaviours.inviteExistingTeammate = 'created';
	});

	test.each(
		Object.entries({ ...DECIDING, 'Get Many': getTeammatesWith(), 'Get Status': getStatusWith() }),
	)('is not believed by %s', async (_, parameters) => {
		answerWith(firstPage(), Infinity);
		const { results, error } = await sendGrid.run({ items: LAST, parameters });
		expect(results).toEqual([]);
		expect(error?.message).toMatch(
			/ (was|were|could) not .*: SendGrid's list doesn't continue after the first 40$/,
		);
		expect(error?.description).toContain("a custom 'API URL' in the credential");
		expect(sendGrid.writes()).toEqual([]);
	});

	test('is read once more', async () => {
		answerWith(firstPage(), 2);
		const { results } = await sendGrid.run({ parameters: getTeammatesWith() });
		expect(results).toHaveLength(60);
	});

	test('is believed as far as it is needed', async () => {
		answerWith(firstPage(), Infinity);
		const { results } = await sendGrid.run({
			parameters: getTeammatesWith({ returnAll: false, limit: 7 }),
		});
		expect(results).toHaveLength(7);
	});
});

describe('K2: a list of teammates with nobody in it, not even the owner', () => {
	const ADA = { email: 'ada@example.com' };
	const readings = () => sendGrid.calls().filter((call) => call === 'GET /v3/teammates');
	const join = () => {
		sendGrid.state.addTeammate({ ...ADA, username: 'countess', scopes: ['mail.send'] });
		// An invitation of a teammate would email them.
		sendGrid.state.behaviours.inviteExistingTeammate = 'created';
	};

	test.each(Object.entries(DECIDING))('is not believed at once by %s', async (_, parameters) => {
		join();
		answerWith([], 1);
		const { results, error } = await sendGrid.run({ items: [ADA], parameters });
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		expect(sendGrid.writes()).toEqual([
			expect.stringMatching(/^(PATCH|DELETE) \/v3\/teammates\/countess$/),
		]);
	});

	test.each([
		['Get Many', getTeammatesWith()],
		['Get Many with a limit', getTeammatesWith({ returnAll: false, limit: 1 })],
		['Get Many with invitations', getTeammatesWith({ includeInvitations: true })],
		['Get Status', getStatusWith()],
	])('is not believed at once by %s', async (_, parameters) => {
		join();
		answerWith([], 1);
		const { results } = await sendGrid.run({ items: [ADA], parameters });
		expect(results).toMatchObject([{ json: ADA }]);
	});

	test('is believed if it comes twice', async () => {
		const { results } = await sendGrid.run({ items: [ADA], parameters: upsertWith() });
		expect(results).toMatchObject([{ json: { action: 'invited' } }]);
		expect(readings()).toHaveLength(2);
	});

	test('costs an account with somebody in it no request', async () => {
		sendGrid.state.addTeammate({ email: 'owner@example.com', user_type: 'owner' });
		await sendGrid.run({
			items: [ADA],
			parameters: getTeammatesWith({ returnAll: false, limit: 1 }),
		});
		expect(readings()).toHaveLength(1);
	});
});

/** Acts on each request for a list, before it is answered. */
function onRead(path: string, act: (query: Record<string, string>) => void) {
	const { requests } = sendGrid.state;
	jest.spyOn(requests, 'push').mockImplementation((entry) => {
		requests[requests.length] = entry;
		if (entry.method === 'GET' && entry.path === path) act(entry.query);
		return requests.length;
	});
}

afterEach(() => jest.restoreAllMocks());

describe('K1: a list of invitations that starts again instead of going on', () => {
	const LAST = { email: 'last@example.com' };
	const PATH = '/v3/teammates/pending';

	test.each([
		['Create or Update', upsertWith()],
		['Offboard', offboardWith()],
		['Get Status', getStatusWith()],
		['Get Many', getInvitationsWith()],
	])('is not believed by %s if its pages are capped', async (_, parameters) => {
		sendGrid.state.addManyPending(9);
		sendGrid.state.addPending(LAST);
		sendGrid.state.behaviours.maxPage = 5;
		onRead(PATH, (query) => {
			query.offset = '0';
		});
		const { results, error } = await sendGrid.run({ items: [LAST], parameters });
		expect(results).toEqual([]);
		expect(error?.message).toContain("SendGrid's list doesn't continue after the first 5");
		expect(sendGrid.writes()).toEqual([]);
	});

	test('is read on if a page of people has been invited in front of it', async () => {
		const { state } = sendGrid;
		state.behaviours.pendingPaging = 'capped-at-50';
		state.addManyPending(70);
		state.addPending({ ...LAST, scopes: ['stats.read'] });
		let isInvited = false;
		onRead(PATH, ({ offset }) => {
			if (isInvited || offset === '0') return;
			isInvited = true;
			const others = state.account().invitations.splice(0);
			for (let i = 0; i < 49; i += 1) state.addPending({ email: `new${i}@example.com` });
			state.account().invitations.push(...others);
		});
		const parameters = upsertWith({ ifPending: 'leave' });
		const { results } = await sendGrid.run({ items: [LAST], parameters });
		expect(results).toMatchObject([{ json: { action: 'unchanged' } }]);
		expect(sendGrid.mailed()).toEqual([]);
	});
});

describe('K5: two records of a person in a list of several pages', () => {
	const ADA = { email: 'ada@example.com' };
	const SECOND = { email: 'Ada@example.com' };
	const isHers = ({ email }: { email: string }) => email.toLowerCase() === ADA.email;

	test.each([
		['invitations', offboardWith()],
		['teammates', offboardWith()],
		['teammates', updatePermissionsWith()],
		['teammates', deleteTeammateWith()],
	] as const)('nothing is done if the list of %s keeps moving', async (which, parameters) => {
		const { state } = sendGrid;
		state.behaviours.maxPage = 50;
		const account = state.account();
		const add = (email: string) =>
			which === 'teammates'
				? state.addTeammate({ email, username: `user of ${email}` })
				: state.addPending({ email });
		add(ADA.email);
		for (let i = 0; i < 260; i += 1) add(i === 158 ? SECOND.email : `person${i}@example.com`);
		onRead(`/v3/teammates${which === 'teammates' ? '' : '/pending'}`, ({ offset }) => {
			if (offset === '0') return;
			const stays = (one: { email: string }, index: number) =>
				index === 0 || index > 15 || isHers(one);
			account.invitations = account.invitations.filter(stays);
			account.teammates = account.teammates.filter(({ profile }, index) => stays(profile, index));
		});
		const { results, error } = await sendGrid.run({ items: [ADA], parameters });
		expect(results).toEqual([]);
		expect(error?.message).toContain("SendGrid's list keeps changing while it is read");
		expect(sendGrid.writes()).toEqual([]);
	});

	test('both are revoked if the second is invited again, and moves up, while the list is read', async () => {
		const { state } = sendGrid;
		state.behaviours.maxPage = 50;
		const account = state.account();
		state.addPending(ADA);
		state.addManyPending(70);
		let hasMoved = false;
		onRead('/v3/teammates/pending', ({ offset }) => {
			if (hasMoved || offset === '0') return;
			hasMoved = true;
			const [first, , ...others] = account.invitations;
			state.addPending(SECOND);
			account.invitations = [first, account.invitations[account.invitations.length - 1], ...others];
		});
		const { results } = await sendGrid.run({ items: [ADA], parameters: offboardWith() });
		expect(results).toMatchObject([{ json: { revoked: true } }]);
		expect(account.invitations.filter(isHers)).toEqual([]);
	});
});

test('K1: a part of a list (HTTP 206) is not taken for the whole', async () => {
	const { invited, answerOnce, run } = aboutAda(sendGrid);
	invited({ scopes: ['stats.read'] });
	answerOnce('GET', /teammates\/pending$/, 206, { result: [] });
	const { results } = await run(upsertWith({ ifPending: 'leave' }));
	expect(results).toMatchObject([{ json: { action: 'unchanged', status: 'pending' } }]);
	expect(sendGrid.mailed()).toEqual([]);
});
