import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { type Item, nodeRun, outputItems, type Run } from '../playground/n8n/run.mts';
import { createN8nEnvironment, type N8nEnvironment } from '../playground/n8n/n8nEnvironment.mts';
import type { Workflow } from '../playground/n8n/workflow.mts';
import type { RateLimitRule } from '../sandbox/rate-limits.mts';
import { seedDefault } from '../sandbox/seed.mts';
import type { SandboxState } from '../sandbox/state.mts';
import { packFloor } from './floor.mts';
import { longestHold, memoryOf, MeterFile, type Memory } from './meter.mts';
import { credentials, MEASURED } from './workflows.mts';

export const projectRoot = path.resolve(import.meta.dirname, '..');
export const benchFolder = path.join(projectRoot, '.playground', 'bench');

/** How long the sandbox takes for each answer. */
export const LATENCY_MS = 20;

/** What has become of the items, by the run's record. */
export interface Outcome {
	items: number;
	failed: number;
	/** Why, where something failed: the most frequent message. */
	reason?: string;
}

/** What reached the sandbox. */
export interface Traffic {
	requests: number;
	/** Answered with 429. */
	refused: number;
	mails: number;
	/** Addresses that got more than one email. */
	mailedTwice: number;
}

/** One run of one workflow. */
export interface Measured extends Outcome, Traffic {
	/** The measured node's own time, as n8n records it. */
	seconds: number;
	/** From the node's begin to its first request. */
	firstRequestAfter: number;
	/** Longest time in milliseconds for which n8n could do nothing else. */
	hold: number;
	memory: Memory;
}

export interface Conditions {
	/** Default: no limit. */
	limit?: Pick<RateLimitRule, 'limit' | 'windowMs'>;
	/** Fills the sandbox, on top of the example company. */
	prepare?: (state: SandboxState) => void;
	/** Items that go in. */
	items: number;
}

const NO_LIMIT = { limit: 1_000_000_000, windowMs: 60_000 };

const hasFailed = ({ json, error }: Item) => error !== undefined || json.error !== undefined;

/** Without what differs from item to item: addresses. */
function reasonOf({ json, error }: Item): string {
	const given = json.error ?? error;
	const message =
		typeof given === 'object' && given !== null && 'message' in given ? given.message : given;
	return String(message).replace(/'?\S+@\S+?'?(?=\s|$)/g, '…');
}

function mostFrequent(texts: string[]): string | undefined {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** What came out of the last node of an execution; a run that was ended gives nothing. */
export function outcomeOf(run: Run, items: number, nodeName = MEASURED): Outcome {
	if (run.status !== 'success') return { items, failed: items, reason: run.error?.message };
	const answers = outputItems(run, nodeName);
	const failures = answers.filter(hasFailed);
	const failed = items - (answers.length - failures.length);
	return { items, failed, ...(failed > 0 && { reason: mostFrequent(failures.map(reasonOf)) }) };
}

export function trafficOf({ requests, sentEmails }: SandboxState): Traffic {
	const addresses = new Set(sentEmails.map(({ email }) => email.toLowerCase()));
	return {
		requests: requests.length,
		refused: requests.filter(({ status }) => status === 429).length,
		mails: sentEmails.length,
		mailedTwice: sentEmails.length - addresses.size,
	};
}

/** A real n8n with the packed node, the bare declarative node and the meter, and the sandbox. */
export class MeasuredN8n {
	readonly environment: N8nEnvironment;

	readonly meter: MeterFile;

	private constructor(environment: N8nEnvironment, meter: MeterFile) {
		this.environment = environment;
		this.meter = meter;
	}

	static async create(onStep: (step: string) => void): Promise<MeasuredN8n> {
		await mkdir(benchFolder, { recursive: true });
		const meter = new MeterFile(benchFolder);
		await meter.clear();
		const environment = await createN8nEnvironment({
			name: 'bench',
			latencyMs: LATENCY_MS,
			packages: [await packFloor(path.join(benchFolder, 'floor'))],
			preloads: [path.join(import.meta.dirname, 'meter.cjs')],
			env: {
				...meter.env,
				// n8n keeps every execution, and n8n prints it; a large one takes more than the default.
				N8N_PAYLOAD_SIZE_MAX: '256',
			},
			onStep,
		});
		await environment.n8n.importCredentials(credentials(environment.keys));
		return new MeasuredN8n(environment, meter);
	}

	get state(): SandboxState {
		return this.environment.sandbox.state;
	}

	async import(workflows: Workflow[]): Promise<void> {
		await this.environment.n8n.importWorkflows(workflows);
	}

	/** The sandbox as new, with the limit and the people that the conditions name. */
	prepare({ limit = NO_LIMIT, prepare }: Conditions): void {
		this.state.reset();
		seedDefault(this.state);
		this.state.rateLimits.set({ ...limit, reset: 'epoch' });
		prepare?.(this.state);
	}

	/** Runs an imported workflow in an n8n process of its own. */
	async run({ id = '' }: Workflow, conditions: Conditions): Promise<Run> {
		this.prepare(conditions);
		await this.meter.clear();
		return await this.environment.n8n.execute(id);
	}

	/** Runs an imported workflow and measures the node {@link MEASURED}. */
	async measure(workflow: Workflow, conditions: Conditions): Promise<Measured> {
		const run = await this.run(workflow, conditions);
		const span = nodeRun(run, MEASURED);
		const meter = await this.meter.read();
		return {
			...outcomeOf(run, conditions.items),
			...trafficOf(this.state),
			seconds: span.executionTime / 1000,
			// Both clocks are this machine's.
			firstRequestAfter: ((this.state.requests[0]?.at ?? NaN) - span.startTime) / 1000,
			hold: longestHold(meter, span),
			memory: memoryOf(meter, span),
		};
	}

	async close(): Promise<void> {
		await this.environment.close();
	}
}
