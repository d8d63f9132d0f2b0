import type { FaultRule } from '../../sandbox/faults.mts';
import type { RateLimitRule } from '../../sandbox/rate-limits.mts';
import type { Behaviours } from '../../sandbox/behaviours.mts';
import type { NetworkSettings } from './network.mts';

/** How disturbed a history is. Undisturbed: nothing goes wrong, and nobody else acts. */
export type Weather = 'undisturbed' | 'mild' | 'wild';

/** The access that an item wants for a person. */
export interface Access {
	kind: 'admin' | 'scopes' | 'persona' | 'teammate';
	/** For `scopes`; with a persona, the additional ones. */
	scopes: string[];
	persona?: string;
	/** For `teammate`: the person with the wanted access. */
	sameAs?: { by: 'email' | 'username'; value: string };
}

/** What one item asks for, in words that the oracle understands. */
export interface Ask {
	/** `invitation.invite` and so on. */
	operation: string;
	/** Name of the account in the stand-in. */
	account: string;
	/** As the item spells it. */
	email?: string;
	username?: string;
	token?: string;
	requestId?: number;
	access?: Access;
	mode?: string;
	ifPending?: string;
	expiresWithinDays?: number;
	ifAccessDiffers?: string;
	allowAdmins?: boolean;
	dryRun?: boolean;
	skipUngrantable?: boolean;
	/** Lists of people: everybody else goes, at most this many, and only at this domain if there is one. */
	others?: { most: number; domain?: string };
	/** Lists: read to the end. */
	returnAll?: boolean;
	limit?: number;
	/** Lists of teammates: whether invitations are in it too. */
	includesInvitations?: boolean;
	/** Whether the value is one that every version of the node has to refuse. */
	isInvalid?: boolean;
}

/** How n8n's clock and SendGrid's differ. */
export interface Clocks {
	/** How many milliseconds n8n's is ahead of SendGrid's, which is the true one. */
	aheadMs: number;
	/** Whether something between the two drops the header `Date`. */
	hasNoDate: boolean;
}

/** An API key with the limits of its credential. */
export interface KeyPlan {
	name: string;
	account: string;
	/** What the key may do; 'all': full access. */
	scopes: 'all' | string[];
	allowedEmailDomains: string;
	allowAdminAccess: boolean;
	allowDeletion: boolean;
}

export interface Item {
	ask: Ask;
	/** Name of the key of its credential. */
	key: string;
	/** The node's fields that differ from their defaults. */
	parameters: Record<string, unknown>;
	/** A field whose list the editor offers: its value is what the list has for the address. */
	fromList?: { field: string; email: string };
}

/** One node in one execution, or one agent with its calls. */
export interface RunPlan {
	/** Agents up to version 2 call the node as their tool, those from version 3 on run it as a workflow does. */
	entrance: 'workflow' | 'agent' | 'agentNode';
	/** Agents: whether the model makes all calls at once. */
	atOnce: boolean;
	/** Milliseconds after the start. */
	startsAt: number;
	items: Item[];
	continueOnFail: boolean;
	retryOnFail: boolean;
	maxTries: number;
	waitBetweenTries: number;
	/** Milliseconds after the run's start. */
	cancelAfter?: number;
}

export interface PersonPlan {
	email: string;
	username?: string;
	first_name?: string;
	last_name?: string;
	state: 'pending' | 'teammate';
	scopes: string[];
	role: 'owner' | 'admin' | 'teammate';
	isSso: boolean;
	/** Pending: seconds until it expires; negative: it has expired. */
	expiresInSeconds?: number;
	token?: string;
}

export interface AccountPlan {
	name: string;
	people: PersonPlan[];
	/** Usernames of teammates who have asked for a feature, with the number of the request. */
	requests: Array<{ username: string; group: string; scopes: string[] }>;
}

/** Something that somebody else does. */
export interface Act {
	/** Milliseconds after the beginning, or after the request that it waits for. */
	at: number;
	/** Waits for the first request of ours like this one. */
	after?: { method: string; path: RegExp };
	account: string;
	email: string;
	what:
		| { kind: 'accept' }
		| { kind: 'expire' }
		| { kind: 'invite'; access: Access }
		| { kind: 'resend' }
		| { kind: 'revoke' }
		| { kind: 'delete' }
		| { kind: 'promote' }
		| { kind: 'approve' }
		| { kind: 'deny' }
		| { kind: 'grant'; scopes: string[] };
}

/** Everything that a history is made of: drawn from one seed, or written by hand for a scenario. */
export interface Script {
	seed: number;
	weather: Weather;
	/** Name of the mix that it was drawn from. */
	mix?: string;
	/** Epoch milliseconds of the beginning. */
	startsAt: number;
	accounts: AccountPlan[];
	keys: KeyPlan[];
	behaviours: Partial<Behaviours>;
	rateLimit?: RateLimitRule;
	faults: FaultRule[];
	acts: Act[];
	network: NetworkSettings;
	/** Left out: they agree. */
	clocks?: Clocks;
	runs: RunPlan[];
}
