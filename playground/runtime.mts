import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where scripts/install.mjs has put n8n and the Node.js that it runs on. */
export interface Runtime {
	/** The folder that everything below is in; deleting it undoes the installation. */
	folder: string;
	/** Program file of Node.js. */
	node: string;
	/** n8n's start script, to be run by `node`. */
	n8n: string;
	/** Things n8n would otherwise prepare anew each time; deleted with each new version of n8n. */
	cache: string;
}

/**
 * @param projectRoot the folder with this project's package.json
 * @throws Error when n8n is not installed, saying how to install it
 */
export function findRuntime(projectRoot: string): Runtime {
	const folder = path.join(projectRoot, '.playground', 'n8n');
	const modules = path.join(folder, 'node_modules');
	if (!existsSync(path.join(modules, '.install-stamp'))) {
		throw new Error(
			`n8n is not installed in ${folder}. Run: node scripts/install.mjs --playground`,
		);
	}
	return {
		folder,
		node: path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
		n8n: path.join(modules, 'n8n', 'bin', 'n8n'),
		cache: path.join(folder, 'cache'),
	};
}
