import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	INodeExecutionData,
} from 'n8n-workflow';

import { connectItem } from './connection';
import type { Guards } from './credentialPolicy';
import { nodeErrorOf } from './nodeError';
import { SendGridClient, type Connection, type Transport } from '../transport/client';
import { Directory } from '../sendgrid/directory';
import { SendGridFailure } from '../transport/errors';
import { ItemInRun, RunState, stateOfRun } from './itemScheduler';
import { answerToAgent, failureToAgent, isToolOfAgent } from './aiTool';

/** What an operation has at hand for one item. */
export interface Delivery {
	/** Reads the item's fields. Read each once: an expression is evaluated anew each time. */
	item: IExecuteSingleFunctions;
	/** Method and path, as the operation's description states them. */
	request: { method: IHttpRequestMethods; path: string };
	client: SendGridClient;
	directory: Directory;
	guards: Guards;
	/** What the item chose under Options. */
	options: IDataObject;
	/** Host and on behalf of: the same for items that work on the same account. */
	account: string;
	run: RunState;
}

export interface Restrictions {
	/** SendGrid does not document `on-behalf-of` for the operation's endpoint. */
	ownAccountOnly?: boolean;
}

/** What an operation does for one item: gives the records of its output. */
export type Operation = (delivery: Delivery) => Promise<IDataObject[]>;

/**
 * Documented for most endpoints, and not for a few: what they do with `on-behalf-of` is unknown. Ignoring it,
 * they would act on the wrong account.
 */
function refuseActingForOthers({ actsFor }: Connection): void {
	if (actsFor === undefined) return;
	throw new SendGridFailure(
		"'On Behalf Of' cannot be used with this operation, which knows your own account only",
		"Remove 'On Behalf Of' from 'Options', or use a credential that leaves it empty.",
	);
}

/** An operation's request, as its description and the node's settings have it. */
export interface ItemRequest {
	/** As the operation's description states them. */
	request: Delivery['request'];
	/** The node's Request Options for this item. */
	readTransport: () => Transport;
}

async function prepare(
	item: IExecuteSingleFunctions,
	{ request, readTransport }: ItemRequest,
	ownAccountOnly: boolean,
	progress: ItemInRun,
): Promise<Delivery> {
	const run = progress.group;
	const { connection, guards, options } = await connectItem(item, readTransport);
	if (ownAccountOnly) refuseActingForOthers(connection);
	const account = `${connection.baseURL} ${connection.onBehalfOf ?? ''}`;
	// Others may share what it reads, so it goes on where this item is stopped.
	const reader = new SendGridClient(item, connection, {
		group: run,
		ready: async () => await progress.ready(),
		isStopped: () => false,
		leaves: () => {},
	});
	return {
		item,
		request,
		client: new SendGridClient(item, connection, progress),
		directory: new Directory(reader, run.readings, account, progress.startedAt),
		guards,
		options,
		account,
		run,
	};
}

/**
 * What becomes of an item that failed: an answer to an agent; with Continue On Fail an item that carries its
 * failure; else it ends the run.
 *
 * @throws NodeApiError
 */
async function answerFailure(
	item: IExecuteSingleFunctions,
	thrown: unknown,
	progress: ItemInRun,
	changesData: boolean,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const pairedItem = { item: index };
	const error = nodeErrorOf(item.getNode(), thrown, index);
	if (isToolOfAgent(item)) return [{ json: failureToAgent(error), pairedItem }];
	if (item.continueOnFail()) {
		// Of a failed item n8n keeps the message alone, so the advice goes with it.
		if (error.description) error.message = `${error.message}. ${error.description}`;
		return [{ json: {}, error, pairedItem }];
	}
	const sent = await progress.stopOthers();
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
async function deliverItem(
	item: IExecuteSingleFunctions,
	operation: Operation,
	itemRequest: ItemRequest,
	{ ownAccountOnly = false }: Restrictions,
): Promise<INodeExecutionData[]> {
	const index = item.getItemIndex();
	const isTool = isToolOfAgent(item);
	// An agent's calls have nothing in common with each other.
	const run = isTool ? new RunState() : stateOfRun(item);
	const known = run.results.get(index);
	if (known) return known;

	const progress = await ItemInRun.begin(run, index, !isTool && !item.continueOnFail());
	try {
		if (progress.isStopped()) return [];
		const records = await operation(await prepare(item, itemRequest, ownAccountOnly, progress));
		const shown = isTool ? answerToAgent(records) : records;
		const results = shown.map((json) => ({ json, pairedItem: { item: index } }));
		run.results.set(index, results);
		return results;
	} catch (thrown) {
		progress.end();
		// Another item's failure ends the run; this one was not even begun.
		if (progress.isStopped()) return [];
		const changesData = itemRequest.request.method !== 'GET';
		return await answerFailure(item, thrown, progress, changesData);
	} finally {
		progress.end();
	}
}

/** Delivers one item of a run. */
export type ItemDelivery = (
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
	const itemDelivery: ItemDelivery = async (item, itemRequest) =>
		await deliverItem(item, operation, itemRequest, restrictions);
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
