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

/** @typedef {{ packages: Record<string, Record<string, any>> }} Lock */

/**
 * The part of a lock file that some of the development packages need, and the package.json that goes with it.
 *
 * @param {{ devDependencies: Record<string, string> }} manifest
 * @param {Lock} lock
 * @param {string[]} names
 * @param {string[]} alone those of them that are taken without what they need in turn
 */
export function partOf(manifest, { packages, ...lock }, names, alone = []) {
	/** Where Node.js finds a package: beside the folder that asks, or further up. */
	const placeOf = (/** @type {string} */ name, /** @type {string} */ from) => {
		for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
			const place = `${at && `${at}/`}node_modules/${name}`;
			if (packages[place] || at === '') return place;
		}
	};
	/** @type {Lock['packages']} */
	const part = {};
	const take = (/** @type {string} */ name, /** @type {string} */ from) => {
		const place = placeOf(name, from);
		const entry = packages[place];
		// An optional package may be missing.
		if (!entry || part[place]) return;
		const { dependencies, optionalDependencies, peerDependencies, ...rest } = entry;
		part[place] = alone.includes(name) ? rest : entry;
		if (alone.includes(name)) return;
		for (const needed of [dependencies, optionalDependencies, peerDependencies]) {
			for (const other of Object.keys(needed ?? {})) take(other, place);
		}
	};
	for (const name of names) take(name, '');
	const devDependencies = Object.fromEntries(
		names.map((name) => [name, manifest.devDependencies[name]]),
	);
	const root = { name: 'part', version: '0.0.0', private: true, devDependencies };
	return { manifest: root, lock: { ...lock, packages: { '': root, ...part } } };
}
