/** The list of scopes in n8n's editor, also where nobody can know yet whose they are. */
import { Editor, openBrowser } from '../../playground/n8n/browser.mts';
import { until } from '../support/machine';
import { CREDENTIAL_TYPE } from '../support/names';
import { sharedN8n, workflowWith } from './sharedN8n';

const on = sharedN8n('scope-picker', { hasCredential: false });

let browser: Awaited<ReturnType<typeof openBrowser>>;
let editor: Editor;

beforeAll(async () => {
	browser = await openBrowser();
	editor = await Editor.open(browser, { n8n: on.n8n });
});
afterAll(async () => {
	await browser?.close();
});

/** Two of the longest names. */
const LONG = ['mail_settings.address_whitelist.create', 'user.webhooks.parse.settings.create'];

/** Opens a node in a workflow that has never been run. */
async function openInvite(parameters: object, credential?: { id: string; name: string }) {
	const workflow = workflowWith(credential ?? { id: '', name: '' }, [{ region: 'eu' }], {
		resource: 'invitation',
		operation: 'invite',
		email: 'ann@acme.example',
		access: 'scopes',
		scopes: LONG,
		region: 'credential',
		options: {},
		...parameters,
	});
	const node = workflow.nodes.find(({ name }) => name === 'SendGrid Teammates');
	if (!credential) delete node?.credentials;
	const { id } = await on.rest.createWorkflow(workflow);
	await editor.openWorkflow(id);
	await editor.canvasNodes.filter({ hasText: 'Invite: invitation' }).waitFor();
	await editor.openNode('SendGrid Teammates');
}

const scopes = () => editor.field('scopes');

/** Types into the list, and finds a scope there, and below it what is said of all. */
async function find(words: string, scope: string, description = '') {
	await editor.openLoadedChoices('scopes');
	await editor.page.keyboard.type(words);
	const choice = editor.choices.filter({ hasText: scope });
	await choice.filter({ hasText: description }).waitFor();
	await editor.page.keyboard.press('Escape');
}

test('offers all known scopes before there is a credential', async () => {
	await openInvite({});
	await find('sender auth', 'Sender Authentication (whitelabel.read)', 'choose a credential');
});

describe('with a credential', () => {
	let credential: { id: string; name: string };

	beforeAll(async () => {
		credential = await on.rest.createCredential({
			name: 'SendGrid',
			type: CREDENTIAL_TYPE,
			data: { apiKey: on.keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '' },
		});
		// The editor knows of it once it is loaded again.
		await editor.goTo('/home/credentials');
	});

	test.each([
		[{ region: '={{ $json.region }}' }, 'Region'],
		// n8n 1.x gives up all of the options for it.
		[{ options: { onBehalfOf: '={{ $json.subuser }}' } }, 'O'],
	])('offers them while %j has no value yet', async (parameters, field) => {
		await openInvite(parameters, credential);
		await find('unsubscribe groups', 'Unsubscribe Groups (asm.groups.read)', `'${field}`);
		expect(on.sandbox.state.requests).toEqual([]);
	});

	test("offers the account's, and again when Region is changed", async () => {
		await openInvite({}, credential);
		await find('statistics', 'Statistics (stats.read)');
		await editor.choose('region', 'EU');
		await until(() => on.sandbox.state.requests.length > 1);
		expect(on.sandbox.state.requests.map(({ host }) => host)).toEqual(['global', 'eu']);
	});

	test('leaves the longest choices their cross', async () => {
		await openInvite({}, credential);
		for (const scope of LONG) {
			const chip = scopes().locator('.el-tag').filter({ hasText: scope });
			const [cross, field] = await Promise.all([
				chip.locator('.el-tag__close').boundingBox(),
				scopes().boundingBox(),
			]);
			if (!cross || !field) throw new Error(`${scope} is not in sight`);
			expect(cross.x + cross.width).toBeLessThan(field.x + field.width);
			await chip.locator('.el-tag__close').click();
			await chip.waitFor({ state: 'detached' });
		}
	});
});
