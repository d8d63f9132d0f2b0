import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import type { World } from '../../sandbox/world.mts';
import { runNode, type Run, type RunResult } from './engine';

/** The one key of the test's account; no message, output or log may ever show it. */
export const API_KEY = [
	'SG',
	'a-key-for-the-tests-00',
	'that-opens-nothing-but-the-stand-in-0123456',
].join('.');

export interface StandIn {
	readonly world: World;
	readonly url: string;
	readonly credential: ICredentialDataDecryptedObject;
	/** Runs the node against the stand-in, and checks that n8n stores nothing of the API key. */
	run(run: Omit<Run, 'credential'> & { credential?: IDataObject }): Promise<RunResult>;
	/** Addresses that e-mails went to, in order. */
	mailed(): string[];
	/** `POST /v3/teammates` and so on, in order. */
	calls(): string[];
}

/** A stand-in for SendGrid for one test file: an account `acme` with one key, new for every test. */
export function standIn(): StandIn {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	beforeEach(() => {
		sandbox.world.reset();
		sandbox.world.addAccount({ name: 'acme' });
		sandbox.world.addKey({ key: API_KEY });
	});

	return {
		get world() {
			return sandbox.world;
		},
		get url() {
			return sandbox.globalUrl;
		},
		get credential() {
			return { apiKey: API_KEY, region: 'custom', apiUrl: sandbox.globalUrl, onBehalfOf: '' };
		},
		async run(run) {
			const credential = { ...this.credential, ...run.credential };
			const result = await runNode({
				...run,
				credential: credential as ICredentialDataDecryptedObject,
			});
			expect(JSON.stringify(result.stored)).not.toContain(API_KEY);
			return result;
		},
		mailed: () => sandbox.world.ledger.map(({ email }) => email),
		calls: () => sandbox.world.requests.map(({ method, path }) => `${method} ${path}`),
	};
}
