/** Hostile servers on this machine that record what they get to see. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
	createServer as createTcpServer,
	type AddressInfo,
	type Server,
	type Socket,
} from 'node:net';
import { TLSSocket, createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';

export interface Hostile {
	port: number;
	url: string;
	/** Everything that has arrived, as text. */
	seen(): string;
	close(): Promise<void>;
}

async function listen(server: Server, scheme: string, seen: () => string): Promise<Hostile> {
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('close', () => sockets.delete(socket));
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `${scheme}://127.0.0.1:${port}`,
		seen,
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

/** Answers anything, in plain http. */
export async function hostileServer(answer: RequestListener): Promise<Hostile> {
	const seen: string[] = [];
	const server = createServer((request, response) => {
		seen.push(JSON.stringify([request.method, request.url, request.rawHeaders]));
		request.resume();
		answer(request, response);
	});
	return await listen(server, 'http', () => seen.join('\n'));
}

const certificate = async (host: string) =>
	await generate([{ name: 'commonName', value: host }], { keyType: 'ec', algorithm: 'sha256' });

/** Reads what comes over TLS, and answers 200 to everything. */
function readAll(socket: TLSSocket, seen: string[]): void {
	socket.on('error', () => undefined);
	socket.on('data', (data: Buffer) => {
		seen.push(data.toString('latin1'));
		socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
	});
}

/** An https server whose certificate nobody has a reason to trust. */
export async function untrustedServer(): Promise<Hostile> {
	const { private: key, cert } = await certificate('localhost');
	const seen: string[] = [];
	const server = createTlsServer({ key, cert }, (socket) => readAll(socket, seen));
	return await listen(server, 'https', () => seen.join('\n'));
}

/** A proxy that poses as the requested host, with a certificate that it made itself, and reads everything. */
export async function readingProxy(host: string): Promise<Hostile> {
	const { private: key, cert } = await certificate(host);
	const seen: string[] = [];
	const server = createServer((request, response) => {
		// Requests without a tunnel are already in plain text.
		seen.push(JSON.stringify(request.rawHeaders));
		response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
	});
	server.on('connect', (_request, socket: Socket) => {
		socket.on('error', () => undefined);
		socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
		readAll(new TLSSocket(socket, { isServer: true, key, cert }), seen);
	});
	return await listen(server, 'http', () => seen.join('\n'));
}

/** Accepts every connection and never answers. */
export async function blackHole(): Promise<Hostile> {
	const server = createTcpServer((socket) => socket.resume());
	return await listen(server, 'http', () => '');
}

/** A small answer that unpacks to a large one: a list of invitations with 256 MB of spaces in it. */
export const gzipBomb = (): Buffer =>
	gzipSync(
		Buffer.concat([Buffer.from('{"result":['), Buffer.alloc(256e6, ' '), Buffer.from(']}')]),
		{
			level: 1,
		},
	);
