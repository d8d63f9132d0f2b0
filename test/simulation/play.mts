import type {
	ICredentialDataDecryptedObject,
	IExecuteData,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
} from 'n8n-workflow';

import { SandboxState } from '../../sandbox/state.mts';
import { act } from './acts.mts';
import { BuiltNode, credentialDefaults, defaultsOf } from './builtNode.mts';
import { executeContext, type Placed } from './n8n.mts';
import { Network, type NetworkSettings } from './network.mts';
import { Random } from './random.mts';
import { callAsTool, runInWorkflow, type Ended } from './runs.mts';
import type { AccountPlan, Item, KeyPlan, RunPlan, Script } from './script.mts';
import { Truth } from './truth.mts';
import { VirtualClock } from './virtualClock.mts';

/** One call of the node: a whole run of a workflow, or one call of an agent's tool. */
export interface Played {
	/** Number of the run in the script. */
	run: number;
	/** Which items of the run's plan it got. */
	items: number[];
	startedAt: number;
	/** Undefined: it did not end. */
	endedAt?: number;
	cancelledAt?: number;
	ended?: Ended;
}

export interface History {
	script: Script;
	truth: Truth;
	played: Played[];
	/** Lines in n8n's log. */
	log: string[];
	/** Texts that no answer may contain. */
	apiKeys: string[];
	/** Whether something was still running when the longest time was over. */
	isStuck: boolean;
}

const NODE_TYPE = 'n8n-nodes-sendgrid-teammates.sendGridTeammates';

/** Longer than anything the node does, in virtual milliseconds. */
const LONGEST_HISTORY = 7_200_000;

/** So that whatever a history leaves behind in the node ends before the next one starts. */
const REST = 1_200_000;

let keys = 0;

/** A key that no other history has had: the node keeps rate limits and readings per key. */
function newKey(): string {
	keys += 1;
	return `SG.${String(keys).padStart(22, 'simulated')}.${'x'.repeat(43)}`;
}

/** Puts an account's people into the stand-in. */
export function setUp(sendGrid: SandboxState, { name, people, requests }: AccountPlan): void {
	sendGrid.addAccount({ name });
	for (const person of people) {
		const { email, scopes, role, token, expiresInSeconds } = person;
		if (person.state === 'pending') {
			const is_admin = role === 'admin';
			sendGrid.addPending({ account: name, email, scopes, is_admin, token, expiresInSeconds });
		} else {
			sendGrid.addTeammate({
				account: name,
				email,
				username: person.username ?? email,
				user_type: role,
				is_sso: person.isSso,
				first_name: person.first_name ?? '',
				last_name: person.last_name ?? '',
				scopes,
			});
		}
	}
	for (const { username, group, scopes } of requests) {
		sendGrid.addAccessRequest({ account: name, username, scope_group_name: group, scopes });
	}
}

/**
 * Plays a script from its beginning to the end of all runs, on a clock of its own.
 *
 * @param built a copy of the node that other histories may have used, each with keys of its own
 */
export async function play(script: Script, built = new BuiltNode()): Promise<History> {
	const random = new Random(script.seed ^ 0x5f3759df);
	const clock = new VirtualClock(script.startsAt, () => random.next());
	clock.dateAhead = script.clocks?.aheadMs ?? 0;
	const restoreClock = clock.install();
	try {
		return await playOn(clock, random, script, built);
	} finally {
		restoreClock();
	}
}

async function playOn(
	clock: VirtualClock,
	random: Random,
	script: Script,
	built: BuiltNode,
): Promise<History> {
	const sendGrid = new SandboxState({
		now: () => clock.now,
		newId: () => random.id(),
		later: (ms, action) => void clock.after(ms, action),
	});
	for (const account of script.accounts) setUp(sendGrid, account);
	const apiKeys = new Map(script.keys.map(({ name }) => [name, newKey()]));
	for (const { name, account, scopes } of script.keys) {
		sendGrid.addKey({ key: apiKeys.get(name), account, scopes });
	}

	const truth = new Truth(sendGrid);
	/** What waits for a request. */
	const waiting: Array<{ method: string; path: RegExp; start: () => void }> = [];
	const settings: NetworkSettings = { ...script.network, wireFaults: [] };
	const network = new Network(sendGrid, clock, random, settings, (sender, arrive) =>
		truth.observe(sender, () => {
			const entry = arrive();
			const index = waiting.findIndex(
				({ method, path }) => method === entry.method && path.test(entry.path),
			);
			if (index >= 0) waiting.splice(index, 1)[0].start();
			return entry;
		}),
	);
	const history: History = {
		script,
		truth,
		played: [],
		log: [],
		apiKeys: [...apiKeys.values()],
		isStuck: false,
	};

	const credentialFor = ({ key }: Item): ICredentialDataDecryptedObject => {
		const plan = script.keys.find(({ name }) => name === key) as KeyPlan;
		const { allowedEmailDomains, allowAdminAccess, allowDeletion } = plan;
		return {
			...credentialDefaults(),
			allowedHttpRequestDomains: 'all',
			apiKey: apiKeys.get(key) as string,
			allowedEmailDomains,
			allowAdminAccess,
			allowDeletion,
		};
	};

	/** The name of the key that a request is signed with. */
	const keyOf = ({ headers = {} }: IHttpRequestOptions): string =>
		[...apiKeys].find(([, key]) => String(headers.Authorization).endsWith(key))?.[0] ?? '';

	const place = (run: number, plan: RunPlan, items: Item[], signal: AbortSignal): Placed => {
		const node = nodeOf(plan);
		const data = items.map((item, index) => ({
			json: { row: index, email: item.ask.email ?? null },
		}));
		return {
			built,
			node,
			items: data,
			parameters: items.map((item) => parametersOf(item)),
			credentials: items.map(credentialFor),
			executeData: { node, data: { main: [data] }, source: null } as IExecuteData,
			cancelSignal: signal,
			executionId: String(run + 1),
			send: async (options: IHttpRequestOptions) =>
				await network.send({ run, key: keyOf(options) }, node, options),
			log: (line) => history.log.push(line),
		};
	};

	// What the editor offered before anything else happened.
	const fillLists = async () => {
		for (const [run, plan] of script.runs.entries()) {
			for (const item of plan.items.filter(({ fromList }) => fromList)) {
				const placed = place(run, plan, [item], new AbortController().signal);
				// The person who set up the workflow had a key that could read.
				const apiKey = newKey();
				sendGrid.addKey({ key: apiKey, account: item.ask.account });
				placed.credentials = [{ ...credentialFor(item), apiKey }];
				await fillFromList(item, placed);
			}
		}
	};
	let isFilled = false;
	const filling = fillLists().finally(() => {
		isFilled = true;
	});
	await clock.run(() => isFilled, LONGEST_HISTORY);
	await filling;
	truth.requests.length = 0;

	// Disturbances start here.
	Object.assign(sendGrid.behaviours, script.behaviours);
	Object.assign(settings, script.network, { hasNoDate: script.clocks?.hasNoDate });
	if (script.rateLimit) sendGrid.rateLimits.set(script.rateLimit);
	for (const fault of script.faults) sendGrid.faults.add(fault);
	for (const planned of script.acts) {
		const start = () => void clock.after(planned.at, () => act(sendGrid, truth, planned));
		if (planned.after) waiting.push({ ...planned.after, start });
		else start();
	}
	let running = script.runs.length;
	for (const [run, plan] of script.runs.entries()) {
		clock.after(plan.startsAt, () => {
			void playRun(history, clock, run, plan, (items, signal) =>
				place(run, plan, items, signal),
			).finally(() => {
				running -= 1;
			});
		});
	}
	history.isStuck = !(await clock.run(() => running === 0, LONGEST_HISTORY));
	// Whatever was still on its way comes to an end.
	await clock.run(() => false, REST);
	return history;
}

async function playRun(
	history: History,
	clock: VirtualClock,
	run: number,
	plan: RunPlan,
	place: (items: Item[], signal: AbortSignal) => Placed,
): Promise<void> {
	const cancelling = new AbortController();
	const startedAt = clock.now;
	if (plan.cancelAfter !== undefined) clock.after(plan.cancelAfter, () => cancelling.abort());
	const call = async (
		indexes: number[],
		how: (placed: Placed) => Promise<Ended>,
		placed: Placed,
	) => {
		const played: Played = { run, items: indexes, startedAt: clock.now };
		if (plan.cancelAfter !== undefined) played.cancelledAt = startedAt + plan.cancelAfter;
		history.played.push(played);
		played.ended = await how(placed);
		played.endedAt = clock.now;
	};
	if (plan.entrance === 'workflow') {
		const placed = place(plan.items, cancelling.signal);
		return await call([...plan.items.keys()], runInWorkflow, placed);
	}
	const placed = plan.items.map((item) => place([item], cancelling.signal));
	// All calls of an agent up to version 2 belong to one run of the agent.
	const isDeclarative = plan.entrance === 'agent';
	if (isDeclarative) for (const one of placed) one.executeData = placed[0].executeData;
	const how = isDeclarative ? callAsTool : runInWorkflow;
	const calls = plan.items.map(
		(_item, index) => async () => await call([index], how, placed[index]),
	);
	if (plan.atOnce) await Promise.all(calls.map(async (start) => await start()));
	else for (const start of calls) await start();
}

function nodeOf(plan: RunPlan): INode {
	return {
		id: 'sendgrid',
		name: 'SendGrid Teammates',
		type: plan.entrance === 'workflow' ? NODE_TYPE : `${NODE_TYPE}Tool`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { sendGridTeammatesApi: { id: '1', name: 'SendGrid' } },
		onError: plan.continueOnFail ? 'continueRegularOutput' : 'stopWorkflow',
		retryOnFail: plan.retryOnFail,
		maxTries: plan.maxTries,
		waitBetweenTries: plan.waitBetweenTries,
	};
}

function parametersOf({ ask, parameters }: Item): Record<string, unknown> {
	const [resource, operation] = ask.operation.split('.');
	return { ...defaultsOf(resource, operation), ...parameters };
}

/** What the field's list in the editor has for the item's address. */
async function fillFromList(item: Item, placed: Placed): Promise<void> {
	const { field, email } = item.fromList ?? { field: '', email: '' };
	const [resource, operation] = item.ask.operation.split('.');
	const search = placed.built.listSearch(field, resource, operation);
	const base = executeContext(placed);
	const editor = {
		...base,
		getCurrentNodeParameter: (name: string) => base.getNodeParameter(name, 0, null) ?? undefined,
		getCurrentNodeParameters: () => placed.parameters[0],
		getCredentials: async () => structuredClone(placed.credentials[0]),
	} as unknown as ILoadOptionsFunctions;
	// An editor's context cannot be cancelled.
	delete (editor as { getExecutionCancelSignal?: unknown }).getExecutionCancelSignal;
	const { results } = await search.call(editor);
	const found = results.find(({ name }) => name.toLowerCase().includes(email.toLowerCase()));
	if (!found) throw new Error(`${email} is not in the list of ${field}`);
	item.parameters[field] = { __rl: true, mode: 'list', value: found.value };
}
