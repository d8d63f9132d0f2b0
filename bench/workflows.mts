import type { Credential, Workflow, WorkflowNode } from '../playground/n8n/workflow.mts';
import type { SeedKeys } from '../sandbox/seed.mts';
import { FLOOR_TYPE } from './floor.mts';

export const OURS = 'n8n-nodes-sendgrid-teammates.sendGridTeammates';
const HTTP = 'n8n-nodes-base.httpRequest';

/** The node that is measured has this name in every workflow. */
export const MEASURED = 'Measured';
/** What starts every workflow. */
export const START = 'Start';

const SCOPES = ['mail.send', 'stats.read'];

/** Somebody with SendGrid's key: for our node, for n8n's own HTTP Request node, and for the bare node. */
export const credentials = ({ fullAccess: apiKey }: SeedKeys): Credential[] => [
	{
		id: 'ours',
		name: 'Ours',
		type: 'sendGridTeammatesApi',
		data: { apiKey, region: 'global', apiUrl: '', onBehalfOf: '' },
	},
	{ id: 'http', name: 'HTTP', type: 'sendGridApi', data: { apiKey } },
	{ id: 'bare', name: 'Bare', type: 'bareApi', data: { apiKey } },
];
const ourCredential = { sendGridTeammatesApi: { id: 'ours', name: 'Ours' } };
const httpCredential = { sendGridApi: { id: 'http', name: 'HTTP' } };

let numbered = 0;

export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
	rest: Partial<WorkflowNode> = {},
): WorkflowNode {
	numbered += 1;
	return { id: `n${numbered}`, name, type, typeVersion, position: [0, 0], parameters, ...rest };
}

/** A workflow that begins with {@link START} and runs along the given chains of node names. */
export function workflow(name: string, nodes: WorkflowNode[], ...chains: string[][]): Workflow {
	const connections: Workflow['connections'] = {};
	for (const chain of chains) {
		for (const [i, to] of chain.slice(1).entries()) {
			const { main } = (connections[chain[i]] ??= { main: [[]] });
			main[0]?.push({ node: to, type: 'main', index: 0 });
		}
	}
	numbered += 1;
	return {
		id: `bench-${numbered}`,
		name,
		nodes: [node(START, 'n8n-nodes-base.manualTrigger', 1, {}), ...nodes],
		connections,
		settings: { executionOrder: 'v1' },
	};
}

/** Gives out the items: `list` is an expression for an array of objects. */
export const itemsNodes = (list: string): WorkflowNode[] => [
	node('List', 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: `={{ ({ people: ${list} }) }}`,
		options: {},
	}),
	node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'people', options: {} }),
];

/** New people, all of whom are wanted with the same access. `domain` keeps workflows apart. */
export const newPeople = (count: number, domain: string) =>
	`Array.from({ length: ${count} }, (_, i) => ({ email: "person" + i + "@${domain}", scopes: ${JSON.stringify(SCOPES)}, region: "global" }))`;

/** Runs to its end, whatever happens to single items. */
export const goOn: Partial<WorkflowNode> = { onError: 'continueRegularOutput' };

/** The three fields that are expressions in every candidate: address, scopes and region. */
const EXPRESSIONS = {
	email: '={{ $json.email }}',
	scopes: '={{ $json.scopes }}',
	region: '={{ $json.region }}',
};

export interface Batching {
	size: number;
	intervalMs: number;
}

export const httpRequest = (
	name: string,
	parameters: Record<string, unknown>,
	{ batching, rest = goOn }: { batching?: Batching; rest?: Partial<WorkflowNode> } = {},
): WorkflowNode =>
	node(
		name,
		HTTP,
		4.2,
		{
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'sendGridApi',
			...parameters,
			options: {
				...(batching && {
					batching: { batch: { batchSize: batching.size, batchInterval: batching.intervalMs } },
				}),
				...(parameters.options as Record<string, unknown>),
			},
		},
		{ credentials: httpCredential, ...rest },
	);

/** The HTTP Request node doing what Invite does. */
export const inviteByHttp = (batching?: Batching): WorkflowNode =>
	httpRequest(
		MEASURED,
		{
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
		},
		{ batching },
	);

export const ourNode = (parameters: Record<string, unknown>): WorkflowNode =>
	node(
		MEASURED,
		OURS,
		1,
		{ region: 'credential', options: {}, ...parameters },
		{ credentials: ourCredential, ...goOn },
	);

export const inviteByOurs = (): WorkflowNode =>
	ourNode({ resource: 'invitation', operation: 'invite', access: 'scopes', ...EXPRESSIONS });

export const inviteByFloor = (): WorkflowNode =>
	node(
		MEASURED,
		FLOOR_TYPE,
		1,
		{ operation: 'invite', access: 'scopes', options: {}, ...EXPRESSIONS },
		{ credentials: { bareApi: { id: 'bare', name: 'Bare' } }, ...goOn },
	);

/** People -> the measured node. */
export const inviting = (
	name: string,
	measured: WorkflowNode,
	count: number,
	domain = 'bench.example',
): Workflow =>
	workflow(
		name,
		[...itemsNodes(newPeople(count, domain)), measured],
		[START, 'List', 'Items', MEASURED],
	);
