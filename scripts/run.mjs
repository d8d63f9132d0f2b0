/**
 * The start of every npm script: installs what is missing, then runs a script of this project on the Node.js of the
 * development packages, with all further arguments.
 *
 *     node scripts/run.mjs sandbox/cli.mts --help
 *     node scripts/run.mjs --build test/simulation/cli.mts         after a build
 *     node scripts/run.mjs --playground bench/bench.mts            with a real n8n, and after a build
 *     node scripts/run.mjs --playground=all scripts/e2e.mjs        with each of them
 *     node scripts/run.mjs --demo playground/commands/demo.mts     with a real n8n, and with no more than that needs
 *
 * In one step, because `.npmrc` keeps npm from running any script by itself, `pre…` scripts included, and because a
 * shell keeps the Node.js that it found first: `node … && node …` would not do.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { install } from './install.mjs';
import { allN8ns, developmentNode, modulesOfN8n, nodeBinary } from './n8ns.mjs';
import { oneN8n, PROJECT_ROOT } from './n8ns.mjs';
import { npm, run } from './npm.mjs';

const OPTION = /^--(build|demo|playground)(?:=(.+))?$/;

const args = process.argv.slice(2);
const options = new Map();
while (OPTION.test(args[0] ?? '')) {
	const [, option, value] = args.shift()?.match(OPTION) ?? [];
	options.set(option, value);
}
const [script, ...others] = args;
if (script === undefined || !existsSync(path.join(PROJECT_ROOT, script))) {
	console.error('Usage: node scripts/run.mjs [--build | --demo | --playground[=all]] <script> …');
	process.exit(2);
}

const isInN8n = options.has('playground') || options.has('demo');
const n8ns = options.get('playground') === 'all' ? allN8ns() : oneN8n();
// Without most of the development packages there is n8n's, which is the same.
const node = options.has('demo') ? nodeBinary(modulesOfN8n(n8ns[0])) : developmentNode;

/** @param {{ command: string, args: string[], shell?: boolean }} call */
const step = async (call) =>
	await run(call, {
		cwd: PROJECT_ROOT,
		// As npm does for its scripts, so that everything below runs on the same Node.js.
		env: { PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) },
	});

const isInstalled = await install({
	packages: options.has('demo') ? 'demo' : 'all',
	n8ns: isInN8n ? n8ns : [],
});
let code = isInstalled ? 0 : 1;
if (code === 0 && (isInN8n || options.has('build'))) code = await step(npm(['run', 'build']));
if (code === 0) code = await step({ command: node, args: [script, ...others] });
process.exitCode = code;
