/** The example that follows one person from the invitation until they have joined. */
import { WEBHOOK_HEADER } from '../../../playground/n8n/examples.mts';
import type { WorkflowNode } from '../../../playground/n8n/workflow.mts';
import { LIVE_SCOPES } from '../../../sandbox/scopes.mts';
import { until } from '../../support/machine';
import { endWaits } from '../../support/waits.mts';
import { examples, on } from './sharedByAll';

const NAME = 'until-joined';

const DAY_MS = 24 * 60 * 60 * 1000;
const EMAIL = 'grace@acme.example';

/** A scope of the persona. */
const HELD_BACK = 'templates.read';

/** From here on, the key can grant everything but that one. */
const limitKey = () =>
	on.sandbox.state.addKey({
		key: on.keys.fullAccess,
		scopes: LIVE_SCOPES.filter((scope) => scope !== HELD_BACK),
	});

const colleague = {
	name: 'Grace Hopper',
	email: ' Grace@acme.example',
	manager: 'boss@acme.example',
};

/** A day is a second here: the first test shows what n8n does with a real one. */
const hurried = (node: WorkflowNode): WorkflowNode =>
	node.name === 'Wait a Day'
		? { ...node, parameters: { ...node.parameters, amount: 1, unit: 'seconds' } }
		: node;

let published: string | undefined;

/** Publishes the example and sends it a person. @returns the workflow's id */
async function invite(change?: typeof hurried, body: object = colleague): Promise<string> {
	const workflow = await examples.save(NAME, change);
	await on.rest.activate(workflow);
	published = workflow.id;
	const secret = { [WEBHOOK_HEADER.name]: WEBHOOK_HEADER.value };
	expect(await on.rest.callWebhook(NAME, body, secret)).toHaveProperty('status', 200);
	return workflow.id;
}

async function finish(id: string): Promise<void> {
	expect((await on.rest.nextExecution(id)).error).toBeUndefined();
}

const sentEmails = () => on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`);

/** As many as were sent, and then this one. */
const reminded = (times: number) => [
	`invitation ${EMAIL}`,
	...Array.from({ length: times }, () => `resend ${EMAIL}`),
];

const toManager = (text: string) => ({
	to: ['boss@acme.example'],
	subject: 'SendGrid access of Grace Hopper',
	body: expect.stringContaining(`Grace Hopper ${text}`),
});

const teammate = () =>
	on.sandbox.state.account().teammates.find(({ profile }) => profile.email === EMAIL);

describe('until joined', () => {
	afterEach(async () => {
		if (published) await on.rest.post(`/workflows/${published}/deactivate`, {});
		published = undefined;
	});

	test('after a day, even with a restart of n8n, the rest is granted, and the manager is told', async () => {
		limitKey();
		const id = await invite();
		await on.rest.waitingExecutions(id);
		expect(sentEmails()).toEqual(reminded(0));
		const given = on.sandbox.state.account().invitations.at(-1)?.scopes;
		expect(given).toContain('stats.read');
		expect(given).not.toContain(HELD_BACK);
		await on.n8n.stop();
		const [left] = endWaits(on.n8n.dataFolder);
		expect(left).toBeGreaterThan(DAY_MS - 60_000);
		expect(left).toBeLessThanOrEqual(DAY_MS);

		on.sandbox.state.addKey({ key: on.keys.fullAccess });
		on.sandbox.state.accept(EMAIL);
		await on.n8n.start();
		// An execution that goes on while n8n starts may be recorded as crashed for a moment.
		await until(() => examples.mails.length > 0);
		await finish(id);
		expect(sentEmails()).toEqual(reminded(0));
		expect(teammate()?.scopes).toContain(HELD_BACK);
		expect(examples.mails).toEqual([toManager('has joined our SendGrid account and can begin.')]);
	});

	test('somebody who does not answer is reminded three times, and no more', async () => {
		await finish(await invite(hurried));
		expect(sentEmails()).toEqual(reminded(3));
		expect(examples.mails).toEqual([
			toManager('has not accepted the invitation to our SendGrid account. It is pending.'),
		]);
	});

	test('somebody who joins after a reminder gets no further one', async () => {
		const id = await invite(hurried);
		await until(() => sentEmails().length === 2);
		on.sandbox.state.accept(EMAIL);
		await finish(id);
		expect(sentEmails()).toEqual(reminded(1));
		expect(examples.mails).toEqual([toManager('has joined our SendGrid account and can begin.')]);
	});

	test('the manager is told what the account still cannot grant', async () => {
		limitKey();
		const id = await invite(hurried);
		await until(() => sentEmails().length === 1);
		on.sandbox.state.accept(EMAIL);
		await finish(id);
		expect(examples.mails[0].body).toMatch(/still missing: templates\.read\.$/);
	});

	test('an invitation that is gone ends the execution without another one', async () => {
		const id = await invite(hurried);
		await until(() => sentEmails().length === 1);
		on.sandbox.state.account().invitations = [];
		await finish(id);
		expect(sentEmails()).toEqual(reminded(0));
		expect(examples.mails).toEqual([toManager('has not joined our SendGrid account, and the')]);
	});

	test('IT is told about a reminder that cannot be sent, and the next one is sent', async () => {
		on.sandbox.state.faults.add({
			method: 'POST',
			path: /resend$/,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		await finish(await invite(hurried));
		expect(sentEmails()).toEqual(reminded(2));
		expect(examples.mails.map(({ to, subject }) => [...to, subject])).toEqual([
			['it@example.com', `SendGrid invitation of ${EMAIL} was not sent again`],
			['boss@acme.example', 'SendGrid access of Grace Hopper'],
		]);
	});

	test('a person without a valid address is not invited, and the manager is told why', async () => {
		await finish(await invite(hurried, { ...colleague, email: 'grace' }));
		expect(sentEmails()).toEqual([]);
		expect(examples.mails).toEqual([
			toManager(
				'gets no further emails about our SendGrid account, because something went wrong: ',
			),
		]);
	});
});
