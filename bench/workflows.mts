import type { Credential, Workflow, WorkflowNode } from '../playground/n8n/workflow.mts';
import type { SeedKeys } from '../sandbox/seed.mts';

/** Who does the work. `ours` is the node of this package. */
export const NAMES = {
	ours: 'this node',
	floor: 'bare declarative node',
	httpDefaults: 'HTTP Request, defaults',
	httpDefaultBatching: "HTTP Request, n8n's default batching",
	httpTuned: 'HTTP Request, tuned by hand',
	handBuilt: 'HTTP Request, lists read once',
	lookUpEach: 'HTTP Request, a look-up for each item',
};

export type Who = keyof typeof NAMES;

export const FLOOR_TYPE = 'n8n-nodes-bench-floor.bareInvite';

/** The node that is measured has this name in every workflow. */
export const MEASURED = 'Measured';
/** What starts every workflow. */
export const START = 'Start';
/** Nodes that only make the items. */
export const INPUT = [START, 'List', 'Items'];

type Fields = Record<string, unknown>;

/** Somebody with SendGrid's key: for our node, for n8n's own HTTP Request node, and for the bare node. */
export const credentials = ({ fullAccess: apiKey }: SeedKeys): Credential[] => [
	{
		id: 'ours',
		name: 'SendGrid',
		type: 'sendGridTeammatesApi',
		data: { apiKey, region: 'global', apiUrl: '', onBehalfOf: '' },
	},
	{ id: 'http', name: 'SendGrid', type: 'sendGridApi', data: { apiKey } },
	{ id: 'bare', name: 'SendGrid', type: 'bareApi', data: { apiKey } },
];

const using = (type: string, id: string): Partial<WorkflowNode> => ({
	credentials: { [type]: { id, name: 'SendGrid' } },
	// Runs to the end, whatever happens to single items.
	onError: 'continueRegularOutput',
});

let numbered = 0;

export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Fields,
	rest: Partial<WorkflowNode> = {},
): WorkflowNode {
	numbered += 1;
	return { id: `n${numbered}`, name, type, typeVersion, position: [0, 0], parameters, ...rest };
}

/** Gives out what an expression for an array of objects gives, and runs along the given chains of node names. */
export function workflow(
	name: string,
	list: string,
	nodes: WorkflowNode[],
	...chains: string[][]
): Workflow {
	const connections: Workflow['connections'] = {};
	for (const chain of [INPUT, ...chains]) {
		for (const [i, to] of chain.slice(1).entries()) {
			const { main } = (connections[chain[i]] ??= { main: [[]] });
			main[0]?.push({ node: to, type: 'main', index: 0 });
		}
	}
	numbered += 1;
	const jsonOutput = `={{ ({ people: ${list} }) }}`;
	return {
		id: `bench-${numbered}`,
		name,
		nodes: [
			node(START, 'n8n-nodes-base.manualTrigger', 1, {}),
			node('List', 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput, options: {} }),
			node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'people', options: {} }),
			...nodes,
		],
		connections,
		settings: { executionOrder: 'v1' },
	};
}

export const httpRequest = (
	name: string,
	parameters: Fields,
	rest: Partial<WorkflowNode> = {},
): WorkflowNode =>
	node(
		name,
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'sendGridApi',
			options: {},
			...parameters,
		},
		{ ...using('sendGridApi', 'http'), ...rest },
	);

export const ourNode = (parameters: Fields): WorkflowNode =>
	node(
		MEASURED,
		'n8n-nodes-sendgrid-teammates.sendGridTeammates',
		1,
		{ region: 'credential', options: {}, ...parameters },
		using('sendGridTeammatesApi', 'ours'),
	);

/** The three fields that are expressions in every candidate. */
const EXPRESSIONS = {
	email: '={{ $json.email }}',
	scopes: '={{ $json.scopes }}',
	region: '={{ $json.region }}',
};

/** The HTTP Request node doing what Invite does. */
export const inviteByHttp = (batch?: { batchSize: number; batchInterval: number }): WorkflowNode =>
	httpRequest(MEASURED, {
		method: 'POST',
		url: '=https://{{ $json.region === "eu" ? "api.eu" : "api" }}.sendgrid.com/v3/teammates',
		sendBody: true,
		specifyBody: 'keypair',
		bodyParameters: {
			parameters: [
				{ name: 'email', value: EXPRESSIONS.email },
				{ name: 'scopes', value: EXPRESSIONS.scopes },
			],
		},
		options: batch ? { batching: { batch } } : {},
	});

export const inviteByOurs = (): WorkflowNode =>
	ourNode({ resource: 'invitation', operation: 'invite', access: 'scopes', ...EXPRESSIONS });

const inviteByFloor = (): WorkflowNode =>
	node(
		MEASURED,
		FLOOR_TYPE,
		1,
		{ operation: 'invite', access: 'scopes', options: {}, ...EXPRESSIONS },
		using('bareApi', 'bare'),
	);

export const INVITE = {
	ours: inviteByOurs,
	floor: inviteByFloor,
	httpDefaults: () => inviteByHttp(),
};

export type Inviter = keyof typeof INVITE;

/** New people, all of whom are wanted with the same access, for the measured node. `domain` keeps workflows apart. */
export const inviting = (
	name: string,
	measured: WorkflowNode,
	count: number,
	domain = 'bench.example',
): Workflow =>
	workflow(
		name,
		`Array.from({ length: ${count} }, (_, i) => ({ email: "person" + i + "@${domain}", scopes: ["mail.send","stats.read"], region: "global" }))`,
		[measured],
		['Items', MEASURED],
	);
