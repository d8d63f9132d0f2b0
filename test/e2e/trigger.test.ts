import { outputItems } from '../../playground/n8n/run.mts';
import type { Rest, SavedWorkflow } from '../../playground/n8n/rest.mts';
import { POLL_TIMES, savedExamples } from './savedExamples';
import { sharedN8n } from './sharedN8n';

const on = sharedN8n('trigger');

const examples = savedExamples(on);

const DAY = 24 * 60 * 60;
const TRIGGER = 'Accepted or Expiring';

/** The example, saved and not active. */
const save = async (parameters: Record<string, unknown> = {}): Promise<SavedWorkflow> =>
	await examples.save('joined', (node) =>
		node.name === TRIGGER
			? { ...node, parameters: { ...node.parameters, pollTimes: POLL_TIMES, ...parameters } }
			: node,
	);

const idsOf = async ({ id: workflowId }: SavedWorkflow) =>
	(await on.rest.executions(workflowId)).map(({ id }) => id);

/** What the trigger outputs when it next fires. */
async function eventsAfter(known: string[], rest: Rest, { id }: SavedWorkflow): Promise<string[]> {
	const run = await rest.nextExecution(id, known);
	return outputItems(run, TRIGGER).map(({ json }) => `${json.event} ${json.email}`);
}

const polls = () => on.sandbox.state.requests.filter(({ path }) => path === '/v3/teammates').length;

test('a trigger that cannot work is not activated, and says why', async () => {
	const workflow = await save({ filters: { email: ' , ' } });
	await expect(on.rest.activate(workflow)).rejects.toThrow(
		"'Email' in 'Filters' is set, but has no value",
	);
	expect(on.sandbox.state.requests).toEqual([]);
});

test("the editor's test shows who is there, and the example sends nothing for them", async () => {
	const workflow = await save();
	const run = await on.rest.finishedExecution(await on.rest.runManually(workflow.id, TRIGGER));
	expect(run.error).toBeUndefined();
	expect(outputItems(run, TRIGGER).map(({ json }) => `${json.event} ${json.email}`)).toEqual([
		'invitationAccepted dev@acme.example',
		'invitationExpiring Expiring.Soon@acme.example',
	]);
	for (const { json } of outputItems(run, TRIGGER)) expect(json.test).toBe(true);
	expect(outputItems(run, 'For Real?')).toEqual([]);
	expect(examples.mails).toEqual([]);
	expect(on.sandbox.state.sentEmails).toEqual([]);
});

// The last one: it leaves an active workflow behind.
test('the example fires on an acceptance and an expiry, even during a restart or a break', async () => {
	const { state } = on.sandbox;
	const workflow = await save();
	await on.rest.activate(workflow);
	// The base line, with an invitation that expires within two days.
	expect(polls()).toBeGreaterThan(0);
	expect(await on.rest.executions(workflow.id)).toEqual([]);

	state.accept('fresh@acme.example');
	state.addPending({ email: 'new@acme.example', expiresInSeconds: 1.5 * DAY });
	const first = await on.rest.nextExecution(workflow.id);
	expect(first.status).toBe('success');
	expect(outputItems(first, TRIGGER).map(({ json }) => json)).toContainEqual(
		expect.objectContaining({
			event: 'invitationAccepted',
			email: 'fresh@acme.example',
			teammate: expect.objectContaining({ username: 'fresh@acme.example' }),
			invitation: expect.objectContaining({ email: 'fresh@acme.example' }),
		}),
	);
	expect(examples.mails).toEqual([
		{
			to: ['manager@example.com'],
			subject: 'fresh@acme.example has joined our SendGrid account',
			body: expect.stringContaining('has accepted the invitation'),
		},
	]);
	expect(outputItems(first, 'Resend').map(({ json }) => json.email)).toEqual(['new@acme.example']);
	expect(state.sentEmails.map(({ kind, email }) => `${kind} ${email}`)).toEqual([
		'resend new@acme.example',
	]);

	// What is in n8n's database is enough to continue, after a restart …
	const before = await idsOf(workflow);
	await on.n8n.stop();
	state.accept('new@acme.example');
	await on.n8n.start();
	const rest = await on.n8n.rest();
	expect(await eventsAfter(before, rest, workflow)).toEqual([
		'invitationAccepted new@acme.example',
	]);

	// … and after a break.
	state.addPending({ email: 'late@acme.example', expiresInSeconds: 1.5 * DAY });
	const afterRestart = await rest.executions(workflow.id);
	await rest.post(`/workflows/${workflow.id}/deactivate`, {});
	await rest.activate(workflow);
	expect(
		await eventsAfter(
			afterRestart.map(({ id }) => id),
			rest,
			workflow,
		),
	).toEqual(['invitationExpiring late@acme.example']);
});
