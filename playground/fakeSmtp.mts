import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** An e-mail that has arrived. */
export interface Mail {
	to: string[];
	subject: string;
	/** Text or HTML, whichever it was sent as. */
	body: string;
}

/** A mail server on this machine that keeps what it gets and delivers nothing. */
export interface FakeSmtp {
	readonly mails: Mail[];
	/** The data of an n8n credential of the type `smtp` for it. */
	readonly credential: Record<string, unknown>;
	close(): Promise<void>;
}

/** What each SMTP command is answered with; the address of a recipient is kept besides. */
const ANSWERS: Record<string, string> = {
	EHLO: '250 mailbox',
	MAIL: '250 OK',
	RCPT: '250 OK',
	DATA: '354 Go on',
	QUIT: '221 Bye',
};

const headerOf = (head: string, name: string) =>
	new RegExp(`^${name}: (.*)$`, 'im').exec(head.replaceAll(/\r\n[ \t]+/g, ' '))?.[1] ?? '';

/** @throws Error for an encoding that short plain messages do not need */
function decode(text: string, encoding: string): string {
	if (encoding === '7bit') return text;
	if (encoding !== 'quoted-printable') throw new Error(`cannot read mail that is ${encoding}`);
	const bytes = text
		.replaceAll('=\r\n', '')
		.replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** @param message headers, an empty line and one part, as it came over the wire */
function read(to: string[], message: string): Mail {
	const end = message.indexOf('\r\n\r\n');
	const head = message.slice(0, end);
	const encoding = headerOf(head, 'Content-Transfer-Encoding') || '7bit';
	const body = decode(message.slice(end + 4), encoding).replaceAll('\r\n', '\n');
	return { to, subject: headerOf(head, 'Subject'), body: body.trim() };
}

/** Speaks as much SMTP as a client needs to hand over messages. */
async function talk(socket: Socket, keep: (mail: Mail) => void): Promise<void> {
	let to: string[] = [];
	let message: string[] | undefined;
	const say = (line: string) => socket.write(`${line}\r\n`);
	say('220 mailbox');
	for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
		if (message && line === '.') {
			keep(read(to, message.join('\r\n')));
			[to, message] = [[], undefined];
			say('250 OK');
		} else if (message) {
			message.push(line.replace(/^\.\./, '.'));
		} else {
			const command = line.slice(0, 4).toUpperCase();
			if (command === 'RCPT') to.push(/<(.*)>/.exec(line)?.[1] ?? '');
			if (command === 'DATA') message = [];
			say(ANSWERS[command] ?? '502 Not known here');
			if (command === 'QUIT') socket.end();
		}
	}
}

export async function startFakeSmtp(): Promise<FakeSmtp> {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		talk(socket, (mail) => mails.push(mail)).catch((error: Error) => socket.destroy(error));
		socket.on('error', () => {});
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	// A program that fails before it closes this has to end all the same.
	server.unref();
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
	return {
		mails,
		credential: {
			host: '127.0.0.1',
			port: address.port,
			secure: false,
			disableStartTls: true,
			user: '',
			password: '',
		},
		async close() {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
