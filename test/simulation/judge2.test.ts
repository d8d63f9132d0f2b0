import { playScenario, type Outcome, type ScenarioItem } from './scenario.mts';

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

const unavailable = { kind: 'status', status: 503, when: 'before' } as const;

const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com` }));

const failuresOf = ({ said }: Outcome) => said.filter((one) => typeof one === 'string');

/** What the oracle objects to; how long it takes is another matter. */
const untrue = ({ findings }: Outcome) =>
	findings.filter(({ law }) => law === 'untrue' || law === 'taken');

describe('K3, D3: what a probe shows counts before a write is sent again', () => {
	/** Another admin does something while our write, answered 503 and not carried out, is in doubt. */
	const meanwhile = async (
		operation: string,
		method: string,
		what: { kind: 'promote' } | { kind: 'grant'; scopes: string[] },
		ask: Partial<ScenarioItem> = {},
	) =>
		await playScenario({
			people: [{ email: ADA, scopes: ['mail.send'] }],
			faults: [{ method, fault: unavailable }],
			acts: [{ at: 500, after: { method, path: /ada/ }, account: 'acme', email: ADA, what }],
			runs: [{ operation, items: [{ email: ADA, ...ask }] }],
		});
	const isAdmin = ({ history }: Outcome) =>
		history.truth.latest('acme').teammates.some((one) => one.email === ADA && one.isAdmin);

	test('Delete: an admin by then is not deleted', async () => {
		expect(isAdmin(await meanwhile('teammate.delete', 'DELETE', { kind: 'promote' }))).toBe(true);
	});

	test('Offboard: an admin by then is not deleted', async () => {
		expect(isAdmin(await meanwhile('teammate.offboard', 'DELETE', { kind: 'promote' }))).toBe(true);
	});

	test('Create or Update: an admin by then is not demoted', async () => {
		expect(isAdmin(await meanwhile('teammate.upsert', 'PATCH', { kind: 'promote' }, upsert))).toBe(
			true,
		);
	});

	test('Update Permissions, Add: an admin by then is not demoted', async () => {
		const ask = { access: STATS, mode: 'add' };
		const outcome = await meanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'promote' },
			ask,
		);
		expect(isAdmin(outcome)).toBe(true);
	});

	test('Update Permissions, Add: a scope that another admin gave meanwhile stays', async () => {
		const ask = { access: STATS, mode: 'add' };
		const { scopesOf } = await meanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'grant', scopes: ['alerts.read'] },
			ask,
		);
		expect(scopesOf(ADA)).toContain('alerts.read');
	});

	test('Create or Update, the change carried out and its answer lost: a scope given meanwhile stays', async () => {
		const { scopesOf } = await playScenario({
			people: [{ email: ADA, scopes: ['mail.send'] }],
			faults: [{ method: 'PATCH', fault: { kind: 'drop', when: 'after' } }],
			acts: [
				{
					at: 120,
					after: { method: 'PATCH', path: /ada/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'grant', scopes: ['alerts.read'] },
				},
			],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(scopesOf(ADA)).toContain('alerts.read');
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
	test('Create or Update, an expired invitation sent again and answered without a body, is not "expired"', async () => {
		const { said, mailsTo } = await playScenario({
			weather: 'undisturbed',
			behaviours: { emptyAnswers: 'no-body' },
			people: [{ email: ADA, state: 'pending', expiresInSeconds: -86_400, scopes: ['stats.read'] }],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said).toMatchObject([{ action: 'resent' }]);
		expect(said).not.toMatchObject([{ status: 'expired' }]);
	});

	test('Resend Invite, answered without a body, gives out no token that is dead and no date that is past', async () => {
		const { said, history } = await playScenario({
			weather: 'undisturbed',
			behaviours: { emptyAnswers: 'no-body', tokenChangesOnResend: true },
			people: [
				{
					email: ADA,
					state: 'pending',
					token: 'old-token',
					expiresInSeconds: -86_400,
					scopes: ['stats.read'],
				},
			],
			runs: [{ operation: 'invitation.resend', items: [{ email: ADA }] }],
		});
		const [{ token }] = history.truth.latest('acme').invitations;
		expect(token).not.toBe('old-token');
		expect(JSON.stringify(said)).not.toContain('old-token');
	});

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

test('W2: a row while the email of an earlier row is in doubt (504, twenty seconds late) sends no second one', async () => {
	const { mailsTo } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{
				operation: 'teammate.upsert',
				maxWait: 5,
				items: [
					{ email: ADA, ...upsert },
					{ email: ADA, ...upsert, access: scopes('stats.read', 'mail.send') },
				],
			},
		],
	});
	expect(mailsTo(ADA)).toBe(1);
});

test('W2: nor does another execution, after the first was cancelled in doubt', async () => {
	const { mailsTo } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{ operation: 'teammate.upsert', cancelAfter: 2000, items: [{ email: ADA, ...upsert }] },
			{ operation: 'teammate.upsert', startsAt: 6000, items: [{ email: ADA, ...upsert }] },
		],
	});
	expect(mailsTo(ADA)).toBe(1);
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
