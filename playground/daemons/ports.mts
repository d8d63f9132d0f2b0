import { createServer } from 'node:net';

/**
 * Opens a port on 127.0.0.1 and closes it again.
 *
 * @param port 0 for any that is free
 * @returns a port that was free a moment ago
 * @throws Error (EADDRINUSE) when another program uses it
 */
export function tryPort(port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			const opened = typeof address === 'object' && address !== null ? address.port : port;
			server.close(() => resolve(opened));
		});
	});
}

/** A port on 127.0.0.1 that was free a moment ago. */
export const freePort = () => tryPort(0);
