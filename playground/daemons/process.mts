import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Time for an orderly shutdown; n8n usually takes less than a second. */
const GRACE_MS = 10_000;
const START_TIMEOUT_MS = 120_000;
const POLL_MS = 50;
/** Lines of what it has printed in an error message. */
const SHOWN_LINES = 40;

export interface ProcessOptions {
	/** Program file of Node.js. */
	node: string;
	/** Arguments: the script and its own arguments. */
	args: string[];
	/** The whole environment of the process, apart from what this file adds. */
	env: Record<string, string>;
	/** Working folder. */
	folder: string;
	/** File that takes what the process prints. */
	log: string;
}

/** A Node.js process with everything that it starts; it ends when this program does. */
export class TiedProcess {
	/** File with everything it has printed. */
	readonly log: string;
	/** Resolves with the exit code when the process has ended; 1 if a signal ended it. */
	readonly ended: Promise<number>;

	private readonly child: ChildProcess;

	constructor({ node, args, env, folder, log }: ProcessOptions) {
		const exitWithParent = path.join(import.meta.dirname, 'exitWithParent.cjs');
		mkdirSync(path.dirname(log), { recursive: true });
		// A file and not a pipe: n8n ends abruptly, and the end of a large result would be lost.
		const output = openSync(log, 'w');
		this.log = log;
		this.child = spawn(node, ['--require', exitWithParent, ...args], {
			cwd: folder,
			env: { ...env, PLAYGROUND_PARENT_PIPE: 'stdin' },
			stdio: ['pipe', output, output],
			// A separate process group, so that force reaches the task runner too.
			detached: process.platform !== 'win32',
			windowsHide: true,
		});
		closeSync(output);

		// For callers that end normally; exitWithParent.cjs is for all other cases.
		const kill = () => this.kill();
		process.once('exit', kill);
		this.ended = new Promise((resolve, reject) => {
			this.child.once('error', reject);
			this.child.once('exit', (code) => {
				process.off('exit', kill);
				this.kill();
				resolve(code ?? 1);
			});
		});
		// Callers that wait for it get the error; if none waits, it must not end the process.
		this.ended.catch(() => undefined);
	}

	/** Everything printed so far. */
	get output(): string {
		return readFileSync(this.log, 'utf8');
	}

	/** The last lines that it has printed, as they stand in error messages. */
	get lastLines(): string {
		const lines = this.output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
		return `the end of ${this.log}:\n${lines}`;
	}

	/**
	 * Waits until it can be used.
	 *
	 * @throws Error when it has ended, or takes too long; it is gone then
	 */
	async whenReady(name: string, isReady: () => boolean | Promise<boolean>): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (!(await isReady())) {
			const isLate = Date.now() > deadline;
			if (this.running && !isLate) {
				await new Promise((resolve) => setTimeout(resolve, POLL_MS));
				continue;
			}
			await this.stop();
			const what = isLate ? `was not ready after ${START_TIMEOUT_MS / 1000} s` : 'did not start';
			throw new Error(`${name} ${what}; ${this.lastLines}`);
		}
	}

	/** Whether the process is still running. */
	get running(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	/** Ends the process and all it has started, first by request, then by force. */
	async stop(): Promise<void> {
		if (this.running) this.child.kill('SIGTERM');
		const force = setTimeout(() => this.kill(), GRACE_MS);
		await this.ended.catch(() => undefined);
		clearTimeout(force);
	}

	/** Forcibly ends whatever is left of the process and of everything it has started. */
	kill(): void {
		const { pid } = this.child;
		if (pid === undefined) return;
		try {
			if (process.platform === 'win32') this.child.kill('SIGKILL');
			else process.kill(-pid, 'SIGKILL');
		} catch {
			// Nothing was left.
		}
	}
}
