import type { IDataObject } from 'n8n-workflow';

import { addressKey } from '../sendgrid/person';
import { StaleDecision } from '../transport/client';
import { RequestError, SendGridError, type Wording } from '../transport/errors';
import { tick } from '../transport/singleFlight';
import type { OperationContext } from './operation';
import { runExclusive } from './runExclusive';
import { rememberForAgents, unclearForAgent, type Handled } from './runMemory';

/** What was read longer ago than this is read again before a write, where the rate limit made it wait. */
const FRESH_MS = 2_000;

/** From the second time on. Readings that are older never count. */
const STILL_FRESH_MS = 30_000;

/** How often it is decided before that is given up. */
const MAX_ROUNDS = 10;

/**
 * Does something about a person while nobody else in this process does: of two items with the same address,
 * in any case, the second begins when the first has ended, and reads what the first has done.
 *
 * An item may take several names of one person, one after the other, and the same one twice.
 *
 * @param name an address, or the username or token that the item names
 * @throws SendGridError where the wait was cancelled, or took too long
 */
export async function withPersonLock<Result>(
	{ account, memory, maxWait }: OperationContext,
	name: string,
	{ failureMessage }: Wording,
	work: () => Promise<Result>,
): Promise<Result> {
	const { client } = account;
	// Waiting here must not keep other items from being read.
	await client.beforeFirst();
	const key = `${account.key} ${addressKey(name)}`;
	if (account.locks.has(key)) return await work();
	const contender = { group: memory, maxWait, isCancelled: () => client.isCancelled() };
	const outcome = await runExclusive(key, contender, async (waited) => {
		const lastWriteAt = memory.lastWriteAt.get(key);
		if (waited) account.requireFreshReadings();
		else if (lastWriteAt !== undefined) account.requireFreshReadings(lastWriteAt);
		account.locks.add(key);
		try {
			return await work();
		} finally {
			account.locks.delete(key);
			memory.lastWriteAt.set(key, tick());
		}
	});
	if (typeof outcome === 'object') return outcome.result;
	throw outcome === 'cancelled'
		? new SendGridError(
				`${failureMessage}: the execution was stopped`,
				'Run this item again if it is still wanted.',
			)
		: new SendGridError(
				`${failureMessage}: another execution is busy with the same person for longer than 'Max Wait' allows`,
				"Run this item again, or allow a longer wait under 'Max Wait' in 'Options'.",
				{ cause: 'temporarily-unavailable' },
			);
}

/**
 * Decides and writes; decides again where the rate limit made the write wait so long that others may have
 * changed something meanwhile.
 *
 * @param work is told until when (epoch milliseconds) what it reads may be acted on
 */
export async function onFreshReadings<Result>(
	{ account }: OperationContext,
	{ failureMessage }: Wording,
	work: (validUntil: (readAt: number) => number) => Promise<Result>,
): Promise<Result> {
	let maxAge = FRESH_MS;
	for (let round = 1; ; round += 1) {
		try {
			return await work((readAt) => readAt + maxAge);
		} catch (thrown) {
			if (!(thrown instanceof StaleDecision)) throw thrown;
			if (round === MAX_ROUNDS) {
				throw new SendGridError(
					`${failureMessage}: SendGrid's lists took longer to read than they can be relied on`,
					'Run this item again later. Nothing was changed.',
					{ cause: 'temporarily-unavailable' },
				);
			}
			maxAge = STILL_FRESH_MS;
			account.requireFreshReadings();
		}
	}
}

/**
 * Does something about a person once in a run: further items with the same wish are answered from the first,
 * before anything is read. What is unclear stays unclear, and nothing more is sent for it.
 *
 * @param name whom the wish is about, as in `withPersonLock`
 * @param wish tells apart what is wanted
 * @param again how a further item is answered
 */
export async function oncePerRun(
	{ account, memory, isAiTool }: OperationContext,
	name: string,
	wish: string,
	wording: Wording,
	work: () => Promise<IDataObject[]>,
	again: (records: IDataObject[]) => IDataObject[] = (records) => records,
): Promise<IDataObject[]> {
	const key = `${account.key} ${addressKey(name)}`;
	const known = memory.handledPeople.get(key)?.find((handled) => handled.wish === wish);
	const unclear = known?.unclear ?? (isAiTool ? unclearForAgent(`${key} ${wish}`) : undefined);
	if (unclear) throw unclear.forSubject(wording);
	if (known?.records) return again(known.records);

	const remember = (handled: Handled) =>
		memory.handledPeople.set(key, [...(memory.handledPeople.get(key) ?? []), handled]);
	try {
		const records = await work();
		remember({ wish, records });
		return records;
	} catch (thrown) {
		if (thrown instanceof RequestError && thrown.isUnclear) {
			remember({ wish, unclear: thrown });
			if (isAiTool) rememberForAgents(`${key} ${wish}`, thrown);
		}
		throw thrown;
	}
}
