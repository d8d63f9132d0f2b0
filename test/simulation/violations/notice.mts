import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { nameOfFinder, type Finder, type Violation } from './violation.mts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** For work that no longer ends by itself. */
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
		assertionResults: Array<{ status: string; fullName: string; failureMessages: string[] }>;
	}>;
}

/** The failures among the tests of a file whose names contain one of these. */
async function failures(folder: string, file: string, names: readonly string[]): Promise<string> {
	const report = join(folder, 'report.json');
	await rm(report, { force: true });
	const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
	const pattern = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
	const { text } = await run(folder, [
		...[jest, '--runInBand', '--reporters=default', '--forceExit'],
		...['--json', `--outputFile=${report}`, '-t', pattern, '--runTestsByPath', `test/${file}`],
	]);
	const found = JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) as JestReport | null;
	if (!found || found.numFailedTests + found.numPassedTests === 0) {
		throw new Error(`no test of ${file} was run whose name holds '${pattern}'\n${text}`);
	}
	return found.testResults
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'failed')
		.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages[0]}`)
		.join('\n\n');
}

type Drawn = { histories: number; seed: number } | { polls: number; seed: number };

async function simulated(folder: string, drawn: Drawn): Promise<string> {
	const numbers = { ...drawn, workers: 1 };
	const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const { hasFailed, text } = await run(folder, ['test/simulation/cli.mts', ...args]);
	if (hasFailed && !/^failing histories: [1-9]/m.test(text)) throw new Error(text);
	return hasFailed ? text : '';
}

const isDrawn = (finder: Exclude<Finder, 'compiler'>): finder is Drawn =>
	'histories' in finder || 'polls' in finder;

function placeOf(finder: Exclude<Finder, 'compiler' | Drawn>): { file: string; name: string } {
	if ('scenarios' in finder) {
		return { file: 'simulation/scenarios.test.ts', name: finder.scenarios };
	}
	if ('pollScenarios' in finder) {
		return { file: 'simulation/pollScenarios.test.ts', name: finder.pollScenarios };
	}
	return { file: finder.test, name: finder.name };
}

/** What was noticed; empty if nothing was. */
export async function notice(folder: string, finder: Exclude<Finder, 'compiler'>): Promise<string> {
	if (isDrawn(finder)) return await simulated(folder, finder);
	const { file, name } = placeOf(finder);
	return await failures(folder, file, [name]);
}

/** Nothing may fail before anything is broken, otherwise it would prove nothing. */
export async function control(folder: string, queue: readonly Violation[]): Promise<string> {
	const names = new Map<string, string[]>();
	const histories = new Map<string, Drawn>();
	for (const { foundBy } of queue) {
		if (foundBy === 'compiler') continue;
		if (isDrawn(foundBy)) {
			histories.set(nameOfFinder(foundBy), foundBy);
		} else {
			const { file, name } = placeOf(foundBy);
			names.set(file, [...(names.get(file) ?? []), name]);
		}
	}
	let what = '';
	for (const [file, all] of names) what += await failures(folder, file, all);
	for (const drawn of histories.values()) what += await simulated(folder, drawn);
	return what;
}
