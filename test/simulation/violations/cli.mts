import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from './build.mts';
import { violations } from './list.mts';
import { nameOfFinder, type Finder, type Violation } from './violation.mts';

const USAGE = `Breaks each law on purpose, in a copy of this checkout, and tells whether that is noticed.

  npm run violations -- [--only K3] [--workers 2] [--verbose]
  npm run violations -- --list        prints the table for README.md, and runs nothing`;

const ROOT = resolve(import.meta.dirname, '../../..');

/** All that the tests and the simulation need. */
const COPIED = [
	'nodes',
	'credentials',
	'dist',
	'test',
	'sandbox',
	'package.json',
	'jest.config.cjs',
];

const SCENARIOS = 'simulation/scenarios.test.ts';

/** Where nothing ends by itself any more. */
const MOST_MS = 5 * 60_000;

interface Ended {
	hasFailed: boolean;
	text: string;
}

async function run(folder: string, args: readonly string[]): Promise<Ended> {
	const env = { ...process.env, NODE_OPTIONS: '' };
	return await new Promise((done) => {
		const options = { cwd: folder, env, timeout: MOST_MS, maxBuffer: 256 * 1024 * 1024 };
		execFile(process.execPath, args, options, (error, stdout, stderr) => {
			done({ hasFailed: error !== null, text: `${stdout}\n${stderr}` });
		});
	});
}

interface JestReport {
	numFailedTests: number;
	numPassedTests: number;
	testResults: Array<{
		message: string;
		assertionResults: Array<{ status: string; fullName: string; failureMessages: string[] }>;
	}>;
}

/** What was noticed; empty where nothing was. */
async function notice(folder: string, finder: Exclude<Finder, 'compiler'>): Promise<string> {
	if ('histories' in finder) {
		const options = { histories: finder.histories, seed: finder.seed, workers: 1 };
		const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
		const { hasFailed, text } = await run(folder, ['test/simulation/cli.mts', ...args]);
		if (hasFailed && !/^failing histories: [1-9]/m.test(text)) throw new Error(text);
		return hasFailed ? text : '';
	}
	const [file, name] =
		'scenarios' in finder ? [SCENARIOS, finder.scenarios] : [finder.test, finder.name];
	const report = join(folder, 'report.json');
	const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
	const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const flags = ['--runInBand', '--coverage=false', '--reporters=default', '--forceExit'];
	const { text } = await run(folder, [
		...[jest, ...flags, '--json', `--outputFile=${report}`],
		...['-t', pattern, '--runTestsByPath', `test/${file}`],
	]);
	const found: JestReport = JSON.parse(await readFile(report, 'utf8').catch(() => 'null'));
	if (!found || found.numFailedTests + found.numPassedTests === 0) {
		throw new Error(`no test of ${file} could be run whose name holds '${name}'\n${text}`);
	}
	return found.testResults
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'failed')
		.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages[0]}`)
		.join('\n\n');
}

/** A copy in which a violation can be put. */
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

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', default: '' },
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
	const queue = violations.filter(({ law, title }) => `${law} ${title}`.includes(values.only));
	const missed: string[] = [];
	const total = queue.length;
	const work = async () => {
		const folder = await makeCopy();
		try {
			for (let next = queue.shift(); next; next = queue.shift()) {
				const startedAt = performance.now();
				const what = await judge(folder, next).catch((error: Error) => error);
				const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
				const isFound = typeof what === 'string' && what !== '';
				const line = `${next.law}: ${next.title} | ${nameOfFinder(next.foundBy)} | ${seconds} s`;
				console.log(`${isFound ? 'found ' : 'MISSED'} | ${line}`);
				if (what instanceof Error || values.verbose) console.log(String(what).slice(0, 3000));
				if (!isFound) missed.push(line);
			}
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
	await Promise.all(Array.from({ length: Math.max(1, Number(values.workers)) }, work));
	console.log(`${total - missed.length} of ${total} violations were found`);
	if (missed.length > 0) process.exitCode = 1;
}

await main();
