import path from 'node:path';

import type { N8n } from '../n8n.mts';
import { sceneFolder, setScene, type Scene, type SceneOptions } from '../scene.mts';
import { startPostgres } from './postgres.mts';
import { startRedis } from './redis.mts';

/** n8n in queue mode: a main server, and workers that execute what it puts into the queue. */
export interface QueueScene extends Scene {
	workers: N8n[];
}

export interface QueueSceneOptions extends SceneOptions {
	workers: number;
}

/** Everything in place with Redis and PostgreSQL running; neither n8n's server nor a worker started. */
export async function setQueueScene(options: QueueSceneOptions): Promise<QueueScene> {
	const { workers: count, ...rest } = options;
	const logs = path.join(sceneFolder(options.projectRoot, options.name), 'logs');
	const closing: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const end of closing.toReversed()) await end();
	};
	try {
		const redis = await startRedis(options.projectRoot, logs);
		closing.push(redis.stop);
		const postgres = await startPostgres(options.projectRoot, logs);
		closing.push(postgres.stop);
		const scene = await setScene({
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
		closing.push(scene.close);
		const workers: N8n[] = [];
		for (let number = 1; number <= count; number += 1) {
			workers.push(await scene.another(`worker-${number}`));
		}
		return { ...scene, workers, close };
	} catch (error) {
		await close();
		throw error;
	}
}
