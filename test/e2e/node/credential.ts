/** Who can use the credential: this package's nodes and, in n8n 1.x without limits, other nodes too. */
import { createListener, type Listener } from '../../../sandbox/listener.mts';
import type { Run } from '../../../playground/n8n/run.mts';
import { outputItems } from '../../../playground/n8n/run.mts';
import type { Workflow, WorkflowNode } from '../../../playground/n8n/workflow.mts';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../../support/names';
import { sampleParameters } from '../../support/operations';
import { runOnce, type SharedN8n } from '../sharedN8n';
import { on } from './sharedByAll';

type Saved = SharedN8n['credential'];

/** Each prevents something different, but nothing that the tests of this package's own nodes do. */
const LIMITS = {
	'Allowed Email Domains': { allowedEmailDomains: 'acme.example' },
	'Allow Admin Access': { allowAdminAccess: false },
	'Allow Deletion': { allowDeletion: false },
	'Allow AI Agents': { allowAgents: false },
};

const limited: Array<[string, Saved]> = [];
let elsewhere: Listener;
const received: unknown[] = [];
beforeAll(async () => {
	for (const [name, limit] of Object.entries(LIMITS)) {
		const data = { apiKey: on.keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '' };
		const saved = await on.rest.createCredential({
			name,
			type: CREDENTIAL_TYPE,
			data: { ...data, ...limit },
		});
		limited.push([name, saved]);
	}
	const { app, listen } = createListener({});
	app.all('*', (request, reply) => {
		received.push(request.headers);
		return reply.send({});
	});
	elsewhere = await listen(0);
});
afterAll(async () => {
	await elsewhere?.close();
});
beforeEach(() => {
	received.length = 0;
});

type Node = Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>;

/** Start -> one node. */
const workflowOf = (node: Node, id?: string): Workflow => ({
	id,
	name: 'One node',
	nodes: [
		{
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{ ...node, id: 'node', name: 'Node', position: [200, 0] },
	],
	connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
});

const runSaved = async (id: string): Promise<Run> =>
	await on.rest.finishedExecution(await on.rest.runManually(id, 'Start'));

const runNode = async (node: Node): Promise<Run> =>
	await runSaved((await on.rest.createWorkflow(workflowOf(node))).id);

const API = 'https://api.sendgrid.com/v3';

/** What n8n's HTTP Request node can be set to do with the credential. */
const requests = (): Record<string, Record<string, unknown>> => ({
	delete: { method: 'DELETE', url: `${API}/teammates/legacy_lee` },
	invite: {
		method: 'POST',
		url: `${API}/teammates`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '{ "email": "mallory@evil.example", "scopes": [], "is_admin": true }',
	},
	list: { method: 'GET', url: `${API}/scopes` },
	elsewhere: { method: 'GET', url: elsewhere.url },
	postElsewhere: { method: 'POST', url: elsewhere.url },
	almostElsewhere: {
		method: 'GET',
		url: `https://api.sendgrid.com@${new URL(elsewhere.url).host}/`,
	},
	nextPageElsewhere: {
		method: 'GET',
		url: `${API}/scopes`,
		options: {
			pagination: {
				pagination: {
					paginationMode: 'responseContainsNextURL',
					nextURL: elsewhere.url,
					paginationCompleteWhen: 'other',
					completeExpression: '={{ $pageCount > 1 }}',
				},
			},
		},
	},
});

const ELSEWHERE = ['elsewhere', 'postElsewhere', 'almostElsewhere', 'nextPageElsewhere'];

const nodeFor = (name: string, credential: Saved): Node => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		authentication: 'predefinedCredentialType',
		nodeCredentialType: CREDENTIAL_TYPE,
		options: {},
		...requests()[name],
	},
	credentials: { [CREDENTIAL_TYPE]: credential },
});

const idOf = (name: string, limit: string) => `${name}${limit.replaceAll(' ', '')}`;

/** The workflows are imported, because n8n 2.x doesn't save any of them. */
beforeAll(async () => {
	const workflows = [...limited, ['', on.credential] as const].flatMap(([limit, credential]) =>
		Object.keys(requests()).map((name) => workflowOf(nodeFor(name, credential), idOf(name, limit))),
	);
	await on.n8n.importWorkflows(workflows);
});

const request = async (name: string, limit = ''): Promise<Run> => await runSaved(idOf(name, limit));

/** What n8n 2.x says, and what the credential says in n8n 1.x. */
const refusal = () =>
	on.n8n.major > 1
		? /restricted to specific nodes/
		: /This credential has limits, so only the SendGrid Teammates nodes can use it/;

describe("n8n's HTTP Request node", () => {
	test.each(Object.keys(LIMITS))('does nothing with a credential with %s', async (limit) => {
		for (const name of ['delete', 'invite', 'list']) {
			expect((await request(name, limit)).error?.message).toMatch(refusal());
		}
		for (const name of ELSEWHERE) {
			const run = await request(name, limit);
			expect(run.error).toBeDefined();
			expect(JSON.stringify(run)).not.toContain(on.keys.fullAccess);
		}
		expect(on.sandbox.state.requests).toEqual([]);
		expect(received).toEqual([]);
	});

	test('never sends the key to another host, in any way', async () => {
		for (const name of ELSEWHERE) {
			const run = await request(name);
			expect(run.error).toBeDefined();
			expect(JSON.stringify(run)).not.toContain(on.keys.fullAccess);
		}
		expect(received).toEqual([]);
	});

	test('can use a credential without limits only in n8n 1.x', async () => {
		const run = await request('list');
		if (on.n8n.major > 1) {
			expect(run.error?.message).toMatch(refusal());
			expect(on.sandbox.state.requests).toEqual([]);
			const saving = on.rest.createWorkflow(workflowOf(nodeFor('list', on.credential)));
			await expect(saving).rejects.toThrow('Cannot save workflow');
		} else {
			expect(run.error).toBeUndefined();
			expect(on.sandbox.state.requests).toHaveLength(1);
		}
	});
});

test("Custom API Call, which n8n adds to the node's lists, does nothing", async () => {
	for (const [, credential] of [...limited, ['none', on.credential] as const]) {
		for (const chosen of [
			{ resource: '__CUSTOM_API_CALL__' },
			{ resource: 'teammate', operation: '__CUSTOM_API_CALL__' },
		]) {
			const run = await runNode({
				type: NODE_TYPE,
				typeVersion: 1,
				parameters: { ...chosen, method: 'DELETE', url: `${API}/teammates/legacy_lee` },
				credentials: { [CREDENTIAL_TYPE]: credential },
			});
			expect(run.error).toBeDefined();
		}
	}
	expect(on.sandbox.state.requests).toEqual([]);
});

describe('with limits,', () => {
	test("this package's node still works", async () => {
		for (const [, credential] of limited) {
			on.sandbox.state.requests.length = 0;
			const run = await runOnce({ ...on, rest: on.rest, credential }, [{}], {
				...sampleParameters('inviteWith'),
				email: `${credential.id.toLowerCase()}@acme.example`,
			});
			expect(run.error).toBeUndefined();
			expect(on.sandbox.state.requests).toMatchObject([{ method: 'POST', path: '/v3/teammates' }]);
		}
	});

	test("this package's trigger still works", async () => {
		for (const [, credential] of limited) {
			const { id } = await on.rest.createWorkflow({
				name: 'Trigger',
				nodes: [
					{
						id: 'trigger',
						name: 'Trigger',
						type: `${NODE_TYPE}Trigger`,
						typeVersion: 1,
						position: [0, 0],
						parameters: { events: ['teammateAdded'] },
						credentials: { [CREDENTIAL_TYPE]: credential },
					},
				],
				connections: {},
				settings: { executionOrder: 'v1' },
			});
			const run = await on.rest.finishedExecution(await on.rest.runManually(id, 'Trigger'));
			expect(run.error).toBeUndefined();
			expect(outputItems(run, 'Trigger')).toHaveLength(1);
		}
	});

	test("the credential's test still works", async () => {
		for (const [, credential] of limited) {
			expect(await on.rest.testCredential(credential)).toMatchObject({ status: 'OK' });
		}
	});

	test('the lists to choose from still work', async () => {
		for (const [, credential] of limited) {
			const parameter = (path: string) => ({
				nodeType: NODE_TYPE,
				nodeVersion: 1,
				path,
				parameters: { resource: 'invitation', region: 'credential', options: {} },
				credentials: { [CREDENTIAL_TYPE]: credential },
			});
			const scopes = await on.rest.options(parameter('parameters.scopes'), 'getScopes');
			expect(scopes.length).toBeGreaterThan(0);
			const teammates = await on.rest.resourceLocator(
				parameter('parameters.teammate'),
				'searchTeammates',
			);
			expect(teammates.results.length).toBeGreaterThan(0);
		}
	});
});
