import type {
	IDataObject,
	IExecutePaginationFunctions,
	IHttpRequestMethods,
	INodeExecutionData,
	NodeApiError,
} from 'n8n-workflow';

import { sleep } from './n8nWorkflow.mts';
import { executeContext, singleContext, type Placed } from './n8n.mts';

/** How a run of the node ended. */
export interface Ended {
	/** Items of the output; none if an error ended the run. */
	output: INodeExecutionData[];
	/** What ended the run. */
	error?: NodeApiError;
	/** How often n8n called the node. */
	tries: number;
}

/** n8n 2.x: between two and five tries, at most five seconds apart. */
function retriesOf({ retryOnFail, maxTries, waitBetweenTries }: Placed['node']) {
	if (retryOnFail !== true) return { most: 1, wait: 0 };
	return {
		most: Math.min(5, Math.max(2, maxTries || 3)),
		wait: Math.min(5000, Math.max(0, waitBetweenTries || 1000)),
	};
}

const isError = (value: unknown) => value !== undefined && value !== null && value !== false;

/** n8n considers a run failed if its first item has `error`, and tries again. */
const hasFailed = (output: INodeExecutionData[][]) => isError(output[0]?.[0]?.json?.error);

/** A node in a workflow, as n8n's engine runs it: all items at once, and again if the node's settings say so. */
export async function runInWorkflow(placed: Placed): Promise<Ended> {
	const { resource, operation } = placed.parameters[0];
	const run = placed.built.customOperation(String(resource), String(operation));
	const { most, wait } = retriesOf(placed.node);
	let error: NodeApiError | undefined;
	for (let tries = 1; tries <= most; tries += 1) {
		try {
			if (tries > 1 && error) await sleep(wait);
			error = undefined;
			const output = await run.call(executeContext(placed));
			if (placed.cancelSignal.aborted || !hasFailed(output) || tries === most) {
				return { output: output[0], tries };
			}
			await sleep(wait);
		} catch (thrown) {
			error = thrown as NodeApiError;
			if (placed.cancelSignal.aborted) return { output: [], error, tries };
		}
	}
	return { output: [], error, tries: most };
}

/** An agent up to version 2 calls the node as its tool, one item each time, through n8n's declarative engine. */
async function callDeclarative(placed: Placed): Promise<INodeExecutionData[]> {
	const { resource, operation } = placed.parameters[0];
	const { built } = placed;
	const { paginate, request } = built.declarativeEntrance(String(resource), String(operation));
	const { timeout } = (placed.parameters[0].requestOptions ?? {}) as IDataObject;
	const context = Object.create(singleContext(placed, 0), {
		makeRoutingRequest: {
			value: async () => {
				throw new Error('the node sends its requests by itself');
			},
		},
	}) as IExecutePaginationFunctions;
	return await paginate.call(context, {
		options: {
			qs: {},
			body: {},
			headers: {},
			baseURL: String(built.node.description.requestDefaults?.baseURL ?? ''),
			method: (request.method ?? 'GET') as IHttpRequestMethods,
			url: request.url ?? '',
			timeout: Number(timeout) > 0 ? Number(timeout) : 300_000,
		},
	});
}

/** One call of an agent's tool. */
export async function callAsTool(placed: Placed): Promise<Ended> {
	const { most, wait } = retriesOf(placed.node);
	let error: NodeApiError | undefined;
	for (let tries = 1; tries <= most; tries += 1) {
		if (tries > 1 && wait > 0) await sleep(wait);
		try {
			return { output: await callDeclarative(placed), tries };
		} catch (thrown) {
			error = thrown as NodeApiError;
			if (placed.cancelSignal.aborted) break;
		}
	}
	return { output: [], error, tries: most };
}
