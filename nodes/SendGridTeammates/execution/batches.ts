import {
	sleep,
	type IExecuteFunctions,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { NO_BATCHING, readRequestOptions, type Batching } from './requestOptions';

/** How late a cancellation may be noticed, in milliseconds. */
const MAX_NAP_MS = 200;

/** Whether no more items may be started. */
export const isCancelled = (run: IExecuteFunctions): boolean =>
	run.getExecutionCancelSignal()?.aborted === true;

/** Waits between two batches; ends early once there is nothing to wait for any more. */
async function pauseFor(milliseconds: number, isOver: () => boolean): Promise<void> {
	const end = Date.now() + milliseconds;
	while (Date.now() < end && !isOver()) {
		await sleep(Math.min(MAX_NAP_MS, end - Date.now()));
	}
}

/** If an expression in Request Options fails, every item fails with it, because each item reads them itself. */
export function batchingOf(item: IExecuteSingleFunctions): Batching {
	try {
		return readRequestOptions(item).batching;
	} catch {
		return NO_BATCHING;
	}
}

/**
 * Starts everything, batch after batch, and ends when all of it has ended. If the execution is cancelled, the rest
 * is started without a pause and has to notice that for itself. After an error nothing more is started.
 *
 * @returns the outcomes, in the order in which the work was started
 * @throws the first error
 */
export async function runInBatches(
	run: IExecuteFunctions,
	{ size, pause }: Batching,
	works: ReadonlyArray<() => Promise<INodeExecutionData[]>>,
): Promise<INodeExecutionData[]> {
	const started: Array<Promise<INodeExecutionData[]>> = [];
	let hasFailed = false;
	const isOver = () => hasFailed || isCancelled(run);
	for (const [index, work] of works.entries()) {
		if (pause > 0 && index > 0 && index % size === 0) await pauseFor(pause, isOver);
		if (hasFailed) break;
		const results = work();
		results.catch(() => {
			hasFailed = true;
		});
		started.push(results);
	}
	await Promise.allSettled(started);
	// All have ended, so the first error is that of the first item.
	return (await Promise.all(started)).flat();
}
