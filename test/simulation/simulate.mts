import { BuiltNode } from './builtNode.mts';
import { drawScript } from './draw/drawScript.mts';
import { judge } from './oracle/judge.mts';
import type { Finding } from './oracle/findings.mts';
import { play } from './play.mts';
import type { Weather } from './script.mts';
import { traceOf } from './trace.mts';

/** One history, judged. */
export interface Simulated {
	seed: number;
	weather: Weather;
	items: number;
	/** Items that were answered at all. */
	answered: number;
	findings: Finding[];
	trace: string;
}

/** Draws, plays and judges the history of a seed, on a copy of the node of its own if it gets none. */
export async function simulate(
	seed: number,
	weather?: Weather,
	built?: BuiltNode,
): Promise<Simulated> {
	const script = drawScript(seed, weather);
	const history = await play(script, built).catch((cause: unknown) => {
		throw new Error(`the history of seed ${seed} could not be played`, { cause });
	});
	const { findings, answers } = judge(history);
	return {
		seed,
		weather: script.weather,
		items: answers.length,
		answered: answers.filter(({ records, failure }) => records ?? failure).length,
		findings,
		get trace() {
			return traceOf(history, answers, findings);
		},
	};
}

export interface Summary {
	histories: number;
	items: number;
	answered: number;
	/** How often each law was broken. */
	broken: Record<string, number>;
	failing: Failing[];
}

export interface Failing {
	seed: number;
	findings: Finding[];
	trace: string;
	/** Whether nothing is found when the seed is played alone: it takes what others have left behind. */
	needsOthers: boolean;
}

export const emptySummary = (): Summary => ({
	histories: 0,
	items: 0,
	answered: 0,
	broken: {},
	failing: [],
});

/** How many failing histories keep their trace: each is a page or two. */
const MOST_TRACES = 20;

/**
 * How many histories a copy of the node plays, one after the other, as the executions of one n8n. V8 optimizes what
 * has run for a while; with a copy for each, they take half as long again.
 */
const HISTORIES_PER_COPY = 100;

/** Simulates the histories of the given seeds, one after the other. */
export async function simulateAll(
	seeds: Iterable<number>,
	{ weather, isVerbose = false }: { weather?: Weather; isVerbose?: boolean } = {},
): Promise<Summary> {
	const summary = emptySummary();
	let built = new BuiltNode();
	for (const seed of seeds) {
		const afterOthers = await simulate(seed, weather, built);
		const hasFailed = afterOthers.findings.length > 0;
		const alone = hasFailed ? await simulate(seed, weather) : afterOthers;
		const needsOthers = hasFailed && alone.findings.length === 0;
		const simulated = needsOthers ? afterOthers : alone;
		summary.histories += 1;
		// What a failing one has left behind is not there for the next ones.
		if (hasFailed || summary.histories % HISTORIES_PER_COPY === 0) built = new BuiltNode();
		summary.items += simulated.items;
		summary.answered += simulated.answered;
		for (const { law } of simulated.findings) {
			summary.broken[law] = (summary.broken[law] ?? 0) + 1;
		}
		if (hasFailed) {
			const { findings } = simulated;
			const keepsTrace = isVerbose || summary.failing.length < MOST_TRACES;
			const trace = keepsTrace ? simulated.trace : '';
			summary.failing.push({ seed, findings, trace, needsOthers });
		}
	}
	return summary;
}

export function merge(summaries: readonly Summary[]): Summary {
	const merged = emptySummary();
	for (const { histories, items, answered, broken, failing } of summaries) {
		merged.histories += histories;
		merged.items += items;
		merged.answered += answered;
		for (const [law, count] of Object.entries(broken)) {
			merged.broken[law] = (merged.broken[law] ?? 0) + count;
		}
		merged.failing.push(...failing);
	}
	merged.failing.sort((one, other) => one.seed - other.seed);
	return merged;
}
