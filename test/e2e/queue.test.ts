/**
 * The packed node in n8n's queue mode: the main server receives and polls, two workers execute. The tests follow
 * one another.
 */
import {
	createQueueEnvironment,
	type QueueEnvironment,
} from '../../playground/n8n/queueEnvironment.mts';
import type { N8n } from '../../playground/n8n/n8n.mts';
import type { Rest, SavedWorkflow } from '../../playground/n8n/rest.mts';
import { outputItems } from '../../playground/n8n/run.mts';
import { exampleCredential } from '../../playground/n8n/n8nEnvironment.mts';
import type { WorkflowNode } from '../../playground/n8n/workflow.mts';
import { seedDefault } from '../../sandbox/seed.mts';
import { until } from '../support/machine';
import { CREDENTIAL_TYPE, NODE_TYPE, TRIGGER_TYPE } from '../support/names';
import { inviteWith, upsertWith } from '../support/parameters';
import { PACKED_NODE } from './sharedN8n';

/** How long until n8n considers a worker lost: more than a minute by default. */
const LOST_SOON = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** Executions that a worker takes on at the same time. */
const CONCURRENCY = 5;

const NAME = 'SendGrid Teammates';

let environment: QueueEnvironment;
let rest: Rest;
let credential: { id: string; name: string };

beforeAll(async () => {
	environment = await createQueueEnvironment({
		name: 'e2e-queue',
		tarball: PACKED_NODE,
		workers: 2,
		latencyMs: 50,
		hasEditor: false,
		env: LOST_SOON,
	});
	await environment.n8n.start();
	rest = await environment.n8n.rest();
	credential = await rest.createCredential(exampleCredential(environment.keys));
});
afterAll(async () => {
	await environment?.close();
});
beforeEach(() => {
	environment.sandbox.state.reset();
	seedDefault(environment.sandbox.state);
});

/** The executions that a worker has taken on. */
const takenOnBy = ({ log }: N8n) =>
	[...log.matchAll(/Worker started execution (\w+)/g)].map(([, id]) => id);

const people = (count: number, list = 0) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${list}-${i}@acme.example` }));

const addresses = (list: Array<{ email: string }>) => list.map(({ email }) => email).sort();

/** Who got emails. People who got two are here twice. */
const mailed = () => addresses(environment.sandbox.state.sentEmails);

/** Webhook -> One by One -> SendGrid Teammates, active. The webhook's path is the workflow's name. */
async function behindWebhook(
	name: string,
	parameters: WorkflowNode['parameters'],
): Promise<SavedWorkflow> {
	const saved = await rest.createWorkflow({
		name,
		nodes: [
			{
				id: 'webhook',
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path: name, options: {} },
				webhookId: name,
			},
			{
				id: 'split',
				name: 'One by One',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				position: [200, 0],
				parameters: { fieldToSplitOut: 'body.people', options: {} },
			},
			{
				id: 'sendgrid',
				name: NAME,
				type: NODE_TYPE,
				typeVersion: 1,
				position: [400, 0],
				parameters,
				credentials: { [CREDENTIAL_TYPE]: credential },
			},
		],
		connections: {
			Webhook: { main: [[{ node: 'One by One', type: 'main', index: 0 }]] },
			'One by One': { main: [[{ node: NAME, type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
	});
	await rest.activate(saved);
	return saved;
}

describe('the trigger', () => {
	let saved: SavedWorkflow;

	test('polls in the main server, even without a worker', async () => {
		saved = await rest.createWorkflow({
			name: 'joined',
			nodes: [
				{
					id: 'trigger',
					name: 'Joined',
					type: TRIGGER_TYPE,
					typeVersion: 1,
					position: [0, 0],
					parameters: { events: ['invitationAccepted'] },
					credentials: { [CREDENTIAL_TYPE]: credential },
				},
			],
			connections: {},
			settings: { executionOrder: 'v1' },
		});
		await rest.activate(saved);
		expect(environment.sandbox.state.requests.length).toBeGreaterThan(0);
		await rest.post(`/workflows/${saved.id}/deactivate`, {});
	});

	test('passes its findings to a worker', async () => {
		await Promise.all(
			environment.workers.map(async (worker) => await worker.startWorker(CONCURRENCY)),
		);
		environment.sandbox.state.accept('fresh@acme.example');
		// n8n polls as it activates.
		await rest.activate(saved);
		const run = await rest.nextExecution(saved.id);
		expect(run.status).toBe('success');
		expect(outputItems(run, 'Joined').map(({ json }) => json.email)).toEqual([
			'fresh@acme.example',
		]);
		expect(environment.workers.flatMap(takenOnBy)).toHaveLength(1);
		await rest.post(`/workflows/${saved.id}/deactivate`, {});
	});
});

test('300 people in ten executions with two workers and one rate limit get one invitation each', async () => {
	const { state } = environment.sandbox;
	state.rateLimits.set({ limit: 60, windowMs: 1000, reset: 'epoch', perAccount: true });
	const saved = await behindWebhook('invite', inviteWith());
	const lists = Array.from({ length: 10 }, (_, list) => people(30, list));
	await Promise.all(lists.map(async (list) => await rest.callWebhook('invite', { people: list })));

	const ids = (await rest.executions(saved.id)).map(({ id }) => id);
	expect(ids).toHaveLength(10);
	for (const id of ids) {
		const run = await rest.finishedExecution(id);
		expect(run.status).toBe('success');
		expect(outputItems(run, NAME)).toHaveLength(30);
	}
	expect(mailed()).toEqual(addresses(lists.flat()));
	for (const worker of environment.workers) {
		expect(takenOnBy(worker).filter((id) => ids.includes(id))).not.toHaveLength(0);
	}
	// The workers know about each other only from SendGrid's count. At 60 per second, about one in twenty.
	const refused = state.requests.filter(({ status }) => status === 429);
	expect(refused.length).toBeLessThan(0.15 * state.requests.length);
});

test('nobody gets two emails if a worker is killed in the middle, and the same list again completes it', async () => {
	const { state } = environment.sandbox;
	state.rateLimits.set({ limit: 30, windowMs: 1000, reset: 'epoch', perAccount: true });
	const saved = await behindWebhook('join', upsertWith());
	const list = people(60);
	await rest.callWebhook('join', { people: list });
	await until(() => state.sentEmails.length >= 10);
	const [{ id }] = await rest.executions(saved.id);
	environment.workers.find((worker) => takenOnBy(worker).includes(id))?.kill();
	expect(mailed().length).toBeLessThan(60);
	await rest.finishedExecution(id);
	expect(new Set(mailed()).size).toBe(mailed().length);

	await rest.callWebhook('join', { people: list });
	const again = await rest.nextExecution(saved.id, [id]);
	expect(again.status).toBe('success');
	expect(mailed()).toEqual(addresses(list));
});

test('no process lacks a node type', () => {
	for (const { log } of [environment.n8n, ...environment.workers]) {
		expect(log.match(/.*unrecognized node type.*/gi)).toBeNull();
	}
});
