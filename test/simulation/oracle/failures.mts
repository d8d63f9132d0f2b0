import { tellsOfChange } from './answers.mts';
import type { Facts } from './facts.mts';
import type { Finding } from './findings.mts';
import { isDoneBy, type Claim } from './messages.mts';
import { mayFail } from './refusals.mts';

const READS = /\.(get|getAll|getStatus|getSubuserAccess)$/;

/** Judges a failure: whether what it says is true, and whether it had to fail. */
export function judgeFailure(facts: Facts): Finding[] {
	const { answer } = facts;
	const { claim, failure = '', ask } = answer;
	const findings: Finding[] = [];
	const find = (law: Finding['law'], what: string) =>
		findings.push({ law, run: answer.run, item: answer.item, what: `${what}: ${failure}` });

	if (saysNothing(claim)) {
		const isExplained = facts.twins.some(tellsOfChange);
		if (facts.knowableEffects.length > 0 && !isExplained && ask.requestId === undefined) {
			find('untrue', `says that nothing happened, but ${effectsOf(facts)}`);
		}
	}
	const isUnknowable = facts.isDoneByOthers || facts.hasVanished;
	if (claim === 'partial' && !isUnknowable && !isDoneBy(failure, facts.effectsOfRun)) {
		find('untrue', 'says that something was done, and it was not');
	}
	if (claim === 'unclear' && !facts.isDoubtful && !repeatsDoubt(facts))
		find('needless', 'unclear without a reason');
	if (claim === 'other' && !READS.test(ask.operation)) find('form', 'none of the three sentences');
	const isExcused = facts.isDisturbed || facts.isMetByOthers || facts.isTooLongToRead;
	if (!isExcused && !mayFail(facts)) find('needless', 'failed without a reason');
	return findings;
}

/** An agent's calls know about each other: a later one says again what an earlier one left unclear. */
const repeatsDoubt = ({ answer, twins }: Facts) =>
	answer.plan.entrance === 'agent' &&
	twins.some(({ claim, to }) => claim === 'unclear' && to <= answer.from);

const saysNothing = (claim: Claim | undefined) => claim === 'nothing' || claim === 'refused';

const effectsOf = (facts: Facts) =>
	facts.knowableEffects.map(({ method, path, at }) => `${method} ${path} at ${at}`).join(', ');
