import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { installCommunityPackage } from './community-package.mts';
import { provideDatabase } from './database.mts';
import { n8nVariables } from './n8nVariables.mts';
import { freePort, tryPort } from '../daemons/ports.mts';
import { TiedProcess } from '../daemons/process.mts';
import { OWNER, Rest, type Owner } from './rest.mts';
import { runFromOutput, type Run } from './run.mts';
import { findRuntime, type Runtime } from './runtime.mts';
import type { Secrets } from './secrets.mts';
import type { Credential, Workflow } from './workflow.mts';

export interface N8nOptions {
	/** The folder that stands for this instance: database, installed packages, logs. */
	userFolder: string;
	/** What opens it. */
	secrets: Secrets;
	/** Port of the server; by default a free one. */
	port?: number;
	/** Further environment variables, such as those of hosts/environment.mts. */
	env?: Record<string, string>;
	/** Packed community packages to install. */
	packages?: string[];
}

/**
 * One real n8n with a user folder of its own. It can be used without a server (import, execute) and
 * with one (start, rest, stop). Commands on the same instance must follow one another.
 */
export class N8n {
	/** Where the server listens once it is started. */
	readonly url: string;

	private readonly options: N8nOptions;
	private readonly port: number;
	private readonly runtime: Runtime;
	private server: TiedProcess | undefined;
	private session: Promise<Rest> | undefined;
	private logs = 0;

	private constructor(options: N8nOptions, port: number) {
		// Absolute, because n8n's processes work in another folder.
		this.options = { ...options, userFolder: path.resolve(options.userFolder) };
		this.port = port;
		this.runtime = findRuntime();
		this.url = `http://127.0.0.1:${port}`;
	}

	/** An instance whose user folder is ready, with the packages installed; nothing runs yet. */
	static async create(options: N8nOptions): Promise<N8n> {
		const n8n = new N8n(options, options.port ?? (await freePort()));
		const { dataFolder } = n8n;
		await rm(dataFolder, { recursive: true, force: true });
		const isElsewhere = options.env?.DB_TYPE !== undefined;
		if (!isElsewhere) {
			await provideDatabase(n8n.runtime, dataFolder, async (userFolder) => {
				const done = await n8n.command(['list:workflow'], userFolder);
				if ((await done.ended) !== 0) {
					throw new Error(`n8n cannot set up its database; ${done.lastLines}`);
				}
			});
		}
		await n8n.provideModules();
		for (const tarball of options.packages ?? []) {
			await installCommunityPackage(path.join(dataFolder, 'nodes'), tarball);
		}
		return n8n;
	}

	async importCredentials(credentials: Credential[]): Promise<void> {
		await this.import('credentials', credentials);
	}

	/** Imports workflows, inactive; those with a known id are replaced. */
	async importWorkflows(workflows: Workflow[]): Promise<void> {
		await this.import('workflow', workflows);
	}

	/**
	 * Executes a workflow without a server. It begins at the manual trigger.
	 *
	 * @returns what happened, even if the execution failed
	 * @throws Error with n8n's log when there was no execution
	 */
	async execute(workflowId: string): Promise<Run> {
		const done = await this.command(['execute', `--id=${workflowId}`, '--rawOutput']);
		const run = runFromOutput(done.output);
		if (run === undefined) throw new Error(`n8n did not execute ${workflowId}; ${done.lastLines}`);
		return run;
	}

	/** Starts the server and waits until it answers. */
	async start(): Promise<void> {
		await tryPort(this.port).catch((cause: unknown) => {
			throw new Error(`port ${this.port} is not free for n8n`, { cause });
		});
		await this.run(['start'], async () => await this.answers());
	}

	/**
	 * Starts it as a worker, which executes what the server of another instance puts into their queue, and
	 * waits until it is ready.
	 *
	 * @param concurrency how many executions it takes on at the same time
	 */
	async startWorker(concurrency: number): Promise<void> {
		const isReady = () => this.log.includes('worker is now ready');
		await this.run(['worker', `--concurrency=${concurrency}`], isReady);
	}

	/** Starts a process that runs until it is stopped, and waits until it is ready. */
	private async run(args: string[], isReady: () => boolean | Promise<boolean>) {
		if (this.server !== undefined) throw new Error('this n8n has already been started');
		this.server = await this.spawn(args, this.options.userFolder);
		await this.server.whenReady('n8n', isReady);
	}

	/** Ends the server or worker abruptly, like a crash. */
	kill(): void {
		this.server?.kill();
	}

	/** Stops the server or worker; does nothing when there is none. */
	async stop(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		this.session = undefined;
		await server?.stop();
	}

	/** Its own folder inside the user folder, with the database. */
	get dataFolder(): string {
		return path.join(this.options.userFolder, '.n8n');
	}

	/** First part of its version. */
	get major(): number {
		return this.runtime.major;
	}

	/** The account that owns it. */
	get owner(): Owner {
		return { ...OWNER, password: this.options.secrets.password };
	}

	/** The server's REST API, signed in as its owner. */
	async rest(): Promise<Rest> {
		this.session ??= Rest.signIn(this.url, this.major, this.owner);
		return await this.session;
	}

	/** What the server or worker has printed since its start. */
	get log(): string {
		return this.server?.output ?? '';
	}

	/**
	 * Lets installed packages find n8n's own modules, such as n8n-workflow. n8n does that with NODE_PATH, which
	 * comes last: the development packages of the project around the user folder would win.
	 */
	private async provideModules(): Promise<void> {
		const link = path.join(this.options.userFolder, 'node_modules');
		await mkdir(this.options.userFolder, { recursive: true });
		await rm(link, { recursive: true, force: true });
		await symlink(path.join(this.runtime.folder, 'node_modules'), link, 'junction');
	}

	/** Its API asks a visitor to sign in. /healthz answers before the API does. */
	private async answers(): Promise<boolean> {
		try {
			return (await fetch(`${this.url}/rest/login`)).status === 401;
		} catch {
			return false;
		}
	}

	private async import(what: 'credentials' | 'workflow', list: unknown[]): Promise<void> {
		const file = path.join(this.options.userFolder, `import-${what}.json`);
		await writeFile(file, JSON.stringify(list, null, 2));
		for (let triesLeft = 5; ; triesLeft -= 1) {
			const done = await this.command([`import:${what}`, `--input=${file}`]);
			if (done.output.includes(`Successfully imported ${list.length} `)) return;
			// A server that writes at the same moment: all or nothing is imported.
			if (triesLeft > 1 && done.output.includes('SQLITE_BUSY')) continue;
			throw new Error(`n8n did not import the ${what}; ${done.lastLines}`);
		}
	}

	/** Runs one of n8n's commands to its end. Several of them exit with 0 after a failure. */
	private async command(
		args: string[],
		userFolder = this.options.userFolder,
	): Promise<TiedProcess> {
		const running = await this.spawn(args, userFolder);
		await running.ended;
		return running;
	}

	private async spawn(args: string[], userFolder: string): Promise<TiedProcess> {
		const { secrets, env = {} } = this.options;
		// n8n would read a file .env in its working folder, so that is the user folder.
		await mkdir(userFolder, { recursive: true });
		this.logs += 1;
		const number = String(this.logs).padStart(2, '0');
		return new TiedProcess({
			node: this.runtime.node,
			args: [this.runtime.n8n, ...args],
			env: {
				...n8nVariables({
					runtime: this.runtime,
					userFolder,
					encryptionKey: secrets.encryptionKey,
					brokerPort: await freePort(),
				}),
				N8N_HOST: '127.0.0.1',
				N8N_PORT: String(this.port),
				...env,
			},
			folder: userFolder,
			log: path.join(userFolder, 'logs', `${number}-${args[0]?.replace(':', '-')}.log`),
		});
	}
}
