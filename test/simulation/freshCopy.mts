import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

type Compiled = (
	exports: unknown,
	require: (request: string) => unknown,
	module: { exports: unknown },
	filename: string,
	folder: string,
) => void;

const compiled = new Map<string, Compiled>();

function compile(file: string): Compiled {
	const known = compiled.get(file);
	if (known) return known;
	const names = ['exports', 'require', 'module', '__filename', '__dirname'];
	// Not by node:vm, so that the code meets the globals of whoever simulates: jest has its own.
	const code = `${readFileSync(file, 'utf8')}\n//# sourceURL=${file}`;
	const made = new Function(...names, code) as Compiled;
	compiled.set(file, made);
	return made;
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();

const found = new Map<string, string>();

/** The file that `require` means, among those of the package itself. */
function fileOf(path: string): string {
	const known = found.get(path);
	if (known !== undefined) return known;
	const file = [path, `${path}.js`, resolve(path, 'index.js')].find(isFile);
	if (file === undefined) throw new Error(`no such module: ${path}`);
	found.set(path, file);
	return file;
}

/**
 * Loads modules of the package as if nobody had loaded them before, so that nothing that one history left in
 * them meets the next one. They are compiled once; packages that they need are those of this process.
 */
export function freshCopy(): (path: string) => unknown {
	const modules = new Map<string, { exports: unknown }>();
	const load = (file: string): unknown => {
		const known = modules.get(file);
		if (known) return known.exports;
		const module = { exports: {} as unknown };
		modules.set(file, module);
		if (file.endsWith('.json')) {
			module.exports = JSON.parse(readFileSync(file, 'utf8'));
			return module.exports;
		}
		const folder = dirname(file);
		const requireThere = createRequire(file);
		const require = (request: string) =>
			request.startsWith('.') ? load(fileOf(resolve(folder, request))) : requireThere(request);
		compile(file)(module.exports, require, module, file, folder);
		return module.exports;
	};
	return (path) => load(fileOf(path));
}
