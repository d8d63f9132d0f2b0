import {
	sleep,
	type IExecuteFunctions,
	type IExecutePaginationFunctions,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
	type INodePropertyRouting,
	type INodeType,
} from 'n8n-workflow';

import { readText } from '../parameters/text';
import { SendGridError } from '../transport/errors';
import { executeItem } from './executeItem';
import { toNodeError } from './nodeError';
import type { Operation, Resource } from './operation';
import { NO_BATCHING, readRequestOptions, type Batching } from './requestOptions';

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** By the `value` of the Resource field. */
export type Resources = Readonly<Record<string, Resource>>;

/** How late a cancelled execution may notice, in milliseconds. */
const MAX_NAP_MS = 200;

/** One item of a run, in the shape in which n8n's engine for declarative nodes hands it over. */
function itemContext(run: IExecuteFunctions, index: number): IExecuteSingleFunctions {
	const getNodeParameter = (name: string, fallback?: unknown) =>
		run.getNodeParameter(name, index, fallback);
	const getCredentials = async (type: string) => await run.getCredentials(type, index);
	return Object.create(run, {
		getItemIndex: { value: () => index },
		getNodeParameter: { value: getNodeParameter },
		getCredentials: { value: getCredentials },
	}) as IExecuteSingleFunctions;
}

/** Waits between two batches, or ends soon after the execution is cancelled. */
async function pauseFor(run: IExecuteFunctions, milliseconds: number): Promise<void> {
	const end = Date.now() + milliseconds;
	while (Date.now() < end && !run.getExecutionCancelSignal()?.aborted) {
		await sleep(Math.min(MAX_NAP_MS, end - Date.now()));
	}
}

/** An expression in Request Options that fails is the failure of each item, which reads them itself. */
function batchingOf(item: IExecuteSingleFunctions): Batching {
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

const runAllItems = (operation: Operation) =>
	async function runAll(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData().map((_, index) => itemContext(this, index));
		if (items.length === 0) return [[]];

		const { size, pause } = batchingOf(items[0]);
		const started: Array<Promise<Ended>> = [];
		for (const [index, item] of items.entries()) {
			if (pause > 0 && index > 0 && index % size === 0) {
				await pauseFor(this, pause);
				if (this.getExecutionCancelSignal()?.aborted) break;
			}
			const execution = executeItem(item, operation);
			started.push(
				execution.then(
					(results) => ({ results }),
					(error: unknown) => ({ results: [], error }),
				),
			);
		}
		const ended = await Promise.all(started);
		const failed = ended.find((item) => item.error !== undefined);
		if (failed) throw failed.error;
		return [ended.flatMap(({ results }) => results)];
	};

/**
 * The operations of the node for whole runs, which n8n prefers in a workflow (`customOperations`).
 *
 * n8n's engine for declarative nodes evaluates all expressions of all items twice before the first request
 * can be sent. For a thousand items that holds the event loop for seconds (docs/benchmarks.md).
 */
export function customOperationsOf(resources: Resources): CustomOperations {
	const all: CustomOperations = {};
	for (const [resource, { operations }] of Object.entries(resources)) {
		const runs = Object.entries(operations).map(([name, operation]) => [
			name,
			runAllItems(operation),
		]);
		all[resource] = Object.fromEntries(runs) as CustomOperations[string];
	}
	return all;
}

const RESOURCE = { displayName: 'Resource', name: 'resource', default: '' };
const OPERATION = { displayName: 'Operation', name: 'operation', default: '' };

/**
 * The other entrance: AI agents up to version 2 run the node through n8n's engine for declarative nodes, item
 * by item. The engine calls this in place of sending the operation's request.
 */
export const declarativeRouting = (resources: Resources): INodePropertyRouting => ({
	send: { paginate: true },
	operations: {
		async pagination(this: IExecutePaginationFunctions): Promise<INodeExecutionData[]> {
			const resource = readText(this, RESOURCE);
			const operation = resources[resource]?.operations[readText(this, OPERATION)];
			if (!operation) {
				throw toNodeError(
					this.getNode(),
					new SendGridError(
						`'Resource' is '${resource}', which doesn't have this operation`,
						"Choose 'Resource' and 'Operation' from their lists.",
					),
				);
			}
			return await executeItem(this, operation);
		},
	},
});
