import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

import { fastify } from 'fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';

/** PEM. */
export interface Tls {
	key: string;
	cert: string;
}

export interface Listener {
	/** http(s)://127.0.0.1:<port> */
	url: string;
	/** Ends every connection, even with a request in progress. */
	close(): Promise<void>;
}

/** A fastify instance whose connections can all be ended at once. */
export function createListener(options: FastifyServerOptions<Server>, tls?: Tls) {
	const sockets = new Set<Socket>();
	const app: FastifyInstance = fastify({
		...options,
		forceCloseConnections: true,
		serverFactory: (handler: RequestListener): Server => {
			const server = tls ? createTlsServer(tls, handler) : createServer(handler);
			// Node's 5 seconds would end idle connections while a slow test still counts on them.
			server.keepAliveTimeout = 75_000;
			return server.on('connection', (socket: Socket) => {
				sockets.add(socket);
				socket.once('close', () => sockets.delete(socket));
			});
		},
	});

	const listen = async (port: number): Promise<Listener> => {
		// Room for a thousand clients that connect at the same moment.
		await app.listen({ port, host: '127.0.0.1', backlog: 1024 });
		const address = app.server.address();
		if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
		return {
			url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
			close: async () => {
				const closed = app.close();
				for (const socket of sockets) socket.destroy();
				await closed;
			},
		};
	};
	return { app, listen };
}
