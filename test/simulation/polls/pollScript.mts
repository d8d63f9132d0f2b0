import type { Behaviours } from '../../../sandbox/behaviours.mts';
import type { FaultRule } from '../../../sandbox/faults.mts';
import type { RateLimitRule } from '../../../sandbox/rate-limits.mts';
import type { NetworkSettings } from '../network.mts';
import type { Act, PersonPlan } from '../script.mts';

/**
 * How n8n keeps the static data of a trigger.
 *
 * - `classic`: one workflow in memory, stored when it is activated and when a poll has events. The default of
 *   both lines.
 * - `scheduled`: a workflow for each poll out of what is stored, stored when a poll has events.
 * - `durable`: the same, stored after each poll (n8n's durable cursors).
 */
export type Keeping = 'classic' | 'scheduled' | 'durable';

/** Events for the account's people, in addition to those in histories of operations. */
export type Happening =
	| Act['what']
	/** An identity provider gives access. */
	| { kind: 'signOn' }
	| { kind: 'demote' }
	| { kind: 'withdraw'; scopes: string[] }
	/** Asks for access to a feature. */
	| { kind: 'ask' }
	/** The request is answered by somebody. */
	| { kind: 'answer' }
	/** Changes the address; of somebody whose username it is, that as well. */
	| { kind: 'rename' }
	/** The owner does. */
	| { kind: 'renameOwner' };

export interface PollAct {
	/** Milliseconds after the beginning, or after the request that it waits for. */
	at: number;
	/** Waits for the first request after that moment like this one. */
	after?: { method: string; path: RegExp };
	email: string;
	what: Happening;
}

/** What n8n does. */
export type N8nAct =
	/** The next poll is due, whether or not the last one has ended. */
	| { at: number; kind: 'poll'; isDiscarded?: boolean }
	/** n8n ends in the middle of its work, and starts again. */
	| { at: number; kind: 'restart' }
	/** The workflow is deactivated and activated again. */
	| { at: number; kind: 'reactivate' }
	/** n8n's clock is set this many milliseconds ahead. */
	| { at: number; kind: 'clock'; ahead: number };

/** A temporary disturbance. */
export interface Spell {
	from: number;
	to: number;
	what:
		| { kind: 'fault'; rule: FaultRule }
		/** Something between n8n and SendGrid drops the question: each page is the first. */
		| { kind: 'stuckPages'; path: RegExp; page: number };
}

/** Everything that a history of polls is made of. */
export interface PollScript {
	seed: number;
	/** Start time, in epoch milliseconds. */
	startsAt: number;
	keeping: Keeping;
	/** Of n8n 2.x; the older line gives a poll no time limit. */
	budgetMs?: number;
	/** How long n8n takes from fetching what is stored to the poll, in milliseconds. */
	fetchMs: number;
	events: string[];
	expiresWithinDays: number;
	people: PersonPlan[];
	behaviours: Partial<Behaviours>;
	/** How many milliseconds each list lags behind. */
	lag: { teammates: number; invitations: number };
	rateLimit?: RateLimitRule;
	network: NetworkSettings;
	spells: Spell[];
	acts: PollAct[];
	n8n: N8nAct[];
}
