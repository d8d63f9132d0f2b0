import { playScenario, type Outcome } from './scenario.mts';

/** Cases of a second outside judge: each fails on the code that it was written against. */

const ADA = 'ada@example.com';
const SECOND = 1000;

const scopes = (...names: string[]) => ({ kind: 'scopes', scopes: names }) as const;
const STATS = scopes('stats.read');

const upsert = {
	access: STATS,
	ifPending: 'leave',
	ifAccessDiffers: 'add',
	expiresWithinDays: 2,
};

const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com` }));

const failuresOf = ({ said }: Outcome) => said.filter((one) => typeof one === 'string');

/** What the oracle objects to; how long it takes is another matter. */
const untrue = ({ findings }: Outcome) =>
	findings.filter(({ law }) => law === 'untrue' || law === 'taken');

/** Recorded: windows are minutes. 600 requests each there, 5 here. */
const rateLimit = { limit: 5, windowMs: 60_000, reset: 'epoch' } as const;

describe('K3, A4: in windows of a minute no row fails because its reading had to wait', () => {
	test.each<[string, number, object, boolean]>([
		['teammate.updatePermissions', 11, { access: STATS, mode: 'add' }, true],
		['teammate.delete', 11, {}, true],
		['teammate.upsert', 60, upsert, false],
		['teammate.offboard', 60, {}, true],
	])('%s, %d rows, 5 requests per minute and endpoint', async (operation, count, ask, areIn) => {
		const outcome = await playScenario({
			weather: 'undisturbed',
			rateLimit,
			people: areIn ? people(count) : [],
			runs: [{ operation, items: people(count).map(({ email }) => ({ email, ...ask })) }],
		});
		expect(failuresOf(outcome)).toEqual([]);
	});
});

describe('K1: pages of one record', () => {
	const behaviours = { maxPage: 1 } as never;

	test('Offboard finds somebody beyond the first page', async () => {
		const outcome = await playScenario({
			weather: 'undisturbed',
			behaviours,
			people: [...people(3), { email: ADA }],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(outcome.left()).not.toContain(ADA);
	});

	test('Create or Update sends no second email', async () => {
		const { mailsTo } = await playScenario({
			weather: 'undisturbed',
			behaviours,
			people: [...people(3), { email: ADA }].map((one) => ({
				...one,
				state: 'pending' as const,
				scopes: ['stats.read'],
			})),
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(mailsTo(ADA)).toBe(0);
	});
});

describe('W7: what a success says is so', () => {
	test('Create or Update: one of two invitations revoked, the other accepted: not "unchanged"', async () => {
		const outcome = await playScenario({
			people: [
				{ email: ADA, state: 'pending', scopes: ['mail.send'], expiresInSeconds: 500_000 },
				{
					email: 'Ada@example.com',
					state: 'pending',
					scopes: ['stats.read'],
					expiresInSeconds: 400_000,
				},
			],
			network: { latency: { least: 200, most: 200 }, wireFaults: [] },
			acts: [
				{
					at: 300,
					after: { method: 'DELETE', path: /pending/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(untrue(outcome)).toEqual([]);
	});

	test('W4: revoked, the new one refused, another admin invites, the next try: not "unchanged"', async () => {
		const outcome = await playScenario({
			people: [{ email: ADA, state: 'pending', scopes: ['mail.send'], expiresInSeconds: 500_000 }],
			faults: [{ method: 'POST', fault: { kind: 'status', status: 403, when: 'before' } }],
			acts: [
				{
					at: 300,
					after: { method: 'POST', path: /teammates$/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'invite', access: scopes('stats.read', 'mail.send') },
				},
			],
			runs: [
				{
					operation: 'teammate.upsert',
					continueOnFail: false,
					retryOnFail: true,
					items: [{ email: ADA, ...upsert }],
				},
			],
		});
		expect(outcome.said).not.toMatchObject([{ changed: false }]);
	});
});

test('W5: the second of two invitations is accepted, and lists lag behind: a teammate is not invited', async () => {
	const { mailsTo } = await playScenario({
		behaviours: { readLagMs: 3000, inviteExistingTeammate: 'created' },
		people: [
			{ email: ADA, state: 'pending', scopes: ['mail.send'], expiresInSeconds: 500_000 },
			{
				email: 'Ada@example.com',
				state: 'pending',
				scopes: ['mail.send'],
				expiresInSeconds: 400_000,
			},
		],
		network: { latency: { least: 200, most: 200 }, wireFaults: [] },
		acts: [
			{
				at: 100,
				after: { method: 'DELETE', path: /pending/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'accept' },
			},
		],
		runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
	});
	expect(mailsTo(ADA)).toBe(0);
});

test('K3: revoked, then the new invitation waits 50 s for the rate limit: who was invited meanwhile gets no second email', async () => {
	const { mailsTo } = await playScenario({
		people: [{ email: ADA, state: 'pending', scopes: ['mail.send'] }],
		faults: [
			{ method: 'POST', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 50 } },
		],
		acts: [
			{
				at: 10 * SECOND,
				after: { method: 'POST', path: /teammates$/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'invite', access: scopes('stats.read', 'mail.send') },
			},
		],
		runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
	});
	expect(mailsTo(ADA)).toBe(0);
});

test('W8: Resend Invite by email, then by the token from before, which has changed: answered from the first', async () => {
	const outcome = await playScenario({
		weather: 'undisturbed',
		behaviours: { tokenChangesOnResend: true },
		people: [{ email: ADA, state: 'pending', token: 'old-token', scopes: ['stats.read'] }],
		runs: [
			{
				operation: 'invitation.resend',
				items: [{ email: ADA }, { token: 'old-token' }],
				batching: { batchSize: 1, batchInterval: 1000 },
			},
		],
	});
	expect(outcome.mailsTo(ADA)).toBe(1);
	expect(failuresOf(outcome)).toEqual([]);
});

test('W7: Offboard, one of two teammates deleted, then out of date for ever: not "was not offboarded ... Nothing was changed"', async () => {
	const outcome = await playScenario({
		weather: 'undisturbed',
		rateLimit: { limit: 3, windowMs: 60_000, reset: 'epoch' },
		people: [
			...people(2),
			{ email: ADA, username: 'countess' },
			{ email: ADA, username: 'lovelace' },
			...Array.from({ length: 40 }, (_, index) => ({ email: `q${index}@example.com` })),
		],
		runs: [
			{
				operation: 'teammate.offboard',
				items: [
					...people(2),
					{ email: ADA },
					...Array.from({ length: 40 }, (_, index) => ({ email: `q${index}@example.com` })),
				],
			},
		],
	});
	expect(untrue(outcome)).toEqual([]);
	expect(failuresOf(outcome)).toEqual([]);
});

test('W7: the change is dropped whole, and another admin gives something else: not "were updated, but not completely"', async () => {
	const { said, scopesOf } = await playScenario({
		people: [{ email: ADA, scopes: ['mail.send'] }],
		faults: [{ method: 'PATCH', fault: { kind: 'not-applied' } }],
		acts: [
			{
				at: 300,
				after: { method: 'PATCH', path: /ada/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'grant', scopes: ['alerts.read'] },
			},
		],
		runs: [
			{
				operation: 'teammate.updatePermissions',
				items: [{ email: ADA, access: STATS, mode: 'add' }],
			},
		],
	});
	expect(scopesOf(ADA)).not.toContain('stats.read');
	expect(said).not.toEqual([expect.stringContaining('were updated, but not completely')]);
});

test('W1: rows about one person are served in their order, by username and by email', async () => {
	const { scopesOf } = await playScenario({
		weather: 'undisturbed',
		people: [{ email: ADA, username: 'countess', scopes: ['alerts.read'] }],
		runs: [
			{
				operation: 'teammate.updatePermissions',
				items: [
					{ username: 'countess', access: STATS, mode: 'remove' },
					{ email: ADA, access: STATS, mode: 'add' },
				],
			},
		],
	});
	expect(scopesOf(ADA)).toContain('stats.read');
});

test('W1: what Approve gave is not lost to an Update Permissions that follows, where records lag behind', async () => {
	const { said, scopesOf } = await playScenario({
		behaviours: { readLagMs: 3000 },
		accounts: [
			{
				name: 'acme',
				people: [
					{
						email: ADA,
						state: 'teammate',
						scopes: ['alerts.read'],
						role: 'teammate',
						isSso: false,
					},
				],
				requests: [{ username: ADA, group: 'Mail', scopes: ['mail.send'] }],
			},
			{ name: 'umbrella', people: [], requests: [] },
		],
		runs: [
			{
				operation: 'accessRequest.approve',
				items: [{ requestId: 1002, parameters: { requestId: '1002' } }],
			},
			{
				operation: 'teammate.updatePermissions',
				startsAt: 400,
				items: [{ email: ADA, access: STATS, mode: 'add' }],
			},
		],
	} as Parameters<typeof playScenario>[0]);
	expect(said).toMatchObject([{ approved: true }]);
	expect(scopesOf(ADA)).toEqual(expect.arrayContaining(['stats.read', 'mail.send']));
});

test('D4: Dry Run does not say that it would invite anew what it would refuse', async () => {
	const items = (dryRun: boolean) => [
		{ email: ADA, ...upsert, dryRun, parameters: { options: { dryRun } } },
	];
	const played = async (dryRun: boolean) =>
		await playScenario({
			weather: 'undisturbed',
			people: [{ email: ADA, state: 'pending', scopes: ['old.scope'], expiresInSeconds: 500_000 }],
			runs: [{ operation: 'teammate.upsert', items: items(dryRun) }],
		});
	const [dry] = (await played(true)).said;
	const [real] = (await played(false)).said;
	expect(typeof dry).toBe(typeof real);
});

test('W7/W4: revoked in the first try, somebody else holds the lock in the second: not "was not invited or updated"', async () => {
	const { said } = await playScenario({
		people: [{ email: ADA, state: 'pending', scopes: ['mail.send'], expiresInSeconds: 500_000 }],
		faults: [
			{ method: 'POST', fault: { kind: 'status', status: 403, when: 'before' } },
			{ method: 'GET', path: /pending$/, times: 2, fault: { kind: 'slow', ms: 1 } },
			{ method: 'GET', path: /pending$/, fault: { kind: 'slow', ms: 9000 } },
		],
		runs: [
			{
				operation: 'teammate.upsert',
				continueOnFail: false,
				retryOnFail: true,
				maxTries: 2,
				maxWait: 1,
				items: [{ email: ADA, ...upsert }],
			},
			{ operation: 'teammate.offboard', startsAt: 800, items: [{ email: ADA }] },
		],
	});
	expect(said).not.toEqual([
		expect.stringMatching(/^'ada@example.com' was not invited or updated/),
	]);
});

describe("D3, W4: 'Add' takes nothing away, also where the new invitation takes two attempts", () => {
	const people = [
		{
			email: ADA,
			state: 'pending' as const,
			scopes: ['mail.send'],
			expiresInSeconds: 500_000,
		},
	];
	const refusedOnce = [
		{ method: 'POST', fault: { kind: 'status', status: 403, when: 'before' } as const },
	];

	test('Retry On Fail', async () => {
		const outcome = await playScenario({
			people,
			faults: refusedOnce,
			runs: [
				{
					operation: 'teammate.upsert',
					continueOnFail: false,
					retryOnFail: true,
					maxTries: 2,
					items: [{ email: ADA, ...upsert }],
				},
			],
		});
		const [{ scopes: given }] = outcome.history.truth.latest('acme').invitations;
		expect(given).toEqual(['mail.send', 'stats.read']);
		expect(untrue(outcome)).toEqual([]);
	});

	test('a second row with the same wish', async () => {
		const { history } = await playScenario({
			people,
			faults: refusedOnce,
			runs: [
				{
					operation: 'teammate.upsert',
					items: [
						{ email: ADA, ...upsert },
						{ email: ADA, ...upsert },
					],
				},
			],
		});
		const [{ scopes: given }] = history.truth.latest('acme').invitations;
		expect(given).toEqual(['mail.send', 'stats.read']);
	});
});

test('W4/W8: an agent calls again after an unclear one, with another Expires Within Days: no second email', async () => {
	const { said, mailsTo } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{
				operation: 'teammate.upsert',
				entrance: 'agentNode',
				maxWait: 5,
				items: [2, 3].map((days) => ({
					email: ADA,
					...upsert,
					ifPending: 'resendIfExpiring',
					expiresWithinDays: days,
					parameters: { expiresWithinDays: days },
				})),
			},
		],
	});
	expect(said[0]).toMatch(/^It is unclear/);
	expect(mailsTo(ADA)).toBe(1);
});

test('W4: an agent and Retry On Fail: Update Permissions, carried out and unclear, does not end with "were not updated"', async () => {
	const { said, scopesOf } = await playScenario({
		people: [{ email: ADA, scopes: ['mail.send'] }],
		faults: [
			{ method: 'GET', path: /ada/, fault: { kind: 'slow', ms: 1 } },
			{
				method: 'GET',
				path: /ada/,
				times: Infinity,
				fault: { kind: 'status', status: 403, when: 'before' },
			},
		],
		runs: [
			{
				operation: 'teammate.updatePermissions',
				entrance: 'agentNode',
				retryOnFail: true,
				maxTries: 2,
				items: [{ email: ADA, access: STATS, mode: 'add' }],
			},
		],
	});
	expect(scopesOf(ADA)).toContain('stats.read');
	expect(said).not.toEqual([expect.stringContaining('were not updated')]);
});

test('W7/W4: Offboard, revoked in the first try, somebody else holds the lock in the second: not "was not offboarded"', async () => {
	const { said, history } = await playScenario({
		people: [
			{ email: ADA, state: 'pending' },
			{ email: ADA, username: 'countess' },
		],
		faults: [
			{
				method: 'DELETE',
				path: /countess/,
				fault: { kind: 'status', status: 403, when: 'before' },
			},
			{ method: 'GET', path: /pending$/, times: 2, fault: { kind: 'slow', ms: 1 } },
			{ method: 'GET', path: /pending$/, fault: { kind: 'slow', ms: 9000 } },
		],
		runs: [
			{
				operation: 'teammate.offboard',
				continueOnFail: false,
				retryOnFail: true,
				maxTries: 2,
				maxWait: 1,
				items: [{ email: ADA }],
			},
			{
				operation: 'teammate.upsert',
				startsAt: 800,
				items: [{ email: ADA, ...upsert }],
			},
		],
	});
	expect(history.truth.writes[0]).toMatchObject({ method: 'DELETE', hasChanged: true });
	expect(said).not.toEqual([expect.stringMatching(/^'ada@example.com' was not offboarded/)]);
});
