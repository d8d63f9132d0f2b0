import { sleep } from 'n8n-workflow';

import { isAddress, lockKey, personKey, type Account } from '../sendgrid/account';
import { StaleDecision, type Validity } from '../transport/client';
import { RequestError, SendGridError, type Wording } from '../transport/errors';
import { MAX_AGE_MS, tick } from '../transport/singleFlight';
import type { OperationContext } from './operation';
import { refuseUnclear } from './runMemory';

/** How late a waiter may notice that waiting has become pointless, in milliseconds. */
const MAX_NAP_MS = 200;

/** Who waits, and until when. */
export interface Contender {
	/** Items of one run wait for each other without a limit. Other runs wait for at most `maxWait`. */
	group: object;
	isCancelled: () => boolean;
	/** How long to wait for another group, in milliseconds. */
	maxWait: number;
}

/** Why the work was not started. */
export type NotBegun = 'cancelled' | 'overBudget';

interface Ticket {
	group: object;
	/** Set while it waits. */
	wake?: () => void;
}

/** Everybody who wants a key, in order of arrival. The first one has it. */
const queues = new Map<string, Ticket[]>();

function leave(key: string, ticket: Ticket): void {
	const queue = queues.get(key) ?? [];
	if (queue[0] === ticket) queue.shift();
	else queue.splice(queue.indexOf(ticket), 1);
	if (queue.length === 0) queues.delete(key);
	queue[0]?.wake?.();
}

/** @returns whether anybody was ahead, or why the turn never came */
async function turnOf(
	key: string,
	ticket: Ticket,
	{ group, isCancelled, maxWait }: Contender,
): Promise<boolean | NotBegun> {
	const queue = queues.get(key) ?? [];
	queue.push(ticket);
	queues.set(key, queue);
	if (queue[0] === ticket) return false;
	const woken = new Promise<void>((resolve) => {
		ticket.wake = resolve;
	});
	let waitedForOthers = 0;
	// In short steps, because nothing can interrupt n8n's `sleep`.
	while (!isCancelled()) {
		const since = Date.now();
		const holder = queues.get(key)?.[0];
		await Promise.race([woken, sleep(MAX_NAP_MS)]);
		if (queues.get(key)?.[0] === ticket) return true;
		if (holder?.group !== group) waitedForOthers += Date.now() - since;
		if (waitedForOthers >= maxWait) return 'overBudget';
	}
	return 'cancelled';
}

/**
 * Runs work once all earlier work with the same key has finished, successfully or not. Across the whole process,
 * since two workflows may be about the same person.
 *
 * @param work gets whether it had to wait
 * @returns the result of the work, or why it was not started
 */
export async function runExclusive<Result>(
	key: string,
	contender: Contender,
	work: (waited: boolean) => Promise<Result>,
): Promise<{ result: Result } | NotBegun> {
	const ticket: Ticket = { group: contender.group };
	try {
		const waited = await turnOf(key, ticket, contender);
		if (typeof waited === 'string') return waited;
		return { result: await work(waited) };
	} finally {
		leave(key, ticket);
	}
}

/** The next work on the person must not run into a half-finished change. */
const noteDoubt =
	(account: Account, name: string) =>
	(thrown: unknown): never => {
		if (thrown instanceof RequestError && thrown.isUnclear) account.noteDoubt(name, thrown);
		throw thrown;
	};

/**
 * Before a write that the rate limit has held back, readings older than this are repeated, in milliseconds. Only
 * once: otherwise a low limit would never let a write through.
 */
const FRESH_MS = 2_000;

/** How many decisions are made while no other item makes progress either, before giving up. */
const MAX_STALLED_ROUNDS = 3;

/** What is wanted, and about whom, as `unlessUnclear` takes it. */
interface Wished {
	name: string;
	wish: string;
}

const contenderFor = ({ account, memory, maxWait }: OperationContext): Contender => ({
	group: memory,
	maxWait,
	isCancelled: () => account.client.isCancelled(),
});

function notBegunError(why: NotBegun, { failureMessage }: Wording): SendGridError {
	return why === 'cancelled'
		? new SendGridError(
				`${failureMessage}: the execution was stopped`,
				'Run this item again if you still want it.',
			)
		: new SendGridError(
				`${failureMessage}: another execution has been busy with the same person for longer than 'Max Wait' allows`,
				"Run this item again, or allow a longer wait under 'Max Wait' in 'Options'.",
				{ cause: 'temporarily-unavailable' },
			);
}

/**
 * Runs work on a person while nothing else in this process does: of two items with the same address, in upper or
 * lower case, the second starts when the first has ended, and sees what the first has done. Items of one run are
 * served in their order, even if some name the address and others the username.
 *
 * An item may lock several names of one person, one after the other, and the same one twice. For each it waits while
 * an earlier write in doubt may still be carried out.
 *
 * @param name an address, or what `...Lock` gives: usernames and tokens come first, addresses inside, so that no
 * two items can wait for each other
 * @param wished what is passed to `unlessUnclear` inside: if it is unclear, a wait that ends too early does not
 * change that
 * @throws SendGridError if the wait was cancelled, or takes too long
 */
export async function withPersonLock<Result>(
	context: OperationContext,
	name: string,
	wording: Wording,
	work: () => Promise<Result>,
	wished?: Wished,
): Promise<Result> {
	const { account, memory, item } = context;
	const index = item.getItemIndex();
	if (isAddress(name)) return await withAddressLock(context, name, wording, work, wished);
	const endLocating = memory.beginLocating(index);
	account.onLocated = endLocating;
	try {
		// Waiting here must not keep other items from being read.
		await account.client.beforeFirst();
		return await whileLocked(context, name, wording, work, wished);
	} finally {
		endLocating();
	}
}

async function withAddressLock<Result>(
	context: OperationContext,
	address: string,
	wording: Wording,
	work: () => Promise<Result>,
	wished?: Wished,
): Promise<Result> {
	const { account, memory, item } = context;
	await account.client.beforeFirst();
	await memory.allLocatedBefore(item.getItemIndex());
	account.address = address;
	const working = whileLocked(context, address, wording, work, wished);
	// It is in the queue.
	account.onLocated();
	return await working;
}

async function whileLocked<Result>(
	context: OperationContext,
	name: string,
	wording: Wording,
	work: () => Promise<Result>,
	wished?: Wished,
): Promise<Result> {
	const { account, memory, item } = context;
	const key = lockKey(account, name);
	if (account.locks.has(key)) return await work();
	const outcome = await runExclusive(key, contenderFor(context), async (waited) => {
		const lastWriteAt = memory.lastWriteAt.get(key);
		if (waited) account.requireFreshReadings();
		else if (lastWriteAt !== undefined) account.requireFreshReadings(lastWriteAt);
		account.locks.add(key);
		try {
			if (wished) refuseUnclear(context, wished.name, wished.wish);
			await account.waitForDoubt(name, wording);
			const result = await work().catch(noteDoubt(account, name));
			// Whatever an earlier call or try has left unfinished is settled by that.
			if (memory.sent.has(item.getItemIndex())) memory.finish(personKey(account, name));
			return result;
		} finally {
			account.locks.delete(key);
			memory.lastWriteAt.set(key, tick());
		}
	});
	if (typeof outcome === 'object') return outcome.result;
	if (wished) refuseUnclear(context, wished.name, wished.wish);
	throw notBegunError(outcome, wording);
}

/**
 * Decides and writes. Decides again if the rate limit made the write wait so long that others may have changed
 * something, or if they have changed something while a write was in doubt. A write that may have been carried out
 * then stays unclear, unless it is sent again.
 *
 * A large batch takes many windows of the rate limit, and every item in it gets through. If none makes progress,
 * because reading uses up the limit and leaves nothing for writing, they decide and write one after the other.
 *
 * @param work gets the time until which its readings may be acted on
 */
export async function onFreshReadings<Result>(
	context: OperationContext,
	wording: Wording,
	work: (validUntil: (readAt: number) => Validity) => Promise<Result>,
): Promise<Result> {
	const { account, memory } = context;
	let maxAge = FRESH_MS;
	const decide = async () =>
		await work((readAt) => ({
			latest: readAt + MAX_AGE_MS,
			ifHeldBack: readAt + maxAge,
		})).catch((thrown: unknown): typeof STALE => ifStale(thrown, account.client.doubt));
	const decideAlone = async () => {
		const outcome = await runExclusive(
			`deciding ${account.key}`,
			contenderFor(context),
			async () => {
				account.requireFreshReadings();
				return await decide();
			},
		);
		if (typeof outcome === 'object') return outcome.result;
		throw notBegunError(outcome, wording);
	};

	if (account.address !== undefined) await account.waitForRecord(account.address);
	let finished = memory.lastWriteAt.size;
	for (let stalled = 0; stalled < MAX_STALLED_ROUNDS; ) {
		const result = stalled === 0 ? await decide() : await decideAlone();
		if (result !== STALE) return unlessInDoubt(account.client, result);
		maxAge = MAX_AGE_MS;
		account.requireFreshReadings();
		stalled = memory.lastWriteAt.size > finished ? 0 : stalled + 1;
		finished = memory.lastWriteAt.size;
	}
	if (account.client.doubt) throw account.client.doubt;
	throw new SendGridError(
		`${wording.failureMessage}: reading SendGrid's lists took so long that they were out of date`,
		'Run this item again later.',
		{ cause: 'temporarily-unavailable' },
	);
}

const STALE = Symbol('stale');

/** @throws RequestError if nothing was written after a write whose outcome is unknown */
function unlessInDoubt<Result>({ doubt }: { doubt?: RequestError }, result: Result): Result {
	if (doubt) throw doubt;
	return result;
}

function ifStale(thrown: unknown, doubt?: RequestError): typeof STALE {
	if (thrown instanceof StaleDecision) return STALE;
	const isUnclear = thrown instanceof RequestError && thrown.isUnclear;
	throw isUnclear ? thrown : (doubt ?? thrown);
}
