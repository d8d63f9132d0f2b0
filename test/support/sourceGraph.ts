import {
	createSourceFile,
	forEachChild,
	isExportDeclaration,
	isImportDeclaration,
	isImportTypeNode,
	isLiteralTypeNode,
	isStringLiteral,
	ScriptTarget,
	type Node,
	type SourceFile,
} from 'typescript';

import { filesBelow, inProject, readText } from './machine';

/** One file that imports another. */
export interface Import {
	from: string;
	to: string;
	/** Gone after compilation. */
	isType: boolean;
}

export interface SourceGraph {
	files: ReadonlyMap<string, SourceFile>;
	/** Imports between these files; packages are left out. */
	imports: readonly Import[];
}

/** What a file imports or re-exports, as written there. */
function specifiersOf(file: SourceFile): Array<{ specifier: string; isType: boolean }> {
	const found: Array<{ specifier: string; isType: boolean }> = [];
	const look = (node: Node) => {
		if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
			const { importClause: clause } = node;
			const named = clause?.namedBindings;
			const onlyTypes =
				clause !== undefined &&
				clause.name === undefined &&
				named !== undefined &&
				'elements' in named &&
				named.elements.every(({ isTypeOnly }) => isTypeOnly);
			const isType = clause?.isTypeOnly === true || onlyTypes;
			found.push({ specifier: node.moduleSpecifier.text, isType });
		} else if (isExportDeclaration(node) && node.moduleSpecifier) {
			if (isStringLiteral(node.moduleSpecifier)) {
				found.push({ specifier: node.moduleSpecifier.text, isType: node.isTypeOnly });
			}
		} else if (isImportTypeNode(node) && isLiteralTypeNode(node.argument)) {
			if (isStringLiteral(node.argument.literal)) {
				found.push({ specifier: node.argument.literal.text, isType: true });
			}
		}
		forEachChild(node, look);
	};
	look(file);
	return found;
}

/** The path that a relative specifier means, from the project's root. */
function pathOf(specifier: string, from: string, isFile: (path: string) => boolean): string {
	const parts = from.split('/').slice(0, -1);
	for (const part of specifier.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.') parts.push(part);
	}
	const path = parts.join('/');
	const found = [`${path}.ts`, `${path}/index.ts`].find(isFile);
	if (found === undefined) throw new Error(`${from} imports ${specifier}, which is not there`);
	return found;
}

/** All TypeScript files below some folders of the project, and how they import each other. */
export async function readSourceGraph(...folders: string[]): Promise<SourceGraph> {
	const files = new Map<string, SourceFile>();
	for (const folder of folders) {
		for (const name of await filesBelow(inProject(folder))) {
			if (!name.endsWith('.ts')) continue;
			const path = `${folder}/${name}`;
			const text = await readText(inProject(path));
			files.set(path, createSourceFile(path, text, ScriptTarget.Latest, true));
		}
	}
	const imports = [...files].flatMap(([from, file]) =>
		specifiersOf(file)
			.filter(({ specifier }) => specifier.startsWith('.'))
			.map(({ specifier, isType }) => ({
				from,
				to: pathOf(specifier, from, (path) => files.has(path)),
				isType,
			})),
	);
	return { files, imports };
}

/** A file and everything it needs, directly or indirectly. */
export function closureOf(start: string, imports: readonly Import[]): string[] {
	const reached = new Set([start]);
	for (const file of reached) {
		for (const { from, to } of imports) if (from === file) reached.add(to);
	}
	return [...reached].sort();
}

/** Files that need each other, one cycle per group. */
export function cyclesOf(files: Iterable<string>, imports: readonly Import[]): string[][] {
	const needs = new Map([...files].map((file) => [file, new Set(closureOf(file, imports))]));
	const rings = new Map<string, string[]>();
	for (const [file, own] of needs) {
		const ring = [...own].filter((other) => other !== file && needs.get(other)?.has(file));
		const itself = imports.some(({ from, to }) => from === file && to === file);
		if (ring.length > 0 || itself) {
			const all = [file, ...ring].sort();
			rings.set(all.join(' '), all);
		}
	}
	return [...rings.values()];
}
