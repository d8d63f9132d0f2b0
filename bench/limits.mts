import { setTimeout as pause } from 'node:timers/promises';

import { nodeRun, type Run } from '../playground/n8n/run.mts';
import type { Workflow, WorkflowNode } from '../playground/n8n/workflow.mts';
import type { Limited, LimitedRun, Who } from './figures.mts';
import { type Progress } from './progress.mts';
import { outcomeOf, trafficOf, type MeasuredN8n } from './measuredN8n.mts';
import {
	inviteByHttp,
	inviteByOurs,
	inviting,
	MEASURED,
	START,
	type Batching,
} from './workflows.mts';

interface Scenario extends Omit<Limited, 'runs'> {
	candidates: Array<{ who: Who; node: () => WorkflowNode }>;
}

/** What the editor fills in when Batching is added to an HTTP Request node. */
const DEFAULT_BATCHING: Batching = { size: 50, intervalMs: 1000 };

const WORKFLOWS_AT_ONCE = 3;

function scenarios(items: number): Scenario[] {
	const alone = (tuned: Batching): Scenario['candidates'] => [
		{ who: 'ours', node: inviteByOurs },
		{ who: 'httpDefaults', node: () => inviteByHttp() },
		{ who: 'httpDefaultBatching', node: () => inviteByHttp(DEFAULT_BATCHING) },
		{ who: 'httpTuned', node: () => inviteByHttp(tuned) },
	];
	const perSecond = { limit: 100, windowMs: 1000 };
	const perMinute = { limit: 600, windowMs: 60_000 };
	return [
		{
			title: '100 requests per second',
			...perSecond,
			items,
			workflows: 1,
			hasBars: false,
			candidates: alone({ size: 100, intervalMs: 1000 }),
		},
		{
			title: '600 requests per minute',
			...perMinute,
			items: Math.ceil(items * 1.8),
			workflows: 1,
			hasBars: true,
			candidates: alone({ size: 600, intervalMs: 60_000 }),
		},
		{
			title: '100 requests per second, shared by three workflows that run at once',
			...perSecond,
			// Rounded down: two more than 1,000 would need a window of their own.
			items: Math.floor(items / WORKFLOWS_AT_ONCE) * WORKFLOWS_AT_ONCE,
			workflows: WORKFLOWS_AT_ONCE,
			hasBars: false,
			candidates: [
				{ who: 'ours', node: inviteByOurs },
				{ who: 'httpTuned', node: () => inviteByHttp({ size: 100, intervalMs: 1000 }) },
			],
		},
	];
}

/** Until nothing has reached the sandbox for a while: asking n8n itself would be a load of its own. */
async function quiet({ state }: MeasuredN8n, expectedMails: number): Promise<void> {
	const QUIET_MS = 10_000;
	for (let last = Date.now(), seen = 0; Date.now() - last < QUIET_MS; ) {
		await pause(100);
		if (state.requests.length > seen) last = Date.now();
		seen = state.requests.length;
		if (state.sentEmails.length >= expectedMails) return;
	}
}

/** All workflows at once in one n8n, which has a server for that. */
async function runTogether(
	measuredN8n: MeasuredN8n,
	who: Who,
	workflows: Workflow[],
	scenario: Scenario,
): Promise<LimitedRun> {
	measuredN8n.prepare({ limit: scenario, items: scenario.items });
	const rest = await measuredN8n.environment.n8n.rest();
	const ids = await Promise.all(
		workflows.map(async ({ id = '' }) => await rest.runManually(id, START)),
	);
	await quiet(measuredN8n, scenario.items);
	const runs = await Promise.all(
		ids.map(async (id): Promise<Run> => await rest.finishedExecution(id)),
	);
	const spans = runs.map((run) => nodeRun(run, MEASURED));
	const began = Math.min(...spans.map(({ startTime }) => startTime));
	const ended = Math.max(...spans.map((span) => span.startTime + span.executionTime));
	const each = scenario.items / workflows.length;
	return {
		who,
		items: scenario.items,
		failed: runs.reduce((sum, run) => sum + outcomeOf(run, each).failed, 0),
		...trafficOf(measuredN8n.state),
		seconds: (ended - began) / 1000,
	};
}

async function runScenario(
	measuredN8n: MeasuredN8n,
	scenario: Scenario,
	progress: Progress,
): Promise<LimitedRun[]> {
	const { candidates, workflows: count, items } = scenario;
	const each = items / count;
	const prepared = candidates.map(({ who, node }) => ({
		who,
		workflows: Array.from({ length: count }, (_, i) =>
			inviting(`${who} ${i}`, node(), each, `workflow${i}.example`),
		),
	}));
	await measuredN8n.import(prepared.flatMap(({ workflows }) => workflows));
	const runs: LimitedRun[] = [];
	if (count > 1) await measuredN8n.environment.n8n.start();
	try {
		for (const { who, workflows } of prepared) {
			const run = await progress.step(`${scenario.title}: ${who}`, async () =>
				count > 1
					? await runTogether(measuredN8n, who, workflows, scenario)
					: await measuredN8n.measure(workflows[0], { limit: scenario, items }),
			);
			const { failed, reason, requests, refused, mails, mailedTwice, seconds } = run;
			runs.push({ who, items, failed, reason, requests, refused, mails, mailedTwice, seconds });
		}
	} finally {
		if (count > 1) await measuredN8n.environment.n8n.stop();
	}
	return runs;
}

/** Invitations under a limit: what fails, how long it takes, and how many requests are wasted. */
export async function measureLimits(
	measuredN8n: MeasuredN8n,
	items: number,
	progress: Progress,
): Promise<Limited[]> {
	const limited: Limited[] = [];
	for (const scenario of scenarios(items)) {
		const { candidates, ...described } = scenario;
		limited.push({ ...described, runs: await runScenario(measuredN8n, scenario, progress) });
	}
	return limited;
}
