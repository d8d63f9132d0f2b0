/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports --
   n8n's rules are for code that runs inside n8n; tests read files and start programs. All of that is here. */
import { execFile } from 'node:child_process';
import {
	cp,
	mkdir,
	mkdtemp,
	readFile,
	readdir,
	rm,
	stat,
	symlink,
	writeFile,
} from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

/** Jest is started from the project's root. */
export const projectRoot = process.cwd();

export const inProject = (...path: string[]) => join(projectRoot, ...path);

export const environment = process.env;

/** Runs a program from the project's `node_modules/.bin` or the machine, and returns its output. */
export async function run(
	program: string,
	args: string[],
	{ cwd = projectRoot, env = {} }: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<string> {
	const path = `${inProject('node_modules', '.bin')}:${process.env.PATH ?? ''}`;
	// Jest's own NODE_ENV would make n8n's lint rules apply to every file as if it were a node.
	const inherited = { ...process.env };
	delete inherited.NODE_ENV;
	const finished = await promisify(execFile)(program, args, {
		cwd,
		env: { ...inherited, PATH: path, ...env },
		maxBuffer: 64 * 1024 * 1024,
		shell: process.platform === 'win32',
	}).catch((failed: { message: string; stdout: string; stderr: string }) => {
		throw new Error([failed.message, failed.stdout, failed.stderr].join('\n'));
	});
	return finished.stdout;
}

/** An empty folder that is deleted after `use`. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), 'sendgrid-teammates-'));
	try {
		return await use(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Every file below a folder, with `/` between the parts of its path, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.sort();
}

export const readText = async (path: string) => await readFile(path, 'utf8');

export const readBytes = async (path: string) => await readFile(path);

/** @param path with its folder, which need not exist */
export async function writeText(path: string, text: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, text);
}

export const copy = async (from: string, to: string) => await cp(from, to, { recursive: true });

export const linkFolder = async (target: string, path: string) =>
	await symlink(target, path, 'junction');

export const sizeOf = async (path: string) => (await stat(path)).size;

/** Runs something after a while, in the middle of something else. */
export const later = (milliseconds: number, action: () => void) => {
	setTimeout(action, milliseconds);
};

export const pause = async (milliseconds: number) =>
	await new Promise<void>((goOn) => later(milliseconds, goOn));

/** Longest wait for something, in milliseconds: a test that waits for nothing must not hold up the others. */
const PATIENCE = 60_000;

/** Waits until something has happened by itself. */
export const until = async (isSo: () => boolean, patience = PATIENCE) => {
	for (const start = performance.now(); !isSo(); await pause(1)) {
		if (performance.now() - start > patience) throw new Error(`waited in vain for ${String(isSo)}`);
	}
};

/** Records where this process connects to, as `host:port`, until `stop()`. */
export function watchConnections(): { targets: ReadonlySet<string>; stop: () => void } {
	const targets = new Set<string>();
	const { connect } = Socket.prototype;
	Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
		// Node's own modules pass options and listener as one array.
		const [first] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
		const { host, port, path } = Object(first) as Record<string, unknown>;
		targets.add(`${String(host ?? args[1] ?? path)}:${String(port ?? first)}`);
		return Reflect.apply(connect, this, args) as Socket;
	} as typeof connect;
	return {
		targets,
		stop: () => {
			Socket.prototype.connect = connect;
		},
	};
}

/** This process's memory, in bytes. */
export const memoryUse = (): number => process.memoryUsage.rss();
