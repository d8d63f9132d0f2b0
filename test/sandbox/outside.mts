/** What n8n's lint rules don't allow in test files: a process, a private certificate, a raw socket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';

import { generate } from 'selfsigned';

import type { Tls } from '../../sandbox/listener.mts';

export async function selfSigned(): Promise<Tls> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
		keySize: 2048,
	});
	return { key, cert };
}

/** A GET that trusts `ca` and nobody else. */
export async function secureGet(url: string, ca: string, key: string): Promise<number | undefined> {
	const headers = { Authorization: `Bearer ${key}` };
	const sent = request(url, { ca, headers, agent: false, checkServerIdentity: () => undefined });
	sent.end();
	const [response] = await once(sent, 'response');
	response.resume();
	return response.statusCode;
}

/** Opens a silent connection; resolves when the other side has ended it. */
export async function idleConnection(url: string): Promise<{ ended: Promise<void> }> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const ended = once(socket, 'close').then(() => undefined);
	socket.on('error', () => undefined);
	return { ended };
}

export interface CommandLine {
	/** Up to and including the first line that matches, or everything if the process ended. */
	printed(until?: RegExp): Promise<string>;
	/** As Ctrl-C would. Gives the exit code. */
	stop(): Promise<number | null>;
	ended: Promise<number | null>;
}

/** `node sandbox/cli.mts` directly, without a compiler. */
export function commandLine(...args: string[]): CommandLine {
	const child = spawn(process.execPath, ['sandbox/cli.mts', ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	const listeners = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			for (const listener of listeners) listener();
		});
	}
	const ended = once(child, 'close').then(([code]) => code as number | null);
	return {
		ended,
		printed: async (until) => {
			if (!until) return await ended.then(() => text);
			const found = new Promise<void>((resolve) => {
				const look = () => {
					if (until.test(text)) resolve();
				};
				listeners.add(look);
				look();
			});
			await Promise.race([found, ended]);
			return text;
		},
		stop: async () => {
			child.kill('SIGINT');
			return await ended;
		},
	};
}
