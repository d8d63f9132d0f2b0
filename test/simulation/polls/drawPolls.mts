import type { Fault, FaultRule } from '../../../sandbox/faults.mts';
import { BEHAVIOUR_CANDIDATES, type Behaviours } from '../../../sandbox/behaviours.mts';
import { Random } from '../random.mts';
import type { PersonPlan } from '../script.mts';
import { SCOPES } from '../draw/people.mts';
import type { Happening, Keeping, N8nAct, PollAct, PollScript, Spell } from './pollScript.mts';

const FIRST_DAY = Date.UTC(2026, 10, 26, 10);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NAMES = ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana'];
const ADDRESSES = NAMES.map((name) => `${name}@example.com`);

const EVENTS = [
	'accessRequested',
	'adminChanged',
	'invitationAccepted',
	'invitationExpired',
	'invitationExpiring',
	'scopesChanged',
	'teammateAdded',
	'teammateRemoved',
];

/** The unknown behaviour of SendGrid that polls can meet. */
const UNKNOWNS: ReadonlyArray<keyof Behaviours> = [
	'tokenChangesOnResend',
	'expiredStayListed',
	'pendingPaging',
	'maxPage',
	'inviteToken',
	'listKey',
	'adminFlag',
	'expiryForm',
];

function drawPerson(random: Random, email: string): PersonPlan[] {
	const person: PersonPlan = {
		email,
		state: 'teammate',
		scopes: random.some(SCOPES, random.whole(0, 3)),
		role: 'teammate',
		isSso: false,
	};
	return random.weighted<() => PersonPlan[]>([
		[5, () => []],
		[4, () => [person]],
		[1, () => [{ ...person, username: `legacy_${email.split('@')[0]}` }]],
		[1, () => [{ ...person, role: 'admin', scopes: [] }]],
		[1, () => [{ ...person, isSso: true }]],
		[
			5,
			() => [
				{
					...person,
					state: 'pending',
					expiresInSeconds: random.pick([-86_400, 3600, 86_400, 3 * 86_400, 7 * 86_400]),
					token: random.id(),
				},
			],
		],
	])();
}

function drawPeople(random: Random): PersonPlan[] {
	const owner: PersonPlan = {
		email: 'olivia@example.com',
		username: 'the_owner',
		state: 'teammate',
		scopes: [],
		role: 'owner',
		isSso: false,
	};
	const size = random.weighted([
		[6, 0],
		[5, 10],
		[1, 60],
	]);
	const crowd = Array.from(
		{ length: size },
		(_, index): PersonPlan => ({
			email: `crowd${index}@example.com`,
			state: 'teammate',
			scopes: ['stats.read'],
			role: 'teammate',
			isSso: false,
		}),
	);
	return [owner, ...ADDRESSES.flatMap((email) => drawPerson(random, email)), ...crowd];
}

function drawHappening(random: Random, isCrowded: boolean): Happening {
	const scopes = random.some(SCOPES, random.whole(1, 2));
	return random.weighted<Happening>([
		[6, { kind: 'invite', access: { kind: 'scopes', scopes } }],
		[8, { kind: 'accept' }],
		[2, { kind: 'resend' }],
		[3, { kind: 'revoke' }],
		[3, { kind: 'delete' }],
		[2, { kind: 'promote' }],
		[2, { kind: 'demote' }],
		[2, { kind: 'grant', scopes }],
		[2, { kind: 'withdraw', scopes }],
		[2, { kind: 'signOn' }],
		[2, { kind: 'ask' }],
		[1, { kind: 'answer' }],
		[1, { kind: 'rename' }],
		[isCrowded ? 1 : 0, { kind: 'renameOwner' }],
	]);
}

/** Times around those of the polls: right before, in the middle, and long before or after. */
function drawActs(random: Random, polls: readonly number[], isCrowded: boolean): PollAct[] {
	const count = random.whole(3, 16);
	return Array.from({ length: count }, () => {
		const near =
			random.pick(polls) + random.pick([-MINUTE, -SECOND, 60, 150, 300, 600, SECOND, HOUR]);
		return {
			at: Math.max(0, near),
			email: random.pick(ADDRESSES),
			what: drawHappening(random, isCrowded),
		};
	});
}

const drawFault = (random: Random): Fault => {
	const when = 'before';
	return random.weighted<() => Fault>([
		[4, () => ({ kind: 'status', status: random.pick([500, 502, 503]), when })],
		[3, () => ({ kind: 'status', status: 403, when })],
		[2, () => ({ kind: 'drop', when })],
		[3, () => ({ kind: 'hang', when })],
		[3, () => ({ kind: 'slow', ms: random.pick([300, 5000, 40_000]) })],
		[2, () => ({ kind: 'dribble', when })],
		[1, () => ({ kind: 'truncated-json' })],
		[1, () => ({ kind: 'empty-body' })],
		[1, () => ({ kind: 'html', status: 502, when })],
		[1, () => ({ kind: 'status', status: 200, when, body: { result: [] } })],
		[1, () => ({ kind: 'status', status: 200, when, body: { errors: [{ message: 'not now' }] } })],
		[
			2,
			() => ({
				kind: 'rate-limited',
				header: random.pick(['epoch', 'retry-after', 'none'] as const),
				seconds: random.pick([1, 5, 30, 600]),
			}),
		],
	])();
};

const PLACES: ReadonlyArray<Pick<FaultRule, 'path'>> = [
	{ path: /\/teammates$/ },
	{ path: /\/pending$/ },
	{ path: /\/teammates\/(?!pending)/ },
	{ path: /\/teammates\/[^/]*ada/ },
	{ path: /requests$/ },
	{},
];

function drawSpells(random: Random, polls: readonly number[]): Spell[] {
	const count = random.weighted([
		[5, 0],
		[3, 1],
		[2, random.whole(2, 4)],
	]);
	return Array.from({ length: count }, (): Spell => {
		const from = Math.max(0, random.pick(polls) - SECOND);
		const to = from + random.pick([5 * SECOND, 2 * MINUTE, 6 * HOUR]);
		if (random.chance(0.15)) {
			const path = random.pick([/\/teammates$/, /\/pending$/]);
			return { from, to, what: { kind: 'stuckPages', path, page: random.pick([3, 50]) } };
		}
		const rule = {
			method: 'GET',
			...random.pick(PLACES),
			times: random.pick([1, 1, 2, 4, Infinity]),
			fault: drawFault(random),
		};
		return { from, to, what: { kind: 'fault', rule } };
	});
}

/** When polls are due: minutes to days apart, sometimes two at once. */
function drawTicks(random: Random): number[] {
	const ticks = [0];
	const count = random.whole(3, 14);
	const usual = random.pick([MINUTE, HOUR, DAY]);
	for (let index = 0; index < count; index += 1) {
		const last = ticks[ticks.length - 1];
		const pause = random.weighted([
			[6, usual],
			[2, random.pick([MINUTE, HOUR, DAY, 3 * DAY, 8 * DAY])],
			[2, random.pick([100, 400, 3000])],
		]);
		ticks.push(last + pause + random.whole(0, 500));
	}
	return ticks;
}

function drawN8n(random: Random, ticks: readonly number[], keeping: Keeping): N8nAct[] {
	const acts: N8nAct[] = ticks.map((at, index) => ({
		at,
		kind: 'poll',
		isDiscarded: index > 0 && random.chance(0.04),
	}));
	const near = () => Math.max(1, random.pick(ticks) + random.pick([-HOUR, -1000, 120, 300, 2000]));
	if (random.chance(0.35)) acts.push({ at: near(), kind: 'restart' });
	if (keeping === 'classic' && random.chance(0.25)) acts.push({ at: near(), kind: 'reactivate' });
	if (random.chance(0.12)) {
		const at = Math.max(1, random.pick(ticks) - 1000);
		const ahead = random.pick([10, -10, 0.01]) * DAY;
		acts.push({ at, kind: 'clock', ahead }, { at: at + 2 * HOUR, kind: 'clock', ahead: 0 });
	}
	return acts.sort((one, other) => one.at - other.at);
}

/** A whole history of polls, from its seed alone. */
export function drawPolls(seed: number): PollScript {
	const random = new Random(seed ^ 0x1b873593);
	const people = drawPeople(random);
	const isCrowded = people.length > 15;
	const keeping = random.weighted<Keeping>([
		[4, 'classic'],
		[3, 'durable'],
		[3, 'scheduled'],
	]);
	const ticks = drawTicks(random);
	const behaviours: Record<string, unknown> = {};
	for (const name of UNKNOWNS) {
		// People who can't be distinguished from admins are reported by what their scopes show.
		const candidates: readonly unknown[] = BEHAVIOUR_CANDIDATES[name];
		const drawn = candidates.filter((candidate) => candidate !== 'hidden');
		if (random.chance(0.15)) behaviours[name] = random.pick(drawn);
	}
	// With pages of one record, it can't be known whether paging has got stuck.
	if (behaviours.maxPage === 1) behaviours.maxPage = 2;
	if (random.chance(0.02)) behaviours.accessRequests = 'gone';
	if (random.chance(0.02)) behaviours.detailScopes = 'absent';
	const isLate = random.chance(0.2);
	const most = random.pick([20, 80, 400]);
	return {
		seed,
		startsAt: FIRST_DAY + random.whole(0, 59_999),
		keeping,
		budgetMs: keeping === 'classic' ? undefined : random.pick([36_000, 36_000, 6000]),
		fetchMs: random.pick([0, 50, 400]),
		events: random.chance(0.7) ? EVENTS : random.some(EVENTS, random.whole(1, 4)).sort(),
		expiresWithinDays: random.pick([0.5, 1, 2, 2, 5]),
		people,
		behaviours: behaviours as Partial<Behaviours>,
		lag: {
			teammates: isLate ? random.pick([0, 700, 3000, 90_000]) : 0,
			invitations: isLate ? random.pick([0, 700, 3000]) : 0,
		},
		network: { latency: { least: Math.ceil(most / 4), most }, wireFaults: [] },
		spells: drawSpells(random, ticks),
		acts: drawActs(random, ticks, isCrowded),
		n8n: drawN8n(random, ticks, keeping),
	};
}
