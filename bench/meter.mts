import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/** When a node ran, by the machine's clock: milliseconds since 1970, and how many of them. */
export interface Span {
	startTime: number;
	executionTime: number;
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

/**
 * Longest time in milliseconds for which other work in the same n8n had to wait while a node ran. Of a stretch that
 * began before the span or ends after it, only what is inside counts.
 */
export function longestHold({ delays }: Meter, { startTime, executionTime }: Span): number {
	const end = startTime + executionTime;
	const within = delays
		.filter(([at, delay]) => at >= startTime && at - delay <= end)
		.map(([at, delay]) => Math.min(at, end) - Math.max(at - delay, startTime));
	return Math.max(0, ...within);
}

export function memoryOf({ memory, peak }: Meter, { startTime, executionTime }: Span): Memory {
	const before = memory.filter(([at]) => at <= startTime).at(-1)?.[1] ?? 0;
	// A second more: while the loop is blocked, nobody looks.
	const end = startTime + executionTime + 1000;
	const within = memory.filter(([at]) => at >= startTime && at <= end).map(([, bytes]) => bytes);
	const highest = within.length > 0 ? Math.max(...within) : peak;
	return { peak: highest, added: highest - before };
}

/** Where the preloaded meter.cjs leaves what it has seen. */
export class MeterFile {
	readonly env: Record<string, string>;

	private readonly file: string;

	constructor(folder: string) {
		this.file = path.join(folder, 'meter.json');
		this.env = { BENCH_METER: folder };
	}

	/** Makes sure that what is read next comes from the process that is started next. */
	async clear(): Promise<void> {
		await rm(this.file, { force: true });
	}

	async read(): Promise<Meter> {
		return JSON.parse(await readFile(this.file, 'utf8')) as Meter;
	}
}
