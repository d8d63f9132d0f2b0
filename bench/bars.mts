import type { Figures, Limited, LimitedRun, Speed, Task } from './figures.mts';
import type { Measured } from './measuredN8n.mts';

/** What the project has promised itself. */
export const BARS = {
	/** Wall time, in multiples of the limit's own time. */
	timeOfLimit: 1.02,
	/** Share of all requests that were refused with 429. */
	wasted: 0.002,
	/** Time without a limit, in multiples of the bare declarative node's. */
	timeOfFloor: 0.95,
} as const;

export interface Verdict {
	bar: string;
	measured: string;
	met: boolean;
}

/** Seconds that the items take at exactly the limit's rate. */
export const ownTime = ({ items, limit, windowMs }: Limited): number =>
	(items / limit) * (windowMs / 1000);

export const wasted = ({ refused, requests }: LimitedRun): number =>
	requests === 0 ? 0 : refused / requests;

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return sorted.length % 2 === 1
		? sorted[Math.floor(middle)]
		: (sorted[middle - 1] + sorted[middle]) / 2;
}

export type Contender = keyof Speed['rounds'][number];

type Value = (who: Measured) => number;

/** The middle one of the rounds. */
export const typical = ({ rounds }: Speed, who: Contender, value: Value): number =>
	median(rounds.map((round) => value(round[who])));

/** Each round is compared within itself: what slows the machine down slows both. */
export const timesOf = ({ rounds }: Speed, other: Contender): number =>
	median(rounds.map((round) => round.ours.seconds / round[other].seconds));

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

const times = (factor: number) => factor.toFixed(2);

function limitVerdicts(limited: Limited): Verdict[] {
	const { title, items, hasBars } = limited;
	const ours = limited.runs.find(({ who }) => who === 'ours');
	if (!ours || !hasBars) return [];
	const factor = ours.seconds / ownTime(limited);
	const once = ours.mails === items && ours.mailedTwice === 0;
	return [
		{
			bar: `${title}: none fails, everybody gets one email`,
			measured: `${ours.failed} failed, ${ours.mails} emails for ${items}, ${ours.mailedTwice} too many`,
			met: ours.failed === 0 && once,
		},
		{
			bar: `${title}: at most ${times(BARS.timeOfLimit)} of the limit's own time`,
			measured: times(factor),
			met: factor <= BARS.timeOfLimit,
		},
		{
			bar: `${title}: at most ${percent(BARS.wasted)} of the requests wasted`,
			measured: percent(wasted(ours), 2),
			met: wasted(ours) <= BARS.wasted,
		},
	];
}

function speedVerdict(speed: Speed): Verdict {
	const factor = timesOf(speed, 'floor');
	return {
		bar: `No limit: at most ${times(BARS.timeOfFloor)} of the bare declarative node's time`,
		measured: times(factor),
		met: factor <= BARS.timeOfFloor,
	};
}

function taskVerdicts({ title, runs, maxRequests }: Task): Verdict[] {
	const ours = runs.find(({ who }) => who === 'ours');
	if (!ours || maxRequests === undefined) return [];
	return [
		{
			bar: `${title}: at most ${maxRequests} requests`,
			measured: String(ours.requests),
			met: ours.requests <= maxRequests,
		},
	];
}

/** Every bar whose figures are there, met or not. */
export function verdicts({ limits = [], speed, tasks = [] }: Figures): Verdict[] {
	return [
		...limits.flatMap(limitVerdicts),
		...(speed ? [speedVerdict(speed)] : []),
		...tasks.flatMap(taskVerdicts),
	];
}
