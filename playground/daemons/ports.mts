import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Opens a port on 127.0.0.1 and closes it again.
 *
 * @returns the port, which was free a moment ago
 * @throws Error (EADDRINUSE) when another program uses it
 */
export function tryPort(port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
	});
}

/**
 * A port on 127.0.0.1 that was free a moment ago, and that no system gives by itself to a connection: those
 * begin at 32768 (Linux) or 49152, and one may take the port before the program that it was meant for does.
 */
export async function freePort(): Promise<number> {
	const port = randomInt(20_000, 32_768);
	return await tryPort(port).catch(freePort);
}
