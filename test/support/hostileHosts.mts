/** Hostile hosts on raw sockets. Named .mts, because n8n's rules are for code inside n8n. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import {
	createServer as createHttpServer,
	request as requestHttp,
	type RequestListener,
} from 'node:http';
import { createGzip } from 'node:zlib';

export interface HostileHost {
	/** `http://127.0.0.1:<port>` */
	url: string;
	/** Connections that are open now. */
	readonly open: number;
	/** All connections so far. */
	readonly accepted: number;
	close(): Promise<void>;
}

async function listen(server: Server): Promise<HostileHost> {
	const sockets = new Set<Socket>();
	let accepted = 0;
	server.on('connection', (socket: Socket) => {
		accepted += 1;
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		get open() {
			return sockets.size;
		},
		get accepted() {
			return accepted;
		},
		close: async () => {
			const closed = new Promise<void>((done) => server.close(() => done()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}

const answering = async (listener: RequestListener) => await listen(createHttpServer(listener));

/** Accepts connections and never answers. */
export const blackHole = async () => await listen(createServer(() => undefined));

/** A proxy that forwards everything to one port of this machine. */
export async function tunnelTo(target: string): Promise<HostileHost> {
	const server = createHttpServer();
	server.on('connect', (_request, client: Socket, head: Buffer) => {
		const upstream = connect(Number(new URL(target).port), '127.0.0.1', () => {
			client.write('HTTP/1.1 200 OK\r\n\r\n');
			upstream.write(head);
			upstream.pipe(client).pipe(upstream);
		});
		upstream.on('error', () => client.destroy());
		client.on('error', () => upstream.destroy());
	});
	return await listen(server);
}

/** Answers 200, and then a space from time to time, forever. */
export const dribbling = async () =>
	await answering((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		const timer = setInterval(() => response.write(' '), 20);
		response.on('close', () => clearInterval(timer));
	});

/** Forwards everything, and breaks off in the middle of what is answered to a POST. */
export const breakingOff = async (target: string) =>
	await answering((request, response) => {
		const { method, url, headers } = request;
		const onward = requestHttp(`${target}${url}`, { method, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 0, answer.headers);
			if (method !== 'POST') return void answer.pipe(response);
			answer.once('data', (chunk: Buffer) => {
				response.write(chunk.subarray(0, 10), () => response.socket?.resetAndDestroy());
			});
		});
		request.pipe(onward);
	});

/** A few kB that unpack to 400 MB, whatever compression the client asked for. */
export async function gzipBomb(status = 200): Promise<HostileHost & { packedBytes: number }> {
	const gzip = createGzip();
	const chunks: Buffer[] = [];
	gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
	const ended = new Promise((done) => gzip.once('end', done));
	const blanks = Buffer.alloc(1024 * 1024, ' ');
	for (let written = 0; written < 400; written += 1) {
		if (!gzip.write(blanks)) await new Promise((drained) => gzip.once('drain', drained));
	}
	gzip.end();
	await ended;
	const packed = Buffer.concat(chunks);
	const host = await answering((_request, response) => {
		response.writeHead(status, {
			'content-type': 'application/json',
			'content-encoding': 'gzip',
			'content-length': packed.length,
		});
		response.end(packed);
	});
	return Object.defineProperties(host, {
		packedBytes: { value: packed.length },
	}) as HostileHost & { packedBytes: number };
}

/** How many more bytes this process uses at most while something runs. */
export async function memoryTakenBy(work: () => Promise<unknown>): Promise<number> {
	const before = process.memoryUsage().rss;
	let most = before;
	const timer = setInterval(() => {
		most = Math.max(most, process.memoryUsage().rss);
	}, 5);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return Math.max(most, process.memoryUsage().rss) - before;
}

/** Repeats what it is sent: the request's headers, as a teammate's record and everywhere else. */
export const echoing = async (status = 200) =>
	await answering((request, response) => {
		const { authorization = '' } = request.headers;
		const key = authorization.replace('Bearer ', '');
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(
			JSON.stringify({
				username: 'ada',
				email: 'ada@example.com',
				scopes: ['stats.read', authorization],
				is_admin: false,
				headers: request.headers,
				[key]: [key, { in: `x${encodeURIComponent(key)}x` }],
				errors: status === 200 ? undefined : [{ message: `no ${authorization}` }],
			}),
		);
	});
