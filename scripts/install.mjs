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
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { allN8ns, isN8n, modulesOfN8n, nodeBinary, PLAYGROUND } from './n8ns.mjs';
import { PROJECT_ROOT, readJson, readOr, VERSIONS } from './n8ns.mjs';
import { ADDONS, installAddon, installNode } from './native.mjs';
import { InstallError, npmOrFail, WINDOWS } from './npm.mjs';
import { partOf } from './partOfLock.mjs';

/** @typedef {(how: string) => void} Say how far a step is */
/**
 * @typedef {object} Step
 * @property {string} what it installs
 * @property {number} gigabytes of disk, measured with `du`
 * @property {number} minutes that it took on two cores, from a registry nearby
 * @property {(say: Say) => Promise<unknown>} work
 */

const MINIMUM_NODE = [20, 19];
const MODULES = path.join(PROJECT_ROOT, 'node_modules');
const FILES = ['package.json', 'package-lock.json', '.npmrc'];

/** Development packages with which the node is built, and the demo and the editor run. */
export const DEMO_PACKAGES = [
	'@types/node',
	'ajv',
	'fastify',
	'flatted',
	'gulp',
	'mailparser',
	'n8n-workflow',
	'selfsigned',
	'smtp-server',
	'typescript',
];

/** Of these only types are read there: n8n brings what they need to run. */
export const TYPES_ONLY = ['n8n-workflow'];

/** Without the version of Node.js: compiled files belong to the `node` package of the lock file. */
function fingerprint(/** @type {string[]} */ files, what = '') {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}${what}`);
	for (const file of files) hash.update('\0').update(readFileSync(file));
	return hash.digest('hex');
}

/** @returns {Step} */
const step = (
	/** @type {string} */ what,
	/** @type {number} */ gigabytes,
	/** @type {number} */ minutes,
	/** @type {Step['work']} */ work,
) => ({ what, gigabytes, minutes, work });

/** Says in one line what is to be installed, and of each step how far it is. */
async function walk(/** @type {Step[]} */ steps) {
	if (steps.length === 0) return;
	const sum = (/** @type {'gigabytes' | 'minutes'} */ key) =>
		steps.reduce((total, step) => total + step[key], 0);
	const things = steps.map(({ what }) => what).join(', ');
	const count = steps.length === 1 ? '1 step' : `${steps.length} steps`;
	const [size, minutes] = [sum('gigabytes').toFixed(1), Math.ceil(sum('minutes'))];
	console.log(
		`[install] Once, into node_modules/ and .playground/ of this folder: ${things}. ${count}, ${size} GB, about ${minutes} min on two cores, longer on a slow network.`,
	);
	for (const [index, { what, work }] of steps.entries()) {
		const begun = Date.now();
		const title = `[install ${index + 1}/${steps.length}] ${what}`;
		const say = (/** @type {string} */ how) =>
			process.stdout.write(
				process.stdout.isTTY ? `\r${title}: ${how}\x1b[K` : `${title}: ${how}\n`,
			);
		say('…');
		await work(say);
		say(`done in ${Math.round((Date.now() - begun) / 1000)} s`);
		if (process.stdout.isTTY) console.log();
	}
}

/** `npm ci`, with the number of packages that are in place. Those of another platform are never. */
async function npmCi(/** @type {string} */ folder, /** @type {Say} */ say) {
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
function matchesLock(/** @type {string} */ folder, modules = path.join(folder, 'node_modules')) {
	const installed = readJson(path.join(modules, '.package-lock.json')).packages ?? {};
	return Object.entries(readJson(path.join(folder, 'package-lock.json')).packages).every(
		([name, entry]) =>
			name === '' || entry.optional || installed[name]?.integrity === entry.integrity,
	);
}

/**
 * What builds the node and runs the demo, by a part of the lock file, which npm installs in a folder of its own.
 *
 * @returns {Step[]}
 */
function demoSteps() {
	const stamp = path.join(MODULES, '.install-stamp');
	const lockFile = path.join(PROJECT_ROOT, 'package-lock.json');
	const wanted = fingerprint([lockFile], [...DEMO_PACKAGES, ...TYPES_ONLY].join());
	if (readOr(stamp) === wanted || matchesLock(PROJECT_ROOT)) return [];
	const work = async (/** @type {Say} */ say) => {
		const folder = path.join(PLAYGROUND, 'part');
		const whole = readJson(path.join(PROJECT_ROOT, 'package.json'));
		const { manifest, lock } = partOf(whole, readJson(lockFile), DEMO_PACKAGES, TYPES_ONLY);
		mkdirSync(folder, { recursive: true });
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
		writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
		copyFileSync(path.join(PROJECT_ROOT, '.npmrc'), path.join(folder, '.npmrc'));
		await npmCi(folder, say);
		rmSync(MODULES, { recursive: true, force: true });
		renameSync(path.join(folder, 'node_modules'), MODULES);
		writeFileSync(stamp, wanted);
	};
	return [step('the tools to build this node', 0.1, 0.2, work)];
}

/** @returns {Step[]} */
function developmentSteps() {
	const stamp = path.join(MODULES, '.install-stamp');
	const wanted = fingerprint([path.join(PROJECT_ROOT, 'package-lock.json')]);
	const link = path.join(MODULES, '.bin', WINDOWS ? 'node.cmd' : 'node');
	const hasNode = existsSync(nodeBinary(MODULES)) && existsSync(link);
	if (hasNode && readOr(stamp) === wanted) return [];
	const node = async () => {
		if (!existsSync(nodeBinary(MODULES))) await installNode(MODULES);
		// Into node_modules/.bin, where npm's scripts find it: npm left it out because it didn't exist yet.
		await npmOrFail(['rebuild', 'node'], PROJECT_ROOT);
		writeFileSync(stamp, wanted);
	};
	const packages = (/** @type {Say} */ say) => npmCi(PROJECT_ROOT, say);
	return [
		!matchesLock(PROJECT_ROOT) && step('the development packages', 1.2, 2.5, packages),
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

	mkdirSync(target, { recursive: true });
	for (const file of FILES) copyFileSync(path.join(source, file), path.join(target, file));
	const { version } = readJson(path.join(source, 'package-lock.json')).packages['node_modules/n8n'];
	const packages = async (/** @type {Say} */ say) => {
		await npmCi(target, say);
		// It may have been prepared by another version of n8n.
		rmSync(path.join(target, 'cache'), { recursive: true, force: true });
	};
	const addons = async (/** @type {Say} */ say) => {
		for (const addon of ADDONS) {
			say(`${addon}, downloaded or compiled, 1 to 2 min`);
			await installAddon(modules, addon);
		}
		writeFileSync(stamp, wanted);
	};
	const node = () => installNode(modules);
	return [
		!matchesLock(source, modules) &&
			step(`n8n ${version}`, name === 'n8n' ? 2.8 : 1.7, 4.7, packages),
		!existsSync(nodeBinary(modules)) && step('its Node.js', 0.2, 0.1, node),
		step('its two addons', 0, 1.5, addons),
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
		const [major, minor] = process.versions.node.split('.').map(Number);
		if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
			throw new InstallError(`this is Node.js ${process.versions.node}.
Install Node.js ${MINIMUM_NODE.join('.')} or later (https://nodejs.org).`);
		}
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
