import { setTimeout as pause } from 'node:timers/promises';

import { nodeRun } from '../playground/n8n/run.mts';
import type { Workflow } from '../playground/n8n/workflow.mts';
import { outcomeOf, type MeasuredN8n, type Outcome } from './measuredN8n.mts';
import { inviteByHttp, inviteByOurs, inviting, MEASURED, START, type Who } from './workflows.mts';

/** One limit, and the results of each candidate. */
export interface Limited {
	title: string;
	limit: number;
	windowMs: number;
	/** For all workflows together. */
	items: number;
	workflows: number;
	runs: Array<{ who: Who; seconds: number } & Outcome>;
}

const CANDIDATES = {
	ours: () => inviteByOurs(),
	httpDefaults: () => inviteByHttp(),
	// What the editor fills in when Batching is added to an HTTP Request node.
	httpDefaultBatching: () => inviteByHttp({ batchSize: 50, batchInterval: 1000 }),
	httpTuned: ({ limit, windowMs }: Limited) =>
		inviteByHttp({ batchSize: limit, batchInterval: windowMs }),
};

type Candidate = keyof typeof CANDIDATES;

const AT_ONCE = 3;

const candidatesOf = ({ workflows }: Limited): Candidate[] =>
	workflows > 1 ? ['ours', 'httpTuned'] : (Object.keys(CANDIDATES) as Candidate[]);

const limitsOf = (items: number): Limited[] => {
	const perSecond = { limit: 100, windowMs: 1000 };
	const perMinute = { limit: 600, windowMs: 60_000 };
	const title = '100 requests per second';
	return [
		{ title, ...perSecond, items, workflows: 1, runs: [] },
		{
			title: '600 requests per minute',
			...perMinute,
			items: Math.ceil(items * 1.8),
			workflows: 1,
			runs: [],
		},
		{
			title: `${title}, shared by three workflows that run at once`,
			...perSecond,
			// Rounded down: two more than 1,000 would need another window.
			items: Math.floor(items / AT_ONCE) * AT_ONCE,
			workflows: AT_ONCE,
			runs: [],
		},
	];
};

/** Until nothing has reached the sandbox for a while: asking n8n itself would add load. */
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
async function runTogether(n8n: MeasuredN8n, workflows: Workflow[], limited: Limited) {
	n8n.prepare({ limit: limited });
	const rest = await n8n.environment.n8n.rest();
	const ids = await Promise.all(
		workflows.map(async ({ id = '' }) => await rest.runManually(id, START)),
	);
	await quiet(n8n, limited.items);
	const runs = await Promise.all(ids.map(async (id) => await rest.finishedExecution(id)));
	const spans = runs.map((run) => nodeRun(run, MEASURED));
	const began = Math.min(...spans.map(({ startTime }) => startTime));
	const ended = Math.max(...spans.map((span) => span.startTime + span.executionTime));
	return { ...outcomeOf(runs, limited.items, n8n.state), seconds: (ended - began) / 1000 };
}

/** Invitations under a limit: what fails, how long it takes, and how many requests are wasted. */
export async function measureLimits(n8n: MeasuredN8n, items: number): Promise<Limited[]> {
	const measured = limitsOf(items);
	for (const limited of measured) {
		const { title, workflows: count, items: all, runs } = limited;
		const prepared = candidatesOf(limited).map((who) => {
			const node = CANDIDATES[who](limited);
			const workflows = Array.from({ length: count }, (_, i) =>
				inviting(`${title}: ${who}`, node, all / count, `workflow${i}.example`),
			);
			return { who, workflows };
		});
		await n8n.import(prepared.flatMap(({ workflows }) => workflows));
		if (count > 1) await n8n.environment.n8n.start();
		for (const { who, workflows } of prepared) {
			const run =
				count > 1
					? await runTogether(n8n, workflows, limited)
					: await n8n.measure(workflows[0], all, { limit: limited });
			runs.push({ who, ...run });
		}
		if (count > 1) await n8n.environment.n8n.stop();
	}
	return measured;
}
