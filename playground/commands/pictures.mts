/**
 * `npm run pictures`: takes the pictures of README and docs again, from a real n8n in a real browser, for light and
 * for dark readers.
 */
import path from 'node:path';

import { agentPicture } from './agent-picture.mts';
import { Editor, openBrowser } from '../n8n/browser.mts';
import { allExamples, exampleNames, playgroundAccounts } from '../n8n/examples.mts';
import { startFakeSmtp } from '../fakes/fakeSmtp.mts';
import { exampleWorkflow, createN8nEnvironment } from '../n8n/n8nEnvironment.mts';
import { PROJECT_ROOT } from '../n8n/runtime.mts';
import type { Workflow } from '../n8n/workflow.mts';

const NEW_HIRE = { email: 'grace@acme.example', name: 'Grace Hopper', team: 'Engineering' };

/** A webhook that has received a new hire, and Invite behind it. */
function inviting(id: string, email: string): Workflow & { pinData: object } {
	const { nodes } = exampleWorkflow('new-hires');
	const webhook = nodes.find(({ name }) => name === 'New Hires');
	const sendGrid = nodes.find(({ name }) => name === 'Create or Update');
	if (!webhook || !sendGrid) throw new Error('the example has lost its webhook or the node');
	return {
		id,
		name: 'New hire: invite to SendGrid',
		nodes: [
			{ ...webhook, webhookId: id, parameters: { ...webhook.parameters, path: id } },
			{
				...sendGrid,
				name: 'Invite',
				position: [220, 0],
				onError: 'stopWorkflow',
				parameters: {
					resource: 'invitation',
					operation: 'invite',
					email,
					access: 'scopes',
					scopes: ['stats.read', 'templates.read'],
					region: 'credential',
					options: {},
				},
			},
		],
		connections: { 'New Hires': { main: [[{ node: 'Invite', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
		pinData: { 'New Hires': [{ json: { body: NEW_HIRE } }] },
	};
}

const environment = await createN8nEnvironment({
	name: 'pictures',
	onStep: (step) => console.log(step),
});
const browser = await openBrowser();
const agent = await agentPicture(environment.keys);
const fakeSmtp = await startFakeSmtp();
try {
	const { n8n, keys } = environment;
	const { workflows, credentials } = allExamples(playgroundAccounts(keys, fakeSmtp));
	const good = inviting('picturegood00001', '={{ $json.body.email }}');
	const bad = inviting('picturebad000001', '={{ $json.body.name }}');
	await n8n.importCredentials([...credentials, ...agent.credentials]);
	await n8n.importWorkflows([...workflows, good, bad, agent.workflow]);
	await n8n.start();
	await n8n.rest();

	for (const colors of ['light', 'dark'] as const) {
		const editor = await Editor.open(browser, { n8n, colors, width: 1400, height: 720 });
		const take = async (name: string, of?: typeof editor.nodePanel) => {
			console.log(`Taking ${name}, ${colors}`);
			await editor.takePicture(path.join(PROJECT_ROOT, 'docs', `${name}-${colors}.png`), of);
		};

		/** Opens Invite in a workflow and executes it until its output shows this. */
		const invite = async ({ id = '' }: Workflow, shown: typeof editor.output) => {
			await editor.openWorkflow(id);
			await editor.openNode('Invite');
			await editor.page.getByTestId('node-execute-button').click();
			await shown.waitFor();
			await editor.messages.first().waitFor();
			await editor.closeMessages();
		};

		for (const name of exampleNames()) {
			const { id = '' } = exampleWorkflow(name);
			await editor.openWorkflow(id);
			console.log(`Taking ${name}, ${colors}`);
			const file = path.join(PROJECT_ROOT, 'docs', 'examples', `${name}-${colors}.png`);
			await editor.takeCanvas(file);
		}

		await invite(good, editor.output.getByText('templates.read'));
		await take('invite', editor.nodePanel);

		await editor.openLoadedChoices('scopes');
		await editor.page.keyboard.type('api keys');
		await editor.choices.getByText('(api_keys.read)').waitFor();
		await take('scopes', editor.nodePanel);

		await invite(bad, editor.page.getByTestId('node-error-description'));
		await take('failure', editor.nodePanel);
		await agent.pose(editor);
		await take('agent');
		await editor.page.close();
	}
} finally {
	await agent.close();
	await browser.close();
	await fakeSmtp.close();
	await environment.close();
}
