import type { IExecuteFunctions, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { namedAddress } from '../parameters/emailAddress';
import { isCancelled, runInBatches } from './batches';
import type { ItemSettings } from './connection';
import { answer, answerError, contextOf, settingsOf, type Answered } from './executeItem';
import { ItemExecution, runOf } from './itemScheduler';
import type { ListOperation, OperationContext, Step } from './operation';
import type { Batching } from './requestOptions';

/** An item whose fields have been read. */
interface Entry {
	execution: ItemExecution;
	/** Missing if the settings could not be read. */
	read?: { settings: ItemSettings; context: OperationContext };
}

/**
 * Executes all items of a run together: reads them one after the other, plans, and then writes. Every outcome is
 * linked to the input items that it is about. Without Continue On Fail a failure in the plan ends the run before
 * anything is written, and a later one stops what has not been sent yet.
 *
 * @throws NodeError
 */
export async function executeTogether<Row>(
	functions: IExecuteFunctions,
	items: readonly IExecuteSingleFunctions[],
	operation: ListOperation<Row>,
	batching: Batching,
): Promise<INodeExecutionData[]> {
	const run = runOf(items[0]);
	const isLenient = items[0].continueOnFail();
	const entries: Entry[] = [];
	const rows: Row[] = [];
	const failed: Step[] = [];
	for (const [index, item] of items.entries()) {
		const execution = await ItemExecution.begin(run, index, !isLenient);
		const entry: Entry = { execution };
		entries.push(entry);
		try {
			const settings = await settingsOf(item, operation);
			const context = contextOf(item, settings, execution);
			entry.read = { settings, context };
			rows.push(operation.read(context));
		} catch (thrown) {
			failed.push(failedStep(index, thrown));
		}
		execution.read();
	}

	const groups = await plan();
	const steps = groups.flat();
	const failure = isLenient ? undefined : steps.find(({ outcome }) => 'error' in outcome);
	const early = new Set(groups[0].filter(({ answers }) => answers.length > 0));
	const waiting = new Set(failure ? [] : [...early].map(({ item }) => item));
	entries.forEach(({ execution }, index) => {
		if (!waiting.has(index)) execution.end();
	});
	if (failure && 'error' in failure.outcome) {
		const isOfAll = failure.answers.length === 0 && failure.email === undefined;
		// An earlier try may also have sent something for people whom no item names.
		const isOfItems = !isOfAll && run.memory.sent.size === 0;
		const count = isOfItems ? items.length - failure.answers.length : 0;
		const others = { count, one: 'item', many: 'items' };
		const execution = executionOf(failure);
		execution.end();
		return await answerError(answeredBy(failure, others), failure.outcome.error, execution);
	}

	const results = new Map<Step, INodeExecutionData[]>();
	const others = { count: steps.length - 1, one: 'person', many: 'people' };
	for (const group of groups) {
		const works = group.map((step) => async () => {
			const output = await execute(step);
			results.set(step, output);
			return output;
		});
		await runInBatches(functions, batching, works);
	}
	// People named by an item come first, in the order of the items.
	const placeOf = ({ answers: [index = items.length] }: Step): number => index;
	steps.sort((one, other) => placeOf(one) - placeOf(other));
	return steps.flatMap((step) => results.get(step) ?? []);

	/** Starts with the items that could not be read. */
	async function plan(): Promise<Step[][]> {
		if (failed.length > 0 && !isLenient) return [failed];
		const [first = [], ...more] = await operation
			.plan(
				rows,
				failed.map(({ email }) => email),
			)
			.catch((thrown: unknown) => [allFailed(thrown)]);
		return [[...failed, ...first].sort((one, other) => one.item - other.item), ...more];
	}

	/** Nothing is done for anybody. */
	function allFailed(error: unknown): Step[] {
		if (!isLenient) return [{ ...failedStep(0, error), answers: [], email: undefined }];
		return items.flatMap((_, index) =>
			failed.some(({ item }) => item === index) ? [] : [failedStep(index, error)],
		);
	}

	function failedStep(index: number, error: unknown): Step {
		const email = namedAddress(items[index]);
		return { item: index, answers: [index], key: index, email, outcome: { error } };
	}

	/** An item's own, unless that has ended because the step is of a later group. */
	function executionOf(step: Step): ItemExecution {
		const { execution } = entries[step.item];
		return early.has(step) ? execution : execution.beside(step.key);
	}

	function answeredBy({ item, answers, email }: Step, rest: Answered['others']): Answered {
		return { item: items[item], items: answers, email, others: rest };
	}

	async function execute(step: Step): Promise<INodeExecutionData[]> {
		const { item, key, outcome } = step;
		const known = run.memory.results.get(key);
		const { read } = entries[item];
		const execution = executionOf(step);
		if (known || isCancelled(functions)) {
			execution.end();
			return known ?? [];
		}
		const work = async () => {
			if ('records' in outcome) return outcome.records;
			if ('error' in outcome) return fail(outcome.error);
			// Items that could not be read are not written.
			if (!read) return [];
			return await outcome.write(
				early.has(step) ? read.context : contextOf(items[item], read.settings, execution),
			);
		};
		// If nothing had to be done, a later try plans again.
		const isWritten = 'write' in outcome;
		return await answer(key, () => answeredBy(step, others), execution, work, isWritten);
	}
}

/** @throws the error that it is given */
function fail(error: unknown): never {
	throw error;
}
