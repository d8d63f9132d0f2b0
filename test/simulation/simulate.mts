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

/** Draws, plays and judges the history of a seed. */
export async function simulate(seed: number, weather?: Weather): Promise<Simulated> {
	const script = drawScript(seed, weather);
	const history = await play(script).catch((cause: unknown) => {
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
	failing: Array<{ seed: number; findings: Finding[]; trace: string }>;
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

/** Simulates the histories of the given seeds, one after the other. */
export async function simulateAll(
	seeds: Iterable<number>,
	{ weather, isVerbose = false }: { weather?: Weather; isVerbose?: boolean } = {},
): Promise<Summary> {
	const summary = emptySummary();
	for (const seed of seeds) {
		const simulated = await simulate(seed, weather);
		summary.histories += 1;
		summary.items += simulated.items;
		summary.answered += simulated.answered;
		for (const { law } of simulated.findings) {
			summary.broken[law] = (summary.broken[law] ?? 0) + 1;
		}
		if (simulated.findings.length > 0) {
			const { findings } = simulated;
			const keepsTrace = isVerbose || summary.failing.length < MOST_TRACES;
			summary.failing.push({ seed, findings, trace: keepsTrace ? simulated.trace : '' });
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
