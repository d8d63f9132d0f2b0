import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { mergePolls, simulateAllPolls, type PollSummary } from './polls/simulatePolls.mts';
import { merge, simulateAll, type Summary } from './simulate.mts';

const USAGE = `Plays histories of the built node on a virtual clock, and judges what it says.

  npm run simulate -- [--histories 2000] [--seed 1] [--verbose] [--workers 2]
  npm run simulate -- --polls 2000 [--seed 1] [--verbose] [--workers 2]

--polls: histories of the trigger's polls instead of operations.
A failing seed plays again alone: npm run simulate -- --histories 1 --seed <it> --verbose`;

interface Task {
	seed: number;
	histories: number;
	step: number;
	isVerbose: boolean;
	/** Whether they are histories of polls. */
	isOfPolls: boolean;
}

function* seedsOf({ seed, histories, step }: Task): Generator<number> {
	for (let done = 0; done < histories; done += 1) yield seed + done * step;
}

/** One process per core, because the clock of a history belongs to the whole process. */
async function inProcess<Result>(task: Task): Promise<Result> {
	const child = fork(import.meta.filename, ['--worker'], { serialization: 'advanced' });
	child.send(task);
	return await new Promise<Result>((done, fail) => {
		child.once('message', (summary) => done(summary as Result));
		child.once('exit', (code) => fail(new Error(`a worker ended with ${code}`)));
	});
}

function print(
	{ histories, items, answered, broken, failing }: Summary,
	seconds: number,
	isVerbose: boolean,
) {
	for (const { seed, findings, trace, needsOthers } of failing) {
		const note = needsOthers ? ', only after those that were played before it' : '';
		if (isVerbose) console.log(`${trace}\n`);
		if (!isVerbose || needsOthers) console.log(`seed ${seed}${note}`);
		if (!isVerbose) {
			for (const { law, run, item, what } of findings) {
				console.log(
					`   ${law}, run ${run}${item === undefined ? '' : ` item ${item}`}: ${what.slice(0, 240)}`,
				);
			}
		}
	}
	const untrue = (broken.untrue ?? 0) + (broken.needless ?? 0);
	const laws = Object.entries(broken).sort();
	console.log(
		[
			`${histories} histories, ${items} items, ${answered} answers judged, ${seconds.toFixed(1)} s`,
			`failing histories: ${failing.length}`,
			`untrue answers and needless failures: ${untrue}, ${((1000 * untrue) / Math.max(1, answered)).toFixed(2)} of 1,000`,
			...laws.map(([law, count]) => `  ${law}: ${count}`),
		].join('\n'),
	);
}

function printPolls(
	{ histories, polls, failures, events, broken, failing }: PollSummary,
	seconds: number,
	isVerbose: boolean,
) {
	for (const { seed, findings, trace } of failing) {
		if (isVerbose) console.log(`${trace}\n`);
		else {
			console.log(`seed ${seed}`);
			for (const { law, poll, what } of findings) {
				console.log(`   ${law}, poll ${poll}: ${what.slice(0, 240)}`);
			}
		}
	}
	console.log(
		[
			`${histories} histories of polls, ${polls} polls, ${failures} of them failed, ${events} events judged, ${seconds.toFixed(1)} s`,
			`failing histories: ${failing.length}`,
			...Object.entries(broken)
				.sort()
				.map(([law, count]) => `  ${law}: ${count}`),
		].join('\n'),
	);
}

const playOperations = async (task: Task) => await simulateAll(seedsOf(task), task);

const playPolls = async (task: Task) => await simulateAllPolls(seedsOf(task), task.isVerbose);

/** Plays a kind of histories on all cores. */
async function playAll<Result>(
	tasks: readonly Task[],
	play: (task: Task) => Promise<Result>,
	merged: (results: readonly Result[]) => Result,
): Promise<Result> {
	if (tasks.length === 1) return await play(tasks[0]);
	return merged(await Promise.all(tasks.map(async (task) => await inProcess<Result>(task))));
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			histories: { type: 'string', default: '2000' },
			polls: { type: 'string' },
			seed: { type: 'string', default: '1' },
			workers: { type: 'string', default: String(availableParallelism()) },
			verbose: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const isOfPolls = values.polls !== undefined;
	const wanted = values.polls ?? values.histories;
	const [histories, seed, workers] = [wanted, values.seed, values.workers].map(Number);
	if (![histories, seed, workers].every((value) => Number.isSafeInteger(value) && value > 0)) {
		throw new Error(USAGE);
	}
	const isVerbose = values.verbose;
	const startedAt = performance.now();
	const count = Math.min(workers, histories);
	const tasks = Array.from({ length: count }, (_, index) => ({
		seed: seed + index,
		histories: Math.ceil((histories - index) / count),
		step: count,
		isVerbose,
		isOfPolls,
	}));
	const secondsSince = () => (performance.now() - startedAt) / 1000;
	if (isOfPolls) {
		const summary = await playAll(tasks, playPolls, mergePolls);
		printPolls(summary, secondsSince(), isVerbose);
		if (summary.failing.length > 0) process.exitCode = 1;
		return;
	}
	const summary = await playAll(tasks, playOperations, merge);
	print(summary, secondsSince(), isVerbose);
	if (summary.failing.length > 0) process.exitCode = 1;
}

if (process.argv.includes('--worker')) {
	process.once('message', async (task: Task) => {
		const summary = await (task.isOfPolls ? playPolls(task) : playOperations(task));
		process.send?.(summary, () => process.disconnect());
	});
} else {
	await main();
}
