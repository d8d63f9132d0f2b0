import type {
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	INodeExecutionData,
	INodePropertyRouting,
	INodeType,
} from 'n8n-workflow';

import { readText } from '../parameters/text';
import { SendGridError } from '../transport/errors';
import { isAiTool } from './aiTool';
import { batchingOf, isCancelled, runInBatches } from './batches';
import { executeItem } from './executeItem';
import { executeTogether } from './executeTogether';
import { toNodeError } from './nodeError';
import type { ListOperation, Operation, Resource } from './operation';

type CustomOperations = NonNullable<INodeType['customOperations']>;

/** By the `value` of the Resource field. */
export type Resources = Readonly<Record<string, Resource>>;

/** One item of a run, in the form in which n8n's engine for declarative nodes passes it on. */
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

const runAllItems = (operation: Operation | ListOperation) =>
	async function runAll(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData().map((_, index) => itemContext(this, index));
		if (items.length === 0) return [[]];
		const batching = batchingOf(items[0]);
		if (!('run' in operation) && !isAiTool(items[0])) {
			return [await executeTogether(this, items, operation, batching)];
		}
		const works = items.map(
			(item) => async () => (isCancelled(this) ? [] : await executeItem(item, operation)),
		);
		return [await runInBatches(this, batching, works)];
	};

/**
 * The operations of the node for whole runs, which n8n prefers in a workflow (`customOperations`).
 *
 * n8n's engine for declarative nodes evaluates all expressions of all items twice before the first request can be
 * sent. With a thousand items, that blocks the event loop for seconds (docs/benchmarks.md).
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
