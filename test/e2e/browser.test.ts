/** A new user in n8n's editor: the tests follow one another on one page, and each leaves its picture. */
import { Editor, openBrowser } from '../../playground/n8n/browser.mts';
import { chosenN8n } from '../../playground/n8n/runtime.mts';
import { inProject } from '../support/machine';
import { sharedN8n } from './sharedN8n';

const on = sharedN8n('browser', { hasCredential: false });

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

describe('the credential', () => {
	step('creates a credential, and is told that its key is wrong', async () => {
		await editor.goTo('/home/credentials');
		await testId('add-resource-credential').click();
		await testId('new-credential-type-select').click();
		await editor.page.keyboard.type('sendgrid team');
		await editor.choices.filter({ hasText: 'SendGrid Teammates API' }).click();
		await testId('new-credential-type-button').click();
		// It has no name at first, and cannot be saved until it has one.
		await testId('inline-edit-preview').getByText('SendGrid Teammates account').waitFor();
		await editor.field('apiKey').locator('input').fill('SG.mistyped-as-it-was-copied');
		await testId('credential-save-button').click();
		await editor.page.getByText('More details').click();
		await editor.page.getByText('SendGrid rejected this API key').waitFor();
	});

	step('corrects the key, and is told that it works', async () => {
		await editor.field('apiKey').locator('input').fill(on.keys.fullAccess);
		await testId('credential-save-button').click();
		await editor.page.getByText('Connection tested successfully').waitFor();
	});
});

describe('the node panel', () => {
	step('starts a workflow with a webhook', async () => {
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
			body: JSON.stringify({ email: 'grace@acme.example', name: 'Grace' }),
		});
		expect(status).toBe(200);
		await editor.output.getByText('grace@acme.example').waitFor();
	});

	for (const query of ['sendgrid teammates', 'resend', 'invite']) {
		step(`finds the node by "${query}"`, async () => {
			// Whatever is open from the step before.
			await editor.page.keyboard.press('Escape');
			await editor.searchNodes(query, testId('canvas-handle-plus'));
			await editor
				.foundNode('SendGrid Teammates', 'Invite people to a Twilio SendGrid account')
				.waitFor();
		});
	}

	step('finds the actions behind it', async () => {
		await editor.found.filter({ hasText: 'SendGrid Teammates' }).click();
		for (const action of ['Invite teammate', 'Resend invite']) {
			await editor.found.getByText(action, { exact: true }).waitFor();
		}
	});

	step('puts Invite behind the webhook, and sees six fields', async () => {
		await editor.found.getByText('Invite teammate', { exact: true }).click();
		await editor.nodePanel.waitFor();
		expect(await editor.fieldNames()).toEqual([
			'Resource',
			'Operation',
			'Email',
			'Access',
			'Scope Names or IDs',
			'Region',
			'Options',
		]);
		expect(await testId('node-credentials-select').locator('input').inputValue()).toBe(
			'SendGrid Teammates account',
		);
	});
});

describe('Invite', () => {
	step('drags the address from the input into the field', async () => {
		await editor.drag(editor.inputField('email'), editor.field('email'));
		await editor.field('email').getByText('{{ $json.body.email }}').waitFor();
		await testId('parameter-expression-preview-email').getByText('grace@acme.example').waitFor();
	});

	step("chooses scopes by typing a part of a scope's name", async () => {
		// Observed in n8n 2.40: it may ask for the list of a new node just before it gives it the only
		// credential, and then not again until the node is opened anew.
		await editor.closeNode();
		await editor.openNode('Invite teammate');
		await editor.openLoadedChoices('scopes');
		expect(await editor.choices.count()).toBeGreaterThan(200);
		await editor.page.keyboard.type('stats.read');
		await editor.choices.getByText('Statistics (stats.read)', { exact: true }).click();
		await editor.field('scopes').locator('input:not([readonly])').fill('templates.r');
		await editor.choices.getByText('Templates (templates.read)', { exact: true }).waitFor();
	});

	step('executes the step and reads the result', async () => {
		await editor.choices.getByText('Templates (templates.read)', { exact: true }).click();
		await editor.page.keyboard.press('Escape');
		await editor.closeMessages();
		await testId('node-execute-button').click();
		await editor.output.getByText('grace@acme.example').waitFor();
		await editor.output.getByText('templates.read').waitFor();
		expect(on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`)).toEqual([
			'invitation grace@acme.example',
		]);
	});

	step('reads what went wrong, and what to do', async () => {
		await editor.field('email').locator('.cm-content').fill('{{ $json.body.name }}');
		await testId('parameter-expression-preview-email')
			.getByText('Grace', { exact: true })
			.waitFor();
		await editor.closeMessages();
		await testId('node-execute-button').click();
		await testId('node-error-message')
			.getByText("'Email' must be an email address, not 'Grace'")
			.waitFor();
		await testId('node-error-description')
			.getByText("Fix 'Email', e.g. nathan@example.com")
			.waitFor();
		expect(on.sandbox.state.sentEmails).toEqual([]);
	});
});

describe('Resend Invite', () => {
	step('searches the list of invitations', async () => {
		await editor.closeMessages();
		await editor.choose('operation', 'Resend Invite');
		await testId('resource-locator-invitation').getByTestId('rlc-input').click();
		await testId('rlc-item').filter({ hasText: 'fresh@acme.example' }).waitFor();
		expect(await testId('rlc-item').count()).toBe(2);
		await testId('rlc-search').click();
		await editor.page.keyboard.type('soon');
		await testId('rlc-item').filter({ hasText: 'fresh@' }).waitFor({ state: 'detached' });
	});

	step('sends the one from the list again', async () => {
		await testId('rlc-item').filter({ hasText: 'Expiring.Soon@acme.example' }).click();
		await testId('node-execute-button').click();
		await editor.output.getByText('Expiring.Soon@acme.example').waitFor();
		expect(on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`)).toEqual([
			'resend Expiring.Soon@acme.example',
		]);
	});
});
