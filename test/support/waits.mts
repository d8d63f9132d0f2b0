import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Ends the waits of executions in the database of a stopped n8n, as if it had been stopped for that long.
 *
 * @param dataFolder n8n's own
 * @returns how many milliseconds each still had to wait
 */
export function endWaits(dataFolder: string): number[] {
	const database = new DatabaseSync(path.join(dataFolder, 'database.sqlite'));
	try {
		const waiting = database
			.prepare("SELECT waitTill FROM execution_entity WHERE status = 'waiting'")
			.all()
			.map(({ waitTill }) => Date.parse(`${waitTill}Z`) - Date.now());
		const past = new Date(Date.now() - 1000).toISOString().replace('T', ' ').replace('Z', '');
		database.prepare("UPDATE execution_entity SET waitTill = ? WHERE status = 'waiting'").run(past);
		return waiting;
	} finally {
		database.close();
	}
}
