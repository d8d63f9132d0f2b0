/** The steps of an installation, and what the reader sees of them. Without a dependency, as install.mjs is. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @typedef {(how: string) => void} Say how far a step is */
/**
 * @typedef {object} Step
 * @property {string} what it installs
 * @property {number} gigabytes of disk, measured with `du`
 * @property {number} minutes that it took on two cores, from a registry nearby
 * @property {(say: Say) => Promise<unknown>} work
 */

/** What a step has installed, for its stamp. Without the version of Node.js: compiled files belong to the `node` package of the lock file. */
export function fingerprint(/** @type {string[]} */ files, what = '') {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}${what}`);
	for (const file of files) hash.update('\0').update(readFileSync(file));
	return hash.digest('hex');
}

/** @returns {Step} */
export const step = (
	/** @type {string} */ what,
	/** @type {number} */ gigabytes,
	/** @type {number} */ minutes,
	/** @type {Step['work']} */ work,
) => ({ what, gigabytes, minutes, work });

/** Says in one line what is to be installed, and of each step how far it is. */
export async function walk(/** @type {Step[]} */ steps) {
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
