/** @typedef {{ packages: Record<string, Record<string, any>> }} Lock */

/**
 * The part of a lock file that some of the development packages need, and the package.json that goes with it.
 *
 * @param {{ devDependencies: Record<string, string> }} manifest
 * @param {Lock} lock
 * @param {string[]} names
 */
export function partOf(manifest, { packages, ...lock }, names) {
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
		// An optional one need not be there.
		if (!entry || part[place]) return;
		part[place] = entry;
		for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
			for (const other of Object.keys(entry[kind] ?? {})) take(other, place);
		}
	};
	for (const name of names) take(name, '');
	const devDependencies = Object.fromEntries(
		names.map((name) => [name, manifest.devDependencies[name]]),
	);
	const root = { name: 'part', version: '0.0.0', private: true, devDependencies };
	return { manifest: root, lock: { ...lock, packages: { '': root, ...part } } };
}
