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
	const before = compiled.get(file);
	if (before) return before;
	const names = ['exports', 'require', 'module', '__filename', '__dirname'];
	const text = readFileSync(file, 'utf8');
	const code = file.endsWith('.json') ? `module.exports = ${text}` : text;
	// Not by node:vm, so that the code sees the globals of the simulation: jest has its own.
	const made = new Function(...names, `${code}\n//# sourceURL=${file}`) as Compiled;
	compiled.set(file, made);
	return made;
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();

/** The file that `require` means, among those of the package itself. */
function fileOf(path: string): string {
	const file = [path, `${path}.js`, resolve(path, 'index.js')].find(isFile);
	if (file === undefined) throw new Error(`no such module: ${path}`);
	return file;
}

/** A file of the package itself, or another package's module from this process. */
type Required = { file: string } | { exports: unknown };

/** By folder, and by what is asked for there. */
const known = new Map<string, Map<string, Required>>();

function requiredIn(folder: string, request: string): Required {
	const there = known.get(folder) ?? new Map<string, Required>();
	known.set(folder, there);
	const required =
		there.get(request) ??
		(request.startsWith('.')
			? { file: fileOf(resolve(folder, request)) }
			: { exports: createRequire(`${folder}/`)(request) as unknown });
	there.set(request, required);
	return required;
}

/**
 * Loads modules of the package as if for the first time, so that no history sees what another one left in them.
 * They are compiled once; packages that they need are those of this process.
 */
export function freshCopy(): (path: string) => unknown {
	const modules = new Map<string, { exports: unknown }>();
	const load = (file: string): unknown => {
		const before = modules.get(file);
		if (before) return before.exports;
		const module = { exports: {} as unknown };
		modules.set(file, module);
		const folder = dirname(file);
		const require = (request: string) => {
			const required = requiredIn(folder, request);
			return 'file' in required ? load(required.file) : required.exports;
		};
		compile(file)(module.exports, require, module, file, folder);
		return module.exports;
	};
	return (path) => load(fileOf(path));
}
