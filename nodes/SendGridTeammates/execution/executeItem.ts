import type { IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { Account } from '../sendgrid/account';
import { namedAddress } from '../parameters/emailAddress';
import { accountKeyOf, SendGridClient, type Connection } from '../transport/client';
import { RequestError, SendGridError } from '../transport/errors';
import { errorForAgent, isAiTool, resultForAgent } from './aiTool';
import { connectionForItem } from './connection';
import { ItemExecution, Run, runOf } from './itemScheduler';
import { describeError, toNodeError, withEnding } from './nodeError';
import type { Operation, OperationContext } from './operation';

/**
 * Documented for most endpoints, and not for a few: what they do with `on-behalf-of` is unknown. Ignoring it,
 * they would act on the wrong account.
 */
function refuseOnBehalfOf({ effectiveSubuser }: Connection): void {
	if (effectiveSubuser === undefined) return;
	throw new SendGridError(
		"This operation doesn't support 'On Behalf Of'",
		"Remove 'On Behalf Of' from 'Options', or use a credential that leaves it empty.",
	);
}

async function prepare(
	item: IExecuteSingleFunctions,
	{ ownAccountOnly }: Operation,
	execution: ItemExecution,
): Promise<OperationContext> {
	const { memory, group, startedAt } = execution;
	const { connection, policy, options } = await connectionForItem(item);
	if (isAiTool(item)) policy.checkAgents();
	if (ownAccountOnly) refuseOnBehalfOf(connection);
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
			accountKeyOf(connection),
			startedAt,
		),
		policy,
		options,
		memory,
		maxWait: connection.maxWait,
		isAiTool: isAiTool(item),
	};
}

const itemCountOf = (item: IExecuteSingleFunctions): number =>
	item.getExecuteData().data.main?.[0]?.length ?? 1;

/** What happened, and to whom. */
function messageFor(item: IExecuteSingleFunctions, thrown: unknown): string {
	const { message } = describeError(thrown);
	const address = namedAddress(item);
	return address === undefined || message.toLowerCase().includes(address.toLowerCase())
		? message
		: `'${address}' was not handled: ${message}`;
}

const ON_ERROR =
	"To handle the other items anyway, set Settings > On Error to 'Continue (using error output)'.";

/** n8n drops the results of the items that were handled before. */
function stoppedRun(others: number, sent: number): string {
	const items = others === 1 ? 'the other item' : `the other ${others} items`;
	return sent === 0
		? `The run stopped; nothing was sent for ${items}`
		: `The run stopped; requests were sent for ${sent} of ${items}`;
}

/**
 * What becomes of an item that failed: an answer to an agent; with Continue On Fail an item that carries the
 * message, to which n8n adds the input row; else it ends the run.
 *
 * @throws NodeError
 */
async function answerError(
	item: IExecuteSingleFunctions,
	thrown: unknown,
	execution: ItemExecution,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const pairedItem = { item: index };
	const error = toNodeError(item.getNode(), thrown, index, messageFor(item, thrown));
	if (isAiTool(item)) return [{ json: errorForAgent(error), pairedItem }];
	if (item.continueOnFail()) {
		// n8n keeps the text alone, so the advice goes with it.
		const text = withEnding(error.message, error.description);
		return [{ json: { error: text }, pairedItem }];
	}
	const sent = await execution.abortOthers();
	const others = itemCountOf(item) - 1;
	if (others > 0) {
		error.message = withEnding(error.message, stoppedRun(others, sent));
		error.description = [error.description, ON_ERROR].filter(Boolean).join(' ');
	}
	throw error;
}

/**
 * Executes one item. Whatever happens ends linked to its input item. Without Continue On Fail all items are
 * read before the first request is sent, and the first failure stops what has not been sent yet.
 *
 * @throws NodeError
 */
export async function executeItem(
	item: IExecuteSingleFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const isTool = isAiTool(item);
	// An agent's calls have nothing in common with each other.
	const run = isTool ? new Run() : runOf(item);
	const { memory } = run;
	const known = memory.results.get(index);
	if (known) return known;

	const execution = await ItemExecution.begin(run, index, !isTool && !item.continueOnFail());
	try {
		if (execution.isAborted()) return [];
		const unclear = memory.unclear.get(index);
		if (unclear) throw unclear;
		const records = await operation.run(await prepare(item, operation, execution));
		const shown = isTool ? resultForAgent(records) : records;
		const results = shown.map((json) => ({ json, pairedItem: { item: index } }));
		memory.results.set(index, results);
		return results;
	} catch (thrown) {
		execution.end();
		if (thrown instanceof RequestError && thrown.isFinal) memory.unclear.set(index, thrown);
		// Another item's failure ends the run; this one was not even begun.
		if (execution.isAborted()) return [];
		return await answerError(item, thrown, execution);
	} finally {
		execution.end();
	}
}
