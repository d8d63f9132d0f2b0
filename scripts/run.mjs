/**
 * What the npm scripts begin with: installs what is missing, then runs a script of this project on the
 * Node.js of the development packages, with all further arguments.
 *
 *     node scripts/run.mjs sandbox/cli.mts --help
 *     node scripts/run.mjs --build test/simulation/cli.mts      after a build
 *     node scripts/run.mjs --playground playground/demo.mts     with a real n8n, and after a build
 *     node scripts/run.mjs --playground=all scripts/e2e.mjs     with each of them
 *
 * In one step, because `.npmrc` keeps npm from running any script by itself, `pre…` scripts included, and
 * because a shell that has found another Node.js once keeps to it: `node … && node …` would not do.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { install, npm, run } from './install.mjs';
import { developmentNode, PROJECT_ROOT } from './n8ns.mjs';

const OPTION = /^--(build|playground)(?:=(.+))?$/;

const args = process.argv.slice(2);
const options = new Map();
while (OPTION.test(args[0] ?? '')) {
	const [, option, value] = args.shift()?.match(OPTION) ?? [];
	options.set(option, value);
}
const [script, ...others] = args;
if (script === undefined || !existsSync(path.join(PROJECT_ROOT, script))) {
	console.error('Usage: node scripts/run.mjs [--build | --playground[=<name>]] <script> …');
	process.exit(2);
}

/** @param {string} command @param {string[]} given @param {boolean} [shell] */
const step = async (command, given, shell = false) =>
	await run(
		{ command, args: given, shell },
		{
			cwd: PROJECT_ROOT,
			stdin: 'inherit',
			// As npm does for its scripts, so that everything below runs on the same Node.js.
			env: { PATH: [path.dirname(developmentNode), process.env.PATH].join(path.delimiter) },
		},
	);

let code = (await install({
	playground: options.has('playground'),
	name: options.get('playground'),
}))
	? 0
	: 1;
if (code === 0 && (options.has('playground') || options.has('build'))) {
	const { command, args: own, shell } = npm();
	code = await step(command, [...own, 'run', 'build'], shell);
}
if (code === 0) code = await step(developmentNode, [script, ...others]);
process.exitCode = code;
