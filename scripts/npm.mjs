/** How the scripts run npm and other programs. Without a dependency, as install.mjs is. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { PROJECT_ROOT, readJson } from './n8ns.mjs';

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

/** @typedef {{ packages: Record<string, Record<string, any>> }} Lock */

/**
 * A lock file with the address of each package. Ours leave it out, since it names a registry; npm would then ask for
 * the list of all versions of each package, which takes it longer than to install them.
 *
 * @param {Lock} lock
 * @param {string} folder whose settings name the registry
 * @returns {Lock} the same one if the registry's addresses are unusual
 */
function withAddresses(lock, folder) {
	const packages = Object.entries(lock.packages).map(([place, entry]) => {
		const name = entry.name ?? place.split('node_modules/').pop();
		return { place, entry, id: `${name}@${entry.version}`, end: endOfAddress(name, entry.version) };
	});
	const one = packages.find(({ entry }) => entry.integrity);
	const { command, args, ...how } = npm(['view', one?.id ?? '', 'dist.tarball']);
	const address = String(spawnSync(command, args, { cwd: folder, ...how }).stdout).trim();
	if (!one || !address.endsWith(one.end)) return lock;
	const start = address.slice(0, -one.end.length);
	const addressed = packages.map(({ place, entry, end }) => [
		place,
		entry.integrity ? { resolved: start + end, ...entry } : entry,
	]);
	return { ...lock, packages: Object.fromEntries(addressed) };
}

const endOfAddress = (name = '', version = '') =>
	`/${name}/-/${path.posix.basename(name)}-${version}.tgz`;

/**
 * Installs into a folder below .playground/ what a lock file says, with `npm ci`.
 *
 * @param {string} folder
 * @param {{ manifest: object, lock: Lock }} wanted package.json and package-lock.json
 * @param {(how: string) => void} say gets the number of packages that are in place
 * @throws {InstallError}
 */
export async function npmCi(folder, { manifest, lock }, say) {
	mkdirSync(folder, { recursive: true });
	copyFileSync(path.join(PROJECT_ROOT, '.npmrc'), path.join(folder, '.npmrc'));
	const write = (/** @type {string} */ name, /** @type {object} */ content) =>
		writeFileSync(path.join(folder, name), JSON.stringify(content));
	write('package.json', manifest);
	write('package-lock.json', withAddresses(lock, folder));

	// Those for another platform are never there.
	const places = Object.keys(lock.packages).filter(
		(place) => place && !lock.packages[place].optional,
	);
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
