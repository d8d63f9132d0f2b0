import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from './build.mts';
import { violations } from './list.mts';
import { control, notice } from './notice.mts';
import { nameOfFinder, type Violation } from './violation.mts';

const USAGE = `Breaks each law on purpose, in a copy of this checkout, and tells whether that is noticed.

  npm run violations -- [--only K3] [--workers 2] [--verbose]
  npm run violations -- --histories 500     asks the drawn histories alone, and no written test
  npm run violations -- --list              prints the table for README.md, and breaks nothing`;

const ROOT = resolve(import.meta.dirname, '../../..');

/** Everything that the tests and the simulation need. */
const COPIED = [
	'nodes',
	'credentials',
	'dist',
	'test',
	'sandbox',
	'package.json',
	'jest.config.cjs',
];

/** A copy that violations can be applied to. */
async function makeCopy(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'violations-'));
	for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
	await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
	return folder;
}

async function judge(folder: string, { changes, foundBy }: Violation): Promise<string> {
	const { files, complaints } = build(ROOT, changes);
	if (foundBy === 'compiler') return complaints;
	if (complaints) throw new Error(`it cannot be built:\n${complaints}`);
	try {
		for (const [path, text] of files) await writeFile(join(folder, path), text);
		return await notice(folder, foundBy);
	} finally {
		for (const [path] of files) await cp(join(ROOT, path), join(folder, path));
	}
}

/** @returns those that were missed */
async function work(folder: string, queue: Violation[], isVerbose: boolean): Promise<Violation[]> {
	const missed: Violation[] = [];
	for (let next = queue.shift(); next; next = queue.shift()) {
		const startedAt = performance.now();
		const what = await judge(folder, next).catch((error: Error) => error);
		const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
		const isFound = typeof what === 'string' && what !== '';
		const { law, title, foundBy } = next;
		console.log(
			`${isFound ? 'found ' : 'MISSED'} | ${law}: ${title} | ${nameOfFinder(foundBy)} | ${seconds} s`,
		);
		if (what instanceof Error || isVerbose) console.log(String(what).slice(0, 3000));
		if (!isFound) missed.push(next);
	}
	return missed;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', default: '' },
			histories: { type: 'string' },
			workers: { type: 'string', default: String(availableParallelism()) },
			verbose: { type: 'boolean', default: false },
			list: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(USAGE);
	if (values.list) {
		const rows = violations.map(
			({ law, title, foundBy }) => `| ${law} | ${title} | ${nameOfFinder(foundBy)} |`,
		);
		return console.log(
			['| Law | Violation | Found by |', '| --- | --- | --- |', ...rows].join('\n'),
		);
	}
	const finder = values.histories ? { histories: Number(values.histories), seed: 1 } : undefined;
	const queue = violations
		.filter(({ law, title }) => `${law} ${title}`.includes(values.only))
		.map((violation) =>
			finder && violation.foundBy !== 'compiler' ? { ...violation, foundBy: finder } : violation,
		);
	const total = queue.length;
	const folders = await Promise.all(Array.from({ length: Number(values.workers) || 1 }, makeCopy));
	try {
		const before = await control(folders[0], queue);
		if (before) throw new Error(`this fails before anything is broken:\n${before}`);
		const missed = (
			await Promise.all(folders.map(async (folder) => await work(folder, queue, values.verbose)))
		).flat();
		console.log(`${total - missed.length} of ${total} violations were found`);
		if (missed.length > 0) process.exitCode = 1;
	} finally {
		for (const folder of folders) await rm(folder, { recursive: true, force: true });
	}
}

await main();
