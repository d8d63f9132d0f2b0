import type { Page } from 'playwright-core';

import type { Editor } from '../n8n/browser.mts';
import { startChatModel, type ToolCall } from '../fakes/openai.mts';
import { exampleCredential, exampleWorkflow, type N8nEnvironment } from '../n8n/n8nEnvironment.mts';
import type { Credential, Workflow } from '../n8n/workflow.mts';

const SAID = 'Invite mary@acme.example and kim@partner.example to read statistics.';

/** What the model then does. */
const CALLS: ToolCall[] = ['mary@acme.example', 'kim@partner.example'].map((email) => ({
	tool: 'Create_or_Update',
	arguments: { Email: email, Scopes: 'stats.read' },
}));

/** Its reply to the answers: an invitation and a refusal, each in its own list. */
function summary(told: string[]): string {
	const [[invitation], [refusal]] = told.map(
		(answer) => JSON.parse(answer) as Array<Record<string, unknown>>,
	);
	return `${invitation.email} is invited. But ${refusal.error}.`;
}

/** docs/ai-agents.md's picture of an AI agent: the example, with a chat in which something is done and refused. */
export interface AgentPicture {
	credentials: Credential[];
	workflow: Workflow;
	/** Opens the workflow and has the conversation. */
	pose(editor: Editor): Promise<void>;
	close(): Promise<void>;
}

const WORKFLOW = 'pictureagent0001';

const SIZE = { width: 1400, height: 960 };

/** Drags the upper edge of the panel with chat and log upwards. */
async function enlarge(page: Page): Promise<void> {
	const box = await page.getByTestId('logs-panel').boundingBox();
	if (box === null) throw new Error('there is no chat');
	await page.mouse.move(700, box.y);
	await page.mouse.down();
	await page.mouse.move(700, box.y - 110, { steps: 5 });
	await page.mouse.up();
}

export async function agentPicture(keys: N8nEnvironment['keys']): Promise<AgentPicture> {
	const model = await startChatModel();
	model.say = summary;
	const example = exampleWorkflow('ai-agent');
	const credential = exampleCredential(keys);
	const guarded = {
		...credential,
		id: 'guarded',
		data: { ...credential.data, allowedEmailDomains: 'acme.example' },
	};
	const { id, name } = guarded;
	const nodes = example.nodes
		.filter((node) => node.name !== 'What to change')
		.map((node) =>
			node.credentials?.[guarded.type]
				? { ...node, credentials: { [guarded.type]: { id, name } } }
				: node,
		);
	return {
		credentials: [
			guarded,
			{
				id: 'openai',
				name: 'OpenAI account',
				type: 'openAiApi',
				data: { apiKey: 'sk-of-no-use', url: model.url },
			},
		],
		workflow: { ...example, id: WORKFLOW, nodes },
		async pose(editor) {
			await editor.openWorkflow(WORKFLOW);
			const { page } = editor;
			await page.setViewportSize(SIZE);
			await page.getByTestId('workflow-chat-button').click();
			await enlarge(page);
			model.script = [CALLS];
			await page.getByTestId('chat-input').fill(SAID);
			await page.keyboard.press('Enter');
			await page.locator('.chat-message-from-bot').filter({ hasText: 'is invited' }).waitFor();
			await editor.messages.first().waitFor();
			await editor.closeMessages();
			await page.getByTestId('zoom-to-fit').click();
			// The answer to the second call.
			await page
				.getByTestId('logs-overview-body')
				.getByText('Create or Update', { exact: true })
				.last()
				.click();
			await page.getByTestId('log-details').getByText('how_to_fix').waitFor();
		},
		close: async () => await model.close(),
	};
}
