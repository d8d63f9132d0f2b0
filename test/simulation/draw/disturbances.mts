import type { Fault, FaultRule, ResetForm } from '../../../sandbox/faults.mts';
import { BEHAVIOUR_CANDIDATES, type Behaviours } from '../../../sandbox/behaviours.mts';
import type { RateLimitRule } from '../../../sandbox/rate-limits.mts';
import type { Random } from '../random.mts';
import type { Act, Script, Weather } from '../script.mts';
import { drawAccess } from './items.mts';
import { drawMinutes, type Mix } from './mix.mts';
import { addressesOf, SCOPES } from './people.mts';

/** The endpoints that faults may meet: pattern of the path, and method. */
const PLACES: ReadonlyArray<readonly [number, { method?: string; path?: RegExp }]> = [
	[3, { method: 'GET', path: /\/teammates$/ }],
	[3, { method: 'GET', path: /\/pending$/ }],
	[2, { method: 'GET', path: /\/teammates\/(?!pending)/ }],
	[4, { method: 'POST', path: /\/teammates$/ }],
	[4, { method: 'POST', path: /\/resend$/ }],
	[4, { method: 'DELETE' }],
	[4, { method: 'PATCH' }],
	[2, { method: 'GET' }],
	[2, {}],
];

const drawFault = (random: Random): Fault => {
	const when = random.pick(['before', 'after'] as const);
	return random.weighted<() => Fault>([
		[5, () => ({ kind: 'status', status: random.pick([500, 502, 503]), when })],
		[3, () => ({ kind: 'status', status: 504, when })],
		[5, () => ({ kind: 'drop', when })],
		[3, () => ({ kind: 'hang', when })],
		[3, () => ({ kind: 'slow', ms: random.pick([300, 1500, 4000]) })],
		[2, () => ({ kind: 'truncated-json' })],
		[2, () => ({ kind: 'empty-body' })],
		[3, () => ({ kind: 'late', ms: random.pick([200, 1000, 5000, 20_000]) })],
		[1, () => ({ kind: 'dribble', when })],
		[1, () => ({ kind: 'html', status: 502, when })],
		[1, () => ({ kind: 'wrong-content-type' })],
		[1, () => ({ kind: 'status', status: 403, when: 'before' })],
		[
			2,
			() => ({
				kind: 'status',
				status: random.pick([200, 201]),
				when: 'before',
				body: { errors: [{ field: null, message: 'not now' }] },
			}),
		],
		[
			3,
			() => ({
				kind: 'rate-limited',
				header: random.pick<ResetForm>([
					'epoch',
					'epoch-milliseconds',
					'delta',
					'past-epoch',
					'retry-after',
					'none',
				]),
				seconds: random.pick([1, 2, 30, 365 * 86_400]),
				date: random.chance(0.2) ? new Date(0).toUTCString() : undefined,
			}),
		],
	])();
};

/** What is unknown about SendGrid, drawn for each history. */
export function drawBehaviours(random: Random, mix: Mix, weather: Weather): Partial<Behaviours> {
	const all = Object.keys(BEHAVIOUR_CANDIDATES) as Array<keyof Behaviours>;
	const names = all.filter(
		(name) => name !== 'laggingReads' && (name !== 'readLagMs' || weather !== 'undisturbed'),
	);
	const behaviours: Record<string, unknown> = {};
	for (const name of names) {
		if (random.chance(0.15)) behaviours[name] = random.pick<unknown>(BEHAVIOUR_CANDIDATES[name]);
	}
	if (behaviours.readLagMs)
		behaviours.laggingReads = random.pick(BEHAVIOUR_CANDIDATES.laggingReads);
	if (mix.isVaried && random.chance(0.25)) behaviours.maxPage = random.pick([2, 2, 3]);
	// With pages of one record, the first of two looks like a list of one: somebody may be missed when others
	// leave. Longer lists in such pages are for scenarios (K1: pages of one record).
	if (behaviours.maxPage === 1) behaviours.maxPage = 2;
	return behaviours;
}

/** A limit that a run of a few items meets, and that is soon over. */
export function drawRateLimit(random: Random, mix: Mix): RateLimitRule | undefined {
	if (mix.name === 'minutes') return drawMinutes(random);
	if (random.chance(0.8)) return undefined;
	return {
		limit: random.whole(3, 12),
		windowMs: random.pick([1000, 2000, 5000]),
		reset: random.pick(['epoch', 'delta']),
		perAccount: random.chance(0.2),
	};
}

export function drawFaults(random: Random, mix: Mix, weather: Weather): FaultRule[] {
	if (weather === 'undisturbed') return [];
	const count = weather === 'mild' ? random.whole(0, 2) : random.whole(1, 5);
	const rules = Array.from({ length: count }, () => drawRule(random));
	if (mix.isVaried) rules.push(...random.some(DOUBTS, random.whole(1, 4)));
	return rules;
}

/** Writes whose outcome is open for a while, or that are refused once. */
const DOUBTS: readonly FaultRule[] = ['PATCH', 'DELETE', 'POST'].flatMap((method): FaultRule[] => [
	{ method, fault: { kind: 'status', status: 503, when: 'before' } },
	{ method, fault: { kind: 'drop', when: 'after' } },
	{ method, fault: { kind: 'status', status: 403, when: 'before' } },
]);

function drawRule(random: Random): FaultRule {
	// Observed for changes of permissions, and visible when they are read again.
	if (random.chance(0.05)) {
		return { method: 'PATCH', path: /\/v3\/(sso\/)?teammates\//, fault: { kind: 'not-applied' } };
	}
	// Lists and records that hold nothing. As a response to a change, it can't be distinguished from a success.
	if (random.chance(0.04)) {
		return { method: 'GET', fault: { kind: 'status', status: 200, when: 'after', body: {} } };
	}
	return {
		...random.weighted(PLACES),
		times: random.pick([1, 1, 1, 2, 4]),
		probability: random.pick([1, 0.5]),
		fault: drawFault(random),
	};
}

/** Our requests that something may happen right after. */
const TIES: ReadonlyArray<readonly [number, NonNullable<Act['after']>]> = [
	[1, { method: 'GET', path: /\/teammates$/ }],
	[1, { method: 'GET', path: /\/pending$/ }],
	[1, { method: 'GET', path: /\/teammates\/(?!pending)/ }],
	[3, { method: 'POST', path: /\/(teammates|resend)$/ }],
	[3, { method: 'DELETE', path: /\/pending\// }],
	[3, { method: 'DELETE', path: /\/teammates\/(?!pending)/ }],
	[3, { method: 'PATCH', path: /\// }],
];

const drawMoment = (random: Random, { tiedActs }: Mix): Pick<Act, 'at' | 'after'> =>
	tiedActs > 0 && random.chance(tiedActs)
		? { at: random.whole(0, random.pick([50, 400, 3000])), after: random.weighted(TIES) }
		: { at: random.whole(0, random.pick([300, 2000, 10_000])) };

export function drawActs(
	random: Random,
	mix: Mix,
	weather: Weather,
	accounts: string[],
	named: readonly string[],
): Act[] {
	if (weather === 'undisturbed') return [];
	const count = weather === 'mild' ? random.whole(mix.isVaried ? 1 : 0, 2) : random.whole(1, 6);
	return Array.from({ length: count }, () => ({
		...drawMoment(random, mix),
		account: random.chance(0.8) ? accounts[0] : random.pick(accounts),
		email:
			mix.isVaried && named.length > 0 && random.chance(0.7)
				? random.pick(named).toLowerCase()
				: random.pick(addressesOf(mix)),
		what: random.weighted<Act['what']>([
			[5, { kind: 'accept' }],
			[3, { kind: 'invite', access: drawAccess(random) }],
			[1, { kind: 'resend' }],
			[2, { kind: 'revoke' }],
			[2, { kind: 'delete' }],
			[mix.isVaried ? 4 : 1, { kind: 'promote' }],
			[mix.isVaried ? 4 : 1, { kind: 'grant', scopes: random.some(SCOPES, 2) }],
			[mix.isVaried ? 1 : 0, { kind: 'approve' }],
			[mix.isVaried ? 1 : 0, { kind: 'deny' }],
		]),
	}));
}

export function drawNetwork(random: Random, weather: Weather): Script['network'] {
	const most = random.pick([20, 80, 400]);
	return {
		latency: { least: Math.ceil(most / 4), most },
		wireFaults:
			weather === 'wild' && random.chance(0.3)
				? [{ fault: random.pick(['refused', 'tls-broken'] as const), probability: 0.03 }]
				: [],
	};
}
