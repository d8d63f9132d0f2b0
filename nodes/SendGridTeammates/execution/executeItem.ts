import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	INodeExecutionData,
} from 'n8n-workflow';

import { connectionForItem } from './connection';
import type { CredentialPolicy } from './credentialPolicy';
import { toNodeError } from './nodeError';
import { SendGridClient, type Connection, type Transport } from '../transport/client';
import { Directory } from '../sendgrid/directory';
import { SendGridError } from '../transport/errors';
import { ItemExecution, RunState, runStateOf } from './itemScheduler';
import { resultForAgent, errorForAgent, isAiTool } from './aiTool';

/** What an operation has at hand for one item. */
export interface OperationContext {
	/** Reads the item's fields. Read each once: an expression is evaluated anew each time. */
	item: IExecuteSingleFunctions;
	/** Method and path, as the operation's description states them. */
	request: { method: IHttpRequestMethods; path: string };
	client: SendGridClient;
	directory: Directory;
	policy: CredentialPolicy;
	/** What the item chose under Options. */
	options: IDataObject;
	/** Host and on behalf of: the same for items that work on the same account. */
	accountKey: string;
	run: RunState;
}

export interface Restrictions {
	/** SendGrid does not document `on-behalf-of` for the operation's endpoint. */
	ownAccountOnly?: boolean;
}

/** What an operation does for one item: gives the records of its output. */
export type Operation = (context: OperationContext) => Promise<IDataObject[]>;

/**
 * Documented for most endpoints, and not for a few: what they do with `on-behalf-of` is unknown. Ignoring it,
 * they would act on the wrong account.
 */
function refuseOnBehalfOf({ effectiveSubuser }: Connection): void {
	if (effectiveSubuser === undefined) return;
	throw new SendGridError(
		"'On Behalf Of' cannot be used with this operation, which knows your own account only",
		"Remove 'On Behalf Of' from 'Options', or use a credential that leaves it empty.",
	);
}

/** An operation's request, as its description and the node's settings have it. */
export interface ItemRequest {
	/** As the operation's description states them. */
	request: OperationContext['request'];
	/** The node's Request Options for this item. */
	readTransport: () => Transport;
}

async function prepare(
	item: IExecuteSingleFunctions,
	{ request, readTransport }: ItemRequest,
	ownAccountOnly: boolean,
	progress: ItemExecution,
): Promise<OperationContext> {
	const run = progress.run;
	const { connection, guards, options } = await connectionForItem(item, readTransport);
	if (ownAccountOnly) refuseOnBehalfOf(connection);
	const account = `${connection.baseURL} ${connection.onBehalfOf ?? ''}`;
	// Others may share what it reads, so it goes on where this item is stopped.
	const reader = new SendGridClient(item, connection, {
		run: run,
		beforeFirst: async () => await progress.beforeFirst(),
		isAborted: () => false,
		onSend: () => {},
	});
	return {
		item,
		request,
		client: new SendGridClient(item, connection, progress),
		directory: new Directory(reader, run.readings, account, progress.startedAt),
		policy: guards,
		options,
		accountKey: account,
		run,
	};
}

/**
 * What becomes of an item that failed: an answer to an agent; with Continue On Fail an item that carries its
 * failure; else it ends the run.
 *
 * @throws NodeApiError
 */
async function answerError(
	item: IExecuteSingleFunctions,
	thrown: unknown,
	progress: ItemExecution,
	changesData: boolean,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const pairedItem = { item: index };
	const error = toNodeError(item.getNode(), thrown, index);
	if (isAiTool(item)) return [{ json: errorForAgent(error), pairedItem }];
	if (item.continueOnFail()) {
		// Of a failed item n8n keeps the message alone, so the advice goes with it.
		if (error.description) error.message = `${error.message}. ${error.description}`;
		return [{ json: {}, error, pairedItem }];
	}
	const sent = await progress.abortOthers();
	const items = item.getExecuteData().data.main?.[0]?.length ?? 1;
	if ((changesData || sent > 0) && items > 1) {
		// n8n drops the results of the items that were served before.
		error.message = `${error.message}. The run ends here: ${sent === 0 ? 'nothing was sent for' : `requests were sent for ${sent} of`} the other ${items - 1} items`;
	}
	throw error;
}

/**
 * Whatever happens ends linked to its input item. Without Continue On Fail all items are read before the
 * first request leaves, and the first failure stops what has not been sent yet.
 */
async function executeItem(
	item: IExecuteSingleFunctions,
	operation: Operation,
	itemRequest: ItemRequest,
	{ ownAccountOnly = false }: Restrictions,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const isTool = isAiTool(item);
	// An agent's calls have nothing in common with each other.
	const run = isTool ? new RunState() : runStateOf(item);
	const known = run.results.get(index);
	if (known) return known;

	const progress = await ItemExecution.begin(run, index, !isTool && !item.continueOnFail());
	try {
		if (progress.isAborted()) return [];
		const records = await operation(await prepare(item, itemRequest, ownAccountOnly, progress));
		const shown = isTool ? resultForAgent(records) : records;
		const results = shown.map((json) => ({ json, pairedItem: { item: index } }));
		run.results.set(index, results);
		return results;
	} catch (thrown) {
		progress.end();
		// Another item's failure ends the run; this one was not even begun.
		if (progress.isAborted()) return [];
		const changesData = itemRequest.request.method !== 'GET';
		return await answerError(item, thrown, progress, changesData);
	} finally {
		progress.end();
	}
}

/** Delivers one item of a run. */
export type ItemExecutor = (
	item: IExecuteSingleFunctions,
	itemRequest: ItemRequest,
) => Promise<INodeExecutionData[]>;

/**
 * Makes an operation n8n's own: the engine for declarative nodes calls the function that comes out of this
 * for each item, in place of sending the request itself (`routing.operations.pagination`).
 *
 * In a workflow the engine is spared, and `wholeRuns` hands the items to `deliverItem` by itself.
 */
export const deliver = (operation: Operation, restrictions: Restrictions = {}) => {
	const itemDelivery: ItemExecutor = async (item, itemRequest) =>
		await executeItem(item, operation, itemRequest, restrictions);
	return Object.assign(
		async function paginate(
			this: IExecutePaginationFunctions,
			{ options }: DeclarativeRestApiSettings.ResultOptions,
		): Promise<INodeExecutionData[]> {
			const { method = 'GET', url = '', timeout, proxy } = options;
			const skipSslCertificateValidation = options.skipSslCertificateValidation === true;
			return await itemDelivery(this, {
				request: { method, path: url },
				readTransport: () => ({ timeout, proxy, skipSslCertificateValidation }),
			});
		},
		{ itemDelivery },
	);
};
