import type { Access } from './script.mts';
import { playScenario, type Outcome, type Scenario } from './scenario.mts';

/**
 * What histories of the `crowded` mix have found: several parties who act on one person just when something is in
 * doubt.
 */

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';
const SECOND = 1000;

const scopes = (...names: string[]) => ({ kind: 'scopes', scopes: names }) as const;
const STATS = scopes('stats.read');
const ADMIN: Access = { kind: 'admin', scopes: [] };

const adding = { access: STATS, ifPending: 'leave', ifAccessDiffers: 'add', expiresWithinDays: 2 };

/** Plays a scenario that the oracle must not object to. */
async function playWell(scenario: Scenario): Promise<Outcome> {
	const outcome = await playScenario(scenario);
	expect(outcome.findings).toEqual([]);
	return outcome;
}

const pending = (email: string, ...names: string[]) => ({
	email,
	state: 'pending' as const,
	scopes: names,
	expiresInSeconds: 500_000,
});

const UNAVAILABLE = { kind: 'status', status: 503, when: 'before' } as const;

const REFUSED_ONCE = {
	method: 'POST',
	fault: { kind: 'status', status: 403, when: 'before' },
} as const;

/** What a person's invitations give in the end. */
const invitedTo = ({ history }: Outcome, email: string) =>
	history.truth
		.latest('acme')
		.invitations.filter((one) => one.email === email)
		.map((one) => [...one.scopes].sort());

test('K1: pages of one record are read on if another run revokes an invitation before the one that is read', async () => {
	const { left } = await playWell({
		behaviours: { maxPage: 1 },
		people: [pending(ADA), pending('cleo@example.com'), pending(BOB), pending('Bob@example.com')],
		runs: [{ operation: 'teammate.offboard', items: [{ email: BOB }] }],
		acts: [
			{
				at: 220,
				account: 'acme',
				email: ADA,
				what: { kind: 'revoke' },
			},
		],
	});
	expect(left()).toEqual(['cleo@example.com']);
});

describe("D3, W4: access that an agent's call has revoked", () => {
	test("is given again by the next call's invitation", async () => {
		const outcome = await playWell({
			people: [pending(ADA, 'mail.send')],
			faults: [REFUSED_ONCE],
			runs: [
				{
					operation: 'teammate.upsert',
					entrance: 'agentNode',
					items: [
						{ email: ADA, ...adding },
						{ email: ADA, ...adding },
					],
				},
			],
		});
		expect(outcome.said[0]).toMatch(/ was revoked, but the new one was not sent/);
		expect(invitedTo(outcome, ADA)).toEqual([['mail.send', 'stats.read']]);
	});

	test('is not given again to somebody who was offboarded meanwhile', async () => {
		const outcome = await playWell({
			people: [pending(ADA, 'mail.send')],
			faults: [REFUSED_ONCE],
			runs: ['teammate.upsert', 'teammate.offboard', 'teammate.upsert'].map((operation, index) => ({
				operation,
				entrance: 'agentNode' as const,
				startsAt: index * 30 * SECOND,
				items: [{ email: ADA, ...(operation === 'teammate.upsert' && adding) }],
			})),
		});
		expect(invitedTo(outcome, ADA)).toEqual([['stats.read']]);
	});
});

test('W1: another execution does not start from an old record while an update is in doubt (504, twenty seconds late)', async () => {
	const { scopesOf } = await playWell({
		people: [{ email: ADA, scopes: ['alerts.read'] }],
		faults: [{ method: 'PATCH', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{
				operation: 'teammate.updatePermissions',
				maxWait: 5,
				items: [{ email: ADA, access: STATS, mode: 'add' }],
			},
			{
				operation: 'teammate.updatePermissions',
				startsAt: 8 * SECOND,
				items: [{ email: ADA, access: scopes('mail.send'), mode: 'add' }],
			},
		],
	});
	expect(scopesOf(ADA)).toEqual(expect.arrayContaining(['alerts.read', 'stats.read', 'mail.send']));
});

test('W1: an item that may not wait so long says that nothing was done, and sends nothing', async () => {
	const { answers, scopesOf } = await playWell({
		people: [{ email: ADA, scopes: ['alerts.read'] }],
		faults: [{ method: 'PATCH', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{
				operation: 'teammate.updatePermissions',
				maxWait: 5,
				items: [
					{ email: ADA, access: STATS, mode: 'add' },
					{ email: ADA, access: scopes('mail.send'), mode: 'add' },
				],
			},
		],
	});
	expect(answers[0].failure).toMatch(/^It is unclear whether /);
	expect(answers[1].failure).toMatch(
		/^The permissions of 'ada@example.com' were not updated: an earlier change of this person may still be carried out/,
	);
	expect(scopesOf(ADA)).not.toContain('mail.send');
});

test('W7: the next try of Revoke says that one of two invitations was revoked and the other accepted', async () => {
	const { said } = await playWell({
		people: [
			pending(ADA, 'stats.read'),
			{ ...pending('Ada@example.com', 'stats.read'), expiresInSeconds: 400_000 },
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
		runs: [
			{
				operation: 'invitation.revoke',
				continueOnFail: false,
				retryOnFail: true,
				items: [{ email: ADA }],
			},
		],
	});
	expect(said[0]).toMatch(
		/^An invitation of 'ada@example.com' was revoked, but another was not: the person has already accepted/,
	);
});

test.each([
	['teammate.updatePermissions', { access: ADMIN, mode: 'replace' }],
	['teammate.upsert', { ...adding, access: ADMIN }],
] as const)(
	'W3: %s is unclear if admin access is given, the answer is lost, and no record says who is an admin',
	async (operation, item) => {
		const { said, history } = await playWell({
			people: [{ email: ADA }],
			behaviours: { adminFlag: 'hidden' },
			faults: [{ method: 'PATCH', fault: { kind: 'drop', when: 'after' } }],
			runs: [{ operation, retryOnFail: true, items: [{ email: ADA, ...item }] }],
		});
		expect(said[0]).toMatch(/^It is unclear whether /);
		expect(history.truth.writes).toHaveLength(1);
	},
);

test('W6: given admin access is unclear if no record says who is an admin', async () => {
	const { said } = await playWell({
		people: [{ email: ADA }],
		behaviours: { adminFlag: 'hidden' },
		runs: [
			{
				operation: 'teammate.updatePermissions',
				items: [{ email: ADA, access: ADMIN, mode: 'replace' }],
			},
		],
	});
	expect(said[0]).toMatch(/ does not say whether this person is an admin/);
});

test('W3: an invitation that may be ours is unclear if somebody else revokes it before the next probe', async () => {
	const { said } = await playWell({
		clocks: { aheadMs: 600_000, hasNoDate: true },
		faults: [
			{ method: 'POST', fault: { kind: 'status', status: 503, when: 'after' } },
			REFUSED_ONCE,
		],
		acts: [
			{
				at: SECOND,
				after: { method: 'POST', path: /teammates$/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'revoke' },
			},
		],
		runs: [{ operation: 'invitation.invite', items: [{ email: ADA, access: STATS }] }],
	});
	expect(said[0]).toMatch(/^It is unclear whether /);
});

test("W4: an agent's next try reports what its first try has revoked", async () => {
	const { said } = await playWell({
		people: [{ email: ADA }, pending(ADA)],
		faults: [{ method: 'DELETE', path: /ada/, fault: UNAVAILABLE }],
		acts: [
			{
				at: 300,
				after: { method: 'DELETE', path: /ada/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'promote' },
			},
		],
		runs: [
			{
				operation: 'teammate.offboard',
				entrance: 'agentNode',
				retryOnFail: true,
				items: [{ email: ADA }],
			},
		],
	});
	expect(said[0]).toMatch(/^The invitation of 'ada@example.com' was revoked, but not everything/);
});

test('W4: an agent that had to wait does not claim what another one has removed', async () => {
	const run = {
		operation: 'teammate.offboard',
		entrance: 'agentNode' as const,
		items: [{ email: ADA }],
	};
	const { answers } = await playWell({
		people: [{ email: ADA }],
		runs: [run, { ...run, startsAt: 50 }],
	});
	expect(answers.map(({ records }) => records?.[0].changed)).toEqual([true, false]);
});

test('W3: a resent invitation is unclear if the answer is lost and it is accepted at once', async () => {
	const { said } = await playWell({
		people: [
			{ ...pending(ADA, 'stats.read'), token: 'first' },
			pending('Ada@example.com', 'stats.read'),
		],
		faults: [{ method: 'POST', fault: { kind: 'drop', when: 'after' } }],
		acts: [
			{
				at: 10,
				after: { method: 'POST', path: /resend$/ },
				account: 'acme',
				email: ADA,
				what: { kind: 'accept' },
			},
		],
		runs: [{ operation: 'invitation.resend', items: [{ token: 'first' }] }],
	});
	expect(said[0]).toMatch(/^It is unclear whether /);
});

test.each(['invitation.invite', 'teammate.upsert'])(
	"W4: %s stays unclear in an agent's next try, which another execution keeps waiting",
	async (operation) => {
		const { said } = await playWell({
			faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
			runs: [
				{
					operation,
					entrance: 'agentNode',
					retryOnFail: true,
					maxTries: 2,
					waitBetweenTries: 3 * SECOND,
					maxWait: 2,
					items: [{ email: ADA, ...adding }],
				},
				{
					// Waits, with the lock, until the first one's invitation can no longer come.
					operation: 'teammate.upsert',
					startsAt: SECOND,
					items: [{ email: ADA, ...adding, access: scopes('mail.send') }],
				},
			],
		});
		expect(said[0]).toMatch(/^It is unclear whether 'ada@example.com' was invited/);
	},
);

test.each(['teammate.getStatus', 'teammate.getAll'])(
	'K3: %s says about an invitation what was true when it was read, even long before the answer',
	async (operation) => {
		const { said } = await playWell({
			people: [{ ...pending(ADA, 'stats.read'), expiresInSeconds: 4 }],
			network: { latency: { least: SECOND, most: SECOND }, wireFaults: [] },
			acts: [{ at: 3.5 * SECOND, account: 'acme', email: ADA, what: { kind: 'revoke' } }],
			runs: [
				{
					operation,
					items: [
						{
							email: ADA,
							includesInvitations: true,
							returnAll: true,
							parameters: { includeInvitations: true, returnAll: true },
						},
					],
				},
			],
		});
		expect(said[0]).toMatchObject({ email: ADA, status: 'pending' });
	},
);
