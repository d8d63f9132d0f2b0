/**
 * `npm run test:e2e`: the end-to-end tests in each n8n, one after the other, and the engine tests with
 * the engine of the older ones (`npm test` runs them with that of the newest). Arguments go to jest.
 *
 * The environment variable PLAYGROUND_N8N, such as `n8n-1`, names the only n8n to test with.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { allN8ns, DEFAULT_N8N, PROJECT_ROOT } from './n8ns.mjs';

const RESULTS = path.join(PROJECT_ROOT, '.test-results');
const JEST = path.join(PROJECT_ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const given = process.argv.slice(2);
// Tests that are chosen by name need not be in each of the suites.
const args = given.length > 0 ? ['--passWithNoTests', ...given] : [];

/**
 * @param {'e2e' | 'engine'} suite there is a jest.<suite>.config.cjs for it
 * @param {string} name of the n8n
 * @returns {{ passed: number, failed: number }}
 */
function run(suite, name) {
	const counted = path.join(RESULTS, `${suite}-${name}.json`);
	rmSync(counted, { force: true });
	const { status } = spawnSync(
		process.execPath,
		[JEST, '--config', `jest.${suite}.config.cjs`, ...args],
		{
			cwd: PROJECT_ROOT,
			env: { ...process.env, PLAYGROUND_N8N: name },
			stdio: 'inherit',
		},
	);
	try {
		const { passed, failed } = JSON.parse(readFileSync(counted, 'utf8'));
		return { passed, failed: status === 0 ? failed : Math.max(failed, 1) };
	} catch {
		// A run that left no count did not reach its tests.
		return { passed: 0, failed: 1 };
	}
}

const counts = allN8ns().flatMap((name) => [
	run('e2e', name),
	...(name === DEFAULT_N8N ? [] : [run('engine', name)]),
]);
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
const total = { passed: sum('passed'), failed: sum('failed') };
mkdirSync(RESULTS, { recursive: true });
writeFileSync(path.join(RESULTS, 'e2e.json'), JSON.stringify(total));
console.log(`End to end: ${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
