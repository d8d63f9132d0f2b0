import {
	sleep,
	type IExecuteFunctions,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { NO_BATCHING, readRequestOptions, type Batching } from './requestOptions';

/** How late a cancelled execution may notice, in milliseconds. */
const MAX_NAP_MS = 200;

/** Whether nothing more may be started. */
export const isCancelled = (run: IExecuteFunctions): boolean =>
	run.getExecutionCancelSignal()?.aborted === true;

/** Waits between two batches, or ends soon after the execution is cancelled. */
async function pauseFor(run: IExecuteFunctions, milliseconds: number): Promise<void> {
	const end = Date.now() + milliseconds;
	while (Date.now() < end && !isCancelled(run)) {
		await sleep(Math.min(MAX_NAP_MS, end - Date.now()));
	}
}

/** An expression in Request Options that fails is the failure of each item, which reads them itself. */
export function batchingOf(item: IExecuteSingleFunctions): Batching {
	try {
		return readRequestOptions(item).batching;
	} catch {
		return NO_BATCHING;
	}
}

interface Ended {
	results: INodeExecutionData[];
	/** What ends the run. */
	error?: unknown;
}

/**
 * Begins everything, batch after batch, and ends when all has ended. Where the execution is cancelled, the rest is
 * begun without a pause, and has to see that for itself.
 *
 * @returns what came of it, in the order in which it was begun
 * @throws the first one's error
 */
export async function runInBatches(
	run: IExecuteFunctions,
	{ size, pause }: Batching,
	works: ReadonlyArray<() => Promise<INodeExecutionData[]>>,
): Promise<INodeExecutionData[]> {
	const started: Array<Promise<Ended>> = [];
	for (const [index, work] of works.entries()) {
		if (pause > 0 && index > 0 && index % size === 0) {
			await pauseFor(run, pause);
		}
		started.push(
			work().then(
				(results) => ({ results }),
				(error: unknown) => ({ results: [], error }),
			),
		);
	}
	const ended = await Promise.all(started);
	const failed = ended.find((one) => one.error !== undefined);
	if (failed) throw failed.error;
	return ended.flatMap(({ results }) => results);
}
