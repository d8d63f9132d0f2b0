import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

interface PackageJson {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}

/** n8n's own list of what is installed, `<user folder>/.n8n/nodes/package.json`. */
interface Ledger {
	name: string;
	private: boolean;
	dependencies: Record<string, string>;
}

async function readJson<T>(file: string): Promise<T> {
	return JSON.parse(await readFile(file, 'utf8')) as T;
}

async function writeJson(file: string, value: unknown): Promise<void> {
	await writeFile(file, JSON.stringify(value, null, 2));
}

async function writeDownInLedger(file: string, name: string, version: string): Promise<void> {
	const fresh: Ledger = { name: 'installed-nodes', private: true, dependencies: {} };
	const ledger = await readJson<Ledger>(file).catch(() => fresh);
	ledger.dependencies = { ...ledger.dependencies, [name]: version };
	await writeJson(file, ledger);
}

/** Packs a package as it would be published. @returns the tarball's path */
export async function pack(source: string, folder: string): Promise<string> {
	await mkdir(folder, { recursive: true });
	const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], {
		cwd: source,
		shell: process.platform === 'win32',
	});
	const [{ filename }] = JSON.parse(stdout) as Array<{ filename: string }>;
	return path.join(folder, filename);
}

/**
 * Installs a packed community package the way n8n's "Community nodes" page does it: unpack the tarball, drop
 * development, peer and optional dependencies, note the version in n8n's list. Only the tarball is a local file
 * instead of a download. n8n loads the package at its next start.
 *
 * The page also runs `npm install` in the unpacked package, for its dependencies. Verified packages must not have
 * any; a package that has one is refused here.
 *
 * @param nodesFolder `<user folder>/.n8n/nodes`
 * @param tarball the result of `npm pack`
 */
export async function installCommunityPackage(nodesFolder: string, tarball: string): Promise<void> {
	await mkdir(path.join(nodesFolder, 'node_modules'), { recursive: true });
	const unpacked = await mkdtemp(path.join(nodesFolder, 'unpacked-'));
	try {
		// Relative paths, because a tar program takes "C:" for the name of another computer.
		const source = path.relative(unpacked, path.resolve(tarball)).split(path.sep).join('/');
		await execute('tar', ['-xzf', source, '--strip-components=1'], { cwd: unpacked });

		const packageFile = path.join(unpacked, 'package.json');
		const { devDependencies, peerDependencies, optionalDependencies, ...packageJson } =
			await readJson<PackageJson>(packageFile);
		const { name, version, dependencies = {} } = packageJson;
		if (Object.keys(dependencies).length > 0) {
			const names = Object.keys(dependencies).join(', ');
			throw new Error(`${name} depends on ${names}; a verified community package must not`);
		}
		await writeJson(packageFile, packageJson);

		const folder = path.join(nodesFolder, 'node_modules', ...name.split('/'));
		await rm(folder, { recursive: true, force: true });
		await mkdir(path.dirname(folder), { recursive: true });
		await rename(unpacked, folder);
		await writeDownInLedger(path.join(nodesFolder, 'package.json'), name, version);
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
}
