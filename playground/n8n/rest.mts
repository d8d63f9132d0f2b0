import { parse } from 'flatted';
import { toRun, type ExecutionRecord, type Run } from './run.mts';
import type { Credential, Workflow } from './workflow.mts';

/** The account that owns a playground's n8n. The address is reserved for examples. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Playground',
	lastName: 'Owner',
} as const;

export type Owner = typeof OWNER & { password: string };

/** What n8n says about a credential that it has tested. */
export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

/** One choice of a dynamic dropdown or list. */
export interface Choice {
	name: string;
	value: string | number | boolean;
	description?: string;
	url?: string;
}

/** A parameter whose choices the editor asks for, with what the user has entered so far. */
export interface DynamicParameter {
	nodeType: string;
	nodeVersion: number;
	/** Where the parameter is, such as "parameters.invitee" or "parameters.options.scopes". */
	path: string;
	parameters: Record<string, unknown>;
	/** Credential type -> saved credential. */
	credentials: Record<string, { id: string; name: string }>;
}

export interface SavedWorkflow {
	id: string;
	/** The version that activation publishes. */
	versionId: string;
}

/** How far n8n has got with starting an activated workflow's triggers. */
interface Publication {
	status: string;
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}

export interface ExecutionSummary {
	id: string;
	status: string;
	mode: string;
}

const POLL_MS = 100;
const TIMEOUT_MS = 300_000;
const UNFINISHED = new Set(['new', 'running', 'waiting']);

/**
 * Asks again and again until there is an answer.
 *
 * @param what what is awaited, for the message if it takes too long
 */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
	const deadline = Date.now() + TIMEOUT_MS;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadline) throw new Error(`waited ${TIMEOUT_MS / 1000} s until ${what}`);
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}

/** n8n 1.x records that an execution is over a moment before it records what happened. */
const isYetToBeWritten = (status: string, { resultData }: ExecutionRecord['data']) =>
	['success', 'error'].includes(status) && !resultData.lastNodeExecuted && !resultData.error;

/** The fields of a dynamic parameter under the names of n8n's API. */
function dynamicRequest(parameter: DynamicParameter): Record<string, unknown> {
	return {
		path: parameter.path,
		nodeTypeAndVersion: { name: parameter.nodeType, version: parameter.nodeVersion },
		currentNodeParameters: parameter.parameters,
		credentials: parameter.credentials,
	};
}

/** The API behind n8n's editor, for one signed-in user. */
export class Rest {
	private readonly url: string;
	/** The session, as a header has it: `name=value`. */
	readonly cookie: string;
	private readonly major: number;

	private constructor(url: string, cookie: string, major: number) {
		this.url = url;
		this.cookie = cookie;
		this.major = major;
	}

	/**
	 * Signs in as the owner, who is created on an instance that has none yet.
	 *
	 * @param major first part of n8n's version
	 */
	static async signIn(url: string, major: number, owner: Owner): Promise<Rest> {
		const visitor = new Rest(url, '', major);
		const { email, password } = owner;
		const response = await visitor
			.request('POST', '/owner/setup', owner)
			.catch(async (cause: unknown) => {
				const login = visitor.request('POST', '/login', { emailOrLdapLoginId: email, password });
				return await login.catch((error: unknown) => {
					throw new AggregateError([cause, error], 'n8n does not let its owner in');
				});
			});
		const cookie = response.headers
			.getSetCookie()
			.map((line) => line.split(';')[0])
			.join('; ');
		return new Rest(url, cookie, major);
	}

	/** @param path below /rest @returns the `data` of the answer */
	async get<T>(path: string): Promise<T> {
		return await this.data<T>(await this.request('GET', path));
	}

	/** @param path below /rest @returns the `data` of the answer */
	async post<T>(path: string, body: unknown): Promise<T> {
		return await this.data<T>(await this.request('POST', path, body));
	}

	/** Every node type that the editor offers, including the copies for AI agents. */
	async offeredTypes(): Promise<Array<{ name: string; displayName: string }>> {
		const response = await fetch(`${this.url}/types/nodes.json`, {
			headers: { cookie: this.cookie },
		});
		return (await response.json()) as Array<{ name: string; displayName: string }>;
	}

	/** Saves a new credential. n8n chooses the id. */
	async createCredential(
		credential: Omit<Credential, 'id'>,
	): Promise<{ id: string; name: string }> {
		const { name, type, data } = credential;
		const saved = await this.post<{ id: string; name: string }>('/credentials', {
			name,
			type,
			data,
		});
		return { id: saved.id, name: saved.name };
	}

	/** Tests a credential as the editor does: an unsaved one, or a saved one by its id. */
	async testCredential(
		credential: Omit<Credential, 'id'> | { id: string },
	): Promise<CredentialTest> {
		if ('id' in credential) {
			// n8n wants the fields as well; secrets in them are placeholders it replaces.
			const saved = await this.get(`/credentials/${credential.id}?includeData=true`);
			return await this.post('/credentials/test', { credentials: saved });
		}
		if (this.major > 1) {
			return await this.post('/credentials/test', { credentials: { id: '', ...credential } });
		}
		// The editor of n8n 1.x saves a credential before testing it.
		const saved = await this.createCredential(credential);
		try {
			return await this.testCredential(saved);
		} finally {
			await this.request('DELETE', `/credentials/${saved.id}`);
		}
	}

	/**
	 * The choices of a parameter with `loadOptionsMethod` or with `loadOptions.routing`.
	 *
	 * @param source the method's name, or the `loadOptions` of the parameter
	 */
	async options(
		parameter: DynamicParameter,
		source: string | Record<string, unknown>,
	): Promise<Choice[]> {
		return await this.post('/dynamic-node-parameters/options', {
			...dynamicRequest(parameter),
			...(typeof source === 'string' ? { methodName: source } : { loadOptions: source }),
		});
	}

	/** One page of a resource locator's list. */
	async resourceLocator(
		parameter: DynamicParameter,
		methodName: string,
		page: { filter?: string; paginationToken?: string } = {},
	): Promise<{ results: Choice[]; paginationToken?: string }> {
		return await this.post('/dynamic-node-parameters/resource-locator-results', {
			...dynamicRequest(parameter),
			methodName,
			...page,
		});
	}

	async createWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		const { id, versionId } = await this.post<SavedWorkflow>('/workflows', {
			...workflow,
			active: false,
		});
		return { id, versionId };
	}

	/** Publishes a workflow and waits until its webhooks and other triggers work. */
	async activate({ id, versionId }: SavedWorkflow): Promise<void> {
		await this.post(`/workflows/${id}/activate`, { versionId });
		// n8n 1.x has finished when it answers.
		if (this.major === 1) return;
		await until(`workflow ${id} is published`, async () => {
			const publication = await this.get<Publication>(`/workflows/${id}/publication-status`);
			if (publication.triggers.some(({ status }) => status === 'failed')) {
				throw new Error(`workflow ${id} was not published: ${JSON.stringify(publication)}`);
			}
			return publication.status === 'published' ? publication : undefined;
		});
	}

	/** Starts a workflow as the editor's button does. @returns the execution's id */
	async runManually(workflowId: string, triggerNode: string): Promise<string> {
		const { executionId } = await this.post<{ executionId?: string }>(
			`/workflows/${workflowId}/run`,
			{
				triggerToStartFrom: { name: triggerNode },
				// n8n 1.x runs what the editor shows, n8n 2.x what is saved.
				...(this.major === 1 && { workflowData: await this.get(`/workflows/${workflowId}`) }),
			},
		);
		if (executionId === undefined) throw new Error(`${triggerNode} waits for a call from outside`);
		return executionId;
	}

	/** Calls a production webhook. @returns the raw answer */
	async callWebhook(
		path: string,
		body: unknown,
		headers: Record<string, string> = {},
	): Promise<Response> {
		return await fetch(`${this.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
	}

	/** The executions of a workflow, latest first. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.get<{ results: ExecutionSummary[] }>(
			`/executions?filter=${filter}`,
		);
		return results;
	}

	/** Waits until this many executions of a workflow wait for an answer. */
	async waitingExecutions(workflowId: string, count = 1): Promise<void> {
		await until(`${count} of workflow ${workflowId} wait for an answer`, async () => {
			const executions = await this.executions(workflowId);
			const waiting = executions.filter(({ status }) => status === 'waiting');
			return waiting.length === count ? waiting : undefined;
		});
	}

	/**
	 * Waits for an execution that a workflow's trigger has started, until it is over.
	 *
	 * @param known those to ignore
	 */
	async nextExecution(workflowId: string, known: readonly string[] = []): Promise<Run> {
		const id = await until(`workflow ${workflowId} is started by its trigger`, async () => {
			const executions = await this.executions(workflowId);
			return executions.find((execution) => !known.includes(execution.id))?.id;
		});
		return await this.finishedExecution(id);
	}

	/** Waits until an execution is over and returns all of it. */
	async finishedExecution(executionId: string): Promise<Run> {
		return await until(`execution ${executionId} is over`, async () => {
			const record = await this.get<Omit<ExecutionRecord, 'data'> & { data: string }>(
				`/executions/${executionId}`,
			);
			if (UNFINISHED.has(record.status)) return undefined;
			const data = parse(record.data) as ExecutionRecord['data'] | undefined;
			if (data === undefined || isYetToBeWritten(record.status, data)) return undefined;
			return toRun({ ...record, data });
		});
	}

	private async data<T>(response: Response): Promise<T> {
		return ((await response.json()) as { data: T }).data;
	}

	private async request(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: {
				...(body !== undefined && { 'content-type': 'application/json' }),
				...(this.cookie !== '' && { cookie: this.cookie }),
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		if (!response.ok) {
			throw new Error(
				`${method} ${path} was answered with ${response.status}: ${await response.text()}`,
			);
		}
		return response;
	}
}
