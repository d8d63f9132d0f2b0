import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { summarize, type Profile } from './profile.mts';

/** When a node ran, by the machine's clock: milliseconds since 1970, and how many of them. */
export interface Span {
	startTime: number;
	executionTime: number;
}

/** How long other work in the same n8n had to wait while a node ran. */
export interface LoopDelay {
	/** Milliseconds; what perf_hooks.monitorEventLoopDelay calls the 99th percentile and the maximum. */
	p99: number;
	max: number;
	/** Share of the node's time in stretches longer than {@link LONG_STRETCH_MS}. */
	blocked: number;
}

/** Bytes of the process. */
export interface Memory {
	/** At most while the node ran. */
	peak: number;
	/** The peak, less what it had when the node began. */
	added: number;
}

export interface Meter {
	delays: Array<[at: number, delay: number]>;
	memory: Array<[at: number, bytes: number]>;
	/** Of the whole process, n8n's start and end included. */
	peak: number;
}

export const LONG_STRETCH_MS = 50;

/** Of a stretch that began before the span or ends after it, only what is inside counts. */
export function loopDelay({ delays }: Meter, { startTime, executionTime }: Span): LoopDelay {
	const end = startTime + executionTime;
	const within = delays
		.filter(([at, delay]) => at >= startTime && at - delay <= end)
		.map(([at, delay]) => Math.max(0, Math.min(at, end) - Math.max(at - delay, startTime)))
		.sort((a, b) => a - b);
	const long = within.filter((delay) => delay > LONG_STRETCH_MS);
	return {
		p99: within[Math.floor(within.length * 0.99)] ?? 0,
		max: within.at(-1) ?? 0,
		blocked: executionTime > 0 ? long.reduce((sum, delay) => sum + delay, 0) / executionTime : 0,
	};
}

export function memoryOf({ memory, peak }: Meter, { startTime, executionTime }: Span): Memory {
	const before = memory.filter(([at]) => at <= startTime).at(-1)?.[1] ?? 0;
	// A second more: while the loop is blocked, nobody looks.
	const end = startTime + executionTime + 1000;
	const within = memory.filter(([at]) => at >= startTime && at <= end).map(([, bytes]) => bytes);
	const highest = within.length > 0 ? Math.max(...within) : peak;
	return { peak: highest, added: highest - before };
}

/** What the preloaded meter.cjs leaves behind. */
export class MeterFolder {
	readonly env: Record<string, string>;

	private readonly folder: string;

	constructor(folder: string) {
		this.folder = folder;
		this.env = { BENCH_METER: folder };
	}

	/** Makes sure that what is read next comes from the process that is started next. */
	async clear({ profile = false } = {}): Promise<void> {
		await rm(this.file('meter.json'), { force: true });
		await rm(this.file('profile.json'), { force: true });
		if (profile) await writeFile(this.file('profile-wanted'), '');
		else await rm(this.file('profile-wanted'), { force: true });
	}

	async read(): Promise<Meter> {
		return JSON.parse(await readFile(this.file('meter.json'), 'utf8')) as Meter;
	}

	async readProfile(span: Span): Promise<Profile> {
		return summarize(await readFile(this.file('profile.json'), 'utf8'), span);
	}

	private file(name: string): string {
		return path.join(this.folder, name);
	}
}
