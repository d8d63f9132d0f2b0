import type { History } from '../play.mts';
import { answersOf, type Answer } from './answers.mts';
import { Facts } from './facts.mts';
import { judgeFailure } from './failures.mts';
import type { Finding } from './findings.mts';
import { judgeRuns } from './runFindings.mts';
import { judgeSuccess } from './successes.mts';

export interface Judgement {
	findings: Finding[];
	answers: Answer[];
}

function judgeAnswer(history: History, answer: Answer, all: readonly Answer[]): Finding[] {
	const facts = new Facts(history, answer, all);
	if (answer.failure !== undefined) return judgeFailure(facts);
	if (!answer.records) return [];
	const { run, item, records } = answer;
	const verdicts = facts.meanings.map((meaning) => judgeSuccess(meaning, records));
	if (verdicts.includes(undefined)) return [];
	const what = verdicts[0] ?? 'there was nobody to be the same as';
	return [{ law: 'untrue', run, item, what: `${what}: ${JSON.stringify(records).slice(0, 300)}` }];
}

/** Compares what the node said and did with what was true. Knows nothing of how the node works. */
export function judge(history: History): Judgement {
	const answers = answersOf(history);
	const findings = [
		...answers.flatMap((answer) => judgeAnswer(history, answer, answers)),
		...judgeRuns(history, answers),
	];
	return { findings, answers };
}
