import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import type { World } from '../../sandbox/world.mts';
import { runNode, type Run, type RunResult } from './engine';

/** A key for one test; no message, output or log may ever show it. */
const newKey = (number: number) =>
	[
		'SG',
		`a-key-for-test-${String(number).padStart(7, '0')}`,
		'that-opens-nothing-but-the-stand-in-0123456',
	].join('.');

export interface StandIn {
	readonly world: World;
	readonly url: string;
	/** The key of the test's account: one of its own for every test, as is its rate limit in the node. */
	readonly apiKey: string;
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
	let tests = 0;
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	beforeEach(() => {
		tests += 1;
		sandbox.world.reset();
		sandbox.world.addAccount({ name: 'acme' });
		sandbox.world.addKey({ key: newKey(tests) });
	});

	return {
		get world() {
			return sandbox.world;
		},
		get url() {
			return sandbox.globalUrl;
		},
		get apiKey() {
			return newKey(tests);
		},
		get credential() {
			return { apiKey: newKey(tests), region: 'custom', apiUrl: sandbox.globalUrl, onBehalfOf: '' };
		},
		async run(run) {
			const credential = { ...this.credential, ...run.credential };
			const result = await runNode({
				...run,
				credential: credential as ICredentialDataDecryptedObject,
			});
			expect(JSON.stringify(result.stored)).not.toContain(newKey(tests));
			return result;
		},
		mailed: () => sandbox.world.ledger.map(({ email }) => email),
		calls: () => sandbox.world.requests.map(({ method, path }) => `${method} ${path}`),
	};
}
