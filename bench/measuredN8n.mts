import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { pack } from '../playground/n8n/community-package.mts';
import { createN8nEnvironment, type N8nEnvironment } from '../playground/n8n/n8nEnvironment.mts';
import { nodeRun, outputItems, type Item, type NodeRun, type Run } from '../playground/n8n/run.mts';
import type { Workflow } from '../playground/n8n/workflow.mts';
import type { RateLimitRule } from '../sandbox/rate-limits.mts';
import { seedDefault } from '../sandbox/seed.mts';
import type { SandboxState } from '../sandbox/state.mts';
import { credentials, FLOOR_TYPE, MEASURED } from './workflows.mts';

export const projectRoot = path.resolve(import.meta.dirname, '..');
export const benchFolder = path.join(projectRoot, '.playground', 'bench');

/** How long the sandbox takes for each answer. */
export const LATENCY_MS = 20;

/** What has become of the items. */
export interface Outcome {
	items: number;
	failed: number;
	/** The most frequent message, if something failed. */
	reason?: string;
	requests: number;
	/** Requests answered with 429. */
	refused: number;
	mails: number;
}

/** One run of one workflow. */
export interface Measured extends Outcome {
	/** The measured node's own time, as n8n records it. */
	seconds: number;
	/** From the node's start to its first request. */
	firstRequestAfter: number;
	/** Bytes of n8n's process: at most while the node ran, and how much more that is than when it began. */
	memory: { peak: number; added: number };
}

interface Conditions {
	/** Default: no limit. */
	limit?: Pick<RateLimitRule, 'limit' | 'windowMs'>;
	/** Fills the sandbox, on top of the example company. */
	prepare?: (state: SandboxState) => void;
}

const NO_LIMIT = { limit: 1_000_000_000, windowMs: 60_000 };

/** Without addresses, which differ from item to item. */
function reasonOf({ json, error }: Item): string {
	const given = json.error ?? error;
	return String(Object(given).message ?? given).replace(/'?\S+@\S+?'?(?=\s|$)/g, '…');
}

const hasFailed = ({ json, error }: Item) => (json.error ?? error) !== undefined;

function mostFrequent(texts: string[]): string | undefined {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}

/** What came of one or more executions, each with as many items; one that was ended gives nothing. */
export function outcomeOf(runs: Run[], items: number, state: SandboxState): Outcome {
	const answers = runs.flatMap((run) =>
		run.status === 'success' ? outputItems(run, MEASURED) : [],
	);
	const failures = answers.filter(hasFailed);
	const ended = runs.flatMap(({ error }) => error?.message ?? []);
	return {
		items,
		failed: items - (answers.length - failures.length),
		reason: mostFrequent([...failures.map(reasonOf), ...ended]),
		requests: state.requests.length,
		refused: state.requests.filter(({ status }) => status === 429).length,
		mails: state.sentEmails.length,
	};
}

/** The bare declarative node as a package of its own. @returns the tarball's path */
async function packFloor(folder: string): Promise<string> {
	const [node, credential] = ['BareInvite.node.cjs', 'BareApi.credentials.cjs'];
	const source = path.join(folder, 'source');
	await mkdir(source, { recursive: true });
	for (const file of [node, credential]) {
		await copyFile(path.join(import.meta.dirname, 'floor', file), path.join(source, file));
	}
	const manifest = {
		name: FLOOR_TYPE.split('.')[0],
		version: '1.0.0',
		n8n: { n8nNodesApiVersion: 1, credentials: [credential], nodes: [node] },
	};
	await writeFile(path.join(source, 'package.json'), JSON.stringify(manifest));
	return await pack(source, folder);
}

/** What the preloaded meter.cjs leaves when n8n ends. */
const METER = path.join(benchFolder, 'meter.json');

async function memoryDuring({ startTime, executionTime }: NodeRun): Promise<Measured['memory']> {
	const seen = JSON.parse(await readFile(METER, 'utf8')) as Array<[at: number, bytes: number]>;
	const bytesOf = (isWanted: (at: number) => boolean) =>
		seen.filter(([at]) => isWanted(at)).map(([, bytes]) => bytes);
	// A second more, because nothing is measured while the loop is blocked.
	const end = startTime + executionTime + 1000;
	const peak = Math.max(...bytesOf((at) => at >= startTime && at <= end));
	return { peak, added: peak - (bytesOf((at) => at <= startTime).at(-1) ?? 0) };
}

/** A real n8n with the packed node, the bare declarative node and the meter, and the sandbox. */
export class MeasuredN8n {
	readonly environment: N8nEnvironment;

	readonly say: (text: string) => void;

	private constructor(environment: N8nEnvironment, say: (text: string) => void) {
		this.environment = environment;
		this.say = say;
	}

	static async create(say: (text: string) => void): Promise<MeasuredN8n> {
		const environment = await createN8nEnvironment({
			name: 'bench',
			latencyMs: LATENCY_MS,
			packages: [await packFloor(path.join(benchFolder, 'floor'))],
			preloads: [path.join(import.meta.dirname, 'meter.cjs')],
			// n8n keeps every execution, and prints it; a large one takes more than the default.
			env: { BENCH_METER: METER, N8N_PAYLOAD_SIZE_MAX: '256' },
			onStep: say,
		});
		await environment.n8n.importCredentials(credentials(environment.keys));
		return new MeasuredN8n(environment, say);
	}

	get state(): SandboxState {
		return this.environment.sandbox.state;
	}

	async import(workflows: Workflow[]): Promise<void> {
		await this.environment.n8n.importWorkflows(workflows);
	}

	/** A reset sandbox, with the limit and the people that the conditions name. */
	prepare({ limit = NO_LIMIT, prepare }: Conditions): void {
		this.state.reset();
		seedDefault(this.state);
		this.state.rateLimits.set({ ...limit, reset: 'epoch' });
		prepare?.(this.state);
	}

	/** Runs an imported workflow in an n8n process of its own. */
	async run({ id = '', name }: Workflow, conditions: Conditions = {}): Promise<Run> {
		this.say(name);
		this.prepare(conditions);
		await rm(METER, { force: true });
		return await this.environment.n8n.execute(id);
	}

	/** Runs an imported workflow and measures the node {@link MEASURED}. */
	async measure(workflow: Workflow, items: number, conditions?: Conditions): Promise<Measured> {
		const run = await this.run(workflow, conditions);
		const span = nodeRun(run, MEASURED);
		return {
			...outcomeOf([run], items, this.state),
			seconds: span.executionTime / 1000,
			// Both clocks are this machine's.
			firstRequestAfter: ((this.state.requests[0]?.at ?? NaN) - span.startTime) / 1000,
			memory: await memoryDuring(span),
		};
	}

	async close(): Promise<void> {
		await this.environment.close();
	}
}
