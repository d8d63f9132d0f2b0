/**
 * `npm run test:fuzz`: what takes long. The fuzz tests, and more histories than `npm test` plays: 48,000 of
 * operations, 2,000 of lists, 1,000 of polls. Arguments go to jest, and then nothing else is run.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { PROJECT_ROOT } from './n8ns.mjs';

const COUNT = path.join(PROJECT_ROOT, '.test-results', 'fuzz.json');
const JEST = path.join('node_modules', 'jest', 'bin', 'jest.js');
const HISTORIES = [
	['--histories', '24000', '--seed', '1'],
	['--histories', '24000', '--seed', '1000000'],
	['--histories', '2000', '--seed', '10000000'],
	['--polls', '1000', '--seed', '1'],
];

/** @param {string[]} args @returns {boolean} whether it succeeded */
const isDone = (args) =>
	spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: 'inherit' }).status === 0;

const given = process.argv.slice(2);
rmSync(COUNT, { force: true });
const isPassed = isDone([JEST, '--config', 'jest.fuzz.config.cjs', ...given]);
let count = { passed: 0, failed: 1 };
try {
	count = JSON.parse(readFileSync(COUNT, 'utf8'));
	if (!isPassed) count.failed ||= 1;
} catch {
	// A run that left no count did not reach its tests.
}
for (const histories of given.length > 0 ? [] : HISTORIES) {
	const key = isDone(['test/simulation/cli.mts', ...histories]) ? 'passed' : 'failed';
	count[key] += 1;
}
writeFileSync(COUNT, JSON.stringify(count));
console.log(`Fuzz tests and histories: ${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;
