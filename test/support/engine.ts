import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type ExecutionError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import type { ErrorCause } from '../../nodes/SendGridTeammates/transport/errors';
import { builtPackage, OneCredential } from './builtPackage';
import { later } from './machine';
import { CREDENTIAL_TYPE, NODE_TYPE } from './names';

const ITEMS_TYPE = 'test.items';

/** Takes the place of a workflow's trigger: outputs the test's items. */
const itemsNode = (items: IDataObject[]): INodeType => ({
	description: {
		displayName: 'Items',
		name: ITEMS_TYPE,
		group: ['trigger'],
		version: 1,
		description: 'Gives out the items of a test',
		defaults: { name: 'Items' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		return [items.map((json) => ({ json }))];
	},
});

export interface Run {
	items?: IDataObject[];
	parameters: INodeParameters;
	credential: ICredentialDataDecryptedObject;
	/** Settings of the node: `onError`, `retryOnFail` and the like. */
	settings?: Partial<INode>;
	/**
	 * Run the copy that n8n makes of a node for AI agents: through n8n's engine for declarative nodes, as agents up to version 2.2 do
	 * (`true`), or as any node, as agents from version 3 on do.
	 */
	asTool?: boolean | 'asAnyNode';
	/** Cancel the execution after this many milliseconds. */
	cancelAfter?: number;
}

export interface RunResult {
	/** Items of the first output. */
	results: INodeExecutionData[];
	/** Items of the error output, if the node has one. */
	failures: INodeExecutionData[];
	/** What stopped the node. */
	error?: ExecutionError & { description?: string | null; httpCode?: string | null };
	/** Everything that n8n would store of the run. */
	stored: IRun;
	/** Milliseconds that the run took. */
	duration: number;
}

/**
 * Whether this is the engine of n8n 1.x. It takes several arguments instead of one object, sets no time limit for
 * polls, and drops the kind of a failure.
 */
export const isOlderEngine = WorkflowExecute.prototype.run.length > 1;

/** A test of something that n8n 1.x's engine doesn't have. */
export const testOfNewerEngine = isOlderEngine ? test.skip : test;

/** The part of an error that gives n8n the kind of failure, for `toMatchObject`. */
export const failureOfKind = (cause: ErrorCause): object =>
	isOlderEngine ? {} : { failure: { cause } };

/** Runs a whole workflow. */
function runFrom(
	startNode: INode,
	workflow: Workflow,
	engine: WorkflowExecute,
): ReturnType<WorkflowExecute['run']> {
	const args = isOlderEngine ? [workflow, startNode] : [{ workflow, startNode }];
	return Reflect.apply(engine.run, engine, args) as ReturnType<WorkflowExecute['run']>;
}

/** Runs the built node in n8n's own engine, after a node that outputs the items. */
export async function runNode(run: Run): Promise<RunResult> {
	const { node, declarativeTool, credential: credentialType } = await builtPackage();
	const type = run.asTool ? `${NODE_TYPE}Tool` : NODE_TYPE;
	const types: Record<string, INodeType> = {
		[ITEMS_TYPE]: itemsNode(run.items ?? [{}]),
		[type]: run.asTool === true ? declarativeTool : node,
	};
	const nodeTypes: INodeTypes = {
		getByName: (name): INodeType | IVersionedNodeType => types[name],
		getByNameAndVersion: (name, version) => NodeHelpers.getVersionedNodeType(types[name], version),
		getKnownTypes: () => ({}),
	};

	const workflow = new Workflow({
		id: 'test',
		active: false,
		nodeTypes,
		nodes: [
			{
				id: 'items',
				name: 'Items',
				type: ITEMS_TYPE,
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'sendgrid',
				name: 'SendGrid Teammates',
				type,
				typeVersion: 1,
				position: [200, 0],
				parameters: run.parameters,
				credentials: { [CREDENTIAL_TYPE]: { id: '1', name: 'SendGrid' } },
				...run.settings,
			},
		],
		connections: {
			Items: {
				main: [[{ node: 'SendGrid Teammates', type: NodeConnectionTypes.Main, index: 0 }]],
			},
		},
	});

	const hooks = new ExecutionLifecycleHooks('manual', '1', {
		id: 'test',
		name: 'test',
		active: false,
		isArchived: false,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		activeVersionId: null,
		nodes: [],
		connections: {},
	} as ConstructorParameters<typeof ExecutionLifecycleHooks>[2]);
	const additionalData = {
		hooks,
		credentialsHelper: new OneCredential(credentialType, run.credential),
		executionId: '1',
		currentNodeExecutionIndex: 0,
		webhookWaitingBaseUrl: 'http://localhost/waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		variables: {},
		externalSecretsProxy: {},
	} as unknown as IWorkflowExecuteAdditionalData;

	const startedAt = Date.now();
	const engine = new WorkflowExecute(additionalData, 'manual');
	const running = runFrom(workflow.nodes.Items, workflow, engine);
	if (run.cancelAfter !== undefined) later(run.cancelAfter, () => running.cancel());
	const stored = await running;

	const task = stored.data.resultData.runData['SendGrid Teammates']?.[0];
	const [results, failures] = task?.data?.main ?? [];
	return {
		results: results ?? [],
		failures: failures ?? [],
		error: task?.error,
		stored,
		duration: Date.now() - startedAt,
	};
}
