import { existsSync } from 'node:fs';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

import type { N8n } from './n8n.mts';
import type { Workflow } from './workflow.mts';

/** Where systems keep such a browser, best first: without windows it has a quarter less to do. CHROMIUM names another. */
const USUAL_PLACES = [
	'/usr/bin/chromium-headless-shell',
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Keeps a browser without a network from trying to reach one. */
const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** How long anything on the page may take to appear. */
const PATIENCE_MS = 60_000;

/** @throws Error when there is no browser, saying how to get one */
export async function openBrowser(): Promise<Browser> {
	const { CHROMIUM } = process.env;
	const program = (CHROMIUM ? [CHROMIUM] : USUAL_PLACES).find((file) => existsSync(file));
	if (program === undefined) {
		throw new Error(
			`There is no Chromium at ${CHROMIUM ?? USUAL_PLACES[0]}. Install it (Debian: apt-get install chromium-headless-shell), or name a Chromium or Chrome in the environment variable CHROMIUM.`,
		);
	}
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({ executablePath: program, args: QUIET });
}

/** What covers the workflow in n8n's editor, and the dots behind it. */
const BARE_CANVAS = `
	[data-test-id='canvas-background'],
	[data-test-id='canvas-controls'],
	[data-test-id='canvas-handle-plus-wrapper'],
	[class*='_executionButtons_'] { visibility: hidden }
`;

interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** The element with all boxes, the names below the nodes and the sign before a trigger. */
function frameOf(boxes: Box[]): Box {
	const [side, above, below] = [40, 16, 50];
	const left = Math.min(...boxes.map(({ x }) => x)) - side;
	const top = Math.min(...boxes.map(({ y }) => y)) - above;
	const right = Math.max(...boxes.map(({ x, width }) => x + width)) + side;
	const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + below;
	return { x: left, y: top, width: right - left, height: bottom - top };
}

export interface EditorOptions {
	/** An n8n whose server is running. */
	n8n: N8n;
	colors?: 'light' | 'dark';
	width?: number;
	height?: number;
	/** Pixels of a picture for each pixel of the page. */
	scale?: number;
}

/** n8n's editor in a browser, signed in, with a person's actions. */
export class Editor {
	readonly page: Page;
	private readonly url: string;
	/** n8n 1.x. */
	private readonly isOlder: boolean;

	private constructor(page: Page, { url, major }: N8n) {
		this.page = page;
		this.url = url;
		this.isOlder = major === 1;
	}

	static async open(browser: Browser, options: EditorOptions): Promise<Editor> {
		const { n8n, colors = 'light', width = 1280, height = 800, scale = 1 } = options;
		const page = await browser.newPage({
			viewport: { width, height },
			deviceScaleFactor: scale,
			colorScheme: colors,
			reducedMotion: 'reduce',
		});
		page.setDefaultTimeout(PATIENCE_MS);
		const { cookie } = await n8n.rest();
		const cookies = cookie.split('; ').map((pair) => {
			const [name = '', value = ''] = pair.split('=', 2);
			return { name, value, url: n8n.url };
		});
		await page.context().addCookies(cookies);
		return new Editor(page, n8n);
	}

	/** @param path such as /workflow/new */
	async goTo(path: string): Promise<void> {
		await this.page.goto(this.url + path);
	}

	/** Opens a saved workflow and waits until its nodes have come to rest in the middle. */
	async openWorkflow(id: string): Promise<void> {
		await this.goTo(`/workflow/${id}`);
		await this.standsStill(this.canvasNodes.first());
	}

	/** Pastes nodes over all that are there, as from a file's text; to open a workflow takes the browser far longer. */
	async pasteWorkflow(workflow: Pick<Workflow, 'nodes' | 'connections'>): Promise<void> {
		const { keyboard } = this.page;
		await this.page.getByTestId('canvas-wrapper').click({ position: { x: 5, y: 300 } });
		await keyboard.press('ControlOrMeta+A');
		await keyboard.press('Delete');
		await this.canvasNodes.first().waitFor({ state: 'detached' });
		await this.page.evaluate((text) => {
			const clipboardData = new DataTransfer();
			clipboardData.setData('text/plain', text);
			document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
		}, JSON.stringify(workflow));
		await this.canvasNodes.first().waitFor();
		// Brings all of them into view.
		await keyboard.press('1');
	}

	get canvasNodes(): Locator {
		return this.page.getByTestId('canvas-node');
	}

	/** The panel of the node that is open: its fields between input and output. */
	get nodePanel(): Locator {
		return this.page.getByTestId('ndv');
	}

	get input(): Locator {
		return this.page.getByTestId('ndv-input-panel');
	}

	get output(): Locator {
		return this.page.getByTestId('output-panel');
	}

	/** The names of the fields that are shown, in their order. */
	async fieldNames(): Promise<string[]> {
		const labels = this.page.getByTestId('node-parameters').getByTestId('input-label');
		const texts = await labels.filter({ visible: true }).allInnerTexts();
		return texts.map((text) => text.trim().split('\n')[0] ?? '');
	}

	/** @param name of the parameter, such as `email` */
	field(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	/** The choices in the open drop-down list. */
	get choices(): Locator {
		return this.page.getByRole('option').filter({ visible: true });
	}

	/** The form of a credential, while it is open. */
	get credentialForm(): Locator {
		const save = this.page.getByTestId('credential-save-button');
		return this.page.getByRole('dialog').filter({ has: save });
	}

	/** Opens the form of a new credential, from the panel of a node that has none. */
	async createCredential(): Promise<void> {
		const { page } = this;
		if (this.isOlder) {
			await page.getByTestId('node-credentials-select').click();
			await page.getByTestId('node-credentials-select-item-new').click();
		} else {
			await page.getByTestId('node-credentials-empty-state').getByRole('button').click();
		}
		// It has no name at first, and cannot be saved until it has one.
		await this.credentialForm
			.getByTestId('inline-edit-preview')
			.filter({ hasText: 'account' })
			.waitFor();
	}

	/** Saves another key, which n8n then tries out. */
	async saveKey(apiKey: string): Promise<void> {
		await this.field('apiKey').locator('input').fill(apiKey);
		await this.page.getByTestId('credential-save-button').click();
	}

	/** What n8n says about a credential that does not work. */
	async credentialFailure(containing: string): Promise<string> {
		const details = this.credentialForm.getByText(containing);
		const more = this.credentialForm.getByText('More details');
		await details.or(more).first().waitFor();
		if (await more.isVisible()) await more.click();
		return await details.innerText();
	}

	/** Waits until n8n has accepted the credential and its form is closed. n8n 1.x leaves that to the user. */
	async credentialWorks(): Promise<void> {
		if (this.isOlder) {
			await this.credentialForm.getByText('Connection tested successfully').waitFor();
			await this.credentialForm.locator('.el-dialog__headerbtn').click();
		}
		await this.credentialForm.waitFor({ state: 'hidden' });
	}

	/** Opens a list that n8n has yet to load. A list that arrives closes the one that was open before. */
	async openLoadedChoices(field: string): Promise<void> {
		const input = this.field(field).locator('input:not([readonly])');
		await this.clickUntil(input, this.choices.first());
	}

	async choose(field: string, choice: string): Promise<void> {
		await this.field(field).click();
		await this.choices.getByText(choice, { exact: true }).click();
	}

	/** What has been chosen in a field that takes several things. */
	chips(field: string): Locator {
		return this.field(field).locator('.el-tag');
	}

	/** Searches the drop-down list of a field, which opens where it is not. */
	async typeInto(field: string, text: string): Promise<void> {
		await this.field(field).locator('input:not([readonly])').fill(text);
	}

	/** Adds one of the fields under Options. */
	async addOption(name: string): Promise<void> {
		await this.page.getByPlaceholder('Add option', { exact: true }).click();
		await this.choices.getByText(name, { exact: true }).click();
	}

	/** Says in the node's settings what becomes of items that fail. */
	async setOnError(choice: string): Promise<void> {
		await this.nodePanel.getByText('Settings', { exact: true }).click();
		await this.field('onError').click();
		await this.choices.getByText(choice, { exact: true }).click();
		await this.nodePanel.getByText('Parameters', { exact: true }).click();
	}

	/** Puts items in place of those that the node whose panel is open has given, and keeps them there. */
	async pinOutput(items: object[]): Promise<void> {
		await this.output.getByTestId('ndv-edit-pinned-data').click();
		await this.output.locator('.cm-content').click();
		await this.page.keyboard.press('ControlOrMeta+A');
		await this.page.keyboard.insertText(JSON.stringify(items, null, 2));
		await this.output.getByRole('button', { name: 'Save' }).click();
	}

	/** Executes the node whose panel is open, without what n8n has said before. */
	async executeStep(): Promise<void> {
		await this.closeMessages();
		await this.page.getByTestId('node-execute-button').click();
	}

	/** Opens the panel with nodes to add, from its button or from the end of a node, and searches. */
	async searchNodes(query: string, from: Locator): Promise<void> {
		const searchBar = this.page.getByTestId('node-creator-search-bar');
		if (!(await searchBar.isVisible())) await from.click();
		await searchBar.fill(query);
	}

	/** The results of the search. */
	get found(): Locator {
		return this.page.getByTestId('item-iterator-item');
	}

	/** A node that the search has found, with everything that a reader sees of it. */
	foundNode(name: string, description: string): Locator {
		const node = this.found.filter({ hasText: name });
		// n8n 1.x does not show the description of a node that has actions.
		return this.isOlder ? node : node.filter({ hasText: description });
	}

	/** Shows the actions of a node that the search has found. A list that arrives drops the click on the one before. */
	async openActions(node: string, action: string): Promise<void> {
		const first = this.found.getByText(action, { exact: true });
		await this.clickUntil(this.found.filter({ hasText: node }), first);
	}

	async openNode(name: string): Promise<void> {
		const node = this.canvasNodes.filter({ hasText: name });
		await this.standsStill(node);
		await node.dblclick();
		await this.nodePanel.waitFor();
	}

	async closeNode(): Promise<void> {
		// In n8n 1.x the way back is a line above the panel.
		await this.page.getByTestId(this.isOlder ? 'back-to-canvas' : 'ndv-close-button').click();
		await this.nodePanel.waitFor({ state: 'hidden' });
	}

	/** The field of an input item, for dragging. */
	inputField(name: string): Locator {
		return this.input
			.getByTestId('run-data-schema-item')
			.filter({ has: this.page.getByText(name, { exact: true }) })
			.getByTestId('run-data-schema-node-name');
	}

	/** Drags with the mouse, in steps like a hand: n8n watches the movement. */
	async drag(from: Locator, to: Locator): Promise<void> {
		const { mouse } = this.page;
		const middleOf = async (what: Locator) => {
			const box = await what.boundingBox();
			if (box === null) throw new Error('there is nothing to drag from or to');
			return [box.x + box.width / 2, box.y + box.height / 2] as const;
		};
		await mouse.move(...(await middleOf(from)));
		await mouse.down();
		const [x, y] = await middleOf(to);
		await mouse.move(x, y - 20, { steps: 10 });
		await mouse.move(x, y, { steps: 5 });
		await mouse.up();
	}

	/** n8n's messages in the corner. */
	get messages(): Locator {
		return this.page.getByRole('alert');
	}

	/** Closes the messages in the corner, which cover what is below. */
	async closeMessages(): Promise<void> {
		const close = this.messages.locator('.el-notification__closeBtn');
		while ((await close.count()) > 0) {
			// It may disappear by itself at this moment.
			await close
				.first()
				.click({ timeout: 1000 })
				.catch(() => undefined);
		}
	}

	/**
	 * @param file with its folder, which need not exist
	 * @param of a part of the page, with what is on it
	 */
	async takePicture(file: string, of: Page | Locator = this.page): Promise<void> {
		await of.screenshot({ path: file, animations: 'disabled' });
	}

	/**
	 * Takes a picture of the open workflow's nodes and notes, without the editor around them. The hidden parts of
	 * the editor reappear when the next workflow is opened.
	 *
	 * @param file with its folder, which need not exist
	 */
	async takeCanvas(file: string): Promise<void> {
		await this.page.addStyleTag({ content: BARE_CANVAS });
		const items = await this.page.locator('.vue-flow__node').all();
		const boxes = await Promise.all(items.map(async (item) => await item.boundingBox()));
		const clip = frameOf(boxes.filter((box) => box !== null));
		await this.page.screenshot({ path: file, animations: 'disabled', clip });
	}

	/** Clicks on something, again if need be, until something else appears. */
	private async clickUntil(clicked: Locator, appears: Locator): Promise<void> {
		for (let tries = 1; ; tries += 1) {
			try {
				await clicked.click({ timeout: 10_000 });
				await appears.waitFor({ timeout: 3000 });
				return;
			} catch (error) {
				if (tries === 5) throw error;
			}
		}
	}

	/** Waits until something has stopped moving. */
	private async standsStill(what: Locator): Promise<void> {
		await what.waitFor();
		let before = '';
		for (;;) {
			const now = JSON.stringify(await what.boundingBox());
			if (now === before) return;
			before = now;
			await this.page.waitForTimeout(200);
		}
	}
}
