import { chownSync, existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { TiedProcess } from './process.mts';
import type { LocalDaemon } from './localDaemon.mts';

/** A program beside n8n that n8n needs. */
export interface Daemon {
	stop(): Promise<void>;
}

export interface DaemonOptions extends LocalDaemon {
	/** File that takes what the program prints. */
	log: string;
	/** What it prints once it can be used. */
	ready: string;
}

export interface Wanted {
	name: string;
	/** Name of Debian's package. */
	debian: string;
	/** Environment variable that names another folder. */
	variable: string;
	/** The programs, all in one folder. */
	programs: string[];
	/** Folders to look in, best first. */
	usual: string[];
}

/**
 * The folder that some programs are in.
 *
 * @throws Error when they are nowhere, saying how to get them
 */
export function findPrograms({ name, debian, variable, programs, usual }: Wanted): string {
	const named = process.env[variable];
	const found = (named ? [named] : usual).find((folder) =>
		programs.every((program) => existsSync(path.join(folder, program))),
	);
	if (found !== undefined) return found;
	throw new Error(
		`There is no ${name} in ${named ?? 'the usual places'}. Install it (Debian: apt-get install ${debian}), or name the folder with ${programs.join(' and ')} in the environment variable ${variable}.`,
	);
}

/** A new folder for a program's data. Not in the project: the program's user might not have access there. */
export async function temporaryFolder(user?: LocalDaemon['user']): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'sendgrid-teammates-'));
	if (user) chownSync(folder, user.uid, user.gid);
	return folder;
}

/** Starts a program and waits until it can be used. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
	const { log, ready, ...daemon } = options;
	const running = new TiedProcess({
		node: process.execPath,
		args: [
			path.join(import.meta.dirname, 'localDaemon.mts'),
			JSON.stringify(daemon satisfies LocalDaemon),
		],
		// In English, whatever the machine's language, because its output is read.
		env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
		folder: path.dirname(log),
		log,
	});
	await running.whenReady(daemon.program, () => running.output.includes(ready));
	return { stop: async () => await running.stop() };
}
