import {
	playgroundAccounts,
	saveCredentials,
	saveExample,
	type SavedCredentials,
} from '../../playground/n8n/examples.mts';
import { startFakeSmtp, type FakeSmtp } from '../../playground/fakes/fakeSmtp.mts';
import type { SavedWorkflow } from '../../playground/n8n/rest.mts';
import type { Service } from '../../playground/fakes/service.mts';
import type { WorkflowNode } from '../../playground/n8n/workflow.mts';
import type { SharedN8n } from './sharedN8n';

export interface SavedExamples {
	/** The emails that have arrived since the test began. */
	readonly mails: FakeSmtp['mails'];
	/** Imports an example with credentials that work. It is not active. */
	save(name: string, change?: (node: WorkflowNode) => WorkflowNode): Promise<SavedWorkflow>;
}

/** The examples in the n8n of a test file, and a mailbox for what they send. */
export function savedExamples(on: SharedN8n, services: readonly Service[] = []): SavedExamples {
	let fakeSmtp: FakeSmtp;
	let saved: SavedCredentials;
	beforeAll(async () => {
		fakeSmtp = await startFakeSmtp();
		saved = await saveCredentials(on.rest, playgroundAccounts(on.keys, fakeSmtp, services));
	});
	afterAll(async () => {
		await fakeSmtp.close();
	});
	beforeEach(() => {
		fakeSmtp.mails.length = 0;
	});
	return {
		get mails() {
			return fakeSmtp.mails;
		},
		save: async (name, change) => await saveExample(on.rest, name, saved, change),
	};
}

/** Often enough to wait for: n8n takes no shorter interval than a minute, but several of them. */
export const POLL_TIMES = {
	item: [0, 10, 20, 30, 40, 50].map((second) => ({
		mode: 'custom',
		cronExpression: `${second} * * * * *`,
	})),
};

/** Claims to be a real browser: n8n ignores programs that prefetch links. */
export const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/144.0';

/** Opens a link from a message as a browser does. */
export async function openLink(link: string): Promise<void> {
	const { status } = await fetch(link, { headers: { 'user-agent': USER_AGENT } });
	expect(status).toBe(200);
}
