/**
 * `npm run bench`: measures the node in a real n8n beside n8n's HTTP Request node and a bare declarative node, and
 * writes docs/benchmarks.md with its plot.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type as systemType } from 'node:os';
import path from 'node:path';

import { chosenN8n } from '../playground/n8n/runtime.mts';
import type { Figures, Machine } from './figures.mts';
import { measureGrowth } from './growth.mts';
import { measureLimits } from './limits.mts';
import { isComplete, readOptions, USAGE, type Options } from './options.mts';
import { Progress } from './progress.mts';
import { publish } from './publish.mts';
import { measureRequests } from './requests.mts';
import { measureSpeed } from './speed.mts';
import { benchFolder, LATENCY_MS, projectRoot, MeasuredN8n } from './measuredN8n.mts';

function machine(): Machine {
	const all = cpus();
	return {
		cpu: all[0]?.model.trim() ?? 'unknown',
		cores: all.length,
		memory: totalmem(),
		system: `${systemType()} ${release()}`,
	};
}

async function versionOf(...folder: string[]): Promise<string> {
	const file = path.join(projectRoot, ...folder, 'package.json');
	return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}

async function measureAll(options: Options): Promise<Figures> {
	const { items, rounds, parts } = options;
	const progress = new Progress();
	const takenAt = new Date().toISOString();
	const modules = ['.playground', chosenN8n(), 'node_modules'];
	const versions = {
		node: await versionOf(...modules, 'node'),
		n8n: await versionOf(...modules, 'n8n'),
		package: await versionOf(),
	};
	const figures: Omit<Figures, 'seconds'> = {
		takenAt,
		complete: isComplete(options),
		machine: machine(),
		versions,
		latencyMs: LATENCY_MS,
	};
	const wants = (part: Options['parts'][number]) => parts.includes(part);
	const measuredN8n = await MeasuredN8n.create((step) => progress.say(step));
	try {
		if (wants('limit')) figures.limits = await measureLimits(measuredN8n, items, progress);
		if (wants('speed')) {
			figures.speed = await measureSpeed(measuredN8n, { items, rounds }, progress);
		}
		if (wants('requests')) figures.tasks = await measureRequests(measuredN8n, progress);
		if (wants('growth')) {
			figures.growth = await measureGrowth(measuredN8n, [items / 10, items, items * 10], progress);
		}
	} finally {
		await measuredN8n.close();
	}
	progress.say('Done');
	return { ...figures, seconds: progress.seconds };
}

const figuresFile = (complete: boolean) =>
	path.join(benchFolder, complete ? 'figures.json' : 'figures-of-a-part.json');

const options = readOptions(process.argv.slice(2));
if (options.help) {
	console.log(USAGE);
} else {
	await mkdir(benchFolder, { recursive: true });
	const kept = figuresFile(isComplete(options));
	if (!options.render) await writeFile(kept, JSON.stringify(await measureAll(options), null, '\t'));
	const figures = JSON.parse(await readFile(kept, 'utf8')) as Figures;
	const folder = figures.complete ? path.join(projectRoot, 'docs') : benchFolder;
	const text = await publish(figures, folder);
	console.log(`\n${text}\nWritten to ${path.relative(projectRoot, folder)}/`);
}
