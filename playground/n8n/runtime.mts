import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder with this project's package.json. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * The n8n in use, by the name of its folder here and in .playground/: `n8n`, or the one that the environment
 * variable PLAYGROUND_N8N names, such as `n8n-1` for n8n's older line.
 */
export const chosenN8n = () => process.env.PLAYGROUND_N8N || 'n8n';

/**
 * Where an environment lives. n8n puts the editor's whole code into its user folder, and a linter would take
 * minutes to read it; they all skip folders called node_modules.
 */
export const n8nEnvironmentFolder = (name: string) =>
	path.join(PROJECT_ROOT, '.playground', 'node_modules', chosenN8n(), name);

/** Where scripts/install.mjs has put n8n and the Node.js that it runs on. */
export interface Runtime {
	/** The folder that everything below is in; deleting it undoes the installation. */
	folder: string;
	/** First part of n8n's version. */
	major: number;
	/** Program file of Node.js. */
	node: string;
	/** n8n's start script, to be run by `node`. */
	n8n: string;
	/** What n8n would otherwise prepare every time; deleted with each new version of n8n. */
	cache: string;
}

/**
 * @throws Error when n8n is not installed, saying how to install it
 */
export function findRuntime(): Runtime {
	const name = chosenN8n();
	const folder = path.join(PROJECT_ROOT, '.playground', name);
	const modules = path.join(folder, 'node_modules');
	if (!existsSync(path.join(modules, '.install-stamp'))) {
		throw new Error(
			`n8n is not installed in ${folder}. Run: node scripts/install.mjs --n8n=${name}`,
		);
	}
	const manifest = readFileSync(path.join(modules, 'n8n', 'package.json'), 'utf8');
	const { version } = JSON.parse(manifest) as { version: string };
	return {
		folder,
		major: Number.parseInt(version, 10),
		node: path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
		n8n: path.join(modules, 'n8n', 'bin', 'n8n'),
		cache: path.join(folder, 'cache'),
	};
}
