/**
 * `npm run attack`: attacks that must not succeed, in each n8n, with their outcomes as a table. Exit code 1 if one
 * gets through. Arguments go to jest: `npm run attack -- -t "gzip bomb"`.
 *
 * The environment variable PLAYGROUND_N8N, such as `n8n-1`, names the only n8n to attack.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { allN8ns, PROJECT_ROOT } from './n8ns.mjs';

const JEST = path.join(PROJECT_ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const RESULTS = path.join(PROJECT_ROOT, '.test-results');

/** @typedef {{ attack: string, expected: string, happened: string, gotThrough: boolean }} Row */

/**
 * @param {string} n8n by the name of its folder
 * @returns {Row[]}
 */
function attackOn(n8n) {
	const file = path.join(RESULTS, `attack-${n8n}.json`);
	rmSync(file, { force: true });
	console.log(`Attacking ${n8n}, some minutes …`);
	const { status, stderr } = spawnSync(
		process.execPath,
		[JEST, '--config', 'jest.attack.config.cjs', '--silent', ...process.argv.slice(2)],
		{
			cwd: PROJECT_ROOT,
			env: { ...process.env, PLAYGROUND_N8N: n8n, ATTACK_RESULTS: file },
			stdio: ['ignore', 'ignore', 'pipe'],
			encoding: 'utf8',
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	const rows = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
	if (rows.length > 0 && (status === 0 || rows.some(({ gotThrough }) => gotThrough))) return rows;
	console.error(stderr);
	const happened = 'the attacks did not run to their end';
	return [...rows, { attack: 'All of them', expected: 'are tried', happened, gotThrough: true }];
}

/** @param {string} text @param {number} width */
const cell = (text, width) =>
	text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** @param {string} n8n @param {Row[]} rows */
function print(n8n, rows) {
	const WIDTHS = [10, 76, 62, 46];
	const line = (/** @type {string[]} */ texts) =>
		texts
			.map((text, index) => cell(text, WIDTHS[index]))
			.join('  ')
			.trimEnd();
	console.log(`\n${line([n8n, 'Attack', 'What happened', 'Expected'])}`);
	for (const { attack, expected, happened, gotThrough } of rows) {
		console.log(line([gotThrough ? 'THROUGH' : 'held', attack, happened, expected]));
	}
}

mkdirSync(RESULTS, { recursive: true });
const all = allN8ns().map((n8n) => ({ n8n, rows: attackOn(n8n) }));
for (const { n8n, rows } of all) print(n8n, rows);
const rows = all.flatMap((one) => one.rows);
const got = rows.filter(({ gotThrough }) => gotThrough).length;
console.log(`\n${rows.length} attacks, ${rows.length - got} held, ${got} got through`);
process.exitCode = got > 0 ? 1 : 0;
