/**
 * Installs what is missing, and does nothing if everything is there: the development packages, or only those that
 * the demo needs, into node_modules; each n8n into a folder of .playground/. On its own:
 *
 *     node scripts/install.mjs              the development packages
 *     node scripts/install.mjs --n8n=n8n-1  the n8n of this folder of playground/versions/, or `all`; nothing else
 *
 * Plain JavaScript without a dependency, because it runs before anything is installed. A stamp is written at the
 * end of each installation, so an interrupted one is repeated. No package runs a script of its own
 * (`ignore-scripts` in .npmrc); the few that are needed are run by native.mjs.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { DEMO_PACKAGES, partOf, TYPES_ONLY } from './demoPackages.mjs';
import { allN8ns, isN8n, modulesOfN8n, nodeBinary, PLAYGROUND } from './n8ns.mjs';
import { PROJECT_ROOT, readJson, readOr, VERSIONS } from './n8ns.mjs';
import { ADDONS, installAddon, installNode } from './native.mjs';
import { checkNode, InstallError, matchesLock, npmCi, npmOrFail, WINDOWS } from './npm.mjs';
import { fingerprint, step, walk } from './steps.mjs';

/** @import { Say, Step } from './steps.mjs' */

const MODULES = path.join(PROJECT_ROOT, 'node_modules');
const LOCK_FILE = path.join(PROJECT_ROOT, 'package-lock.json');
const FILES = ['package.json', 'package-lock.json', '.npmrc'];

const filesIn = (/** @type {string} */ folder) => ({
	manifest: readJson(path.join(folder, 'package.json')),
	lock: readJson(path.join(folder, 'package-lock.json')),
});

/**
 * Puts what a lock file says into node_modules. It is installed elsewhere: `npm ci` would want the lock file here.
 *
 * @param {Parameters<typeof npmCi>[1]} wanted
 */
const intoModules = (wanted) => async (/** @type {Say} */ say) => {
	const folder = path.join(PLAYGROUND, 'part');
	await npmCi(folder, wanted, say);
	rmSync(MODULES, { recursive: true, force: true });
	renameSync(path.join(folder, 'node_modules'), MODULES);
};

/**
 * What builds the node and runs the demo, by a part of the lock file.
 *
 * @returns {Step[]}
 */
function demoSteps() {
	const stamp = path.join(MODULES, '.install-stamp');
	const wanted = fingerprint([LOCK_FILE], [...DEMO_PACKAGES, ...TYPES_ONLY].join());
	if (readOr(stamp) === wanted || matchesLock(PROJECT_ROOT)) return [];
	const { manifest, lock } = filesIn(PROJECT_ROOT);
	const work = async (/** @type {Say} */ say) => {
		await intoModules(partOf(manifest, lock, DEMO_PACKAGES, TYPES_ONLY))(say);
		writeFileSync(stamp, wanted);
	};
	return [step('the tools to build this node', 0.1, 0.1, work)];
}

/** @returns {Step[]} */
function developmentSteps() {
	const stamp = path.join(MODULES, '.install-stamp');
	const wanted = fingerprint([LOCK_FILE]);
	const link = path.join(MODULES, '.bin', WINDOWS ? 'node.cmd' : 'node');
	const hasNode = existsSync(nodeBinary(MODULES)) && existsSync(link);
	if (hasNode && readOr(stamp) === wanted) return [];
	const node = async () => {
		if (!existsSync(nodeBinary(MODULES))) await installNode(MODULES);
		// Into node_modules/.bin, where npm's scripts find it: npm left it out because it didn't exist yet.
		await npmOrFail(['rebuild', 'node'], PROJECT_ROOT);
		writeFileSync(stamp, wanted);
	};
	return [
		!matchesLock(PROJECT_ROOT) &&
			step('the development packages', 1.2, 0.9, intoModules(filesIn(PROJECT_ROOT))),
		step('their Node.js', 0.2, 0.1, node),
	].filter(Boolean);
}

/**
 * Below a folder that begins with a dot: n8n's build tool collects every picture in all others.
 *
 * @returns {Step[]}
 */
function n8nSteps(/** @type {string} */ name) {
	const source = path.join(VERSIONS, name);
	const modules = modulesOfN8n(name);
	const target = path.dirname(modules);
	const stamp = path.join(modules, '.install-stamp');
	const wanted = fingerprint(FILES.map((file) => path.join(source, file)));
	if (readOr(stamp) === wanted) return [];

	const { manifest, lock } = filesIn(source);
	const { version } = lock.packages['node_modules/n8n'];
	const packages = async (/** @type {Say} */ say) => {
		await npmCi(target, { manifest, lock }, say);
		// It may have been prepared by another version of n8n.
		rmSync(path.join(target, 'cache'), { recursive: true, force: true });
	};
	const addons = async (/** @type {Say} */ say) => {
		for (const addon of ADDONS) {
			say(`${addon}, downloaded or compiled, up to a minute`);
			await installAddon(modules, addon);
		}
		writeFileSync(stamp, wanted);
	};
	const node = () => installNode(modules);
	return [
		!matchesLock(source, modules) &&
			step(`n8n ${version}`, name === 'n8n' ? 2.8 : 1.7, 2, packages),
		!existsSync(nodeBinary(modules)) && step('its Node.js', 0.2, 0.1, node),
		step('its two addons', 0, 0.7, addons),
	].filter(Boolean);
}

/**
 * Installs what is missing.
 *
 * @param {{ packages?: 'all' | 'demo' | 'none', n8ns?: string[] }} wanted
 * @returns {Promise<boolean>} whether everything is there; if not, the reason has been printed
 */
export async function install({ packages = 'all', n8ns = [] } = {}) {
	try {
		checkNode();
		const unknown = n8ns.find((name) => !isN8n(name));
		if (unknown !== undefined) {
			throw new InstallError(`there is no n8n called "${unknown}".
Name a folder of playground/versions/: n8n or n8n-1.`);
		}
		const forThem = { all: developmentSteps, demo: demoSteps, none: () => [] };
		await walk([...forThem[packages](), ...n8ns.flatMap(n8nSteps)]);
		return true;
	} catch (error) {
		if (!(error instanceof InstallError)) throw error;
		console.error(`\n[install] This did not work: ${error.message}`);
		return false;
	}
}

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
	const name = /^--n8n=(.+)$/.exec(process.argv[2] ?? '')?.[1];
	const n8ns = name === 'all' ? allN8ns() : name ? [name] : [];
	const isDone = await install({ packages: name ? 'none' : 'all', n8ns });
	if (!isDone) process.exitCode = 1;
}
