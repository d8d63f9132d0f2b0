import type { Measured, Outcome, Traffic } from './measuredN8n.mts';

/** Who does the work. `ours` is the node of this package. */
export type Who =
	| 'ours'
	| 'floor'
	| 'httpDefaults'
	| 'httpDefaultBatching'
	| 'httpTuned'
	| 'handBuilt'
	| 'lookUpEach';

export const NAMES: Record<Who, string> = {
	ours: 'this node',
	floor: 'bare declarative node',
	httpDefaults: 'HTTP Request, defaults',
	httpDefaultBatching: "HTTP Request, n8n's default batching",
	httpTuned: 'HTTP Request, tuned by hand',
	handBuilt: 'HTTP Request, lists read once',
	lookUpEach: 'HTTP Request, a look-up for each item',
};

export type LimitedRun = { who: Who; seconds: number } & Outcome & Traffic;

/** One limit, and how each candidate got along with it. */
export interface Limited {
	title: string;
	limit: number;
	windowMs: number;
	/** Of all workflows together. */
	items: number;
	workflows: number;
	/** Whether this limit is SendGrid's own, so that the bars hold; else it is only a figure. */
	hasBars: boolean;
	runs: LimitedRun[];
}

/** Runs without a limit, all of the same people. */
export interface Speed {
	items: number;
	/** Each round in turn. */
	rounds: Array<Record<'ours' | 'floor' | 'httpDefaults', Measured>>;
}

export interface Spent {
	who: Who;
	requests: number;
	/** Requests that were not answered with 2xx. */
	unsuccessful: number;
	mails: number;
	/** Permissions of teammates that were changed. */
	updates: number;
	/** All nodes that do the work together. */
	seconds: number;
}

export interface Task {
	title: string;
	/** Bar for this node. */
	maxRequests?: number;
	runs: Spent[];
}

export interface GrowthRun {
	who: Who;
	items: number;
	failed: number;
	reason?: string;
	seconds: number;
	memory: Measured['memory'];
}

export interface Machine {
	cpu: string;
	cores: number;
	memory: number;
	system: string;
}

export interface Figures {
	/** ISO 8601. */
	takenAt: string;
	seconds: number;
	complete: boolean;
	machine: Machine;
	versions: { node: string; n8n: string; package: string };
	latencyMs: number;
	limits?: Limited[];
	speed?: Speed;
	tasks?: Task[];
	growth?: GrowthRun[];
}
