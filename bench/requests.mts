import type { Workflow } from '../playground/n8n/workflow.mts';
import type { SandboxState } from '../sandbox/state.mts';
import {
	resendByHand,
	resendByLookUps,
	resendByOurs,
	upsertByHand,
	upsertByOurs,
} from './hand-built.mts';
import type { MeasuredN8n } from './measuredN8n.mts';
import { INPUT, type Who } from './workflows.mts';

export interface Task {
	title: string;
	runs: Array<{
		who: Who;
		requests: number;
		mails: number;
		/** Permissions of teammates that were changed. */
		updates: number;
		/** All nodes that do the work. */
		seconds: number;
	}>;
}

const COUNT = 200;
/** How many of the wanted people are of each kind; the rest are unknown. */
const OF_EACH = 50;

/** Every second one of those that `addManyPending` makes. */
const EVERY_SECOND = `Array.from({ length: ${COUNT} }, (_, i) => ({ email: "pending" + String(2 * i + 1).padStart(4, "0") + "@bulk.example" }))`;

const WANTED = `Array.from({ length: ${COUNT} }, (_, i) => ({ email: "person" + i + "@bulk.example" }))`;

function seedPeople(state: SandboxState): void {
	for (let i = 0; i < 3 * OF_EACH; i += 1) {
		const email = `person${i}@bulk.example`;
		if (i >= 2 * OF_EACH) state.addPending({ email, scopes: ['stats.read'] });
		else state.addTeammate({ email, scopes: [i < OF_EACH ? 'stats.read' : 'mail.send'] });
	}
	state.addManyTeammates(250, { scopes: ['mail.send'] });
}

const TASKS: Array<{
	title: string;
	prepare: (state: SandboxState) => void;
	runs: Array<[Who, Workflow]>;
}> = [
	{
		title: `Resend by email: ${COUNT} of 400 pending invitations`,
		prepare: (state) => void state.addManyPending(400, { scopes: ['stats.read'] }),
		runs: [
			['ours', resendByOurs(EVERY_SECOND)],
			['handBuilt', resendByHand(EVERY_SECOND)],
			['lookUpEach', resendByLookUps(EVERY_SECOND)],
		],
	},
	{
		title: `Create or update: ${COUNT} people on an account of 400, of whom ${OF_EACH} are teammates with the wanted access, ${OF_EACH} teammates with other access, and ${OF_EACH} invited`,
		prepare: seedPeople,
		runs: [
			['ours', upsertByOurs(WANTED)],
			['handBuilt', upsertByHand(WANTED)],
		],
	},
];

/** How many requests and emails a task takes, done by this node and by hand-built workflows. */
export async function measureRequests(n8n: MeasuredN8n): Promise<Task[]> {
	await n8n.import(TASKS.flatMap(({ runs }) => runs.map(([, workflow]) => workflow)));
	const tasks: Task[] = [];
	for (const { title, prepare, runs } of TASKS) {
		const task: Task = { title, runs: [] };
		for (const [who, workflow] of runs) {
			const run = await n8n.run(workflow, { prepare });
			const { requests, sentEmails } = n8n.state;
			if (requests.some(({ status }) => status === null || status >= 300)) {
				throw new Error(`${workflow.name}: not every request was successful`);
			}
			const workers = Object.entries(run.nodes).filter(([name]) => !INPUT.includes(name));
			const times = workers.flatMap(([, each]) => each.map(({ executionTime }) => executionTime));
			task.runs.push({
				who,
				requests: requests.length,
				mails: sentEmails.length,
				updates: requests.filter(({ method }) => method === 'PATCH').length,
				seconds: times.reduce((sum, time) => sum + time, 0) / 1000,
			});
		}
		tasks.push(task);
	}
	return tasks;
}
