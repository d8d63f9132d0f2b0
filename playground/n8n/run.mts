/** One item of a node's output. */
export interface Item {
	json: Record<string, unknown>;
	/** The input item it comes from. */
	pairedItem?: { item: number; input?: number } | Array<{ item: number }> | number;
	/** With the node's "continue on error" settings: what happened to this item. */
	error?: RunError;
}

/** An error as n8n records it. */
export interface RunError {
	message: string;
	description?: string | null;
	/** Class of the error, such as NodeApiError. */
	name?: string;
	httpCode?: string | null;
	context?: { itemIndex?: number; [key: string]: unknown };
	node?: { name: string; type: string };
	[key: string]: unknown;
}

/** One time that a node ran. */
export interface NodeRun {
	/** Milliseconds since 1970. */
	startTime: number;
	/** Milliseconds that the node took, without n8n's own work before and after. */
	executionTime: number;
	executionStatus: string;
	/** Items per output; an output without any is an empty list or null. */
	data?: { main?: Array<Item[] | null> };
	error?: RunError;
	hints?: Array<{ message: string; type?: string; location?: string }>;
}

/** One execution of a workflow, whether it came from the command line or from the server. */
export interface Run {
	/** success, error, canceled, crashed, ... */
	status: string;
	/** ISO 8601. */
	startedAt: string;
	stoppedAt?: string;
	/** What ended the execution, if anything did. */
	error?: RunError;
	/** Node name -> each time it ran. A node that was not reached is missing. */
	nodes: Record<string, NodeRun[]>;
	lastNode?: string;
}

/** The part of n8n's own execution record that is used here. */
export interface ExecutionRecord {
	status: string;
	startedAt: string;
	stoppedAt?: string | null;
	data: {
		resultData: {
			runData?: Record<string, NodeRun[]>;
			error?: RunError;
			lastNodeExecuted?: string;
		};
	};
}

export function toRun({ status, startedAt, stoppedAt, data }: ExecutionRecord): Run {
	const { runData = {}, error, lastNodeExecuted } = data.resultData;
	return {
		status,
		startedAt,
		nodes: runData,
		...(stoppedAt && { stoppedAt }),
		...(error && { error }),
		...(lastNodeExecuted !== undefined && { lastNode: lastNodeExecuted }),
	};
}

/**
 * The only run of a node.
 *
 * @throws Error when it did not run at all, naming what stopped the execution
 */
export function nodeRun(run: Run, nodeName: string): NodeRun {
	const found = run.nodes[nodeName]?.[0];
	if (found === undefined) {
		const cause = run.error ? `: ${run.error.message}` : '';
		throw new Error(`"${nodeName}" did not run; the execution ended with ${run.status}${cause}`);
	}
	return found;
}

/**
 * A node's output items.
 *
 * @param output number of the output, from 0
 */
export function outputItems(run: Run, nodeName: string, output = 0): Item[] {
	return nodeRun(run, nodeName).data?.main?.[output] ?? [];
}

function isExecutionRecord(value: unknown): value is ExecutionRecord {
	return typeof value === 'object' && value !== null && 'data' in value && 'status' in value;
}

/**
 * Finds the execution in what `n8n execute` has printed: JSON with an indent, so that its first and last line are
 * single braces, with log lines before it and, after a failed execution, after it.
 */
export function runFromOutput(output: string): Run | undefined {
	const lines = output.split(/\r?\n/);
	const first = lines.indexOf('{');
	const last = lines.indexOf('}', first);
	if (first === -1 || last === -1) return undefined;
	const value: unknown = JSON.parse(lines.slice(first, last + 1).join('\n'));
	return isExecutionRecord(value) ? toRun(value) : undefined;
}
