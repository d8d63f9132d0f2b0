import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import type { SandboxState } from '../../sandbox/state.mts';
import { runNode, type Run, type RunResult } from './engine';
import { skipWaits } from './skipWaits.mts';

/** A key for one test; no message, output or log may ever show it. */
const newKey = (number: number) =>
	[
		'SG',
		`a-key-for-test-${String(number).padStart(7, '0')}`,
		'that-opens-nothing-but-the-sandbox-01234567',
	].join('.');

export interface FakeSendGrid {
	readonly state: SandboxState;
	readonly url: string;
	/** The key of the test's account: a different one for every test, and so is its rate limit in the node. */
	readonly apiKey: string;
	readonly credential: ICredentialDataDecryptedObject;
	/** Runs the node against the sandbox, and checks that n8n stores nothing of the API key. */
	run(run: Omit<Run, 'credential'> & { credential?: IDataObject }): Promise<RunResult>;
	/** Addresses that emails went to, in order. */
	mailed(): string[];
	/** `POST /v3/teammates` and so on, in order. */
	calls(): string[];
	/** Those of them that may change something. */
	writes(): string[];
}

let keys = 0;

/** An account `acme` with one key in an empty state. */
function begin({ state }: Sandbox): string {
	keys += 1;
	state.reset();
	state.addAccount({ name: 'acme' });
	return state.addKey({ key: newKey(keys) });
}

/** For JSON: a long text without the secret is left out, since most of the time would go into copying it. */
const withoutLongTexts = (secret: string) => (_: string, value: unknown) =>
	typeof value === 'string' && value.length > 100_000 && !value.includes(secret) ? '' : value;

/** @param current the sandbox, and the key of its account */
const viewOf = (current: () => { sandbox: Sandbox; apiKey: string }): FakeSendGrid => ({
	get state() {
		return current().sandbox.state;
	},
	get url() {
		return current().sandbox.globalUrl;
	},
	get apiKey() {
		return current().apiKey;
	},
	get credential() {
		return { apiKey: this.apiKey, region: 'custom', apiUrl: this.url, onBehalfOf: '' };
	},
	async run(run) {
		const credential = { ...this.credential, ...run.credential };
		const result = await runNode({
			...run,
			credential: credential as ICredentialDataDecryptedObject,
		});
		expect(JSON.stringify(result.stored, withoutLongTexts(this.apiKey))).not.toContain(this.apiKey);
		return result;
	},
	mailed() {
		return this.state.sentEmails.map(({ email }) => email);
	},
	calls() {
		return this.state.requests.map(({ method, path }) => `${method} ${path}`);
	},
	writes() {
		return this.calls().filter((call) => !call.startsWith('GET'));
	},
});

/**
 * A fake SendGrid for one test file, reset for every test. Nothing waits for it in real time, unless the file
 * measures time itself.
 */
export function fakeSendGrid({ inRealTime = false } = {}): FakeSendGrid {
	let sandbox: Sandbox;
	let apiKey: string;
	if (!inRealTime) skipWaits();
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	beforeEach(() => {
		apiKey = begin(sandbox);
	});
	return viewOf(() => ({ sandbox, apiKey }));
}

/** A fake SendGrid for one case of a test, for cases that run side by side. */
export async function withFakeSendGrid<T>(use: (sendGrid: FakeSendGrid) => Promise<T>): Promise<T> {
	const sandbox = await startSandbox();
	const apiKey = begin(sandbox);
	try {
		return await use(viewOf(() => ({ sandbox, apiKey })));
	} finally {
		await sandbox.close();
	}
}
