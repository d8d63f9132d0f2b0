import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Runtime } from './runtime.mts';

/**
 * Gives a new user folder a database in which n8n has already set up all its tables, which takes it
 * seconds each time. The empty database is made by n8n itself, once per installed n8n.
 *
 * @param dataFolder `<user folder>/.n8n`, without a database so far
 * @param setUp lets n8n set up its database in `<the folder given>/.n8n`
 */
export async function provideDatabase(
	runtime: Runtime,
	dataFolder: string,
	setUp: (userFolder: string) => Promise<void>,
): Promise<void> {
	const prepared = path.join(runtime.cache, 'database');
	if (!existsSync(prepared)) {
		await mkdir(runtime.cache, { recursive: true });
		const userFolder = await mkdtemp(path.join(runtime.cache, 'setting-up-'));
		try {
			await setUp(userFolder);
			// Another process may have been quicker; its database is just as good.
			await rename(path.join(userFolder, '.n8n'), prepared).catch((error: unknown) => {
				if (!existsSync(prepared)) throw error;
			});
		} finally {
			await rm(userFolder, { recursive: true, force: true });
		}
	}
	await mkdir(dataFolder, { recursive: true });
	await cp(prepared, dataFolder, {
		recursive: true,
		filter: (source) => source === prepared || path.basename(source).startsWith('database.sqlite'),
	});
}
