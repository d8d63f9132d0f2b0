import { exampleWorkflow } from '../../playground/scene.mts';
import { outputItems } from '../../playground/run.mts';
import type { Rest, SavedWorkflow } from '../../playground/rest.mts';
import type { Workflow } from '../../playground/workflow.mts';
import { projectRoot } from '../support/machine';
import { CREDENTIAL_TYPE } from '../support/names';
import { stage } from './scene';

const on = stage('trigger');

const DAY = 24 * 60 * 60;
const TRIGGER = 'Accepted or Expiring';

/** The example, with the saved credential, saved and not active. It polls as often as n8n allows. */
async function saveExample(parameters: Record<string, unknown> = {}): Promise<SavedWorkflow> {
	const example = exampleWorkflow(projectRoot, 'joined');
	const nodes: Workflow['nodes'] = example.nodes.map((node) => ({
		...node,
		...(node.credentials && { credentials: { [CREDENTIAL_TYPE]: on.credential } }),
		...(node.name === TRIGGER && { parameters: { ...node.parameters, ...parameters } }),
	}));
	return await on.rest.createWorkflow({ ...example, id: undefined, nodes });
}

const idsOf = async ({ id: workflowId }: SavedWorkflow) =>
	(await on.rest.executions(workflowId)).map(({ id }) => id);

/** What the trigger gives out when it fires next. */
async function eventsAfter(known: string[], rest: Rest, { id }: SavedWorkflow): Promise<string[]> {
	const run = await rest.nextExecution(id, known);
	return outputItems(run, TRIGGER).map(({ json }) => `${json.event} ${json.email}`);
}

const polls = () => on.sandbox.world.requests.filter(({ path }) => path === '/v3/teammates').length;

test('a trigger that cannot work is not activated, and says why', async () => {
	const saved = await saveExample({ filters: { emailPattern: '(?=a)' } });
	await expect(on.rest.activate(saved)).rejects.toThrow(
		"'Email Pattern' has '(?=a)' at a place where that cannot be used",
	);
	expect(on.sandbox.world.requests).toEqual([]);
});

test("the editor's test shows who is there", async () => {
	const saved = await saveExample();
	const run = await on.rest.finishedExecution(await on.rest.runManually(saved.id, TRIGGER));
	expect(run.error).toBeUndefined();
	expect(outputItems(run, TRIGGER).map(({ json }) => `${json.event} ${json.email}`)).toEqual([
		'invitationAccepted dev@acme.example',
		'invitationExpiring Expiring.Soon@acme.example',
	]);
});

// The last one: it leaves an active workflow behind.
test('the example fires on an acceptance and an expiry, also on those during a restart or a break', async () => {
	const { world } = on.sandbox;
	const saved = await saveExample();
	await on.rest.activate(saved);
	// The base line, with an invitation that expires within two days.
	expect(polls()).toBeGreaterThan(0);
	expect(await on.rest.executions(saved.id)).toEqual([]);

	world.accept('fresh@acme.example');
	world.addPending({ email: 'new@acme.example', expiresInSeconds: 1.5 * DAY });
	const first = await on.rest.nextExecution(saved.id);
	expect(first.status).toBe('success');
	expect(outputItems(first, 'Tell the Manager').map(({ json }) => json)).toEqual([
		expect.objectContaining({
			event: 'invitationAccepted',
			email: 'fresh@acme.example',
			teammate: expect.objectContaining({ username: 'fresh@acme.example' }),
			invitation: expect.objectContaining({ email: 'fresh@acme.example' }),
		}),
	]);
	expect(outputItems(first, 'Resend').map(({ json }) => json.email)).toEqual(['new@acme.example']);
	expect(world.ledger.map(({ kind, email }) => `${kind} ${email}`)).toEqual([
		'resend new@acme.example',
	]);

	// What n8n has in its database is enough to go on with, after a restart …
	const before = await idsOf(saved);
	await on.n8n.stop();
	world.accept('new@acme.example');
	await on.n8n.start();
	const rest = await on.n8n.rest();
	expect(await eventsAfter(before, rest, saved)).toEqual(['invitationAccepted new@acme.example']);

	// … and after a break.
	world.addPending({ email: 'late@acme.example', expiresInSeconds: 1.5 * DAY });
	const afterRestart = await rest.executions(saved.id);
	await rest.post(`/workflows/${saved.id}/deactivate`, {});
	await rest.activate(saved);
	expect(
		await eventsAfter(
			afterRestart.map(({ id }) => id),
			rest,
			saved,
		),
	).toEqual(['invitationExpiring late@acme.example']);
});
