/**
 * `npm run pictures`: takes the README's pictures anew, from a real n8n in Debian's Chromium.
 * CHROMIUM names another browser than /usr/bin/chromium.
 */
import path from 'node:path';
import { chromium, selectors, type Page } from 'playwright-core';

import { OWNER } from './rest.mts';
import { exampleCredential, exampleWorkflow, setScene } from './scene.mts';

const projectRoot = path.resolve(import.meta.dirname, '..');

/** What keeps a browser without a network from trying to reach one. */
const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

async function signIn(page: Page, url: string): Promise<void> {
	await page.goto(`${url}/signin`);
	await page.locator('input[autocomplete="email"]').fill(OWNER.email);
	await page.locator('input[type="password"]').fill(OWNER.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL(/\/home\//);
}

selectors.setTestIdAttribute('data-test-id');
const scene = await setScene({
	projectRoot,
	name: 'pictures',
	onStep: (step) => console.log(step),
});
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: QUIET,
});
try {
	const { n8n, keys } = scene;
	const example = exampleWorkflow(projectRoot, 'new-hires');
	await n8n.importCredentials([exampleCredential(keys)]);
	await n8n.importWorkflows([example]);
	await n8n.start();
	await n8n.rest();

	const page = await browser.newPage({
		viewport: { width: 1500, height: 760 },
		deviceScaleFactor: 2,
	});
	await signIn(page, n8n.url);
	await page.goto(`${n8n.url}/workflow/${example.id}`);
	await page.getByText('Each Person Once').first().waitFor();
	// The canvas moves into place.
	await page.waitForTimeout(2000);
	await page.screenshot({ path: path.join(projectRoot, 'docs', 'workflow.png') });
} finally {
	await browser.close();
	await scene.close();
}
