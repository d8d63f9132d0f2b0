import { drawPolls } from './drawPolls.mts';
import { judgePolls, type PollFinding } from './judgePolls.mts';
import { playPolls, type PollHistory } from './playPolls.mts';
import { traceOfPolls } from './tracePolls.mts';

/** One history of polls, judged. */
export interface SimulatedPolls {
	history: PollHistory;
	findings: PollFinding[];
	trace: string;
}

/** Draws, plays and judges the history of a seed. */
export async function simulatePolls(seed: number): Promise<SimulatedPolls> {
	const history = await playPolls(drawPolls(seed)).catch((cause: unknown) => {
		throw new Error(`the polls of seed ${seed} could not be played`, { cause });
	});
	const findings = judgePolls(history);
	return {
		history,
		findings,
		get trace() {
			return traceOfPolls(history, findings);
		},
	};
}

export interface PollSummary {
	histories: number;
	polls: number;
	/** Polls that failed. */
	failures: number;
	events: number;
	broken: Record<string, number>;
	failing: Array<{ seed: number; findings: PollFinding[]; trace: string }>;
}

/** Each trace is a page or two. */
const MOST_TRACES = 20;

/** Simulates the histories of the given seeds, one after the other. */
export async function simulateAllPolls(
	seeds: Iterable<number>,
	isVerbose = false,
): Promise<PollSummary> {
	const summary = mergePolls([]);
	for (const seed of seeds) {
		const simulated = await simulatePolls(seed);
		const { history, findings } = simulated;
		summary.histories += 1;
		summary.polls += history.polls.length;
		for (const { items = [], error } of history.polls) {
			summary.events += items.length;
			if (error) summary.failures += 1;
		}
		for (const { law } of findings) summary.broken[law] = (summary.broken[law] ?? 0) + 1;
		if (findings.length === 0) continue;
		const keepsTrace = isVerbose || summary.failing.length < MOST_TRACES;
		summary.failing.push({ seed, findings, trace: keepsTrace ? simulated.trace : '' });
	}
	return summary;
}

export function mergePolls(summaries: readonly PollSummary[]): PollSummary {
	const merged: PollSummary = {
		histories: 0,
		polls: 0,
		failures: 0,
		events: 0,
		broken: {},
		failing: [],
	};
	for (const { histories, polls, failures, events, broken, failing } of summaries) {
		merged.histories += histories;
		merged.polls += polls;
		merged.failures += failures;
		merged.events += events;
		for (const [law, count] of Object.entries(broken)) {
			merged.broken[law] = (merged.broken[law] ?? 0) + count;
		}
		merged.failing.push(...failing);
	}
	merged.failing.sort((one, other) => one.seed - other.seed);
	return merged;
}
