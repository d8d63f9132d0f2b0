/** Servers on this machine that mean no good, and write down what they get to see. */
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
	/** All that has arrived, as text. */
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

/** Answers as it likes, in plain http. */
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

/** Reads what comes over TLS, and says yes to all of it. */
function readAll(socket: TLSSocket, seen: string[]): void {
	socket.on('error', () => undefined);
	socket.on('data', (data: Buffer) => {
		seen.push(data.toString('latin1'));
		socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
	});
}

/** An https server whose certificate nobody has reason to trust. */
export async function untrustedServer(): Promise<Hostile> {
	const { private: key, cert } = await certificate('localhost');
	const seen: string[] = [];
	const server = createTlsServer({ key, cert }, (socket) => readAll(socket, seen));
	return await listen(server, 'https', () => seen.join('\n'));
}

/** A proxy that plays the host which it is asked for, with a certificate of its own making, and reads along. */
export async function readingProxy(host: string): Promise<Hostile> {
	const { private: key, cert } = await certificate(host);
	const seen: string[] = [];
	const server = createServer((request, response) => {
		// What comes without a tunnel is in plain text already.
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

/** Takes every connection and never says anything. */
export async function blackHole(): Promise<Hostile> {
	const server = createTcpServer((socket) => socket.resume());
	return await listen(server, 'http', () => '');
}

/** A small answer that becomes a large one: a list of invitations, 256 MB of blanks in it. */
export const gzipBomb = (): Buffer =>
	gzipSync(
		Buffer.concat([Buffer.from('{"result":['), Buffer.alloc(256e6, ' '), Buffer.from(']}')]),
		{
			level: 1,
		},
	);
