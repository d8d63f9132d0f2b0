import { outputItems, type Item } from '../../../playground/n8n/run.mts';
import { linkOf } from '../../support/link';
import { inviteWith } from '../../support/parameters';
import { runOnce } from '../sharedN8n';
import { on } from './sharedByAll';

const INVITE = inviteWith({
	region: '={{ $json.region ?? "credential" }}',
	options: { onBehalfOf: '={{ $json.subuser ?? "" }}' },
});

const NAME = 'SendGrid Teammates';

const mails = () =>
	on.sandbox.state.sentEmails.map(({ kind, email, region }) => `${kind} ${email} ${region}`).sort();

const answers = (items: Item[]) => items.map((item) => [linkOf(item), item.json.error ?? 'done']);

test('an expression for the region sends each item to its own host', async () => {
	const run = await runOnce(
		on,
		[
			{ email: 'ada@acme.example' },
			{ email: 'bob@acme.example', region: 'eu', subuser: 'acme-eu' },
			{ email: 'cyd@acme.example', region: 'global' },
			{ email: 'dan@acme.example', region: 'mars' },
		],
		INVITE,
		{ onError: 'continueRegularOutput' },
	);
	expect(mails()).toEqual([
		'invitation ada@acme.example global',
		'invitation bob@acme.example eu',
		'invitation cyd@acme.example global',
	]);
	expect(on.sandbox.state.requests.map(({ host }) => host).sort()).toEqual([
		'eu',
		'global',
		'global',
	]);
	expect(answers(outputItems(run, NAME))).toEqual([
		[0, 'done'],
		[1, 'done'],
		[2, 'done'],
		[3, expect.stringContaining("'Region' must be Same as Credential, Global or EU, not 'mars'")],
	]);
});

const MIXED = [{ email: 'ada@acme.example' }, { email: 'nobody' }, { email: 'bob@acme.example' }];
const REFUSAL = expect.stringContaining("'Email' must be an email address, not 'nobody'");

describe('with On Error on', () => {
	test('Stop Workflow, the first failure ends the run and says what happened', async () => {
		const run = await runOnce(on, MIXED, INVITE);
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({
			message:
				"'Email' must be an email address, not 'nobody'. The run stopped; nothing was sent for the other 2 items",
			description: expect.stringContaining("Fix 'Email'"),
			context: { itemIndex: 1 },
		});
	});

	test('Continue, failures are among the results', async () => {
		const run = await runOnce(on, MIXED, INVITE, { onError: 'continueRegularOutput' });
		expect(run.status).toBe('success');
		expect(answers(outputItems(run, NAME))).toEqual([
			[0, 'done'],
			[1, REFUSAL],
			[2, 'done'],
		]);
	});

	test('Continue (using error output), failures have their own output', async () => {
		const run = await runOnce(on, MIXED, INVITE, { onError: 'continueErrorOutput' });
		expect(answers(outputItems(run, NAME))).toEqual([
			[0, 'done'],
			[2, 'done'],
		]);
		expect(answers(outputItems(run, NAME, 1))).toEqual([[1, REFUSAL]]);
	});
});

test('the API key is in no execution and in no log', async () => {
	const run = await runOnce(on, MIXED, INVITE, { onError: 'continueRegularOutput' });
	on.sandbox.state.faults.add({ fault: { kind: 'status', status: 403, when: 'before' } });
	const failed = await runOnce(on, [{ email: 'ada@acme.example' }], INVITE);
	expect(failed.status).toBe('error');
	expect(JSON.stringify([run, failed])).not.toContain(on.keys.fullAccess);
	expect(on.n8n.log).not.toContain(on.keys.fullAccess);
});
