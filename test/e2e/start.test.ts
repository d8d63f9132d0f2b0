/** What `npm start` opens, and what its last lines promise. */
import { openEditor, type OpenEditor } from '../../playground/commands/editor.mts';
import { Editor, openBrowser } from '../../playground/n8n/browser.mts';
import { PINNED_INPUT } from '../../playground/n8n/pinnedInput.mts';
import type { Rest } from '../../playground/n8n/rest.mts';
import { outputItems } from '../../playground/n8n/run.mts';
import { CREDENTIAL_TYPE } from '../support/names';
import { pause, until } from '../support/machine';
import { USER_AGENT } from './savedExamples';

let editor: OpenEditor;
let rest: Rest;
let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
	editor = await openEditor({ name: 'e2e-start' });
	rest = await editor.n8n.rest();
	browser = await openBrowser();
});
afterAll(async () => {
	await browser?.close();
	await editor.close();
});

const idOf = (example: string) => editor.examples[example].id;

/** Executes an example from its trigger, as the editor's button does. @returns the execution's id */
async function execute(example: string): Promise<string> {
	const [trigger] = Object.keys(PINNED_INPUT[example]);
	return await rest.runManually(idOf(example), trigger);
}

/** As the guide gives it. */
function loginOfForms(): string {
	const [, user, password] = /as (\w+) with the password (\w+)/.exec(editor.guide) ?? [];
	return `Basic ${btoa(`${user}:${password}`)}`;
}

const sentTo = (email: string) =>
	editor.sandbox.state.sentEmails.filter((sent) => sent.email === email).map(({ kind }) => kind);

const mailboxPage = async () => await (await fetch(editor.mailboxUrl)).text();

test('New Hires runs on what is pinned: one is invited, one was there, one row is bad', async () => {
	const run = await rest.finishedExecution(await execute('new-hires'));
	const outcomes = outputItems(run, 'All Outcomes').map(({ json }) => json.outcome);
	expect(outcomes.sort()).toEqual(['failed', 'invited', 'unchanged']);
	expect(sentTo('grace@acme.example')).toEqual(['invitation']);
});

test('Leavers runs, and IT can read why an admin was not removed', async () => {
	const run = await rest.finishedExecution(await execute('leavers'));
	const outcomes = outputItems(run, 'All Outcomes').map(({ json }) => json.outcome);
	expect(outcomes.sort()).toEqual(['failed', 'removed']);
	const page = await mailboxPage();
	expect(page).toContain('→ it@example.com');
	expect(page).toContain('this person is an admin');
});

test('Until Joined runs through its days at once, and the manager can read how it ended', async () => {
	const run = await rest.finishedExecution(await execute('until-joined'));
	expect(run.error).toBeUndefined();
	expect(sentTo('mary@acme.example')).toEqual(['invitation', 'resend', 'resend', 'resend']);
	expect(await mailboxPage()).toContain('SendGrid access of Mary Jackson');
});

test('CSV is executed in the editor, which opens the page that gives the file back', async () => {
	const opened = await Editor.open(browser, { n8n: editor.n8n });
	const { page } = opened;
	await opened.openWorkflow(idOf('csv'));
	const shown = page.waitForEvent('popup');
	await page.getByTestId('execute-workflow-button').click();
	const popup = await shown;
	// n8n has no page yet while the execution goes on, and then leaves the request unanswered.
	const options = () => ({
		headers: { authorization: loginOfForms() },
		signal: AbortSignal.timeout(5000),
	});
	const ask = async () => await fetch(popup.url(), options()).then((page) => page.text(), String);
	let answer = await ask();
	for (let times = 1; times < 20 && !answer.includes('rows failed'); times += 1) {
		await pause(500);
		answer = await ask();
	}
	expect(answer).toContain('1 of 2 rows failed');
	await popup.close();
	expect(sentTo('ada@acme.example')).toEqual(['invitation']);
});

test('New Hire Form runs on what is pinned, and is approved by the link in the mailbox', async () => {
	const { mailboxUrl, sandbox } = editor;
	await execute('new-hire-form');
	await rest.waitingExecutions(idOf('new-hire-form'));
	expect(sentTo('kay@acme.example')).toEqual([]);

	const mailbox = await browser.newPage({ userAgent: USER_AGENT });
	await mailbox.goto(mailboxUrl);
	const answered = mailbox.waitForEvent('popup');
	await mailbox.locator('a[href*="approved=true"]').click();
	await (await answered).getByText('Got it, thanks').waitFor();

	// The page reloads by itself.
	await mailbox.getByText('SendGrid access for Kay McNulty').waitFor();
	await mailbox.getByText('They have been invited').waitFor();
	await mailbox.screenshot({ path: '.test-results/browser/mailbox.png', fullPage: true });
	expect(sentTo('kay@acme.example')).toEqual(['invitation']);
	expect(sandbox.state.account().invitations.at(-1)?.is_admin).toBe(true);
});

test('the line with curl works as it is printed', async () => {
	const [, url = '', name = '', secret = '', body = ''] =
		/curl -X POST (\S+) -H '([\w-]+): ([^']+)' -H 'Content-Type: application\/json' -d '([^']+)'/.exec(
			editor.guide,
		) ?? [];
	const headers = { 'content-type': 'application/json', [name]: secret };
	const response = await fetch(url, { method: 'POST', headers, body });
	expect(await response.json()).toMatchObject([{ outcome: 'invited' }]);
	const { workEmail } = JSON.parse(body) as { workEmail: string };
	await until(() => sentTo(workEmail).length === 1);
});

test('the forms are there for those who know the password', async () => {
	const [url = ''] = /http\S+\/form\/\S+/.exec(editor.guide) ?? [];
	expect((await fetch(url)).status).toBe(401);
	const answer = await fetch(url, { headers: { authorization: loginOfForms() } });
	expect(await answer.text()).toContain('Work email');
});

test('the first key that it names is good for a credential of one’s own, the second for less', async () => {
	const [apiKey = '', weaker] = editor.guide.match(/SG\.\S+/g) ?? [];
	const data = { apiKey, region: 'global', apiUrl: '', onBehalfOf: '' };
	const tried = await rest.testCredential({ name: 'Mine', type: CREDENTIAL_TYPE, data });
	expect(tried).toMatchObject({ status: 'OK' });
	expect(weaker).toBe(editor.keys.statsOnly);
});
