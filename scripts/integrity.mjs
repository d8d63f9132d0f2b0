/**
 * Fills in the checksums that npm leaves out of a lock file for packages of other platforms, out of what the
 * registry says: `node scripts/integrity.mjs package-lock.json playground/versions/n8n/package-lock.json …`
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [first, ...others] = process.argv.slice(2);
if (first === undefined) {
	console.log('Usage: node scripts/integrity.mjs <lock file> …');
	process.exit(2);
}

/** @param {string} spec such as `left-pad@1.3.0` */
const integrityOf = (spec) =>
	execFileSync('npm', ['view', spec, 'dist.integrity'], {
		encoding: 'utf8',
		shell: process.platform === 'win32',
	}).trim();

for (const file of [first, ...others]) {
	const text = readFileSync(file, 'utf8');
	const lock = JSON.parse(text);
	const indent = /^\{\n(\s+)/.exec(text)?.[1] ?? '  ';
	for (const [folder, entry] of Object.entries(lock.packages)) {
		const { version, integrity, inBundle, link, ...rest } = entry;
		if (folder === '' || integrity || inBundle || link) continue;
		const name = entry.name ?? folder.split('node_modules/').at(-1);
		const found = integrityOf(`${name}@${version}`);
		if (!found) throw new Error(`the registry has no checksum of ${name}@${version}`);
		// Where npm itself puts it.
		lock.packages[folder] = { version, integrity: found, ...rest };
		console.log(`${file}: ${name}@${version}`);
	}
	writeFileSync(file, `${JSON.stringify(lock, null, indent)}\n`);
}
