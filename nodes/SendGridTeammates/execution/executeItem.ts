import type { IDataObject, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { Account } from '../sendgrid/account';
import { namedAddress } from '../parameters/emailAddress';
import { readFlag } from '../parameters/flag';
import { dryRunField } from '../parameters/options';
import { simplifyField } from '../parameters/simplify';
import { SendGridClient } from '../transport/client';
import { RequestError, SendGridError } from '../transport/errors';
import { errorForAgent, isAiTool, resultForAgent } from './aiTool';
import { connectionForItem, refuseOnBehalfOf, type ItemSettings } from './connection';
import { ItemExecution, Run, runOf } from './itemScheduler';
import { describeError, toNodeError, withEnding } from './nodeError';
import type { ListOperation, Operation, OperationContext } from './operation';
import type { ItemKey } from './runMemory';

type Declared = Pick<Operation, 'fields' | 'ownAccountOnly' | 'hasDryRun'>;

/** It was turned on for another operation, by somebody who expects that nothing changes. */
function refuseDryRun(
	item: IExecuteSingleFunctions,
	{ options }: ItemSettings,
	{ fields, hasDryRun }: Declared,
): void {
	if (!fields.includes(dryRunField) && readFlag(item, dryRunField)) {
		const instead = hasDryRun ? " To change nothing here, turn on 'Dry Run' in 'Options'." : '';
		throw new SendGridError(
			"The 'Dry Run' of Offboard is on, which this operation doesn't have",
			`Switch to Teammate > Offboard, turn off 'Dry Run' there, and switch back.${instead}`,
		);
	}
	if (hasDryRun || !options.dryRun) return;
	throw new SendGridError(
		"This operation doesn't support 'Dry Run', which is on",
		"Turn off 'Dry Run' in 'Options'. This operation doesn't show it: switch to Teammate > Create or Update, turn it off there, and switch back.",
	);
}

/** An item's region, options and credential. @throws SendGridError */
export async function settingsOf(
	item: IExecuteSingleFunctions,
	operation: Declared,
): Promise<ItemSettings> {
	const settings = await connectionForItem(item);
	if (isAiTool(item)) settings.policy.checkAgents();
	if (operation.ownAccountOnly) refuseOnBehalfOf(settings.connection);
	refuseDryRun(item, settings, operation);
	return settings;
}

/** What an operation can use: the item's settings, and its own clients. */
export function contextOf(
	item: IExecuteSingleFunctions,
	{ connection, policy, options }: ItemSettings,
	execution: ItemExecution,
): OperationContext {
	const { memory, group, startedAt } = execution;
	for (const secret of connection.secrets) memory.secrets.add(secret);
	// Its readings are shared with other items, so they must not be aborted with this one.
	const reader = new SendGridClient(item, connection, {
		group,
		beforeFirst: async () => await execution.beforeFirst(),
		isAborted: () => false,
		onSend: () => {},
	});
	return {
		item,
		account: new Account(
			new SendGridClient(item, connection, execution),
			reader,
			memory.readings,
			connection,
			startedAt,
		),
		policy,
		options,
		memory,
		subuser: connection.effectiveSubuser,
		maxWait: connection.maxWait,
	};
}

/** The person that an answer is about. */
export interface Answered {
	/** The item whose node and settings apply. */
	item: IExecuteSingleFunctions;
	/** Items that it answers; none if no item names the person. */
	items: readonly number[];
	/** The address, if there is one. */
	email?: string;
	/** The other people handled in the run. */
	others: { count: number; one: string; many: string };
}

const itemCountOf = (item: IExecuteSingleFunctions): number =>
	item.getExecuteData().data.main?.[0]?.length ?? 1;

/** The answer for one item. */
const answeredBy = (item: IExecuteSingleFunctions): Answered => ({
	item,
	items: [item.getItemIndex()],
	email: namedAddress(item),
	others: { count: itemCountOf(item) - 1, one: 'item', many: 'items' },
});

/** If a result has no link at all, n8n adds one itself, even to an unrelated item. */
export const linkTo = (items: readonly number[]): INodeExecutionData['pairedItem'] =>
	items.length === 1 ? { item: items[0] } : items.map((item) => ({ item }));

/** What happened, and to whom. @param hasSent whether something may have been done for the person */
function messageFor({ email }: Answered, thrown: unknown, hasSent: boolean): string {
	const { message } = describeError(thrown);
	if (email === undefined || message.toLowerCase().includes(email.toLowerCase())) return message;
	return hasSent ? `'${email}': ${message}` : `'${email}' was not handled: ${message}`;
}

const ON_ERROR =
	"To handle the other items anyway, set Settings > On Error to 'Continue (using error output)'.";

/** n8n drops the results of the items that were handled before. */
function stoppedRun({ count, one, many }: Answered['others'], sent: number): string {
	const others = count === 1 ? `the other ${one}` : `the other ${count} ${many}`;
	if (sent === 0) return `The run stopped; nothing was sent for ${others}`;
	if (sent > count)
		return `The run stopped; requests were sent for ${sent} other ${sent === 1 ? 'person' : 'people'}`;
	return `The run stopped; requests were sent for ${sent === count ? others : `${sent} of ${others}`}`;
}

/**
 * What a failed item turns into: an answer to an agent; with Continue On Fail an item with the message, to which
 * n8n adds the input row; otherwise the end of the run.
 *
 * @throws NodeError
 */
export async function answerError(
	answered: Answered,
	thrown: unknown,
	execution: ItemExecution,
): Promise<INodeExecutionData[]> {
	const { item, items, others } = answered;
	const pairedItem = linkTo(items);
	const message = messageFor(answered, thrown, execution.mayHaveChanged);
	const { secrets } = execution.memory;
	const error = toNodeError(item.getNode(), thrown, items[0], message, secrets);
	if (isAiTool(item)) return [{ json: errorForAgent(error), pairedItem }];
	if (item.continueOnFail()) {
		// n8n keeps only the text, so the advice is part of it.
		const text = withEnding(error.message, error.description);
		return [{ json: { error: text }, pairedItem }];
	}
	const sent = await execution.abortOthers();
	if (others.count + sent > 0) {
		error.message = withEnding(error.message, stoppedRun(others, sent));
		error.description = [error.description, ON_ERROR].filter(Boolean).join(' ');
	}
	throw error;
}

/**
 * Does the work for an item and answers it. Remembers what a later try of the run has to know.
 *
 * @param isFinal whether a later try repeats the answer
 * @throws NodeError
 */
export async function answer(
	key: ItemKey,
	answered: () => Answered,
	execution: ItemExecution,
	work: () => Promise<IDataObject[]>,
	isFinal = true,
): Promise<INodeExecutionData[]> {
	const { memory } = execution;
	try {
		if (execution.isAborted()) return [];
		const unclear = memory.unclear.get(key);
		if (unclear) throw unclear;
		const records = await work();
		const { item, items } = answered();
		const shown = isAiTool(item) ? resultForAgent(records) : records;
		const results = shown.map((json) => ({ json, pairedItem: linkTo(items) }));
		if (isFinal) memory.results.set(key, results);
		return results;
	} catch (thrown) {
		execution.end();
		if (thrown instanceof RequestError && thrown.isFinal) memory.unclear.set(key, thrown);
		// Another item's failure ends the run before this one has started.
		if (execution.isAborted()) return [];
		return await answerError(answered(), thrown, execution);
	} finally {
		execution.end();
	}
}

/** An operation on all items of a run can't do anything with a single call. */
function refuseList(): never {
	throw new SendGridError(
		"'Operation' can't be 'Sync With List' for an AI agent: it takes all items of a workflow together",
		'Use Teammate > Create or Update and Teammate > Offboard, which handle one person at a time.',
	);
}

/**
 * Executes one item. Every outcome is linked to its input item. Without Continue On Fail all items are read before
 * the first request is sent, and the first failure stops what has not been sent yet.
 *
 * @throws NodeError
 */
export async function executeItem(
	item: IExecuteSingleFunctions,
	operation: Operation | ListOperation,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const isTool = isAiTool(item);
	const run = isTool ? new Run(true) : runOf(item);
	const known = run.memory.results.get(index);
	if (known) return known;

	const execution = await ItemExecution.begin(run, index, !isTool && !item.continueOnFail());
	return await answer(
		index,
		() => answeredBy(item),
		execution,
		async () => {
			if (!('run' in operation)) return refuseList();
			const context = contextOf(item, await settingsOf(item, operation), execution);
			const { simplify } = operation;
			const isSimple = simplify !== undefined && readFlag(item, simplifyField);
			const records = await operation.run(context);
			return isSimple ? records.map(simplify) : records;
		},
	);
}
