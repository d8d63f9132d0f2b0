import { createN8nEnvironment, type N8nEnvironment } from '../../playground/n8n/n8nEnvironment.mts';
import type { Rest } from '../../playground/n8n/rest.mts';
import type { Run } from '../../playground/n8n/run.mts';
import type { Service } from '../../playground/fakes/service.mts';
import type { Workflow } from '../../playground/n8n/workflow.mts';
import { seedDefault } from '../../sandbox/seed.mts';
import { environment as variables } from '../support/machine';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../support/names';

/** The tarball that test/packed-node.cjs has left. */
export const { PACKED_NODE } = variables;

export interface SharedN8n extends Omit<N8nEnvironment, 'another'> {
	rest: Rest;
	/** The saved credential of the parent account, as nodes refer to it. */
	credential: { id: string; name: string };
}

interface SharedN8nOptions {
	/** Whether the credential exists; a new user still has to create it. Default: true. */
	hasCredential?: boolean;
	/** Whether a browser can open it. Default: false. */
	hasEditor?: boolean;
	/** Whether the tests are one story, in which each begins where the last one ended. Default: false. */
	isOneStory?: boolean;
	/** Further services that n8n finds on this machine. */
	services?: readonly Service[];
	/** Further environment variables for n8n. */
	env?: Record<string, string>;
}

/** A running n8n for one test file; the sandbox and the fake services are as new before each test, or the story. */
export function sharedN8n(
	name: string,
	{
		hasCredential = true,
		hasEditor = false,
		isOneStory = false,
		services = [],
		env = {},
	}: SharedN8nOptions = {},
): SharedN8n {
	let environment: N8nEnvironment;
	let rest: Rest;
	let credential: SharedN8n['credential'];
	beforeAll(async () => {
		environment = await createN8nEnvironment({
			name: `e2e-${name}`,
			tarball: PACKED_NODE,
			hasEditor,
			services,
			env,
		});
		await environment.n8n.start();
		rest = await environment.n8n.rest();
		if (!hasCredential) return;
		credential = await rest.createCredential({
			name: 'SendGrid',
			type: CREDENTIAL_TYPE,
			data: { apiKey: environment.keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '' },
		});
	});
	afterAll(async () => {
		await environment.close();
	});
	beforeEach(() => {
		if (isOneStory) return;
		environment.sandbox.state.reset();
		seedDefault(environment.sandbox.state);
		for (const service of services) service.reset();
	});
	return {
		get n8n() {
			return environment.n8n;
		},
		get sandbox() {
			return environment.sandbox;
		},
		get secrets() {
			return environment.secrets;
		},
		get keys() {
			return environment.keys;
		},
		close: async () => await environment.close(),
		get rest() {
			return rest;
		},
		get credential() {
			return credential;
		},
	};
}

/** Start -> Items (as given) -> SendGrid Teammates, with the node's settings and parameters. */
export function workflowWith(
	credential: SharedN8n['credential'],
	items: unknown[],
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
): Workflow {
	return {
		name: 'Test',
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'list',
				name: 'List',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				position: [200, 0],
				parameters: { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} },
			},
			{
				id: 'items',
				name: 'Items',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				position: [400, 0],
				parameters: { fieldToSplitOut: 'items', options: {} },
			},
			{
				id: 'sendgrid',
				name: 'SendGrid Teammates',
				type: NODE_TYPE,
				typeVersion: 1,
				position: [600, 0],
				parameters,
				credentials: { [CREDENTIAL_TYPE]: credential },
				...settings,
			},
		],
		connections: {
			Start: { main: [[{ node: 'List', type: 'main', index: 0 }]] },
			List: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: 'SendGrid Teammates', type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
	};
}

/** Runs the node once in the running n8n, as the editor's button does. */
export async function runOnce(
	{ rest, credential }: SharedN8n,
	items: unknown[],
	parameters: Record<string, unknown>,
	settings?: Record<string, unknown>,
): Promise<Run> {
	const workflow = workflowWith(credential, items, parameters, settings);
	const { id } = await rest.createWorkflow(workflow);
	return await rest.finishedExecution(await rest.runManually(id, 'Start'));
}
