import {
	sleep,
	type IExecuteFunctions,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
} from 'n8n-workflow';

import type { OperationContext, ItemExecutor } from './executeItem';
import { readBatching, readTransport } from './requestOptions';

type CustomOperations = NonNullable<INodeType['customOperations']>;

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

interface Ended {
	results: INodeExecutionData[];
	/** What ends the run. */
	error?: unknown;
}

const runAllItems = (deliverOne: ItemExecutor, request: OperationContext['request']) =>
	async function runAll(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData().map((_, index) => itemContext(this, index));
		if (items.length === 0) return [[]];

		const { size, pause } = readBatching(items[0]);
		const started: Array<Promise<Ended>> = [];
		for (const [index, item] of items.entries()) {
			if (pause > 0 && index > 0 && index % size === 0) await sleep(pause);
			const context = deliverOne(item, { request, readTransport: () => readTransport(item) });
			started.push(
				context.then(
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
 * The engine for declarative nodes would evaluate all expressions of all items twice before the first
 * request can leave: for a thousand items that takes seconds, in which no other workflow of the n8n moves.
 * AI agents up to version 2 do not know of `customOperations`: their calls, of one item each, go through the
 * engine. From version 3 on n8n runs a tool as it runs any node.
 *
 * @param operationFields each resource's `operation`, with its descriptions
 */
export function customOperationsOf(operationFields: readonly INodeProperties[]): CustomOperations {
	const all: CustomOperations = {};
	for (const { displayOptions, options = [] } of operationFields) {
		const operations: CustomOperations[string] = {};
		for (const option of options) {
			const routing = 'routing' in option ? option.routing : undefined;
			const context = routing?.operations?.pagination;
			if (!('value' in option) || typeof context !== 'function' || !('itemDelivery' in context)) {
				continue;
			}
			const { method = 'GET', url = '' } = routing?.request ?? {};
			operations[String(option.value)] = runAllItems(
				context.itemDelivery as ItemExecutor,
				{
					method,
					path: url,
				} as OperationContext['request'],
			);
		}
		all[String(displayOptions?.show?.resource?.[0])] = operations;
	}
	return all;
}
