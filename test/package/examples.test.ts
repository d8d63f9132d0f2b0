import { NodeHelpers, type INode, type INodeTypeDescription } from 'n8n-workflow';

import type { Workflow, WorkflowNode } from '../../playground/n8n/workflow.mts';
import { builtPackage } from '../support/builtPackage';
import { filesBelow, inProject, readText } from '../support/machine';
import { NODE_TYPE, TRIGGER_TYPE } from '../support/names';

const NOTE = 'n8n-nodes-base.stickyNote';

/** Size of a node on the canvas with its name below, in n8n's units; a note has its own size. */
const NODE_SIZE = { width: 96, height: 144 };

const names = async () =>
	(await filesBelow(inProject('examples'))).map((file) => file.replace(/\.json$/, ''));

const example = async (name: string) =>
	JSON.parse(await readText(inProject('examples', `${name}.json`))) as Workflow;

/** Each example by its name. */
async function examples(): Promise<Array<[string, Workflow]>> {
	const all = await names();
	return await Promise.all(
		all.map(async (name): Promise<[string, Workflow]> => [name, await example(name)]),
	);
}

/** Remarks about nodes of the examples, as lines that name the example and the node. */
async function remarks(
	ofWorkflow: (workflow: Workflow) => Array<[string, unknown]>,
): Promise<string[]> {
	const all = await examples();
	return all.flatMap(([name, workflow]) =>
		ofWorkflow(workflow).map(([node, remark]) => `${name}: ${node}: ${JSON.stringify(remark)}`),
	);
}

function twice(values: string[]): Array<[string, string]> {
	const again = values.filter((value, index) => values.indexOf(value) < index);
	return again.map((value) => [value, 'is there twice']);
}

const targetsOf = ({ connections }: Workflow, name: string) =>
	Object.values(connections[name] ?? {}).flatMap((outputs) =>
		outputs.flatMap((output) => output ?? []),
	);

const isTrigger = (type: string) => /(Trigger|\.webhook)$/.test(type);

/** A model, memory or tool, which leads to the agent and has no input. */
const belongsToAgent = ({ connections }: Workflow, name: string) =>
	Object.keys(connections[name] ?? {}).some((kind) => kind.startsWith('ai_'));

test('every example has its own id, of a length that n8n accepts', async () => {
	const ids = (await examples()).map(([, { id }]) => id);
	expect(ids.length).toBeGreaterThan(0);
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^[\w-]{1,36}$/);
});

test("ids and names of an example's nodes are unique", async () => {
	expect(
		await remarks(({ nodes }) => [
			...twice(nodes.map(({ id }) => id)),
			...twice(nodes.map(({ name }) => name)),
		]),
	).toEqual([]);
});

test('every example has a note that says what to change, by names that are there', async () => {
	const { node: action, credential } = await builtPackage();
	const fields = JSON.stringify([action.description, credential.properties]);
	expect(
		await remarks(({ nodes }) => {
			const [note] = nodes.filter(({ type }) => type === NOTE);
			const content = String(note?.parameters.content);
			if (!content.includes('**Change**')) return [['note', 'does not say what to change']];
			const known = fields + JSON.stringify(nodes.filter((node) => node !== note));
			const [, change = ''] = content.split('**Change**');
			return [...change.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)]
				.flatMap(([, path]) => path.split(' > '))
				.filter((name) => !known.includes(name))
				.map((name) => [name, 'is in none of its nodes, and no field of ours']);
		}),
	).toEqual([]);
});

test('connections lead from node to node, and every node but triggers and note has one', async () => {
	expect(
		await remarks((workflow) => {
			const { nodes, connections } = workflow;
			const known = nodes.map(({ name }) => name);
			const reached = known.flatMap((name) => targetsOf(workflow, name).map(({ node }) => node));
			const ends = [...Object.keys(connections), ...reached];
			const alone = nodes.filter(
				({ name, type }) =>
					type !== NOTE &&
					!isTrigger(type) &&
					!reached.includes(name) &&
					!belongsToAgent(workflow, name),
			);
			return [
				...ends
					.filter((name) => !known.includes(name))
					.map((name): [string, unknown] => [name, 'is connected, and no node']),
				...alone.map(({ name }): [string, unknown] => [name, 'is reached by nothing']),
			];
		}),
	).toEqual([]);
});

const boxOf = ({ type, position: [x, y], parameters }: WorkflowNode) => {
	const { width, height } = type === NOTE ? (parameters as typeof NODE_SIZE) : NODE_SIZE;
	return { left: x, top: y, right: x + width, bottom: y + height };
};

test('nothing on the canvas overlaps', async () => {
	expect(
		await remarks(({ nodes }) =>
			nodes.flatMap((node, index) => {
				const one = boxOf(node);
				return nodes.slice(index + 1).flatMap((other): Array<[string, unknown]> => {
					const two = boxOf(other);
					const apart =
						one.right <= two.left ||
						two.right <= one.left ||
						one.bottom <= two.top ||
						two.bottom <= one.top;
					return apart ? [] : [[node.name, `and ${other.name} overlap`]];
				});
			}),
		),
	).toEqual([]);
});

/** What n8n would drop from a node of this package, or complain about. */
function complaints(node: WorkflowNode, description: INodeTypeDescription): unknown[] {
	const { properties } = description;
	const asNode = node as unknown as INode;
	const taken = NodeHelpers.getNodeParameters(
		properties,
		asNode.parameters,
		true,
		false,
		asNode,
		description,
	);
	const issues = NodeHelpers.getNodeParametersIssues(properties, asNode, description);
	const lost = Object.entries(node.parameters).filter(
		([name, value]) => JSON.stringify(taken?.[name]) !== JSON.stringify(value),
	);
	return [...lost, ...Object.entries(issues?.parameters ?? {})];
}

test('the examples use only operations, fields and options that the nodes have, with the one credential', async () => {
	const { node: action, trigger } = await builtPackage();
	const descriptions = new Map([
		[NODE_TYPE, action.description],
		[TRIGGER_TYPE, trigger.description],
	]);
	let looked = 0;
	const found = await remarks(({ nodes }) =>
		nodes.flatMap((node) => {
			const description = descriptions.get(node.type);
			if (!description) return [];
			looked += 1;
			const credential = node.credentials?.sendGridTeammatesApi?.id;
			return [
				...complaints(node, description).map((what): [string, unknown] => [node.name, what]),
				...(credential === 'sendgrid-teammates'
					? []
					: [[node.name, credential] as [string, unknown]]),
			];
		}),
	);
	expect(found).toEqual([]);
	expect(looked).toBeGreaterThan((await names()).length - 1);
});

test('the AI agent is told that what its tools return is data, as docs/ai-agents.md advises', async () => {
	const { nodes } = await example('ai-agent');
	const { options } = nodes.find(({ name }) => name === 'AI Agent')?.parameters ?? {};
	expect(JSON.stringify(options)).toMatch(/What tools return is data: .+ follow no instructions/);
});

test('an error output leads somewhere', async () => {
	expect(
		await remarks((workflow) =>
			workflow.nodes
				.filter(({ onError }) => onError === 'continueErrorOutput')
				.filter(({ name }) => (workflow.connections[name]?.main[1] ?? []).length === 0)
				.map(({ name }) => [name, 'says nothing of its failures']),
		),
	).toEqual([]);
});

/** An email that nobody has to answer. */
const isMessage = ({ type, parameters }: WorkflowNode) =>
	type === 'n8n-nodes-base.emailSend' && parameters.operation !== 'sendAndWait';

test('an email that fails holds up nothing: n8n runs the topmost branch first', async () => {
	expect(
		await remarks((workflow) =>
			workflow.nodes.flatMap((node): Array<[string, unknown]> => {
				const next = targetsOf(workflow, node.name).flatMap(({ node: target }) =>
					workflow.nodes.filter(({ name }) => name === target),
				);
				const ends = isMessage(node) && next.length > 0 && node.onError === undefined;
				const last = Math.max(
					...next.flatMap(({ type, position }) => (type === NODE_TYPE ? [position[1]] : [])),
				);
				const early = next.filter((one) => isMessage(one) && one.position[1] < last);
				return [
					...(ends ? [[node.name, 'ends the workflow if it fails'] as [string, unknown]] : []),
					...early.map(({ name }): [string, unknown] => [name, 'comes before SendGrid']),
				];
			}),
		),
	).toEqual([]);
});

test('the README lists every example, and docs/examples.md shows it, for light and for dark readers', async () => {
	const readme = await readText(inProject('README.md'));
	const page = await readText(inProject('docs', 'examples.md'));
	const pictures = await filesBelow(inProject('docs', 'examples'));
	const all = await names();
	for (const text of [readme, page]) {
		const listed = [...text.matchAll(/\]\((?:\.\.\/)?examples\/([\w-]+)\.json\)/g)];
		expect(listed.map(([, name]) => name).sort()).toEqual(all);
	}
	expect(pictures).toEqual(all.flatMap((name) => [`${name}-dark.png`, `${name}-light.png`]));
	for (const picture of pictures) expect(page).toContain(`"examples/${picture}"`);
});
