import { playScenario, type Outcome, type Scenario, type ScenarioItem } from './scenario.mts';
import type { Access } from './script.mts';

/**
 * Problems of time and order, each as a separate history on the virtual clock. The title says what each row does to
 * whom, the expectations what has to be true in the end, and the oracle objects to nothing.
 */

const ADA = 'ada@example.com';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const scopes = (...names: string[]) => ({ kind: 'scopes', scopes: names }) as const;
const STATS = scopes('stats.read');

/** The oracle's objections, except about tokens in the output, which another test covers. */
const objections = ({ findings }: Outcome) => findings.filter(({ law }) => law !== 'secret');

/** Plays a scenario that the oracle must not object to. */
async function playWell(scenario: Scenario): Promise<Outcome> {
	const outcome = await playScenario(scenario);
	expect(objections(outcome)).toEqual([]);
	return outcome;
}

const addresses = (count: number, prefix: string) =>
	Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com`);

const everyFourth = (emails: string[]) => emails.filter((_, index) => index % 4 === 0);

const tookOf = ({ played }: Outcome, run = 0) => {
	const { startedAt, endedAt = Infinity } = played[run];
	return endedAt - startedAt;
};

const upsert = {
	access: STATS,
	ifPending: 'leave',
	ifAccessDiffers: 'leave',
	expiresWithinDays: 2,
};

/** Create or Update's defaults, except that it sends emails anyway. */
const ADD = { ...upsert, ifAccessDiffers: 'add' };

const UNAVAILABLE = { kind: 'status', status: 503, when: 'before' } as const;

describe('K1: decisions need lists that are read to their end', () => {
	test('K1: Offboard removes every fourth of 1,200 teammates', async () => {
		const everybody = addresses(1200, 'person');
		const leavers = everyFourth(everybody);
		const { left, said } = await playWell({
			weather: 'undisturbed',
			people: everybody.map((email) => ({ email })),
			runs: [{ operation: 'teammate.offboard', items: leavers.map((email) => ({ email })) }],
		});
		expect(left().filter((email) => leavers.includes(email))).toEqual([]);
		expect(left()).toHaveLength(900);
		expect(said.every((record) => (record as { changed: boolean }).changed)).toBe(true);
	}, 60_000);

	test('K1: Offboard removes half of 150 invited people, with pages of 50', async () => {
		const everybody = addresses(150, 'person');
		const leavers = everybody.filter((_, index) => index % 2 === 0);
		const { left } = await playWell({
			weather: 'undisturbed',
			behaviours: { pendingPaging: 'capped-at-50' },
			people: everybody.map((email) => ({ email, state: 'pending' })),
			runs: [{ operation: 'teammate.offboard', items: leavers.map((email) => ({ email })) }],
		});
		expect(left().filter((email) => leavers.includes(email))).toEqual([]);
		expect(left()).toHaveLength(75);
	});

	test('K1: pages of one record are read beyond the first', async () => {
		const BOB = 'bob@example.com';
		const { left, mailsTo } = await playWell({
			weather: 'undisturbed',
			behaviours: { maxPage: 1 },
			people: [
				...[...addresses(3, 'person'), BOB].map((email) => ({ email })),
				...[...addresses(3, 'invited'), ADA].map((email) => ({
					email,
					state: 'pending' as const,
					scopes: ['stats.read'],
				})),
			],
			runs: [
				{ operation: 'teammate.offboard', items: [{ email: BOB }] },
				{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] },
			],
		});
		expect(left()).not.toContain(BOB);
		expect(mailsTo(ADA)).toBe(0);
	});
});

describe('K2: decisions on absence need certainty', () => {
	test('K2: one person deleted from page 1 while page 2 is read hides nobody', async () => {
		const others = addresses(9, 'person');
		const { said } = await playWell({
			behaviours: { maxPage: 5 },
			people: [...others.slice(0, 5), ADA, ...others.slice(5)].map((email) => ({ email })),
			acts: [
				{
					at: 10,
					after: { method: 'GET', path: /\/v3\/teammates$/ },
					account: 'acme',
					email: others[0],
					what: { kind: 'delete' },
				},
			],
			runs: [{ operation: 'teammate.getStatus', items: [{ email: ADA }] }],
		});
		expect(said).toMatchObject([{ status: 'active' }]);
	});

	test('K2: two people deleted from page 1 while page 2 is read hide nobody', async () => {
		const others = addresses(9, 'person');
		// Page 1 is read 150 ms after the start, page 2 at 250 ms. Each page overlaps the one before by one.
		const deleted = (email: string) =>
			({ at: 200, account: 'acme', email, what: { kind: 'delete' } }) as const;
		const { left, said } = await playWell({
			behaviours: { maxPage: 5 },
			people: [...others.slice(0, 5), ADA, ...others.slice(5)].map((email) => ({ email })),
			acts: [deleted(others[0]), deleted(others[1])],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(said).toMatchObject([{ changed: true }]);
		expect(left()).not.toContain(ADA);
	});
});

describe('K3: items use readings that started after them', () => {
	test("K3: a failed reading is not given to later items with n8n's batches of one", async () => {
		const people = addresses(4, 'person');
		const { said } = await playWell({
			people: people.map((email) => ({ email })),
			faults: [{ method: 'GET', times: 1, fault: { kind: 'status', status: 403, when: 'before' } }],
			runs: [
				{
					operation: 'teammate.getStatus',
					items: people.map((email) => ({ email })),
					batching: { batchSize: 1, batchInterval: 500 },
				},
			],
		});
		expect(typeof said[0]).toBe('string');
		expect(said.slice(1)).toMatchObject([{}, {}, {}].map(() => ({ status: 'active' })));
	});

	test("K3: another admin's invitation of p19 is noticed while twenty Create or Update wait for the rate limit", async () => {
		const people = addresses(20, 'p');
		const { history, mailsTo } = await playWell({
			rateLimit: { limit: 5, windowMs: 2000, reset: 'epoch' },
			acts: [
				{
					at: SECOND,
					account: 'acme',
					email: 'p19@example.com',
					what: { kind: 'invite', access: STATS },
				},
			],
			runs: [
				{ operation: 'teammate.upsert', items: people.map((email) => ({ email, ...upsert })) },
			],
		});
		expect(mailsTo('p19@example.com')).toBe(0);
		expect(history.truth.mails.filter(({ by }) => by !== 'other')).toHaveLength(19);
	});
});

test('K4: Offboard keeps two accounts apart if the API key is an expression', async () => {
	const { left, said } = await playWell({
		people: [{ email: 'bob@example.com' }, { email: 'cleo@example.com' }],
		otherPeople: [{ email: ADA }, { email: 'dan@example.com' }],
		runs: [
			{
				operation: 'teammate.offboard',
				items: [{ email: 'bob@example.com' }, { email: ADA, account: 'umbrella' }],
			},
		],
	});
	expect(said).toMatchObject([{ changed: true }, { changed: true }]);
	expect(left('acme')).toEqual(['cleo@example.com']);
	expect(left('umbrella')).toEqual(['dan@example.com']);
});

test.each([
	['Invite', 'invitation.invite', {}],
	['Create or Update', 'teammate.upsert', upsert],
])(
	'K3: %s gives what a colleague has after rows have waited for the rate limit',
	async (_, operation, choices) => {
		const LEE = 'lee@example.com';
		const access: Access = { kind: 'teammate', scopes: [], sameAs: { by: 'email', value: LEE } };
		const { history, said } = await playWell({
			rateLimit: { limit: 5, windowMs: MINUTE, reset: 'epoch' },
			people: [{ email: LEE, scopes: ['stats.read'] }],
			acts: [
				{
					at: 30 * SECOND,
					account: 'acme',
					email: LEE,
					what: { kind: 'grant', scopes: ['mail.send'] },
				},
			],
			runs: [
				{
					operation,
					items: addresses(12, 'p').map((email) => ({ email, ...choices, access })),
				},
			],
		});
		expect(said.filter((one) => typeof one === 'string')).toEqual([]);
		const { invitations } = history.truth.latest('acme');
		const given = invitations.map(({ scopes: names }) => names.join());
		expect(given.filter((names) => names === 'stats.read')).not.toEqual([]);
		expect(given.filter((names) => names === 'stats.read,mail.send').length).toBeGreaterThan(4);
		expect(given).toHaveLength(12);
	},
);

test('K3: a batch that takes twenty windows of the rate limit fails nowhere', async () => {
	const people = addresses(200, 'p');
	const outcome = await playScenario({
		rateLimit: { limit: 10, windowMs: MINUTE, reset: 'epoch' },
		runs: [{ operation: 'teammate.upsert', items: people.map((email) => ({ email, ...upsert })) }],
	});
	const { mailsTo, said } = outcome;
	// Twenty minutes are more than the oracle allows.
	expect(objections(outcome).filter(({ law }) => law !== 'late')).toEqual([]);
	expect(said).toEqual(said.map(() => expect.objectContaining({ action: 'invited' })));
	expect(people.map(mailsTo)).toEqual(people.map(() => 1));
});

test('K3: a write that waited 30 s for slow answers, not for a limit, is decided again', async () => {
	const people = addresses(60, 'p');
	const { mailsTo } = await playWell({
		network: { latency: { least: 3000, most: 3000 }, wireFaults: [] },
		acts: [
			{
				at: 18 * SECOND,
				after: { method: 'POST', path: /\/v3\/teammates$/ },
				account: 'acme',
				email: 'p59@example.com',
				what: { kind: 'invite', access: STATS },
			},
		],
		runs: [{ operation: 'teammate.upsert', items: people.map((email) => ({ email, ...upsert })) }],
	});
	expect(mailsTo('p58@example.com')).toBe(1);
	expect(mailsTo('p59@example.com')).toBe(0);
});

describe('K3, A4: in windows of a minute, no row fails because its reading had to wait', () => {
	const each = [
		['teammate.updatePermissions', 11, { access: STATS, mode: 'add' }, true],
		['teammate.delete', 11, {}, true],
		['teammate.upsert', 60, upsert, false],
		['teammate.upsert', 12, { ...upsert, ifAccessDiffers: 'add' }, true],
		['teammate.offboard', 60, {}, true],
	] as const;

	test.each(
		each.flatMap((row) => [false, true].map((perAccount) => [...row, perAccount] as const)),
	)(
		'for %s, %d rows and few requests per minute (%#)',
		async (operation, count, ask, areIn, perAccount) => {
			const people = addresses(count, 'p');
			const outcome = await playScenario({
				weather: 'undisturbed',
				// One limit for all endpoints has to allow for the readings too, or Max Wait is rightly exceeded.
				rateLimit: { limit: perAccount ? 30 : 5, windowMs: MINUTE, reset: 'epoch', perAccount },
				people: areIn ? people.map((email) => ({ email, scopes: ['alerts.read'] })) : [],
				runs: [{ operation, items: people.map((email) => ({ email, ...ask })) }],
			});
			expect(outcome.said.filter((said) => typeof said === 'string')).toEqual([]);
			expect(outcome.said).toHaveLength(count);
		},
	);

	test('with 130 rows and 60 requests per minute, each of which is read once and read back once', async () => {
		const people = addresses(130, 'p');
		const { said, history } = await playScenario({
			weather: 'undisturbed',
			rateLimit: { limit: 60, windowMs: MINUTE, reset: 'epoch' },
			people: people.map((email) => ({ email, scopes: ['alerts.read'] })),
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: people.map((email) => ({ email, access: STATS, mode: 'add' })),
				},
			],
		});
		expect(said.filter((one) => typeof one === 'string')).toEqual([]);
		// Beside the list.
		expect(history.truth.requests.length).toBeLessThan(3 * 130 + 10);
	});
});

describe('K3, D3: what a probe shows counts before a write is sent again', () => {
	/** Another admin does something while our write, answered 503 and not carried out, is in doubt. */
	const playMeanwhile = async (
		operation: string,
		method: string,
		what: { kind: 'promote' } | { kind: 'grant'; scopes: string[] },
		ask: Partial<ScenarioItem> = {},
	) =>
		await playWell({
			people: [{ email: ADA, scopes: ['mail.send'] }],
			faults: [{ method, fault: UNAVAILABLE }],
			acts: [{ at: 500, after: { method, path: /ada/ }, account: 'acme', email: ADA, what }],
			runs: [{ operation, items: [{ email: ADA, ...ask }] }],
		});
	const isAdmin = ({ history }: Outcome) =>
		history.truth.latest('acme').teammates.some((one) => one.email === ADA && one.isAdmin);

	test('K3: Delete spares somebody who has become an admin', async () => {
		expect(isAdmin(await playMeanwhile('teammate.delete', 'DELETE', { kind: 'promote' }))).toBe(
			true,
		);
	});

	test('K3: Offboard spares somebody who has become an admin', async () => {
		expect(isAdmin(await playMeanwhile('teammate.offboard', 'DELETE', { kind: 'promote' }))).toBe(
			true,
		);
	});

	test('K3: Create or Update does not demote somebody who has become an admin', async () => {
		expect(isAdmin(await playMeanwhile('teammate.upsert', 'PATCH', { kind: 'promote' }, ADD))).toBe(
			true,
		);
	});

	test('K3: Update Permissions, Add does not demote somebody who has become an admin', async () => {
		const ask = { access: STATS, mode: 'add' };
		const outcome = await playMeanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'promote' },
			ask,
		);
		expect(isAdmin(outcome)).toBe(true);
	});

	test('K3: Update Permissions, Add keeps a scope that another admin gave in the meantime', async () => {
		const ask = { access: STATS, mode: 'add' };
		const { scopesOf } = await playMeanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'grant', scopes: ['alerts.read'] },
			ask,
		);
		expect(scopesOf(ADA)).toContain('alerts.read');
	});

	test('K3: Create or Update keeps a scope given in the meantime if its answer is lost', async () => {
		const { scopesOf } = await playWell({
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
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...ADD }] }],
		});
		expect(scopesOf(ADA)).toContain('alerts.read');
	});
});

describe('K5: a person is all records of an address', () => {
	test('K5: Offboard removes somebody with invitations for two spellings', async () => {
		const { left } = await playWell({
			people: [
				{ email: ADA, state: 'pending' },
				{ email: 'Ada@example.com', state: 'pending' },
			],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(left()).toEqual([]);
	});

	test('K5: Update Permissions by email refuses two teammates with one address', async () => {
		const { said, history } = await playScenario({
			people: [
				{ email: ADA, scopes: ['mail.send'] },
				{ email: ADA, username: 'countess', scopes: ['mail.send'] },
			],
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: [{ email: ADA, access: STATS, mode: 'add' }],
				},
			],
		});
		expect(said[0]).toEqual(expect.stringContaining('countess'));
		expect(history.truth.writes).toEqual([]);
	});
});

describe('W1: writes about one person take turns', () => {
	test('W1: two rows both remove their scopes of one teammate, with slow readings', async () => {
		const { scopesOf } = await playWell({
			people: [{ email: ADA, scopes: ['stats.read', 'mail.send', 'alerts.read'] }],
			network: { latency: { least: 400, most: 400 }, wireFaults: [] },
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: [
						{ email: ADA, access: scopes('mail.send'), mode: 'remove' },
						{ email: ADA, access: scopes('alerts.read'), mode: 'remove' },
					],
				},
			],
		});
		expect(scopesOf(ADA)).not.toContain('mail.send');
		expect(scopesOf(ADA)).not.toContain('alerts.read');
		expect(scopesOf(ADA)).toContain('stats.read');
	});

	test('W1: twelve rows that add a scope to one teammate all survive', async () => {
		const added = [
			...['stats.read', 'mail.send', 'alerts.read', 'alerts.create', 'alerts.update'],
			...['alerts.delete', 'templates.read', 'templates.create', 'templates.update'],
			...['templates.delete', 'api_keys.read', 'suppression.read'],
		];
		const { scopesOf } = await playWell({
			people: [{ email: ADA }],
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: added.map((scope) => ({ email: ADA, access: scopes(scope), mode: 'add' })),
				},
			],
		});
		expect(scopesOf(ADA)).toEqual(expect.arrayContaining(added));
	});

	test('W1: rows that name one person by username and by address take turns', async () => {
		const rows = [{ username: ADA }, { email: ADA }, { username: ADA }, { email: ADA }];
		const added = ['stats.read', 'mail.send', 'alerts.read', 'templates.read'];
		const outcome = await playWell({
			weather: 'undisturbed',
			people: [{ email: ADA }],
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: rows.map((row, index) => ({ ...row, access: scopes(added[index]), mode: 'add' })),
				},
			],
		});
		expect(outcome.scopesOf(ADA)).toEqual(expect.arrayContaining(added));
		expect(tookOf(outcome)).toBeLessThan(10 * SECOND);
	});

	test('W1: rows that name one person by a separate username and by address take turns, with slow readings', async () => {
		const add = (person: object, scope: string) => ({
			...person,
			access: scopes(scope),
			mode: 'add',
		});
		const { scopesOf } = await playWell({
			people: [{ email: ADA, username: 'countess' }],
			faults: [
				{ method: 'GET', path: /countess$/, times: Infinity, fault: { kind: 'slow', ms: SECOND } },
			],
			runs: [
				{
					operation: 'teammate.updatePermissions',
					items: [add({ username: 'countess' }, 'stats.read'), add({ email: ADA }, 'mail.send')],
				},
			],
		});
		expect(scopesOf(ADA)).toEqual(expect.arrayContaining(['stats.read', 'mail.send']));
	});

	test('W1: two executions at once both remove their scopes of one teammate', async () => {
		const remove = (scope: string, startsAt: number) => ({
			operation: 'teammate.updatePermissions',
			startsAt,
			items: [{ email: ADA, access: scopes(scope), mode: 'remove' }],
		});
		const { scopesOf } = await playWell({
			people: [{ email: ADA, scopes: ['stats.read', 'mail.send', 'alerts.read'] }],
			runs: [remove('mail.send', 0), remove('alerts.read', 30)],
		});
		expect(scopesOf(ADA)).not.toContain('mail.send');
		expect(scopesOf(ADA)).not.toContain('alerts.read');
	});

	test('W1: rows about one person are handled in their order, by username and by email', async () => {
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

	test('W1: a following Update Permissions does not lose what Approve gave if records lag behind', async () => {
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
});

describe('W2: nothing is sent again after a success', () => {
	test('W2: a resend answered 200 without a body sends one email, with a list that lags behind', async () => {
		const { mailsTo } = await playWell({
			people: [{ email: ADA, state: 'pending', expiresInSeconds: 86_400 }],
			behaviours: { emptyAnswers: 'no-body', readLagMs: 700 },
			runs: [{ operation: 'invitation.resend', items: [{ email: ADA }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
	});

	test('W2: an invitation answered 504 and carried out a second later sends one email', async () => {
		const { mailsTo } = await playWell({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: SECOND } }],
			runs: [{ operation: 'invitation.invite', items: [{ email: ADA, access: STATS }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
	});

	test('W2: an invitation answered 504 and carried out twenty seconds later sends one email', async () => {
		const { mailsTo, said } = await playWell({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
			runs: [{ operation: 'invitation.invite', items: [{ email: ADA, access: STATS }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said).toMatchObject([{ email: ADA }]);
	});

	test('W2: the encrypted connection may break while the answer is on its way', async () => {
		const { mailsTo, said } = await playScenario({
			network: {
				latency: { least: 50, most: 50 },
				wireFaults: [{ fault: 'tls-broken', probability: 1 }],
			},
			runs: [
				{ operation: 'invitation.invite', items: [{ email: ADA, access: STATS }], maxWait: 20 },
			],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said[0]).toMatch(/^It is unclear whether /);
	});
});

test("W3: another admin's invitation as an admin at the moment of a 503 is not claimed", async () => {
	const { said } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'status', status: 503, when: 'before' } }],
		acts: [
			{
				at: 0,
				after: { method: 'POST', path: /\/v3\/teammates$/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'invite', access: { kind: 'admin', scopes: [] } },
			},
		],
		// Somebody who is already invited is refused then, so that nothing is overwritten.
		behaviours: { duplicateInvite: 'bad-request' },
		runs: [{ operation: 'invitation.invite', items: [{ email: ADA, access: STATS }] }],
	});
	// The list doesn't show our invitation; whether it failed or is unclear, it is no success.
	expect(typeof said[0]).toBe('string');
});

describe('W2: no other email is sent while one is in doubt', () => {
	test('W2: a row sends no second email while that of an earlier row is in doubt (504, twenty seconds late)', async () => {
		const { mailsTo } = await playWell({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
			runs: [
				{
					operation: 'teammate.upsert',
					maxWait: 5,
					items: [
						{ email: ADA, ...ADD },
						{ email: ADA, ...ADD, access: scopes('stats.read', 'mail.send') },
					],
				},
			],
		});
		expect(mailsTo(ADA)).toBe(1);
	});

	test('W2: another execution sends no second email after the first was cancelled while its email was in doubt', async () => {
		const { mailsTo } = await playWell({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
			runs: [
				{ operation: 'teammate.upsert', cancelAfter: 2000, items: [{ email: ADA, ...ADD }] },
				{ operation: 'teammate.upsert', startsAt: 6000, items: [{ email: ADA, ...ADD }] },
			],
		});
		expect(mailsTo(ADA)).toBe(1);
	});
});

describe('W4: what is unknown stays unknown', () => {
	const scenario: Scenario = {
		faults: [
			{ method: 'POST', fault: { kind: 'drop', when: 'after' } },
			{ method: 'GET', times: Infinity, fault: { kind: 'status', status: 403, when: 'before' } },
		],
		runs: [],
	};

	test('W4: three tries of Retry On Fail stay unclear if the answer is lost and looking is refused', async () => {
		const { mailsTo, said } = await playWell({
			...scenario,
			runs: [
				{
					operation: 'invitation.invite',
					items: [{ email: ADA, access: STATS }],
					retryOnFail: true,
				},
			],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said[0]).toMatch(/^It is unclear whether /);
	});

	test('W4: the next try says the same if an update was accepted and the record can no longer be read', async () => {
		const { said, history } = await playWell({
			people: [{ email: ADA, role: 'admin' }],
			behaviours: { detailScopes: 'absent' },
			runs: [
				{
					operation: 'teammate.updatePermissions',
					entrance: 'agentNode',
					items: [{ email: ADA, access: STATS, mode: 'replace' }],
					retryOnFail: true,
				},
			],
		});
		expect(history.truth.writes.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
		expect(said[0]).toContain('It is unclear whether the permissions of ');
	});

	test('W4: Retry On Fail reports what an earlier try revoked', async () => {
		const { said, left } = await playWell({
			people: [{ email: ADA, state: 'pending', scopes: ['mail.send'] }],
			faults: [
				{
					method: 'POST',
					path: /\/v3\/teammates$/,
					times: Infinity,
					fault: { kind: 'status', status: 403, when: 'before' },
				},
			],
			runs: [
				{
					operation: 'teammate.upsert',
					items: [{ email: ADA, ...upsert, ifAccessDiffers: 'update' }],
					continueOnFail: false,
					retryOnFail: true,
				},
			],
		});
		expect(left()).toEqual([]);
		expect(said[0]).toMatch(/ was revoked, but /);
	});

	test("W4: an agent's second call stays unclear", async () => {
		const { mailsTo } = await playScenario({
			...scenario,
			runs: [
				{
					operation: 'invitation.invite',
					entrance: 'agent',
					items: [
						{ email: ADA, access: STATS },
						{ email: ADA, access: STATS },
					],
				},
			],
		});
		expect(mailsTo(ADA)).toBe(1);
	});
});

describe('W5: a 404 on taking away is looked into', () => {
	test('W5: Offboard deletes somebody who accepts while it waits for the rate limit', async () => {
		const { left, said } = await playWell({
			people: [{ email: ADA, state: 'pending' }, { email: 'bob@example.com' }],
			faults: [
				{ method: 'DELETE', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 3 } },
			],
			acts: [
				{
					at: SECOND,
					after: { method: 'DELETE', path: /pending/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(left()).toEqual(['bob@example.com']);
		expect(said).toMatchObject([{ changed: true, deleted: true }]);
	});

	test('W5: Offboard deletes somebody who accepts between its reading and its revocation', async () => {
		const { left, said } = await playWell({
			people: [{ email: ADA, state: 'pending' }, { email: 'bob@example.com' }],
			// The teammates are read to the end after 350 ms, and the revocation arrives after 450 ms.
			acts: [{ at: 400, account: 'acme', email: ADA, what: { kind: 'accept' } }],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(left()).toEqual(['bob@example.com']);
		expect(said).toMatchObject([{ changed: true, deleted: true }]);
	});

	test('W5: Offboard deletes somebody who accepts while the revocation is in doubt', async () => {
		const { left, said } = await playWell({
			people: [{ email: ADA, state: 'pending' }, { email: 'bob@example.com' }],
			faults: [{ method: 'DELETE', fault: { kind: 'drop', when: 'before' } }],
			acts: [
				{
					at: 10,
					after: { method: 'GET', path: /\/pending$/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: 'invitation.revoke', items: [{ email: ADA }] }],
		});
		expect(left()).toContain(ADA);
		expect(typeof said[0]).toBe('string');
	});

	test('W5: Revoke fails for somebody who accepts while it waits for the rate limit', async () => {
		const { said } = await playWell({
			people: [{ email: ADA, state: 'pending' }],
			faults: [
				{ method: 'DELETE', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 3 } },
			],
			acts: [
				{
					at: SECOND,
					after: { method: 'DELETE', path: /pending/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: 'invitation.revoke', items: [{ email: ADA }] }],
		});
		expect(said[0]).toMatch(/ was not revoked: /);
	});
});

describe('W6: changes are read back', () => {
	const updateAda = (mode: string) => [
		{
			operation: 'teammate.updatePermissions',
			items: [{ email: ADA, access: scopes('mail.send', 'stats.read'), mode }],
		},
	];

	test('W6: a reading after a change that is slightly old is repeated', async () => {
		const { said, scopesOf } = await playWell({
			people: [{ email: ADA, scopes: ['stats.read'] }],
			behaviours: { readLagMs: 700 },
			runs: updateAda('add'),
		});
		expect(said).toMatchObject([{ scopes: expect.arrayContaining(['mail.send']) }]);
		expect(scopesOf(ADA)).toContain('mail.send');
	});

	test('W6: Replace that is answered 200 and dropped is no success', async () => {
		const { said } = await playWell({
			people: [{ email: ADA, scopes: ['alerts.read'] }],
			faults: [{ method: 'PATCH', fault: { kind: 'not-applied' } }],
			runs: updateAda('replace'),
		});
		expect(said[0]).toContain(' were not updated: ');
	});

	test('W6: Replace reports a scope that somebody else gives right after it', async () => {
		const { said, scopesOf, history } = await playWell({
			people: [{ email: ADA, scopes: ['mail.send', 'stats.read', 'alerts.read'] }],
			acts: [
				{
					at: 375,
					account: 'acme',
					email: ADA,
					what: { kind: 'grant', scopes: ['templates.read'] },
				},
			],
			runs: updateAda('replace'),
		});
		// Between the change and the reading, otherwise this test shows nothing.
		const [patch] = history.truth.writes;
		expect(history.truth.acts[0].at).toBeGreaterThan(patch.at);
		expect(scopesOf(ADA)).toEqual(expect.arrayContaining(['mail.send', 'templates.read']));
		expect(said[0]).toContain(' were updated, but not completely: ');
	});
});

test('W7: advice on Create or Update names no field that it does not show', async () => {
	const { said } = await playWell({
		people: [{ email: ADA, scopes: ['alerts.read'] }],
		faults: [
			{
				method: 'PATCH',
				times: Infinity,
				fault: { kind: 'status', status: 404, when: 'before' },
			},
		],
		runs: [
			{
				operation: 'teammate.upsert',
				items: [{ email: ADA, ...upsert, ifAccessDiffers: 'add' }],
			},
		],
	});
	expect(said[0]).toContain(' was not invited or updated: ');
	expect(said[0]).not.toContain("'Teammate'");
});

describe('W7: successes are true', () => {
	test('W7: Create or Update does not say "expired" about a resent invitation answered without a body', async () => {
		const { said, mailsTo } = await playWell({
			weather: 'undisturbed',
			behaviours: { emptyAnswers: 'no-body' },
			people: [{ email: ADA, state: 'pending', expiresInSeconds: -86_400, scopes: ['stats.read'] }],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...ADD }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said).toMatchObject([{ action: 'resent' }]);
		expect(said).not.toMatchObject([{ status: 'expired' }]);
	});

	test('W7: Resend Invite answered without a body returns no dead token and no past date', async () => {
		const { said, history } = await playWell({
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
});

describe('W8: one email for one wish', () => {
	const thrice = (item: object) => [item, item, item];
	const pending = [
		{ email: ADA, state: 'pending', token: 'a-token-of-ada', scopes: ['stats.read'] },
	];

	test('W8: three rows of Resend Invite with one fixed address send one email', async () => {
		const { mailsTo, said } = await playWell({
			people: pending as Scenario['people'],
			runs: [{ operation: 'invitation.resend', items: thrice({ email: ADA }) }],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said).toMatchObject(thrice({ email: ADA }));
	});

	test('W8: three rows of Resend Invite with one token send one email', async () => {
		const { mailsTo } = await playWell({
			people: pending as Scenario['people'],
			runs: [{ operation: 'invitation.resend', items: thrice({ token: 'a-token-of-ada' }) }],
		});
		expect(mailsTo(ADA)).toBe(1);
	});

	test('W8: two rows with one address send one email when another row makes n8n try again', async () => {
		const { mailsTo } = await playWell({
			people: pending as Scenario['people'],
			runs: [
				{
					operation: 'invitation.resend',
					items: [{ email: 'nobody@example.com' }, { email: ADA }, { email: ADA }],
					continueOnFail: false,
					retryOnFail: true,
				},
			],
		});
		expect(mailsTo(ADA)).toBeLessThanOrEqual(1);
	});

	test.each(['invitation.invite', 'teammate.upsert'])(
		'W8: three rows of %s in three spellings send one email',
		async (operation) => {
			const spellings = [ADA, 'Ada@example.com', 'ADA@EXAMPLE.COM'];
			const { mailsTo } = await playWell({
				runs: [{ operation, items: spellings.map((email) => ({ email, ...upsert })) }],
			});
			expect(mailsTo(ADA)).toBe(1);
		},
	);

	test('W8: Resend Invite by a token that has changed is answered from the first row by email', async () => {
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
		expect(outcome.said.filter((one) => typeof one === 'string')).toEqual([]);
	});
});

describe('A1: no header closes anything for longer than 15 minutes', () => {
	const invite = (email: string, startsAt: number) => ({
		operation: 'invitation.invite',
		startsAt,
		maxWait: 5,
		items: [{ email, access: STATS }],
	});
	const refused = { kind: 'rate-limited', seconds: 60 } as const;

	test.each([
		['a reset in milliseconds', { ...refused, header: 'epoch-milliseconds' }],
		['a Retry-After of a year', { ...refused, header: 'retry-after', seconds: 31_536_000 }],
		['a reset in a year', { ...refused, header: 'epoch', seconds: 31_536_000 }],
		['a Date of 1970', { ...refused, header: 'epoch', date: new Date(0).toUTCString() }],
	] as const)('A1: %s is survived', async (_what, fault) => {
		const outcome = await playScenario({
			faults: [{ method: 'POST', fault }],
			runs: [invite(ADA, 0), invite('bob@example.com', 15 * MINUTE + SECOND)],
		});
		expect(outcome.mailsTo('bob@example.com')).toBe(1);
		expect(tookOf(outcome, 1)).toBeLessThan(5 * SECOND);
	});

	test('A1: a throttled endpoint does not stop others', async () => {
		const outcome = await playWell({
			people: [{ email: 'bob@example.com' }],
			faults: [{ method: 'POST', fault: { ...refused, header: 'retry-after' } }],
			runs: [
				{ ...invite(ADA, 0), maxWait: 120 },
				{
					operation: 'teammate.getStatus',
					startsAt: SECOND,
					items: [{ email: 'bob@example.com' }],
				},
			],
		});
		expect(tookOf(outcome, 1)).toBeLessThan(SECOND);
	});
});

describe('A2: a request has a deadline of its own', () => {
	test('A2: answers that dribble forever hold up neither their items nor others', async () => {
		const people = addresses(12, 'person');
		const outcome = await playScenario({
			people: people.map((email) => ({ email })),
			faults: [{ method: 'GET', times: 10, fault: { kind: 'dribble', when: 'after' } }],
			runs: [
				{
					operation: 'teammate.get',
					items: people.map((email) => ({ username: email })),
					timeout: SECOND,
					maxWait: 30,
				},
				{ operation: 'teammate.getStatus', startsAt: 2 * MINUTE, items: [{ email: people[0] }] },
			],
		});
		expect(outcome.history.isStuck).toBe(false);
		expect(tookOf(outcome)).toBeLessThan(MINUTE);
		expect(tookOf(outcome, 1)).toBeLessThan(2 * SECOND);
	});

	test('A2: Max Wait bounds the wait for another execution that works on the person', async () => {
		const outcome = await playScenario({
			faults: [{ method: 'POST', fault: { kind: 'hang', when: 'before' } }],
			runs: [
				{ operation: 'teammate.upsert', timeout: 5 * MINUTE, items: [{ email: ADA, ...upsert }] },
				{
					operation: 'teammate.upsert',
					startsAt: SECOND,
					maxWait: 5,
					items: [{ email: ADA, ...upsert }],
				},
			],
		});
		expect(tookOf(outcome, 1)).toBeLessThan(10 * SECOND);
	});
});

describe('A3: cancelling ends every wait within half a second', () => {
	const HALF = 500;
	const cancelled = (outcome: Outcome, run: number, after: number) => tookOf(outcome, run) - after;

	test('A3: cancelling ends the wait for another execution that works on the person', async () => {
		const outcome = await playScenario({
			faults: [{ method: 'POST', fault: { kind: 'hang', when: 'before' } }],
			runs: [
				{ operation: 'teammate.upsert', timeout: 5 * MINUTE, items: [{ email: ADA, ...upsert }] },
				{
					operation: 'teammate.upsert',
					startsAt: SECOND,
					cancelAfter: 2 * SECOND,
					items: [{ email: ADA, ...upsert }],
				},
			],
		});
		expect(cancelled(outcome, 1, 2 * SECOND)).toBeLessThanOrEqual(HALF);
	});

	test.each([
		['the rate limit', { kind: 'rate-limited', header: 'retry-after', seconds: 60 }],
		['an answer that does not come', { kind: 'hang', when: 'before' }],
		['an answer that dribbles', { kind: 'dribble', when: 'before' }],
		['a back-off', { kind: 'status', status: 503, when: 'before' }],
	] as const)('A3: cancelling ends the wait for %s', async (_what, fault) => {
		const outcome = await playScenario({
			faults: [{ times: Infinity, fault }],
			runs: [
				{
					operation: 'teammate.getStatus',
					timeout: 5 * MINUTE,
					cancelAfter: 1300,
					items: [{ email: ADA }],
				},
			],
		});
		expect(cancelled(outcome, 0, 1300)).toBeLessThanOrEqual(HALF);
	});

	test("A3: cancelling ends the pause between n8n's batches", async () => {
		const outcome = await playScenario({
			runs: [
				{
					operation: 'teammate.getStatus',
					batching: { batchSize: 1, batchInterval: MINUTE },
					cancelAfter: 2 * SECOND,
					items: addresses(3, 'person').map((email) => ({ email })),
				},
			],
		});
		expect(cancelled(outcome, 0, 2 * SECOND)).toBeLessThanOrEqual(HALF);
	});
});

/** What the oracle calls untrue or taken away; how long it takes doesn't matter here. */
const untrue = ({ findings }: Outcome) =>
	findings.filter(({ law }) => law === 'untrue' || law === 'taken');

const failuresOf = ({ said }: Outcome) => said.filter((one) => typeof one === 'string');

const adding = { ...upsert, ifAccessDiffers: 'add' };

describe('Create or Update, after it has revoked an invitation', () => {
	test('W7: Create or Update does not say "unchanged" if one of two invitations is revoked and the other accepted', async () => {
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
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...adding }] }],
		});
		expect(untrue(outcome)).toEqual([]);
	});

	test('W4: the next try does not say "unchanged" after a revocation and another admin\'s invitation', async () => {
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
					items: [{ email: ADA, ...adding }],
				},
			],
		});
		expect(outcome.said).not.toMatchObject([{ changed: false }]);
	});

	test('W5: a teammate who accepts the second of two invitations is not invited if lists lag behind', async () => {
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
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...adding }] }],
		});
		expect(mailsTo(ADA)).toBe(0);
	});

	test('K3: somebody invited while the new invitation waits 50 s for the rate limit gets no second email', async () => {
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
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...adding }] }],
		});
		expect(mailsTo(ADA)).toBe(0);
	});

	test('W4: Create or Update reports what an earlier try revoked while another execution is busy with the person', async () => {
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
					items: [{ email: ADA, ...adding }],
				},
				{ operation: 'teammate.offboard', startsAt: 800, items: [{ email: ADA }] },
			],
		});
		expect(said).not.toEqual([
			expect.stringMatching(/^'ada@example.com' was not invited or updated/),
		]);
	});
});

describe("D3, W4: 'Add' takes nothing away even if the new invitation takes two attempts", () => {
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

	test('D3: the new invitation gives what the revoked one gave, after Retry On Fail', async () => {
		const outcome = await playScenario({
			people,
			faults: refusedOnce,
			runs: [
				{
					operation: 'teammate.upsert',
					continueOnFail: false,
					retryOnFail: true,
					maxTries: 2,
					items: [{ email: ADA, ...adding }],
				},
			],
		});
		const [{ scopes: given }] = outcome.history.truth.latest('acme').invitations;
		expect(given).toEqual(['mail.send', 'stats.read']);
		expect(untrue(outcome)).toEqual([]);
	});

	test('D3: the new invitation gives what the revoked one gave, in a second row with the same wish', async () => {
		const { history } = await playScenario({
			people,
			faults: refusedOnce,
			runs: [
				{
					operation: 'teammate.upsert',
					items: [
						{ email: ADA, ...adding },
						{ email: ADA, ...adding },
					],
				},
			],
		});
		const [{ scopes: given }] = history.truth.latest('acme').invitations;
		expect(given).toEqual(['mail.send', 'stats.read']);
	});
});

test('D4: Dry Run does not promise a new invitation that it would refuse', async () => {
	const items = (dryRun: boolean) => [
		{ email: ADA, ...adding, dryRun, parameters: { options: { dryRun } } },
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

describe('W4, W7: messages report what was done', () => {
	test('W4: Offboard reports what an earlier try revoked while another execution is busy with the person', async () => {
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
					items: [{ email: ADA, ...adding }],
				},
			],
		});
		expect(history.truth.writes[0]).toMatchObject({ method: 'DELETE', hasChanged: true });
		expect(said).not.toEqual([expect.stringMatching(/^'ada@example.com' was not offboarded/)]);
	});

	test('W7: Delete reports one of two teammates as deleted if the limit makes readings out of date again and again', async () => {
		const outcome = await playScenario({
			weather: 'undisturbed',
			rateLimit: { limit: 3, windowMs: 60_000, reset: 'epoch' },
			people: [
				...addresses(2, 'p').map((email) => ({ email })),
				{ email: ADA, username: 'countess' },
				{ email: ADA, username: 'lovelace' },
				...Array.from({ length: 40 }, (_, index) => ({ email: `q${index}@example.com` })),
			],
			runs: [
				{
					operation: 'teammate.offboard',
					items: [
						...addresses(2, 'p').map((email) => ({ email })),
						{ email: ADA },
						...Array.from({ length: 40 }, (_, index) => ({ email: `q${index}@example.com` })),
					],
				},
			],
		});
		expect(untrue(outcome)).toEqual([]);
		expect(failuresOf(outcome)).toEqual([]);
	});

	test("W6: somebody else's scope is not claimed if our change is dropped as a whole", async () => {
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

	test('W4: a second call of Create or Update with another Expires Within Days stays unclear', async () => {
		const { said, mailsTo } = await playScenario({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
			runs: [
				{
					operation: 'teammate.upsert',
					entrance: 'agentNode',
					maxWait: 5,
					items: [2, 3].map((days) => ({
						email: ADA,
						...adding,
						ifPending: 'resendIfExpiring',
						expiresWithinDays: days,
						parameters: { expiresWithinDays: days },
					})),
				},
			],
		});
		for (const answer of said) expect(answer).toMatch(/^It is unclear/);
		expect(said).toHaveLength(2);
		expect(mailsTo(ADA)).toBe(1);
	});

	test("W4: an agent's unclear update stays unclear when n8n tries again", async () => {
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
});

describe('Cases from an outside review:', () => {
	test('A2: Max Wait of five seconds bounds the wait for missing answers', async () => {
		const outcome = await playScenario({
			faults: [{ method: 'GET', times: Infinity, fault: { kind: 'hang', when: 'before' } }],
			runs: [
				{
					operation: 'teammate.getStatus',
					timeout: 5 * MINUTE,
					maxWait: 5,
					items: [{ email: ADA }],
				},
			],
		});
		// One request may take as long as Timeout allows, with Max Wait on top.
		expect(tookOf(outcome)).toBeLessThan(5 * MINUTE + 10 * SECOND);
	});

	test('W1: two people with crossed usernames and addresses do not wait forever', async () => {
		const outcome = await playScenario({
			people: [
				{ username: 'x@example.com', email: 'y@example.com' },
				{ username: 'y@example.com', email: 'x@example.com' },
			],
			runs: [
				{
					operation: 'teammate.updatePermissions',
					maxWait: 5,
					items: [
						{ username: 'x@example.com', access: STATS, mode: 'add' },
						{ username: 'y@example.com', access: STATS, mode: 'add' },
					],
				},
			],
		});
		expect(outcome.history.isStuck).toBe(false);
		expect(tookOf(outcome)).toBeLessThan(MINUTE);
	}, 60_000);

	test('K3/D3: Delete spares somebody who becomes an admin while it waits two minutes for the rate limit', async () => {
		const { left } = await playScenario({
			people: [{ email: ADA }],
			faults: [
				{ method: 'DELETE', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 120 } },
			],
			acts: [{ at: MINUTE, account: 'acme', email: ADA, what: { kind: 'promote' } }],
			runs: [{ operation: 'teammate.delete', items: [{ email: ADA }] }],
		});
		expect(left()).toEqual([ADA]);
	});
});

describe('Sync With List', () => {
	const LIST = 'teammate.sync';

	/** An item of a list that lets at most this many others go. */
	const row = (
		email: string,
		most = 5,
		parameters: Record<string, unknown> = {},
	): ScenarioItem => ({
		email,
		access: STATS,
		ifPending: 'leave',
		ifAccessDiffers: 'update',
		others: { most },
		parameters: { offboardOthers: true, maxOffboarded: most, ...parameters },
	});

	const actions = ({ played: [{ ended }] }: Outcome) =>
		(ended?.output ?? []).map(({ json }) => `${json.action} ${json.email}`);

	test('List: updates somebody who accepts between the plan and the writing', async () => {
		const outcome = await playWell({
			people: [{ email: ADA, state: 'pending', scopes: ['mail.send'], token: 'old' }],
			acts: [
				{
					at: 1,
					after: { method: 'GET', path: /\/v3\/scopes$/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)] }],
		});
		expect(actions(outcome)).toEqual([`updated ${ADA}`]);
		expect(outcome.scopesOf(ADA)).toEqual(['stats.read']);
		expect(outcome.mailsTo(ADA)).toBe(0);
	});

	test('List: Dry Run goes by the access that the list gives a colleague, as the real run does', async () => {
		const bob = 'bob@example.com';
		const like: Access = { kind: 'teammate', scopes: [], sameAs: { by: 'email', value: bob } };
		const played = async (dryRun: boolean) => {
			const common = { ...upsert, ifAccessDiffers: 'update', dryRun };
			const parameters = { options: { dryRun } };
			return await playWell({
				weather: 'undisturbed',
				people: [{ email: ADA }, { email: bob }],
				runs: [
					{
						operation: LIST,
						items: [
							{ email: ADA, ...common, access: like, parameters },
							{ email: bob, ...common, access: STATS, parameters },
						],
					},
				],
			});
		};
		expect((await played(true)).said).toMatchObject([{ would: 'updated' }, { would: 'updated' }]);
		const real = await played(false);
		expect(real.said).toMatchObject([{ action: 'updated' }, { action: 'updated' }]);
		expect(real.scopesOf(ADA)).toEqual(['stats.read']);
	});

	test('List: removes a leaver who accepts while the invitation is being revoked', async () => {
		const BOB = 'bob@example.com';
		const outcome = await playWell({
			people: [{ email: BOB, state: 'pending', token: 'bobs' }],
			acts: [
				{
					at: 1,
					after: { method: 'POST', path: /\/v3\/teammates$/ },
					account: 'acme',
					email: BOB,
					what: { kind: 'accept' },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)] }],
		});
		expect(actions(outcome)).toEqual([`invited ${ADA}`, `offboarded ${BOB}`]);
		expect(outcome.left()).toEqual([ADA]);
	});

	test('List: keeps a leaver who becomes an admin after the plan', async () => {
		const BOB = 'bob@example.com';
		const outcome = await playWell({
			people: [{ email: BOB }],
			acts: [
				{
					at: 1,
					after: { method: 'POST', path: /\/v3\/teammates$/ },
					account: 'acme',
					email: BOB,
					what: { kind: 'promote' },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)] }],
		});
		expect(outcome.left().sort()).toEqual([ADA, BOB]);
	});

	test('List: keeps everybody who comes in after the plan', async () => {
		const outcome = await playWell({
			people: [{ email: 'bob@example.com' }],
			acts: [
				{
					at: 1,
					after: { method: 'POST', path: /\/v3\/teammates$/ },
					account: 'acme',
					email: 'late@example.com',
					what: { kind: 'invite', access: STATS },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)] }],
		});
		expect(outcome.left().sort()).toEqual([ADA, 'late@example.com']);
	});

	test('List: applies Max Offboarded to all tries together', async () => {
		const outcome = await playWell({
			people: ['bob', 'cleo'].map((name) => ({ email: `${name}@example.com`, username: name })),
			faults: [
				{
					method: 'DELETE',
					path: '/v3/teammates/cleo',
					times: 1,
					fault: { kind: 'status', status: 400, when: 'before' },
				},
			],
			acts: [
				{
					at: 1,
					after: { method: 'DELETE', path: /\/v3\/teammates\/cleo$/ },
					account: 'acme',
					email: 'late@example.com',
					what: { kind: 'invite', access: STATS },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA, 2)], continueOnFail: false, retryOnFail: true }],
		});
		expect(outcome.left().sort()).toEqual([ADA, 'cleo@example.com', 'late@example.com']);
		expect(outcome.played[0].ended?.error?.message).toMatch(
			/^The rest of the list was not applied: 3 people would be offboarded, and 'Max Offboarded' is 2/,
		);
		expect(outcome.mailsTo(ADA)).toBe(1);
	});

	const RETRIED = { continueOnFail: false, retryOnFail: true };

	test('List: reports what an earlier try revoked even if nothing is left to do', async () => {
		const outcome = await playWell({
			people: [{ email: ADA, state: 'pending', scopes: ['mail.send'], token: 'old' }],
			faults: [
				{ method: 'POST', times: 1, fault: { kind: 'status', status: 403, when: 'before' } },
			],
			acts: [
				{
					at: 1,
					after: { method: 'POST', path: /\/v3\/teammates$/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'invite', access: STATS },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)], ...RETRIED }],
		});
		expect(outcome.played[0].ended?.output[0].json).toMatchObject({
			action: 'reinvited',
			changed: true,
			reason: expect.stringContaining('An earlier invitation of this person was revoked.'),
		});
	});

	test('List: reports what an earlier try revoked of a leaver who otherwise has to stay', async () => {
		const BOB = 'bob@example.com';
		const outcome = await playWell({
			people: [
				{ email: BOB, state: 'pending', token: 'bobs' },
				{ email: BOB, username: 'bob' },
			],
			faults: [
				{
					method: 'DELETE',
					path: '/v3/teammates/bob$',
					times: 1,
					fault: { kind: 'status', status: 400, when: 'before' },
				},
			],
			acts: [
				{
					at: 1,
					after: { method: 'DELETE', path: /\/v3\/teammates\/bob$/ },
					account: 'acme',
					email: BOB,
					what: { kind: 'promote' },
				},
			],
			runs: [{ operation: LIST, items: [row(ADA)], ...RETRIED }],
		});
		expect(outcome.played[0].ended?.error?.message).toMatch(
			/^The invitation of 'bob@example.com' was revoked, but not everything was removed: This person is an admin/,
		);
	});

	test('List: removes nobody who is missed while a list of several pages changes', async () => {
		const others = addresses(10, 'person');
		// Page 1 is read 150 ms after the start, page 2 at 250 ms: two admins, who would stay, leave in between.
		const deleted = (email: string) =>
			({ at: 200, account: 'acme', email, what: { kind: 'delete' } }) as const;
		const { left, played } = await playWell({
			behaviours: { maxPage: 5 },
			people: others.map((email, index) => ({
				email,
				role: index < 2 ? ('admin' as const) : ('teammate' as const),
			})),
			acts: [deleted(others[0]), deleted(others[1])],
			runs: [{ operation: LIST, items: [row(others[2], 6)] }],
		});
		expect(String(played[0].ended?.output[0].json.error)).toContain("'Max Offboarded' is 6");
		expect(left()).toHaveLength(8);
	});

	test('List: leaves a write with an unknown outcome unclear in the next try', async () => {
		const outcome = await playWell({
			people: [{ email: 'bob@example.com' }],
			faults: [{ method: 'POST', fault: { kind: 'drop', when: 'after' } }],
			runs: [
				{
					operation: LIST,
					items: [row(ADA)],
					continueOnFail: false,
					retryOnFail: true,
					maxWait: 0,
				},
			],
		});
		expect(outcome.said[0]).toMatch(/^It is unclear whether 'ada@example.com' was invited/);
		expect(outcome.mailsTo(ADA)).toBe(1);
		expect(outcome.left()).toContain('bob@example.com');
	});

	test('List: leaves it unclear if the next try cannot even read the person', async () => {
		const { said, history } = await playWell({
			people: [{ email: ADA, role: 'admin' }],
			behaviours: { detailScopes: 'absent' },
			runs: [
				{
					operation: LIST,
					items: [{ ...row(ADA), allowAdmins: true }],
					continueOnFail: false,
					retryOnFail: true,
				},
			],
		});
		expect(history.truth.writes.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
		expect(said[0]).toContain('It is unclear whether the permissions of ');
	});
});
