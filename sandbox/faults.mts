import type { Region } from './model.mts';

/** 'after': the change is made and the email recorded, then the fault strikes. */
export type When = 'before' | 'after';

/**
 * How a 429 says when to come back: X-RateLimit-Reset as epoch seconds (documented), as seconds from now
 * (documented for another endpoint), as epoch milliseconds, already past (a clock that differs), a Retry-After, or
 * nothing at all.
 */
export type ResetForm =
	| 'epoch'
	| 'epoch-milliseconds'
	| 'delta'
	| 'past-epoch'
	| 'retry-after'
	| 'none';

export type Fault =
	/** Not executed. `seconds` until (or since, 'past-epoch') the reset; `date` in place of the right one. */
	| { kind: 'rate-limited'; header: ResetForm; seconds: number; date?: string }
	/** `body`: a string goes out as it is, anything else as JSON. */
	| { kind: 'status'; status: number; when: When; body?: unknown; contentType?: string }
	/** The connection ends without an answer. */
	| { kind: 'drop'; when: When }
	/** The right answer, `ms` late. */
	| { kind: 'slow'; ms: number }
	/** No answer while the client waits. */
	| { kind: 'hang'; when: When }
	/** 504 at once; the change is made `ms` later. */
	| { kind: 'late'; ms: number }
	/** Answered as if the change had been made, and it is not. */
	| { kind: 'not-applied' }
	/** Status, headers and the beginning of the body, then a byte now and then, forever. */
	| { kind: 'dribble'; when: When }
	/** A gateway's page in place of JSON. */
	| { kind: 'html'; status: number; when: When }
	/** The right status, the first half of the body, a Content-Length that fits the half. */
	| { kind: 'truncated-json' }
	/** The right status and no body. */
	| { kind: 'empty-body' }
	/** The right JSON, labelled as HTML. */
	| { kind: 'wrong-content-type' }
	/** The right answer with every key `from` called `to`, at any depth. */
	| { kind: 'rename'; from: string; to: string };

export interface FaultRule {
	/** Any if left out; case is ignored. */
	method?: string;
	/** Tested against the path as sent, without the query; a string is a pattern's source. */
	path?: RegExp | string;
	/** How many requests it strikes; default 1, Infinity for no end. */
	times?: number;
	/** 0 to 1, default 1. A repeatable sequence, restarted at every reset. */
	probability?: number;
	host?: Region;
	fault: Fault;
}

/** A rule as listed by the control endpoint. `timesLeft` null: no end. */
export interface ListedFault {
	id: number;
	method: string | null;
	path: string | null;
	host: Region | null;
	probability: number;
	timesLeft: number | null;
	fault: Fault;
}

interface ActiveRule {
	id: number;
	method: string | null;
	path: RegExp | null;
	host: Region | null;
	probability: number;
	timesLeft: number;
	fault: Fault;
}

const SEED = 20_240_601;

/** The faults to come. One request meets one fault at most: the oldest rule that matches. */
export class FaultBook {
	private rules: ActiveRule[] = [];
	private nextId = 1;
	private randomState = SEED;

	/** Returns the rule's id. Throws a SyntaxError if `path` isn't a valid pattern. */
	add(rule: FaultRule): number {
		const id = this.nextId++;
		this.rules.push({
			id,
			method: rule.method?.toUpperCase() ?? null,
			path: rule.path === undefined ? null : new RegExp(rule.path),
			host: rule.host ?? null,
			probability: rule.probability ?? 1,
			timesLeft: rule.times ?? 1,
			fault: rule.fault,
		});
		return id;
	}

	/** False if there is no such rule (any more). */
	remove(id: number): boolean {
		const before = this.rules.length;
		this.rules = this.rules.filter((rule) => rule.id !== id);
		return this.rules.length < before;
	}

	clear(): void {
		this.rules = [];
		this.randomState = SEED;
	}

	list(): ListedFault[] {
		return this.rules.map((rule) => ({
			...rule,
			path: rule.path?.source ?? null,
			timesLeft: Number.isFinite(rule.timesLeft) ? rule.timesLeft : null,
		}));
	}

	/** The fault for this request, used up by being taken. */
	take(method: string, path: string, host: Region): Fault | undefined {
		const rule = this.rules.find(
			(candidate) =>
				(candidate.method === null || candidate.method === method) &&
				(candidate.host === null || candidate.host === host) &&
				(candidate.path === null || path.search(candidate.path) >= 0) &&
				(candidate.probability >= 1 || this.random() < candidate.probability),
		);
		if (!rule) return undefined;
		rule.timesLeft -= 1;
		if (rule.timesLeft <= 0) this.remove(rule.id);
		return rule.fault;
	}

	/** Mulberry32: small, and the same sequence in every run, so that a failure can be repeated. */
	private random(): number {
		this.randomState = (this.randomState + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.randomState ^ (this.randomState >>> 15), 1 | this.randomState);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}
}
