/** The node as the tool of n8n's AI Agent; the model is a stand-in for OpenAI that calls what a script says. */
import {
	startChatModel,
	toldByTools,
	type ChatModel,
	type ToolCall,
} from '../../playground/fakes/openai.mts';
import { outputItems, type Run } from '../../playground/n8n/run.mts';
import { exampleWorkflow } from '../../playground/n8n/n8nEnvironment.mts';
import type { Workflow, WorkflowNode } from '../../playground/n8n/workflow.mts';
import { chosenN8n } from '../../playground/n8n/runtime.mts';
import { CREDENTIAL_TYPE, NODE_TYPE } from '../support/names';
import { sharedN8n } from './sharedN8n';

const on = sharedN8n('agent');

/** The newest of both lines that n8n still runs: the first calls its tools itself, the second lets n8n run them. */
const AGENTS = [2.2, 3];

/** The one that everything is tested with here, the other one in the other line of n8n. A conversation is with both. */
const AGENT = chosenN8n() === 'n8n' ? 3 : 2.2;

const UPSERT = 'Create_or_Update';
const STATUS = 'Get_Status';
const RESEND = 'Resend_Invitation';

let model: ChatModel;
let openAi: { id: string; name: string };
beforeAll(async () => {
	model = await startChatModel();
	openAi = await on.rest.createCredential({
		name: 'OpenAI',
		type: 'openAiApi',
		data: { apiKey: 'sk-of-no-use', url: model.url },
	});
});
afterAll(async () => {
	await model?.close();
});
beforeEach(() => {
	model.script = [];
	model.requests.length = 0;
});

const saveWithLimits = async (limits: object) =>
	await on.rest.createCredential({
		name: 'Limited',
		type: CREDENTIAL_TYPE,
		data: { apiKey: on.keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '', ...limits },
	});

interface Changes {
	agent?: number;
	/** The SendGrid credential of all tools. */
	credential?: { id: string; name: string };
	/** Node name -> parameters that differ. */
	parameters?: Record<string, Record<string, unknown>>;
	settings?: Record<string, unknown>;
	/** Further tools. */
	tools?: Array<Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters' | 'credentials'>>;
}

/** The example, with the credentials of this n8n. */
function example({ agent, credential, parameters = {}, settings, tools = [] }: Changes): Workflow {
	const workflow = exampleWorkflow('ai-agent');
	const connections = { ...workflow.connections };
	for (const { name } of tools) connections[name] = connections['Get Status'];
	const nodes = [
		...workflow.nodes,
		...tools.map((tool): WorkflowNode => ({ ...tool, id: tool.name, position: [900, 260] })),
	].map((node) => ({
		...node,
		parameters: { ...node.parameters, ...parameters[node.name] },
		...(node.name === 'AI Agent' && agent !== undefined && { typeVersion: agent }),
		...(node.type === `${NODE_TYPE}Tool` && {
			credentials: { [CREDENTIAL_TYPE]: credential ?? on.credential },
		}),
		...(node.credentials?.openAiApi && { credentials: { openAiApi: openAi } }),
	}));
	return {
		...workflow,
		id: undefined,
		nodes,
		connections,
		settings: settings ?? workflow.settings,
	};
}

/** The same with a button instead of the chat, which says the same words each time. */
function exampleWithButton(changes: Changes): Workflow {
	const workflow = example(changes);
	const said = { chatInput: 'Do what you are to do.', sessionId: 'one' };
	const button: WorkflowNode = {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [-200, 0],
		parameters: {},
	};
	const words: WorkflowNode = {
		id: 'words',
		name: 'Chat',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		position: [0, 0],
		parameters: { mode: 'raw', jsonOutput: JSON.stringify(said), options: {} },
	};
	return {
		...workflow,
		nodes: [...workflow.nodes.filter(({ name }) => name !== 'Chat'), button, words],
		connections: {
			...workflow.connections,
			Start: { main: [[{ node: 'Chat', type: 'main', index: 0 }]] },
		},
	};
}

async function runInServer(changes: Changes): Promise<Run> {
	const { id } = await on.rest.createWorkflow(exampleWithButton(changes));
	return await on.rest.finishedExecution(await on.rest.runManually(id, 'Start'));
}

/** What a model must never see: API keys, and tokens with which anybody can join the account. */
const secrets = () => [
	...Object.values(on.keys),
	...on.sandbox.state.sentEmails.map(({ token }) => token),
	...on.sandbox.state.account().invitations.map(({ token }) => token),
];

function checkSecrecy(): void {
	const asked = JSON.stringify(model.requests);
	expect(secrets().filter((secret) => asked.includes(secret))).toEqual([]);
}

/** Lets the model make these calls, turn by turn. @returns the answer to each, parsed */
async function letModel(
	script: ToolCall[][],
	changes: Changes,
	execute = runInServer,
): Promise<unknown[]> {
	model.script = [...script];
	const run = await execute(changes);
	expect(run.error).toBeUndefined();
	checkSecrecy();
	const told = toldByTools(model.requests[model.requests.length - 1]);
	// The agent outputs what the model has made of it.
	expect(outputItems(run, 'AI Agent').map(({ json }) => json.output)).toEqual([told.join('\n')]);
	return told.map((answer) => JSON.parse(answer) as unknown);
}

const mails = () => on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`);

const invite = (Email: string, Scopes: unknown = 'stats.read', more = {}): ToolCall => ({
	tool: UPSERT,
	arguments: { Email, Scopes, ...more },
});
const status = (Email: string): ToolCall => ({ tool: STATUS, arguments: { Email } });
const resend = (Email: string): ToolCall => ({ tool: RESEND, arguments: { Email } });

const invited = (email: string, scopes = ['stats.read']) => [
	expect.objectContaining({ email, scopes, is_admin: false }),
];

/** Invite in place of Create or Update. */
const PLAIN_INVITE = { 'Create or Update': { resource: 'invitation', operation: 'invite' } };

const ACCESS_BY_MODEL = { 'Create or Update': { access: "={{ $fromAI('Access') }}" } };

/** One call of each tool, one after the other, and one that fails. */
const CONVERSATION = [
	[status('grace@acme.example')],
	[invite('grace@acme.example', 'stats.read, templates.read')],
	[resend('FRESH@acme.example')],
	[invite('Grace')],
];

async function converse(agent: number, execute = runInServer): Promise<void> {
	expect(await letModel(CONVERSATION, { agent }, execute)).toEqual([
		[expect.objectContaining({ email: 'grace@acme.example', status: 'not_found' })],
		[
			expect.objectContaining({
				action: 'invited',
				email: 'grace@acme.example',
				scopes: ['stats.read', 'templates.read'],
			}),
		],
		[expect.objectContaining({ email: 'fresh@acme.example' })],
		[
			{
				error: "'Email' must be an email address, not 'Grace'",
				how_to_fix: expect.stringContaining("Fix 'Email', e.g. nathan@example.com"),
			},
		],
	]);
	expect(mails()).toEqual(['invitation grace@acme.example', 'resend fresh@acme.example']);
}

test.each(AGENTS)(
	'AI Agent %d asks for a status, invites, resends by email, and learns what it did wrong',
	async (agent) => {
		await converse(agent);
	},
);

describe(`AI Agent ${AGENT} works`, () => {
	const agent = AGENT;

	const string = (description?: string) => ({
		type: 'string',
		...(description && { description }),
	});

	/** The tools that the model is offered: name, description, parameters. All parameters are required. */
	async function offered(changes: Changes) {
		await letModel([], { agent, ...changes });
		const tools = (model.requests[0].tools ?? []).map((tool) => tool.function);
		for (const { parameters } of tools) {
			expect(parameters.required).toEqual(Object.keys(Object(parameters.properties)));
		}
		return Object.fromEntries(
			tools.map((tool) => [tool.name, [tool.description, tool.parameters.properties]]),
		);
	}

	test('offers the model each tool by name, description and parameters', async () => {
		expect(await offered({})).toEqual({
			[UPSERT]: [
				'Invites somebody to the SendGrid account, or gives more access to somebody who is there. Takes nothing away, and sends an email only if one is needed.',
				{
					Email: string('Address of the person'),
					Scopes: string(
						'SendGrid scopes with commas between them, such as stats.read, templates.read',
					),
				},
			],
			[STATUS]: [
				'Get status of teammate in SendGrid Teammates',
				{ Email: string('Address of the person') },
			],
			[RESEND]: [
				'Resend invite in SendGrid Teammates',
				{ Email: string('Address that was invited') },
			],
		});
	});

	test("uses a tool as the editor's buttons write it, without fields at their defaults", async () => {
		const byModel = (key: string) =>
			`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, 'string') }}`;
		const parameters = {
			'Create or Update': {
				descriptionType: undefined,
				toolDescription: undefined,
				resource: undefined,
				operation: undefined,
				region: undefined,
				email: byModel('Email'),
				access: byModel('Access'),
				scopes: byModel('Scope_Names_or_IDs'),
			},
		};
		expect((await offered({ parameters }))[UPSERT]).toEqual([
			'Invite teammate in SendGrid Teammates',
			{ Email: string(), Access: string(), Scope_Names_or_IDs: string() },
		]);
		model.requests.length = 0;
		const call = {
			tool: UPSERT,
			arguments: {
				Email: 'grace@acme.example',
				Access: 'scopes',
				Scope_Names_or_IDs: 'stats.read',
			},
		};
		expect(await letModel([[call]], { agent, parameters })).toEqual([
			invited('grace@acme.example'),
		]);
	});

	test('carries out and answers several calls in one turn, one of them twice', async () => {
		const calls = [
			invite('grace@acme.example'),
			status('fresh@acme.example'),
			invite('ada@acme.example'),
			invite('grace@acme.example'),
			invite('nobody'),
		];
		expect(await letModel([calls], { agent, parameters: PLAIN_INVITE })).toEqual([
			invited('grace@acme.example'),
			[expect.objectContaining({ status: 'pending' })],
			invited('ada@acme.example'),
			invited('grace@acme.example'),
			[expect.objectContaining({ error: expect.stringContaining("'nobody'") })],
		]);
		expect(mails().sort()).toEqual([
			'invitation ada@acme.example',
			'invitation grace@acme.example',
			'invitation grace@acme.example',
		]);
	});

	test('sends one email for the same call twice in one turn', async () => {
		const calls = [invite('grace@acme.example'), invite('grace@acme.example')];
		const told = await letModel([calls], { agent });
		expect(told).toHaveLength(2);
		expect(mails()).toEqual(['invitation grace@acme.example']);
	});

	test.each([
		['a text with commas', 'string', 'stats.read, templates.read'],
		['a list in a text', 'string', '["stats.read", "templates.read"]'],
		['a list', 'json', ['stats.read', 'templates.read']],
	])('accepts scopes as %s', async (_, type, scopes) => {
		const told = await letModel([[invite('grace@acme.example', scopes)]], {
			agent,
			parameters: { 'Create or Update': { scopes: `={{ $fromAI('Scopes', '', '${type}') }}` } },
		});
		expect(told).toEqual([invited('grace@acme.example', ['stats.read', 'templates.read'])]);
	});

	test('gives admin access', async () => {
		const calls = [
			invite('grace@acme.example', '', { Access: 'admin' }),
			invite('ada@acme.example', '', { Access: 'Administrator' }),
		];
		expect(await letModel([calls], { agent, parameters: ACCESS_BY_MODEL })).toEqual([
			[expect.objectContaining({ email: 'grace@acme.example', scopes: [], is_admin: true })],
			[
				{
					error:
						"'ada@acme.example' was not handled: 'Access' must be Admin, Persona, Same as Teammate or Selected Scopes, not 'Administrator'",
					how_to_fix: expect.stringContaining('admin'),
				},
			],
		]);
	});

	test('gives the access of a role', async () => {
		const told = await letModel([[invite('grace@acme.example', 'marketer')]], {
			agent,
			parameters: {
				'Create or Update': { access: 'persona', persona: "={{ $fromAI('Scopes') }}", scopes: [] },
			},
		});
		expect(told).toEqual([
			[
				expect.objectContaining({
					is_admin: false,
					scopes: expect.arrayContaining(['templates.update']),
				}),
			],
		]);
	});

	test('is answered for a list without entries', async () => {
		const told = await letModel([[status('nowhere.example')]], {
			agent,
			parameters: {
				'Get Status': {
					operation: 'getAll',
					filters: { emailDomain: "={{ $fromAI('Email') }}" },
				},
			},
		});
		expect(told).toEqual([[{ result: 'Nothing was found' }]]);
	});

	describe('a call that the credential does not allow', () => {
		let credential: { id: string; name: string };
		beforeAll(async () => {
			credential = await on.rest.createCredential({
				name: 'Guarded',
				type: CREDENTIAL_TYPE,
				data: {
					apiKey: on.keys.fullAccess,
					region: 'global',
					apiUrl: '',
					onBehalfOf: '',
					allowedEmailDomains: 'acme.example',
					allowAdminAccess: false,
					allowDeletion: false,
				},
			});
		});

		test('comes back with the reason, and sends nothing', async () => {
			const told = await letModel(
				[
					[invite('mallory@evil.example', '', { Access: 'scopes' })],
					[invite('grace@acme.example', '', { Access: 'admin' })],
					[status('lee@acme.example')],
				],
				{
					agent,
					credential,
					parameters: {
						...ACCESS_BY_MODEL,
						'Get Status': {
							operation: 'delete',
							teammate: { __rl: true, mode: 'email', value: "={{ $fromAI('Email') }}" },
						},
					},
				},
			);
			const advice = (field: string) =>
				`Ask the person who manages the credential to change this, under '${field}' in the credential.`;
			expect(told).toEqual([
				[
					{
						error:
							"'mallory@evil.example' is at a domain that this credential doesn't allow. Allowed: acme.example",
						how_to_fix: advice('Allowed Email Domains'),
					},
				],
				[
					{
						error:
							"'grace@acme.example' was not handled: This credential doesn't allow granting admin access",
						how_to_fix: advice('Allow Admin Access'),
					},
				],
				[
					{
						error:
							"'lee@acme.example' was not handled: This credential doesn't allow deleting teammates",
						how_to_fix: advice('Allow Deletion'),
					},
				],
			]);
			expect(on.sandbox.state.requests).toEqual([]);
		});
	});

	test('no tool works with a credential that AI agents may not use', async () => {
		const credential = await saveWithLimits({ allowAgents: false });
		const told = await letModel([[invite('grace@acme.example')], [status('lee@acme.example')]], {
			agent,
			credential,
		});
		for (const [answer] of told as Array<Array<Record<string, string>>>) {
			expect(answer.error).toContain("This credential doesn't allow AI agents to use it");
			expect(answer.how_to_fix).toContain("under 'Allow AI Agents' in the credential");
		}
		expect(on.sandbox.state.requests).toEqual([]);
	});

	describe('the agent learns what SendGrid refuses:', () => {
		test('an invitation of somebody who is already a teammate', async () => {
			const calls = [invite('lee@acme.example')];
			expect(await letModel([calls], { agent, parameters: PLAIN_INVITE })).toEqual([
				[
					{
						error: expect.stringContaining("'lee@acme.example' was not invited: SendGrid says"),
						how_to_fix: expect.stringContaining('Teammate > Create or Update'),
					},
				],
			]);
		});

		test('the API key', async () => {
			const credential = await on.rest.createCredential({
				name: 'Wrong',
				type: CREDENTIAL_TYPE,
				data: { apiKey: 'SG.revoked', region: 'global', apiUrl: '', onBehalfOf: '' },
			});
			expect(await letModel([[invite('grace@acme.example')]], { agent, credential })).toEqual([
				[
					{
						error: expect.stringContaining('HTTP 401)'),
						how_to_fix: expect.stringContaining("'API Key'"),
					},
				],
			]);
			expect(JSON.stringify(model.requests)).not.toContain('SG.revoked');
		});

		test('too many requests', async () => {
			on.sandbox.state.faults.add({
				times: Infinity,
				fault: { kind: 'status', status: 429, when: 'before' },
			});
			const told = await letModel([[invite('grace@acme.example')]], {
				agent,
				parameters: { 'Create or Update': { options: { maxWait: 0 } } },
			});
			expect(told).toEqual([
				[
					{
						error: expect.stringContaining('HTTP 429)'),
						how_to_fix: expect.stringContaining('Max Wait'),
					},
				],
			]);
		});
	});
});

describe("n8n's HTTP Request tool", () => {
	const tool = (method: string, url: string, credential: { id: string; name: string }) => ({
		type: 'n8n-nodes-base.httpRequestTool',
		typeVersion: 4.2,
		parameters: {
			method,
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: CREDENTIAL_TYPE,
			options: {},
		},
		credentials: { [CREDENTIAL_TYPE]: credential },
	});

	const CASES = AGENTS.flatMap((agent) =>
		[{ allowAgents: false }, { allowDeletion: false }].map((limits) => ({ agent, limits })),
	);
	const idOf = (agent: number, limits: object) =>
		`tools${agent}${Object.keys(limits).join('')}`.replace('.', '');

	beforeAll(async () => {
		const workflows: Workflow[] = [];
		for (const { agent, limits } of CASES) {
			const credential = await saveWithLimits(limits);
			const person = 'https://api.sendgrid.com/v3/teammates/legacy_lee';
			const tools = [
				{ name: 'Delete', ...tool('DELETE', person, credential) },
				{ name: 'Elsewhere', ...tool('GET', `${model.url}/models`, credential) },
			];
			workflows.push({ ...exampleWithButton({ agent, tools }), id: idOf(agent, limits) });
		}
		// n8n 2.x doesn't save such workflows, so they are imported.
		await on.n8n.importWorkflows(workflows);
	});

	test.each(CASES)('does nothing for AI Agent $agent with $limits', async ({ agent, limits }) => {
		model.script = [[{ tool: 'Delete', arguments: {} }], [{ tool: 'Elsewhere', arguments: {} }]];
		const started = await on.rest.runManually(idOf(agent, limits), 'Start');
		const run = await on.rest.finishedExecution(started);
		// The agent was there, and either it or the tool has failed.
		expect(model.requests.length).toBeGreaterThan(0);
		expect(JSON.stringify([run, model.requests])).toMatch(
			/restricted to specific nodes|only the SendGrid Teammates nodes can use it/,
		);
		checkSecrecy();
		expect(JSON.stringify(run)).not.toContain(on.keys.fullAccess);
		expect(on.sandbox.state.requests).toEqual([]);
	});
});

describe("the example's chat", () => {
	/** Sends a message in the published chat. @returns the response, as it arrives */
	async function say(options: Record<string, unknown>): Promise<string> {
		const path = `chat-${String(options.responseMode)}`;
		const workflow = example({ parameters: { Chat: { public: true, options } } });
		const nodes = workflow.nodes.map((node) =>
			node.name === 'Chat' ? { ...node, webhookId: path } : node,
		);
		const saved = await on.rest.createWorkflow({ ...workflow, nodes });
		await on.rest.activate(saved);
		model.script = [[invite('grace@acme.example')]];
		const response = await on.rest.callWebhook(`${path}/chat`, {
			action: 'sendMessage',
			sessionId: 'one',
			chatInput: 'Invite grace@acme.example, she has to read statistics.',
		});
		const answer = await response.text();
		expect(mails()).toEqual(['invitation grace@acme.example']);
		checkSecrecy();
		return answer;
	}

	test('answers', async () => {
		const { output } = JSON.parse(await say({ responseMode: 'lastNode' })) as { output: string };
		expect(JSON.parse(output)).toEqual(invited('grace@acme.example'));
	});

	test('answers word by word', async () => {
		const lines = (await say({ responseMode: 'streaming' })).trim().split('\n');
		const said = lines
			.map((line) => JSON.parse(line) as { type: string; content?: string })
			.filter(({ type }) => type === 'item')
			.map(({ content = '' }) => content);
		expect(JSON.parse(said.join(''))).toEqual(invited('grace@acme.example'));
		expect(model.requests.map(({ stream }) => stream)).toEqual([true, true]);
	});
});

/**
 * Observed in n8n 2.40: in a workflow with the legacy execution order, also one without any settings, AI
 * Agent 3 is asked to go on before its tools have run.
 */
describe('in the legacy execution order,', () => {
	const HTTP_REQUEST = {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequestTool',
		typeVersion: 4.2,
	};

	test.each([
		[2.2, 'everything', [expect.anything(), invited('grace@acme.example')]],
		[3, "nothing by any tool, n8n's own included", ['', '']],
	])('AI Agent %d gets %s', async (agent, _, expected) => {
		const told = await letModel(
			[[{ tool: 'HTTP_Request', arguments: {} }], [invite('grace@acme.example')]],
			{
				agent,
				settings: { executionOrder: 'v0' },
				tools: [{ ...HTTP_REQUEST, parameters: { url: `${model.url}/models`, options: {} } }],
			},
		);
		expect(told).toEqual(expected);
		expect(mails()).toEqual(['invitation grace@acme.example']);
	});
});

/** At the end, because it stops the server. */
describe('without an editor,', () => {
	let id: string;

	beforeAll(async () => {
		({ id } = await on.rest.createWorkflow(exampleWithButton({ agent: AGENT })));
		await on.n8n.stop();
	});

	test('the agent works', async () => {
		await converse(AGENT, async () => await on.n8n.execute(id));
	});
});
