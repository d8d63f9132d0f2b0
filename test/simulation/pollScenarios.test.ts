import { playPollScenario, type PollOutcome, type PollScenario } from './polls/pollScenario.mts';
import type { Happening } from './polls/pollScript.mts';

/**
 * Problems of time and order that the trigger has had, each as a separate history on the virtual clock. The
 * expectations have what the polls said, and the oracle objects to nothing.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';

const minutes = (count: number) => Array.from({ length: count }, (_, index) => index * MINUTE);

const addresses = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ email: `person${index}@example.com` }));

const pending = (email: string, days = 7) => ({
	email,
	state: 'pending' as const,
	expiresInSeconds: (days * DAY) / SECOND,
});

const invite: Happening = {
	kind: 'invite',
	access: { kind: 'scopes', scopes: ['stats.read'] },
};
const accept = { kind: 'accept' } as const;

const joined = (email: string) => [`invitationAccepted ${email}`, `teammateAdded ${email}`];

/** Plays a scenario that the oracle must not object to. */
async function playWell(scenario: PollScenario): Promise<PollOutcome> {
	const outcome = await playPollScenario(scenario);
	expect({
		findings: outcome.findings,
		trace: outcome.findings.length > 0 && outcome.trace,
	}).toEqual({ findings: [], trace: false });
	return outcome;
}

describe('overlap: one of two simultaneous polls reports', () => {
	test.each(['classic', 'scheduled', 'durable'] as const)(
		'overlap, %s: one of two simultaneous polls reports',
		async (keeping) => {
			const { said } = await playWell({
				keeping,
				polls: [0, MINUTE, MINUTE + 40, MINUTE + 120, 2 * MINUTE],
				acts: [{ at: 30 * SECOND, email: ADA, what: { kind: 'signOn' } }],
			});
			expect(said.filter((events) => events.length > 0)).toEqual([[`teammateAdded ${ADA}`]]);
		},
	);

	test('overlap: a state that was fetched before the last report was stored repeats nothing', async () => {
		const { said } = await playWell({
			keeping: 'durable',
			fetchMs: 400,
			polls: [0, MINUTE, MINUTE + 200, 2 * MINUTE],
			acts: [{ at: 30 * SECOND, email: ADA, what: { kind: 'signOn' } }],
			network: { latency: { least: 5, most: 5 }, wireFaults: [] },
		});
		expect(said.filter((events) => events.length > 0)).toEqual([[`teammateAdded ${ADA}`]]);
	});

	test.each(['classic', 'scheduled', 'durable'] as const)(
		'overlap: what n8n discards is reported again, %s',
		async (keeping) => {
			const { said } = await playWell({
				keeping,
				polls: [0, MINUTE, 3 * MINUTE, 4 * MINUTE],
				n8n: [{ at: 2 * MINUTE, kind: 'poll', isDiscarded: true }],
				acts: [{ at: 90 * SECOND, email: ADA, what: { kind: 'signOn' } }],
			});
			const told = [`teammateAdded ${ADA}`];
			expect(said).toEqual([[], [], told, told, []]);
		},
	);
});

describe('one bad record: the others are reported', () => {
	test.each([403, 500])('one bad record: %i stops nobody else', async (status) => {
		const { said } = await playWell({
			people: [{ email: ADA, scopes: ['stats.read'] }, { email: BOB }],
			polls: minutes(4),
			spells: [
				{
					from: 30 * SECOND,
					to: 100 * SECOND,
					what: {
						kind: 'fault',
						rule: {
							path: /ada/,
							times: Infinity,
							fault: { kind: 'status', status, when: 'before' },
						},
					},
				},
			],
			acts: [
				{ at: 30 * SECOND, email: ADA, what: { kind: 'grant', scopes: ['mail.send'] } },
				{ at: 30 * SECOND, email: BOB, what: { kind: 'grant', scopes: ['mail.send'] } },
			],
		});
		expect(said).toEqual([[], [`scopesChanged ${BOB}`], [`scopesChanged ${ADA}`], []]);
	});
});

test('a hanging answer makes the overdue poll fail visibly, and the next one report', async () => {
	const { said } = await playWell({
		keeping: 'durable',
		budgetMs: 36_000,
		polls: [0, MINUTE, MINUTE + 20 * SECOND, 2 * MINUTE],
		spells: [
			{
				from: 50 * SECOND,
				to: 100 * SECOND,
				what: {
					kind: 'fault',
					rule: { path: /teammates$/, times: Infinity, fault: { kind: 'dribble', when: 'before' } },
				},
			},
		],
		acts: [{ at: 30 * SECOND, email: ADA, what: { kind: 'signOn' } }],
	});
	expect(said).toEqual([
		[],
		['fails: The poll took longer than its 36 seconds'],
		[],
		[`teammateAdded ${ADA}`],
	]);
});

describe('lag: the invitation is gone polls before the teammate is listed', () => {
	test.each(['classic', 'scheduled', 'durable'] as const)(
		'lag of two polls: an acceptance is still reported, %s',
		async (keeping) => {
			const { said } = await playWell({
				keeping,
				people: [pending(ADA)],
				lag: { teammates: 130 * SECOND, invitations: 0 },
				polls: minutes(8),
				acts: [{ at: 3.5 * MINUTE, email: ADA, what: accept }],
			});
			expect(said).toEqual([[], [], [], [], [], [], joined(ADA), []]);
		},
	);

	test('lag: a revoked invitation is not remembered beyond its date, and has not expired', async () => {
		const { said } = await playWell({
			people: [pending(ADA, 1)],
			behaviours: { expiredStayListed: false },
			polls: [0, HOUR, 2 * DAY, 3 * DAY],
			acts: [{ at: MINUTE, email: ADA, what: { kind: 'revoke' } }],
		});
		expect(said.flat()).toEqual([]);
	});
});

describe('time: readings are reported in time', () => {
	test('time: 6 s are enough with a Retry-After of 3 s and a hanging record', async () => {
		const { said, history } = await playWell({
			keeping: 'durable',
			budgetMs: 6000,
			people: [{ email: ADA, scopes: ['stats.read'] }, { email: BOB }],
			polls: [0, MINUTE, 2 * MINUTE],
			spells: [
				{
					from: 50 * SECOND,
					to: 100 * SECOND,
					what: {
						kind: 'fault',
						rule: {
							path: /pending$/,
							fault: { kind: 'rate-limited', header: 'retry-after', seconds: 3 },
						},
					},
				},
				{
					from: 50 * SECOND,
					to: 100 * SECOND,
					what: {
						kind: 'fault',
						rule: { path: /ada/, times: Infinity, fault: { kind: 'hang', when: 'before' } },
					},
				},
			],
			acts: [{ at: 30 * SECOND, email: BOB, what: { kind: 'promote' } }],
		});
		expect(said).toEqual([[], [`adminChanged ${BOB}`], []]);
		const [, { startedAt, endedAt = Infinity }] = history.polls;
		expect(endedAt - startedAt).toBeLessThan(6000);
	});
});

test('size: 400 records are read within a poll, ten at a time', async () => {
	const { history } = await playWell({
		keeping: 'durable',
		budgetMs: 36_000,
		events: ['scopesChanged'],
		people: addresses(400),
		polls: [0],
		network: { latency: { least: 50, most: 50 }, wireFaults: [] },
	});
	const [{ requests, startedAt, endedAt = Infinity }] = history.polls;
	expect(requests.filter(({ path }) => path.includes('person'))).toHaveLength(400);
	// One after the other they would take 40 s.
	expect(endedAt - startedAt).toBeLessThan(6 * SECOND);
});

describe("clocks: SendGrid's decides", () => {
	test.each([10, -10])(
		"clocks: a poll loses nothing if n8n's clock is %i days ahead",
		async (days) => {
			const { said } = await playWell({
				people: [pending(ADA)],
				polls: [0, HOUR, 2 * HOUR, 5.5 * DAY, 7.5 * DAY],
				n8n: [
					{ at: 0.5 * HOUR, kind: 'clock', ahead: days * DAY },
					{ at: 1.5 * HOUR, kind: 'clock', ahead: 0 },
				],
			});
			expect(said).toEqual([
				[],
				[],
				[],
				[`invitationExpiring ${ADA}`],
				[`invitationExpired ${ADA}`],
			]);
		},
	);
});

describe('identity', () => {
	test('identity: an owner who changes the address swallows nothing', async () => {
		const { said } = await playWell({
			people: addresses(4),
			polls: minutes(3),
			acts: [
				{ at: 30 * SECOND, email: '', what: { kind: 'renameOwner' } },
				{ at: 30 * SECOND, email: ADA, what: { kind: 'signOn' } },
			],
		});
		expect(said).toEqual([[], [`teammateAdded ${ADA}`], []]);
	});

	test('identity: a teammate who changes the address that is the username is removed and added', async () => {
		const { said } = await playWell({
			people: [...addresses(4), { email: ADA }],
			polls: minutes(3),
			acts: [{ at: 30 * SECOND, email: ADA, what: { kind: 'rename' } }],
		});
		expect(said).toEqual([[], [`teammateAdded new-${ADA}`, `teammateRemoved ${ADA}`], []]);
	});
});

describe('a list that stops paging', () => {
	test('paging: the first 50 of 60 forever fail the poll, and nobody is removed', async () => {
		const { said } = await playWell({
			people: addresses(59),
			events: ['teammateAdded', 'teammateRemoved'],
			polls: minutes(4),
			spells: [
				{
					from: 30 * SECOND,
					to: 150 * SECOND,
					what: { kind: 'stuckPages', path: /\/teammates$/, page: 50 },
				},
			],
		});
		const failure =
			"fails: The teammates could not be read: SendGrid's list doesn't continue after the first 50";
		expect(said).toEqual([[], [failure], [failure], []]);
	});
});

describe('restart', () => {
	/** Invited after the last report, and accepts while n8n is down. */
	const invitedMeanwhile: PollScenario = {
		polls: [0, MINUTE, 5 * MINUTE],
		n8n: [{ at: 3 * MINUTE, kind: 'restart' }],
		acts: [
			{ at: 30 * SECOND, email: ADA, what: invite },
			{ at: 4 * MINUTE, email: ADA, what: accept },
		],
	};

	test('restart: an acceptance in the meantime is one with durable cursors', async () => {
		const { said } = await playWell({ ...invitedMeanwhile, keeping: 'durable' });
		expect(said).toEqual([[], [], joined(ADA)]);
	});

	test('restart: it is only a Teammate Added without them, as docs/trigger.md says', async () => {
		const { said } = await playWell(invitedMeanwhile);
		expect(said).toEqual([[], [], [`teammateAdded ${ADA}`]]);
	});

	test('restart: a workflow that is off and on again within one n8n loses nothing', async () => {
		const { said } = await playWell({
			...invitedMeanwhile,
			n8n: [{ at: 3 * MINUTE, kind: 'reactivate' }],
		});
		expect(said).toEqual([[], [], joined(ADA)]);
	});

	test('restart: a workflow for each poll loses nothing if n8n stores only polls with events', async () => {
		const { said } = await playWell({ ...invitedMeanwhile, keeping: 'scheduled', n8n: [] });
		expect(said).toEqual([[], [], joined(ADA)]);
	});

	test('restart: a poll that would report is made up for when n8n restarts in the middle', async () => {
		const { said } = await playWell({
			keeping: 'durable',
			polls: [0, MINUTE, 2 * MINUTE],
			n8n: [{ at: MINUTE + 150, kind: 'restart' }],
			acts: [{ at: 30 * SECOND, email: ADA, what: { kind: 'signOn' } }],
		});
		expect(said).toEqual([[], [`teammateAdded ${ADA}`]]);
	});
});

test('state: a list without anybody is no base line', async () => {
	const { said } = await playWell({
		people: [{ email: ADA }],
		polls: minutes(3),
		spells: [
			{
				from: 0,
				to: 30 * SECOND,
				what: {
					kind: 'fault',
					rule: {
						path: /teammates$/,
						times: Infinity,
						fault: { kind: 'status', status: 200, when: 'before', body: { result: [] } },
					},
				},
			},
		],
		acts: [{ at: 90 * SECOND, email: BOB, what: { kind: 'signOn' } }],
	});
	expect(said).toEqual([
		["fails: SendGrid's list of teammates is empty, although every account has an owner"],
		[],
		[`teammateAdded ${BOB}`],
	]);
});
