import path from 'node:path';

import { freePort } from './ports.mts';
import { findPrograms, startDaemon, temporaryFolder, type Daemon } from './daemon.mts';

const PROGRAM = 'redis-server';

const findRedis = () =>
	findPrograms({
		name: 'Redis',
		debian: 'redis-server',
		variable: 'REDIS_BIN',
		programs: [PROGRAM],
		usual: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
	});

export interface Redis extends Daemon {
	port: number;
}

/**
 * Starts a Redis of its own, which keeps nothing.
 *
 * @param logs folder for what it prints
 */
export async function startRedis(logs: string): Promise<Redis> {
	const program = path.join(findRedis(), PROGRAM);
	const port = await freePort();
	const daemon = await startDaemon({
		log: path.join(logs, 'redis.log'),
		ready: 'Ready to accept connections',
		folder: await temporaryFolder(),
		program,
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
	});
	return { ...daemon, port };
}
