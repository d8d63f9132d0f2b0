import { join } from 'node:path';

import ts from 'typescript';

import type { Change } from './violation.mts';

const FOLDER = 'nodes/SendGridTeammates';

/** A compiler that keeps its results: for each violation it looks only at what has changed. */
function compilerOf(root: string) {
	const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
		ts.sys.readFile(path),
	);
	const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
	const versions = new Map<string, number>();
	let changed: ReadonlyMap<string, string> = new Map();
	let version = 0;

	const readFile = (path: string) => changed.get(path) ?? ts.sys.readFile(path);
	const service = ts.createLanguageService({
		// Unused code is fine in a violation.
		getCompilationSettings: () => ({
			...options,
			noUnusedLocals: false,
			noUnusedParameters: false,
			sourceMap: false,
		}),
		getScriptFileNames: () => fileNames,
		getScriptVersion: (path) => String(versions.get(path) ?? 0),
		getScriptSnapshot: (path) => {
			const text = readFile(path);
			return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
		},
		getCurrentDirectory: () => root,
		getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
		fileExists: (path) => ts.sys.fileExists(path),
		readFile,
	});

	return (texts: ReadonlyMap<string, string>) => {
		version += 1;
		for (const path of [...changed.keys(), ...texts.keys()]) versions.set(path, version);
		changed = texts;
		const paths = [...texts.keys()];
		const complaints = paths.flatMap((path) => [
			...service.getSyntacticDiagnostics(path),
			...service.getSemanticDiagnostics(path),
		]);
		return {
			complaints: complaints
				.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
				.join('\n'),
			outputs: paths.flatMap((path) => service.getEmitOutput(path).outputFiles),
		};
	};
}

let compile: ReturnType<typeof compilerOf> | undefined;

function changedText(text: string, { file, find, replace }: Change): string {
	const count = text.split(find).length - 1;
	if (count !== 1) throw new Error(`${file} holds ${count} times, and not once: ${find}`);
	return text.replace(find, () => replace);
}

/**
 * @returns the files that a violation changes, source and compiled, by their path below the root; and the
 *   compiler's objections
 */
export function build(root: string, changes: readonly Change[]) {
	compile ??= compilerOf(root);
	const changed = new Map<string, string>();
	for (const change of changes) {
		const path = join(root, FOLDER, change.file);
		changed.set(path, changedText(changed.get(path) ?? ts.sys.readFile(path) ?? '', change));
	}
	const { complaints, outputs } = compile(changed);
	const files = new Map([
		...changed,
		...outputs.map(({ name, text }): [string, string] => [name, text]),
	]);
	const below = [...files].map(([path, text]): [string, string] => [
		path.slice(root.length + 1),
		text,
	]);
	return { files: new Map(below), complaints };
}
