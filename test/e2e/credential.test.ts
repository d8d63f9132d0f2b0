/** Who may use the credential: this package's nodes, and in n8n 1.x, without limits, others too. */
import { createListener, type Listener } from '../../sandbox/listener.mts';
import type { Run } from '../../playground/run.mts';
import { outputItems } from '../../playground/run.mts';
import type { WorkflowNode } from '../../playground/workflow.mts';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../support/names';
import { sampleParameters } from '../support/operations';
import { runOnce, sharedN8n, type SharedN8n } from './sharedN8n';

const on = sharedN8n('credential');

type Saved = SharedN8n['credential'];

/** Each keeps something else from happening, and none of them what the tests of this package's own nodes do. */
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

/** Start -> one node. */
async function runNode(
	node: Pick<WorkflowNode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>,
): Promise<Run> {
	const start = { id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
	const { id } = await on.rest.createWorkflow({
		name: 'One node',
		nodes: [
			{ ...start, typeVersion: 1, position: [0, 0], parameters: {} },
			{ ...node, id: 'node', name: 'Node', position: [200, 0] },
		],
		connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	return await on.rest.finishedExecution(await on.rest.runManually(id, 'Start'));
}

/** n8n's HTTP Request node with the credential. */
const request = async (
	credential: Saved,
	method: string,
	url: string,
	parameters: Record<string, unknown> = {},
): Promise<Run> =>
	await runNode({
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method,
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: CREDENTIAL_TYPE,
			options: {},
			...parameters,
		},
		credentials: { [CREDENTIAL_TYPE]: credential },
	});

const INVITATION = {
	sendBody: true,
	specifyBody: 'json',
	jsonBody: '{ "email": "mallory@evil.example", "scopes": [], "is_admin": true }',
};

const API = 'https://api.sendgrid.com/v3';

/** What n8n 2.x says, and what the credential says in n8n 1.x. */
const refusal = () =>
	on.n8n.major > 1
		? /restricted to specific nodes/
		: /This credential has limits, and only the SendGrid Teammates nodes keep to them/;

describe("n8n's HTTP Request node", () => {
	test.each(Object.keys(LIMITS))('does nothing with a credential with %s', async (name) => {
		const credential = Object.fromEntries(limited)[name];
		const runs = [
			await request(credential, 'DELETE', `${API}/teammates/legacy_lee`),
			await request(credential, 'POST', `${API}/teammates`, INVITATION),
			await request(credential, 'GET', `${API}/teammates`),
			await request(credential, 'GET', elsewhere.url),
		];
		for (const run of runs.slice(0, 3)) expect(run.error?.message).toMatch(refusal());
		expect(runs[3].error).toBeDefined();
		expect(JSON.stringify(runs)).not.toContain(on.keys.fullAccess);
		expect(on.sandbox.state.requests).toEqual([]);
		expect(received).toEqual([]);
	});

	test('never sends the key to another host, on no way that it knows', async () => {
		const pages = {
			pagination: {
				pagination: {
					paginationMode: 'responseContainsNextURL',
					nextURL: elsewhere.url,
					paginationCompleteWhen: 'other',
					completeExpression: '={{ $pageCount > 1 }}',
				},
			},
		};
		const runs = [
			await request(on.credential, 'GET', elsewhere.url),
			await request(on.credential, 'POST', elsewhere.url, INVITATION),
			await request(on.credential, 'GET', `${API}/scopes`, { options: pages }),
			await request(
				on.credential,
				'GET',
				`https://api.sendgrid.com@${new URL(elsewhere.url).host}/`,
			),
		];
		for (const run of runs) expect(run.error).toBeDefined();
		expect(JSON.stringify(runs)).not.toContain(on.keys.fullAccess);
		expect(received).toEqual([]);
	});

	test('can use a credential without limits on n8n 1.x only', async () => {
		const run = await request(on.credential, 'GET', `${API}/scopes`);
		if (on.n8n.major > 1) {
			expect(run.error?.message).toMatch(refusal());
			expect(on.sandbox.state.requests).toEqual([]);
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

describe("this package's own nodes go on working with limits", () => {
	test('the node', async () => {
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

	test('the trigger', async () => {
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

	test("the credential's test", async () => {
		for (const [, credential] of limited) {
			expect(await on.rest.testCredential(credential)).toMatchObject({ status: 'OK' });
		}
	});

	test('lists to choose from', async () => {
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
