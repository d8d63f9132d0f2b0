/** What the examples compute themselves, in Code nodes and expressions, without n8n. */
import { compileFunction } from 'node:vm';

/** An item of n8n. */
export interface Item {
	json: Record<string, unknown>;
	pairedItem?: { item: number };
}

/** What a node has put out; `origins`: the node's items, each with the number of the input item it came from. */
const nodeData = (items: readonly Item[], origins: readonly Item[] = []) => ({
	all: () => items,
	first: () => items[0],
	itemMatching: (index: number) => items[origins[index]?.pairedItem?.item ?? index],
});

/** What the code finds in the workflow. */
export interface Surroundings {
	/** The items that it gets. */
	input?: readonly Item[];
	/** Output of earlier nodes, by name. */
	nodes?: Record<string, readonly Item[]>;
	/** The one item of an expression. */
	json?: Record<string, unknown>;
}

const NOW = { toFormat: () => '2026 Q4', toISODate: () => '2026-11-27' };

function run(code: string, { input = [], nodes = {}, json = {} }: Surroundings): unknown {
	const compiled = compileFunction(code, ['$input', '$', '$json', '$now']) as (
		...values: unknown[]
	) => unknown;
	return compiled(nodeData(input), (name: string) => nodeData(nodes[name] ?? [], input), json, NOW);
}

/** Runs a Code node that takes all items at once. */
export const runCode = (code: unknown, surroundings: Surroundings) =>
	run(String(code), surroundings) as Item[];

/** The text of a field that has expressions in it. */
export const filledIn = (text: unknown, surroundings: Surroundings): string =>
	String(text)
		.replace(/^=/, '')
		.replace(/\{\{.*?\}\}/g, (expression) => String(evaluate(`=${expression}`, surroundings)));

/** The value of a field that is one expression. */
export function evaluate(expression: unknown, surroundings: Surroundings): unknown {
	const [, inner] = /^=\{\{([^]*)\}\}$/.exec(String(expression)) ?? [];
	if (inner === undefined) throw new Error(`${String(expression)} is not one expression`);
	return run(`return (${inner});`, surroundings);
}
