/**
 * `npm run bench`: measures the node in a real n8n beside n8n's HTTP Request node and a bare declarative node, and
 * writes docs/benchmarks.md with its plot.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

import { chosenN8n } from '../playground/n8n/runtime.mts';
import { measureGrowth } from './growth.mts';
import { measureLimits } from './limits.mts';
import { benchFolder, LATENCY_MS, MeasuredN8n, projectRoot } from './measuredN8n.mts';
import { limitChart, report, type Figures } from './report.mts';
import { measureRequests } from './requests.mts';
import { measureSpeed } from './speed.mts';

const ITEMS = 1000;
const ROUNDS = 3;
const PARTS = ['limit', 'speed', 'requests', 'growth'];

const { values } = parseArgs({
	options: {
		/** Invitations of a run; the other sizes follow from it. */
		items: { type: 'string', default: String(ITEMS) },
		only: { type: 'string', default: PARTS.join() },
		/** Writes the page again from what the last run has measured. */
		render: { type: 'boolean', default: false },
	},
});
const items = Number(values.items);
const complete = items === ITEMS && values.only === PARTS.join();
const startedAt = Date.now();
const seconds = () => (Date.now() - startedAt) / 1000;

async function versionOf(...folder: string[]): Promise<string> {
	const manifest = await readFile(path.join(projectRoot, ...folder, 'package.json'), 'utf8');
	return (JSON.parse(manifest) as { version: string }).version;
}

async function measureAll(): Promise<Figures> {
	const takenAt = new Date().toISOString();
	const wants = (part: string) => values.only.split(',').includes(part);
	const modules = ['.playground', chosenN8n(), 'node_modules'];
	const n8n = await MeasuredN8n.create((text) => console.log(`[${seconds().toFixed()} s] ${text}`));
	try {
		return {
			takenAt,
			complete,
			machine: {
				cpu: cpus()[0].model.trim(),
				cores: cpus().length,
				memory: totalmem(),
				system: `${type()} ${release()}`,
			},
			versions: {
				node: await versionOf(...modules, 'node'),
				n8n: await versionOf(...modules, 'n8n'),
				package: await versionOf(),
			},
			latencyMs: LATENCY_MS,
			limits: wants('limit') ? await measureLimits(n8n, items) : [],
			speed: wants('speed') ? await measureSpeed(n8n, items, ROUNDS) : undefined,
			tasks: wants('requests') ? await measureRequests(n8n) : [],
			growth: wants('growth') ? await measureGrowth(n8n, [items / 10, items, items * 10]) : [],
			seconds: seconds(),
		};
	} finally {
		await n8n.close();
	}
}

const kept = path.join(benchFolder, complete ? 'figures.json' : 'figures-of-a-part.json');
const folder = complete ? path.join(projectRoot, 'docs') : benchFolder;
await mkdir(benchFolder, { recursive: true });
if (!values.render) await writeFile(kept, JSON.stringify(await measureAll(), null, '\t'));
const figures = JSON.parse(await readFile(kept, 'utf8')) as Figures;
const page = path.join(folder, 'benchmarks.md');
const style = { ...(await resolveConfig(page)), parser: 'markdown' };
await writeFile(page, await format(report(figures), style));
if (figures.limits.length > 0) {
	await writeFile(path.join(folder, 'benchmarks.svg'), limitChart(figures.limits));
}
console.log(`Written: ${path.relative(projectRoot, page)}`);
