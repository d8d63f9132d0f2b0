import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { Expiring, personKey } from '../sendgrid/account';
import type { Invitation } from '../sendgrid/invitations';
import type { Person } from '../sendgrid/person';
import { RequestError } from '../transport/errors';
import { SingleFlight, tick, type Tick } from '../transport/singleFlight';

/** An item by its index; a person whom no item names, by account and address. */
export type ItemKey = number | string;

/** What was done for a person: the wish, and its outcome. */
interface Handled {
	wish: string;
	records: IDataObject[];
}

/** What has been done about a leaver so far, in all tries. */
export interface Progress {
	revoked: boolean;
	deleted: boolean;
	/** Of teammates who were deleted. */
	usernames: string[];
	/** As SendGrid spells it. */
	address: string;
}

/** An invitation that was revoked to make room for a new one. */
export interface RevokedInvitation {
	token: string;
	isAdmin: boolean;
	scopes: readonly string[];
}

/** What was revoked of a person, for a new invitation that has not been sent yet. */
interface Reinviting {
	revoked: RevokedInvitation[];
	/** Tokens of all invitations that the person had, revoked or not. */
	known: Set<string>;
	lastAt: Tick;
}

/** An item whose person isn't known yet. */
interface Locating {
	index: number;
	located: Promise<void>;
	isLocated: boolean;
}

/** How long an agent's calls know about each other, in milliseconds. */
const AGENT_MEMORY_MS = 5 * 60_000;

/** Each call of an agent is a run of its own. This is what its calls share. */
const unclearForAgents = new Expiring<RequestError>();
const begunByAgents = new Expiring<unknown>();

/** When a run, of a workflow or an agent, last finished its work on a person. */
const finishedAt = new Expiring<Tick>();

/** What the items of one run share, in all of n8n's tries. */
export class RunMemory {
	readonly readings = new SingleFlight();

	/** Texts that no message may show: the API keys of the items. */
	readonly secrets = new Set<string>();

	/** By person. */
	readonly handledPeople = new Map<string, Handled[]>();

	/** Work on people that has started and not finished, in all tries: by kind of work and person. */
	private readonly begun: Expiring<unknown>;

	private unfinished<State>(what: string, key: string, begin: () => State): State {
		const state = (this.begun.get(`${what} ${key}`) as State | undefined) ?? begin();
		this.begun.set(`${what} ${key}`, state, this.until);
		return state;
	}

	/**
	 * Usernames that were deleted, or tokens that were revoked: for messages and results. A later reading counts more.
	 *
	 * @param what one must not be taken for the other: nobody may see a token
	 * @param key of the person, in this account
	 */
	removedOf(what: 'deleted' | 'revoked', key: string): Set<string> {
		return this.unfinished(what, key, () => new Set());
	}

	/** @param key of the person, in this account */
	progressOf(key: string, address: string): Progress {
		return this.unfinished('offboard', key, () => ({
			revoked: false,
			deleted: false,
			usernames: [],
			address,
		}));
	}

	/**
	 * Invitations of a person that were revoked for a new one that has not been sent yet, with the part of their
	 * access that the new one has to give. Later steps must not take it away.
	 *
	 * @param key of the person, in this account
	 */
	revokedOf(key: string): readonly RevokedInvitation[] {
		return this.reinviting(key)?.revoked ?? [];
	}

	private reinviting(key: string): Reinviting | undefined {
		return this.begun.get(`reinvite ${key}`) as Reinviting | undefined;
	}

	/** @param all invitations of the person, as read before the first one was revoked */
	noteRevoked(key: string, invitation: RevokedInvitation, all: readonly Invitation[]): void {
		const state = this.unfinished('reinvite', key, (): Reinviting => {
			return { revoked: [], known: new Set(), lastAt: tick() };
		});
		state.revoked.push(invitation);
		for (const { token } of all) state.known.add(token);
		state.lastAt = tick();
	}

	/**
	 * Revoked access is only given again while nothing else has happened to the person. Otherwise somebody has decided
	 * since what the person should have.
	 *
	 * @param person as read since
	 */
	forgetRevokedAccess(key: string, { invitations, teammates }: Person): void {
		const state = this.reinviting(key);
		if (!state) return;
		const { revoked, known, lastAt } = state;
		const isRevoked = (token: string) => revoked.some((other) => other.token === token);
		const isAnother =
			// Unless the person has accepted an invitation that was not revoked.
			(teammates.length > 0 && [...known].every(isRevoked)) ||
			invitations.some(({ token }) => !known.has(token)) ||
			(finishedAt.get(key) ?? lastAt) > lastAt;
		if (!isAnother) return;
		state.revoked = revoked.map(({ token }) => ({ token, isAdmin: false, scopes: [] }));
	}

	/** The person has what they should have. Ends what agents' calls have begun, too. */
	finish(key: string): void {
		for (const what of ['deleted', 'revoked', 'offboard', 'reinvite']) {
			this.begun.delete(`${what} ${key}`);
			begunByAgents.delete(`${what} ${key}`);
		}
		finishedAt.set(key, tick(), Date.now() + AGENT_MEMORY_MS);
	}

	/** @param key of the person, in this account */
	remember(key: string, handled: Handled): void {
		const others = (this.handledPeople.get(key) ?? []).filter(({ wish }) => wish !== handled.wish);
		this.handledPeople.set(key, [...others, handled]);
	}

	/** When something was last done about a person in this run: earlier readings are out of date. */
	readonly lastWriteAt = new Map<string, Tick>();

	/**
	 * The results of items that succeeded. When n8n retries a run because one item failed, the others are answered
	 * from here, so nothing is sent twice.
	 */
	readonly results = new Map<ItemKey, INodeExecutionData[]>();

	/** In the order in which they started. */
	private readonly locating: Locating[] = [];

	/**
	 * Notes that an item's person isn't known yet, because it names a username or a token.
	 *
	 * @returns to be called as soon as its place among the items about the person is certain
	 */
	beginLocating(index: number): () => void {
		let end = () => {};
		const located = new Promise<void>((resolve) => {
			end = resolve;
		});
		const entry: Locating = { index, located, isLocated: false };
		this.locating.push(entry);
		return () => {
			entry.isLocated = true;
			end();
		};
	}

	/**
	 * Ends when the people of all earlier items are known. Starts with the last item, which is usually the last one
	 * to be located: otherwise thousands of rows would each wait for thousands of others.
	 */
	async allLocatedBefore(index: number): Promise<void> {
		for (let place = this.locating.length - 1; place >= 0; place -= 1) {
			const other = this.locating[place];
			if (other.index < index && !other.isLocated) await other.located;
		}
	}

	private readonly unclearWishes: Expiring<RequestError>;

	constructor(private readonly isOfAgent = false) {
		this.unclearWishes = isOfAgent ? unclearForAgents : new Expiring();
		this.begun = isOfAgent ? begunByAgents : new Expiring();
	}

	/** Whether it is unknown if any item has carried out a wish. */
	unclearWish(key: string): RequestError | undefined {
		return this.unclearWishes.get(key);
	}

	noteUnclearWish(key: string, error: RequestError): void {
		this.unclearWishes.set(key, error, this.until);
	}

	private get until(): number {
		return this.isOfAgent ? Date.now() + AGENT_MEMORY_MS : Infinity;
	}

	/** Items that may or may not have been carried out. A later try repeats that and sends nothing. */
	readonly unclear = new Map<ItemKey, RequestError>();

	/**
	 * Who was emailed for what, so that nobody gets two emails for the same wish. Holds an error if it is unknown
	 * whether the email was sent.
	 */
	readonly mailed = new Map<string, RequestError | undefined>();

	/** The items for which a request was sent that changes SendGrid's data. */
	readonly sent = new Set<ItemKey>();

	/** People whom no item names and whose offboarding has started. */
	readonly takenOff = new Map<string, Progress>();
}

/** In place of a wish that failed. */
const NO_WISH = '';

/** What the functions below need. */
interface Remembering {
	account: { key: string };
	memory: RunMemory;
}

const wishKey = (account: { key: string }, name: string, wish: string): string =>
	`${personKey(account, name)} ${wish}`;

/**
 * @throws RequestError if it is unknown whether a wish about a person has been carried out: in the words of the
 *   operation that tried, which may be another one
 */
export function refuseUnclear({ account, memory }: Remembering, name: string, wish: string): void {
	const unclear = memory.unclearWish(wishKey(account, name, wish));
	if (unclear) throw unclear;
}

/**
 * Runs work on a person, unless it is unknown whether that was done before: then nothing is read or sent, and the
 * answer stays unclear.
 *
 * @param name the wish's person, as in `withPersonLock`, which must be held
 * @param wish distinguishes wishes
 * @throws RequestError
 */
export async function unlessUnclear<Result>(
	remembering: Remembering,
	name: string,
	wish: string,
	work: () => Promise<Result>,
): Promise<Result> {
	const { account, memory } = remembering;
	refuseUnclear(remembering, name, wish);
	return await work().catch((thrown: unknown) => {
		if (thrown instanceof RequestError && thrown.isUnclear)
			memory.noteUnclearWish(wishKey(account, name, wish), thrown);
		throw thrown;
	});
}

/**
 * Runs work on a person once in a run: further items with the same wish are answered from the first, before
 * anything is read. What is unclear stays unclear, and nothing more is sent for it.
 *
 * @param name the wish's person, as in `withPersonLock`
 * @param wish distinguishes wishes
 * @param again how a further item is answered
 * @param isRepeatable whether the wish counts again after another one about the same person
 */
export async function oncePerRun(
	remembering: Remembering,
	name: string,
	wish: string,
	work: () => Promise<IDataObject[]>,
	again: (records: IDataObject[]) => IDataObject[] = (records) => records,
	isRepeatable = false,
): Promise<IDataObject[]> {
	return await unlessUnclear(remembering, name, wish, async () => {
		const { account, memory } = remembering;
		const key = personKey(account, name);
		const handled = memory.handledPeople.get(key) ?? [];
		const earlier = handled.find((other) => other.wish === wish);
		// Whatever was done for another wish since then counts.
		const known = isRepeatable && handled[handled.length - 1] !== earlier ? undefined : earlier;
		if (known) return again(known.records);
		const records = await work().catch((thrown: unknown) => {
			// It may have been half done, so that an earlier answer is out of date.
			if (isRepeatable) memory.remember(key, { wish: NO_WISH, records: [] });
			throw thrown;
		});
		memory.remember(key, { wish, records });
		return records;
	});
}
