/** The first ten minutes of a new user in n8n's editor: one story on one page, and each step leaves its picture. */
import { Editor, openBrowser } from '../../playground/n8n/browser.mts';
import { exampleWorkflow } from '../../playground/n8n/n8nEnvironment.mts';
import { chosenN8n } from '../../playground/n8n/runtime.mts';
import { inProject } from '../support/machine';
import { NODE_TYPE, TRIGGER_TYPE } from '../support/names';
import { sharedN8n } from './sharedN8n';

const on = sharedN8n('browser', { hasCredential: false, hasEditor: true, isOneStory: true });

let browser: Awaited<ReturnType<typeof openBrowser>>;
let editor: Editor;
let pictures = 0;
let hasFailed = false;

beforeAll(async () => {
	browser = await openBrowser();
	editor = await Editor.open(browser, { n8n: on.n8n });
});
afterAll(async () => {
	await browser?.close();
});

/** One thing that a user does. What they see at its end, good or bad, is in .test-results/browser/<n8n>/. */
function step(title: string, act: () => Promise<void>): void {
	pictures += 1;
	const name = `${String(pictures).padStart(2, '0')} ${title}`.replaceAll(/[^\w]+/g, '-');
	test(title, async () => {
		if (hasFailed) throw new Error('an earlier step failed');
		hasFailed = true;
		try {
			await act();
			hasFailed = false;
		} finally {
			await editor.takePicture(inProject('.test-results', 'browser', chosenN8n(), `${name}.png`));
		}
	});
}

const testId = (id: string) => editor.page.getByTestId(id);

/** All emails since the beginning. */
const sentEmails = () => on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`);

const ACTION = 'Create or update teammate';

/** A row of the HR system's list, as its webhook gives it on. */
const row = (email: string, is_trial: unknown) => ({ body: { email, is_trial } });

/** Executes the whole workflow, and opens the node when it is through. */
async function executeWorkflow(): Promise<void> {
	await editor.closeNode();
	await editor.closeMessages();
	await testId('execute-workflow-button').click();
	await editor.messages.getByText(/Workflow executed successfully|Problem in node/).waitFor();
	await editor.closeMessages();
	await editor.openNode(ACTION);
}

/** Changes what the webhook has received. */
async function receive(rows: object[]): Promise<void> {
	await editor.closeNode();
	await editor.openNode('Webhook');
	await editor.pinOutput(rows);
}

test('n8n offers node and trigger by their public names, and a copy of the node to AI agents', async () => {
	const types = await on.rest.offeredTypes();
	const ours = types.filter(({ name }) => name.startsWith(NODE_TYPE));
	expect(ours.map(({ name, displayName }) => [name, displayName])).toEqual([
		[NODE_TYPE, 'SendGrid Teammates'],
		[TRIGGER_TYPE, 'SendGrid Teammates Trigger'],
		[`${NODE_TYPE}Tool`, 'SendGrid Teammates Tool'],
	]);
});

describe('an empty canvas', () => {
	step('starts with a webhook', async () => {
		await editor.goTo('/workflow/new');
		await editor.searchNodes('webhook', testId('canvas-plus-button'));
		await editor.found.filter({ hasText: 'Webhook' }).first().click();
		await editor.nodePanel.waitFor();
		await editor.choose('httpMethod', 'POST');
	});

	step('sends somebody to it, as an HR system would', async () => {
		const url = await editor.nodePanel.getByText('/webhook-test/').innerText();
		await testId('trigger-execute-button').click();
		await editor.nodePanel.getByText('Listening for test event').first().waitFor();
		const { status } = await fetch(url.trim(), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ email: 'grace@acme.example', name: 'Grace', is_trial: 'no' }),
		});
		expect(status).toBe(200);
		await editor.output.getByText('grace@acme.example').waitFor();
		await editor.closeNode();
	});

	for (const words of [
		'sendgrid teammates',
		'invite',
		'new hire',
		'offboard',
		'remove user',
		'deprovision',
		'access requests',
		'permissions',
		'sso',
		'admin',
	]) {
		step(`finds the node by "${words}"`, async () => {
			await editor.searchNodes(words, testId('canvas-handle-plus'));
			await editor
				.foundNode('SendGrid Teammates', 'Invite people to a Twilio SendGrid account')
				.waitFor();
		});
	}

	step('finds the actions behind it', async () => {
		await editor.openActions('SendGrid Teammates', 'Invite teammate');
		for (const action of ['Resend invite', 'Offboard teammate']) {
			await editor.found.getByText(action, { exact: true }).waitFor();
		}
	});

	step('takes Create or Update, and sees what there is to fill in', async () => {
		await editor.found.getByText(ACTION, { exact: true }).click();
		await editor.nodePanel.waitFor();
		expect(await editor.fieldNames()).toEqual([
			'Resource',
			'Operation',
			'Email',
			'Access',
			'Scope Names or IDs',
			'If Pending',
			'Expires Within Days',
			'If Access Differs',
			'Simplify',
			'Region',
			'Options',
		]);
	});
});

describe('the credential', () => {
	step('reads that the key is wrong', async () => {
		await editor.createCredential();
		await editor.saveKey('SG.mistyped-as-it-was-copied');
		expect(await editor.credentialFailure('SendGrid rejected')).toContain(
			"Check 'API Key': it may be mistyped, or revoked in SendGrid.",
		);
	});

	step('reads which scopes the key lacks', async () => {
		await editor.saveKey(on.keys.statsOnly);
		expect(await editor.credentialFailure("can't manage teammates")).toContain(
			'Give it teammates.read and teammates.create',
		);
	});

	step('saves the right key', async () => {
		await editor.saveKey(on.keys.fullAccess);
		await editor.credentialWorks();
		expect(await testId('node-credentials-select').locator('input').inputValue()).toBe(
			'SendGrid Teammates account',
		);
	});
});

describe('the first run', () => {
	step('drags the address from the input into the field', async () => {
		await editor.drag(editor.inputField('email'), editor.field('email'));
		await editor.field('email').getByText('{{ $json.body.email }}').waitFor();
		await testId('parameter-expression-preview-email').getByText('grace@acme.example').waitFor();
	});

	step('finds scopes by the words of SendGrid among more than 250', async () => {
		await editor.openLoadedChoices('scopes');
		expect(await editor.choices.count()).toBeGreaterThan(250);
		for (const [words, scope] of [
			['unsubscribe groups', 'Unsubscribe Groups (asm.groups.read)'],
			['templates.read', 'Templates (templates.read)'],
			['statistics', 'Statistics (stats.read)'],
		] as const) {
			await editor.typeInto('scopes', words);
			await editor.choices.getByText(scope, { exact: true }).click();
		}
		await editor.page.keyboard.press('Escape');
		expect(await editor.chips('scopes').allInnerTexts()).toEqual([
			'Unsubscribe Groups (asm.groups.read)',
			'Templates (templates.read)',
			'Statistics (stats.read)',
		]);
	});

	step('takes one of them off again', async () => {
		const chip = editor.chips('scopes').filter({ hasText: 'Unsubscribe Groups' });
		await chip.locator('.el-tag__close').click();
		await chip.waitFor({ state: 'detached' });
		await editor.page.keyboard.press('Escape');
	});

	step('executes the step, and reads the result', async () => {
		await editor.executeStep();
		await editor.output.getByText('invited', { exact: true }).waitFor();
		await editor.output.getByText('grace@acme.example').waitFor();
		expect(sentEmails()).toEqual(['invitation grace@acme.example']);
		expect(on.sandbox.state.account('acme').invitations.at(-1)?.scopes).toEqual([
			'templates.read',
			'stats.read',
		]);
	});
});

describe('what goes wrong, and the second run', () => {
	step('reads what is wrong with a text for a flag', async () => {
		await editor.addOption('Dry Run');
		await editor.drag(editor.inputField('is_trial'), editor.field('dryRun'));
		await editor.executeStep();
		await testId('node-error-message')
			.getByText("'Dry Run' in 'Options' must be true or false, not 'no'")
			.waitFor();
		await testId('node-error-description').getByText("{{ $json.answer === 'yes' }}").waitFor();
	});

	step('reads which of many rows is bad, and that it stopped all', async () => {
		await receive([
			row('ada@acme.example', false),
			row('bob(at)acme.example', false),
			row('eve@acme.example', 'no'),
			row('joe@acme.example', 'FALSE'),
		]);
		await executeWorkflow();
		await testId('node-error-message').getByText("not 'bob(at)acme.example'").waitFor();
		await testId('node-error-description').getByText('Continue (using error output)').waitFor();
		expect(sentEmails()).toEqual(['invitation grace@acme.example']);
	});

	step('lets the good rows through, and reads what is wrong with each other one', async () => {
		await editor.setOnError('Continue (using error output)');
		await executeWorkflow();
		await editor.output.getByText('Error Branch (2 items)').click();
		await editor.output.getByText("not 'bob(at)acme.example'").waitFor();
		await editor.output.getByText("must be true or false, not 'no'").waitFor();
		expect(sentEmails().slice(1).sort()).toEqual([
			'invitation ada@acme.example',
			'invitation joe@acme.example',
		]);
	});

	step('corrects the rows, and runs them again: nobody is invited twice', async () => {
		await receive([
			row('ada@acme.example', false),
			row('bob@acme.example', false),
			row('eve@acme.example', false),
			row('joe@acme.example', 'FALSE'),
		]);
		await executeWorkflow();
		await editor.output.getByText('4 items').waitFor();
		expect(await editor.output.getByText(/^(unchanged|invited)$/).allInnerTexts()).toEqual([
			'unchanged',
			'invited',
			'invited',
			'unchanged',
		]);
		expect(sentEmails().slice(3).sort()).toEqual([
			'invitation bob@acme.example',
			'invitation eve@acme.example',
		]);
	});
});

describe('Resend Invite', () => {
	step('searches the list of invitations', async () => {
		await editor.choose('resource', 'Invitation');
		await editor.choose('operation', 'Resend Invite');
		await testId('resource-locator-invitation').getByTestId('rlc-input').click();
		await testId('rlc-item').filter({ hasText: 'fresh@acme.example' }).waitFor();
		expect(await testId('rlc-item').count()).toBe(7);
		await testId('rlc-search').click();
		await editor.page.keyboard.type('soon');
		await testId('rlc-item').filter({ hasText: 'fresh@' }).waitFor({ state: 'detached' });
		await testId('rlc-item').filter({ hasText: 'Expiring.Soon@' }).waitFor();
	});

	step('sends the one from the list again, and one email for all rows', async () => {
		await testId('rlc-item').filter({ hasText: 'Expiring.Soon@acme.example' }).click();
		await editor.executeStep();
		await editor.output.getByText('Expiring.Soon@acme.example').first().waitFor();
		expect(sentEmails().slice(5)).toEqual(['resend Expiring.Soon@acme.example']);
	});
});

describe("an agent's tool", () => {
	/** Nodes of the example, with nothing in the fields that it leaves to the model. */
	const untouched: Record<string, Record<string, unknown>> = {
		'Create or Update': { email: '', scopes: [] },
		'Resend Invitation': { invitation: { __rl: true, mode: 'email', value: '' } },
	};
	const button = (field: string) => editor.field(field).getByTestId('from-ai-override-button');

	step('has a button that hands the choice of an invitation to the model', async () => {
		const { nodes, connections } = exampleWorkflow('ai-agent');
		await editor.closeNode();
		await editor.closeMessages();
		await editor.pasteWorkflow({
			nodes: nodes.map((node) => ({
				...node,
				credentials: undefined,
				parameters: { ...node.parameters, ...untouched[node.name] },
			})),
			connections,
		});
		await editor.openNode('Resend Invitation');
		await button('invitation').waitFor({ state: 'attached' });
		await editor.closeNode();
	});

	step('has one for each field but lists of fixed choices', async () => {
		await editor.openNode('Create or Update');
		for (const field of ['email', 'scopes']) {
			await button(field).waitFor({ state: 'attached' });
		}
		for (const field of ['access', 'region']) {
			await editor.field(field).waitFor();
			expect(await button(field).count()).toBe(0);
		}
	});
});
