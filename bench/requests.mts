import type { Run } from '../playground/n8n/run.mts';
import type { Workflow } from '../playground/n8n/workflow.mts';
import type { SandboxState } from '../sandbox/state.mts';
import type { Spent, Task, Who } from './figures.mts';
import {
	resendByHand,
	resendByLookUps,
	resendByOurs,
	upsertByHand,
	upsertByOurs,
} from './hand-built.mts';
import type { Progress } from './progress.mts';
import { trafficOf, type MeasuredN8n } from './measuredN8n.mts';
import { START } from './workflows.mts';

const PENDING = 400;
const RESENT = 200;

/** Every second one of those that `addManyPending` makes. */
const RESEND_TO = `Array.from({ length: ${RESENT} }, (_, i) => ({ email: "pending" + String(2 * i + 1).padStart(4, "0") + "@bulk.example" }))`;

const seedPending = (state: SandboxState) => {
	state.addManyPending(PENDING, { scopes: ['stats.read'] });
};

const UPSERTED = 200;
/** Of the people that are wanted: how many there are of each kind, the rest is unknown. */
const KNOWN = { asWanted: 50, otherAccess: 50, invited: 50 };
const OTHERS = 250;

const UPSERT = `Array.from({ length: ${UPSERTED} }, (_, i) => ({ email: "person" + i + "@bulk.example" }))`;

function seedPeople(state: SandboxState): void {
	let number = 0;
	const next = () => `person${number++}@bulk.example`;
	for (let i = 0; i < KNOWN.asWanted; i += 1) {
		state.addTeammate({ email: next(), scopes: ['stats.read'] });
	}
	for (let i = 0; i < KNOWN.otherAccess; i += 1) {
		state.addTeammate({ email: next(), scopes: ['mail.send'] });
	}
	for (let i = 0; i < KNOWN.invited; i += 1) {
		state.addPending({ email: next(), scopes: ['stats.read'] });
	}
	state.addManyTeammates(OTHERS, { scopes: ['mail.send'] });
}

interface Plan extends Omit<Task, 'runs'> {
	prepare: (state: SandboxState) => void;
	runs: Array<[Who, Workflow]>;
}

const TASKS: Plan[] = [
	{
		title: `Resend by email: ${RESENT} of ${PENDING} pending invitations`,
		// One for each, and the list.
		maxRequests: 203,
		prepare: seedPending,
		runs: [
			['ours', resendByOurs(RESEND_TO)],
			['handBuilt', resendByHand(RESEND_TO)],
			['lookUpEach', resendByLookUps(RESEND_TO)],
		],
	},
	{
		title: `Create or update: ${UPSERTED} people on an account of 400, of whom ${KNOWN.asWanted} are teammates with the wanted access, ${KNOWN.otherAccess} teammates with other access, and ${KNOWN.invited} invited`,
		prepare: seedPeople,
		runs: [
			['ours', upsertByOurs(UPSERT)],
			['handBuilt', upsertByHand(UPSERT)],
		],
	},
];

/** Nodes that only make the items. */
const INPUT = new Set([START, 'List', 'Items']);

function spentBy(who: Who, state: SandboxState, run: Run): Spent {
	const { requests, mails } = trafficOf(state);
	const workers = Object.entries(run.nodes).filter(([name]) => !INPUT.has(name));
	const milliseconds = workers.flatMap(([, runs]) => runs.map((each) => each.executionTime));
	const succeeded = (status: number | null) => status !== null && status >= 200 && status < 300;
	return {
		who,
		requests,
		mails,
		unsuccessful: state.requests.filter(({ status }) => !succeeded(status)).length,
		updates: state.requests.filter(({ method, status }) => method === 'PATCH' && succeeded(status))
			.length,
		seconds: milliseconds.reduce((sum, each) => sum + each, 0) / 1000,
	};
}

/** How many requests and emails a task takes, done by this node and by hand-built workflows. */
export async function measureRequests(
	measuredN8n: MeasuredN8n,
	progress: Progress,
): Promise<Task[]> {
	await measuredN8n.import(TASKS.flatMap(({ runs }) => runs.map(([, workflow]) => workflow)));
	const tasks: Task[] = [];
	for (const { prepare, runs, ...task } of TASKS) {
		const spent: Spent[] = [];
		for (const [who, workflow] of runs) {
			spent.push(
				await progress.step(`${task.title.split(':')[0]}: ${who}`, async () => {
					const run = await measuredN8n.run(workflow, { items: 0, prepare });
					if (run.status !== 'success') {
						throw new Error(`${workflow.name} ended with ${run.status}: ${run.error?.message}`);
					}
					return spentBy(who, measuredN8n.state, run);
				}),
			);
		}
		tasks.push({ ...task, runs: spent });
	}
	return tasks;
}
