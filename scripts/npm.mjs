/** How the scripts run npm and other programs. Without a dependency, as install.mjs is. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { readJson } from './n8ns.mjs';

export const WINDOWS = process.platform === 'win32';

/** The last line of its message says what the reader can do. */
export class InstallError extends Error {}

const MINIMUM_NODE = [20, 19];

/** @throws {InstallError} */
export function checkNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
	throw new InstallError(`this is Node.js ${process.versions.node}.
Install Node.js ${MINIMUM_NODE.join('.')} or later (https://nodejs.org).`);
}

/** npm on the Node.js that npm itself runs on, not the one in the node_modules that is about to be replaced. */
export function npm(/** @type {string[]} */ args) {
	const { npm_execpath: cli = '', npm_node_execpath: node = '' } = process.env;
	return path.basename(cli) === 'npm-cli.js' && existsSync(node)
		? { command: node, args: [cli, ...args] }
		: { command: 'npm', args, shell: WINDOWS };
}

/**
 * Runs a command to its end. Its output goes to the terminal.
 *
 * @param {{ command: string, args: string[], shell?: boolean }} call
 * @param {{ cwd: string, env?: Record<string, string>, stdio?: import('node:child_process').StdioOptions }} options
 * @returns {Promise<number>} the exit code
 */
export async function run({ command, args, shell = false }, { cwd, env = {}, stdio = 'inherit' }) {
	const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, shell, stdio });
	// Ctrl-C reaches the child by itself, which then decides when this ends.
	const wait = () => {};
	const endChild = () => child.kill('SIGTERM');
	process.on('SIGINT', wait).on('SIGTERM', endChild);
	const code = await new Promise((resolve) => {
		child.once('error', (error) => resolve(console.error(error.message) ?? 127));
		child.once('exit', resolve);
	});
	process.off('SIGINT', wait).off('SIGTERM', endChild);
	return code ?? 1;
}

/** @throws {InstallError} */
export async function npmOrFail(
	/** @type {string[]} */ args,
	/** @type {string} */ cwd,
	env = {},
	stdio = undefined,
) {
	// Errors only: an older Node.js outside would get dozens of warnings for packages that run on the one inside.
	const quiet = ['--loglevel=error', '--no-progress'];
	if ((await run(npm([...args, ...quiet]), { cwd, env, stdio })) === 0) return;
	throw new InstallError(`"npm ${args.join(' ')}" did not work in ${cwd}; see the lines above.
Usually the npm registry was out of reach or the disk is full. The same command goes on where it stopped.`);
}

/** `npm ci`, with the number of packages that are in place. Those of another platform are never. */
export async function npmCi(
	/** @type {string} */ folder,
	/** @type {(how: string) => void} */ say,
) {
	const { packages } = readJson(path.join(folder, 'package-lock.json'));
	const places = Object.keys(packages).filter((place) => place && !packages[place].optional);
	const show = () => {
		const there = places.filter((place) => existsSync(path.join(folder, place, 'package.json')));
		say(`${there.length} of ${places.length} packages`);
	};
	const progress = setInterval(show, process.stdout.isTTY ? 1000 : 20_000);
	await npmOrFail(['ci'], folder).finally(() => clearInterval(progress));
}

/** Whether the reader's own "npm ci" has installed everything. npm writes its hidden lock file last. */
export function matchesLock(
	/** @type {string} */ folder,
	modules = path.join(folder, 'node_modules'),
) {
	const installed = readJson(path.join(modules, '.package-lock.json')).packages ?? {};
	return Object.entries(readJson(path.join(folder, 'package-lock.json')).packages).every(
		([name, entry]) =>
			name === '' || entry.optional || installed[name]?.integrity === entry.integrity,
	);
}
