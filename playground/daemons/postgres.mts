import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './ports.mts';
import type { LocalDaemon } from './localDaemon.mts';
import { findPrograms, startDaemon, temporaryFolder, type Daemon } from './daemon.mts';

/** Debian has a folder for each version. */
const VERSIONS = '/usr/lib/postgresql';

/** Nothing is kept, so nothing needs to survive a power failure. */
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** The user that it runs as if this program is root, which PostgreSQL refuses. */
const ORDINARY_USERS = ['postgres', 'nobody'];

/** The name of a database that exists from the start. */
const DATABASE = 'postgres';

export interface Postgres extends Daemon {
	port: number;
	database: string;
	/** Logs in without a password. */
	user: string;
}

function findPostgres(): string {
	const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
	const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
	return findPrograms({
		name: 'PostgreSQL',
		debian: 'postgresql',
		variable: 'POSTGRESQL_BIN',
		programs: ['initdb', 'postgres'],
		usual: [
			...newestFirst.map((version) => path.join(VERSIONS, version, 'bin')),
			'/usr/bin',
			'/usr/local/bin',
			'/opt/homebrew/bin',
		],
	});
}

function ordinaryUser(): LocalDaemon['user'] {
	if (process.getuid?.() !== 0) return undefined;
	const users = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'));
	const found = ORDINARY_USERS.map((name) => users.find((user) => user[0] === name)).find(Boolean);
	if (!found) throw new Error(`none of the users ${ORDINARY_USERS.join(', ')} is there`);
	return { uid: Number(found[2]), gid: Number(found[3]) };
}

/**
 * Starts a PostgreSQL of its own, with an empty database that is gone afterwards.
 *
 * @param logs folder for what it prints
 */
export async function startPostgres(logs: string): Promise<Postgres> {
	const programs = findPostgres();
	const user = ordinaryUser();
	const folder = await temporaryFolder(user);
	const name = 'n8n';
	try {
		await promisify(execFile)(
			path.join(programs, 'initdb'),
			[
				...['--pgdata', folder, '--username', name, '--auth', 'trust'],
				...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
			],
			{ cwd: folder, ...user },
		);
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
	const port = await freePort();
	const settings = [...FORGETFUL, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
	const daemon = await startDaemon({
		log: path.join(logs, 'postgres.log'),
		ready: 'ready to accept connections',
		folder,
		user,
		program: path.join(programs, 'postgres'),
		args: ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
	});
	return { ...daemon, port, database: DATABASE, user: name };
}
