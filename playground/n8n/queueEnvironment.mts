import path from 'node:path';

import type { N8n } from './n8n.mts';
import {
	createN8nEnvironment,
	type N8nEnvironment,
	type N8nEnvironmentOptions,
} from './n8nEnvironment.mts';
import { n8nEnvironmentFolder } from './runtime.mts';
import { startPostgres } from '../daemons/postgres.mts';
import { startRedis } from '../daemons/redis.mts';

/** n8n in queue mode: a main server, and workers that execute what it puts into the queue. */
export interface QueueEnvironment extends N8nEnvironment {
	workers: N8n[];
}

export interface QueueEnvironmentOptions extends N8nEnvironmentOptions {
	workers: number;
}

/** Everything in place with Redis and PostgreSQL running; neither n8n's server nor a worker started. */
export async function createQueueEnvironment(
	options: QueueEnvironmentOptions,
): Promise<QueueEnvironment> {
	const { workers: count, ...rest } = options;
	const logs = path.join(n8nEnvironmentFolder(options.name), 'logs');
	const closing: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const end of closing.toReversed()) await end();
	};
	try {
		const redis = await startRedis(logs);
		closing.push(redis.stop);
		const postgres = await startPostgres(logs);
		closing.push(postgres.stop);
		const environment = await createN8nEnvironment({
			...rest,
			env: {
				EXECUTIONS_MODE: 'queue',
				QUEUE_BULL_REDIS_HOST: '127.0.0.1',
				QUEUE_BULL_REDIS_PORT: String(redis.port),
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: '127.0.0.1',
				DB_POSTGRESDB_PORT: String(postgres.port),
				DB_POSTGRESDB_DATABASE: postgres.database,
				DB_POSTGRESDB_USER: postgres.user,
				...options.env,
			},
		});
		closing.push(environment.close);
		const workers: N8n[] = [];
		for (let number = 1; number <= count; number += 1) {
			workers.push(await environment.another(`worker-${number}`));
		}
		return { ...environment, workers, close };
	} catch (error) {
		await close();
		throw error;
	}
}
