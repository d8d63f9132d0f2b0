import { chosenN8n } from '../../playground/n8n/runtime.mts';
import { outputItems } from '../../playground/n8n/run.mts';
import { pause, until } from '../support/machine';
import { POLL_TIMES, savedExamples } from './savedExamples';
import { sharedN8n } from './sharedN8n';

/** n8n's scheduler polls with a workflow of its own for each poll, and stores what each has seen. */
const on = sharedN8n('durable-cursors', {
	env: {
		N8N_SCHEDULER_ENABLED: 'true',
		N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
		N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	},
});

const examples = savedExamples(on);

const TRIGGER = 'Accepted or Expiring';

/** The older line has no durable cursors. */
const testOfNewerLine = chosenN8n() === 'n8n' ? test : test.skip;

const polls = () => on.sandbox.state.requests.filter(({ path }) => path === '/v3/teammates').length;

/** Waits until a poll that starts from now on has ended. */
async function nextPoll(): Promise<void> {
	const before = polls();
	await until(() => polls() >= before + 2, 150_000);
}

testOfNewerLine(
	'who is invited after the last event, and accepts while n8n is down, has accepted',
	async () => {
		const { state } = on.sandbox;
		const workflow = await examples.save('joined', (node) =>
			node.name === TRIGGER
				? { ...node, parameters: { ...node.parameters, pollTimes: POLL_TIMES } }
				: node,
		);
		await on.rest.activate(workflow);
		await nextPoll();
		state.addPending({ email: 'new@acme.example' });
		await nextPoll();
		// n8n stores what it has seen.
		await pause(5000);
		expect(await on.rest.executions(workflow.id)).toEqual([]);

		await on.n8n.stop();
		state.accept('new@acme.example');
		await on.n8n.start();
		const rest = await on.n8n.rest();
		const run = await rest.nextExecution(workflow.id);
		expect(outputItems(run, TRIGGER).map(({ json }) => `${json.event} ${json.email}`)).toEqual([
			'invitationAccepted new@acme.example',
		]);
	},
	600_000,
);
