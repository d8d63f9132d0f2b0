import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	INodeExecutionData,
} from 'n8n-workflow';

import { connectItem } from './connect';
import type { Guards } from './guards';
import { nodeErrorOf } from './nodeError';
import { SendGridClient, type Connection } from './sendgrid/client';
import { Directory } from './sendgrid/directory';
import { SendGridFailure } from './sendgrid/failure';
import { SharedReadings, thisMoment } from './sendgrid/sharedRead';

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

/** What the items of one run share. */
export class RunState {
	readonly readings = new SharedReadings();

	/** Who has been served in this run: what was wanted for them, and what came out. */
	readonly served = new Map<string, { wanted: string; record: IDataObject }>();
}

/** n8n hands each item of a run the same object for the run, also when it tries the run again. */
const states = new WeakMap<object, RunState>();

function stateOfRun(item: IExecuteSingleFunctions): RunState {
	const run = item.getExecuteData();
	const state = states.get(run) ?? new RunState();
	states.set(run, state);
	return state;
}

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

async function prepare(
	item: IExecuteSingleFunctions,
	{ options }: DeclarativeRestApiSettings.ResultOptions,
	ownAccountOnly: boolean,
): Promise<Delivery> {
	const startedAt = thisMoment();
	const run = stateOfRun(item);
	const { timeout, proxy, skipSslCertificateValidation, allowedDomains } = options;
	const {
		connection,
		guards,
		options: chosen,
	} = await connectItem(item, {
		timeout,
		proxy,
		skipSslCertificateValidation: skipSslCertificateValidation === true,
		allowedDomains,
	});
	if (ownAccountOnly) refuseActingForOthers(connection);
	const client = new SendGridClient(item, connection);
	const account = `${connection.baseURL} ${connection.onBehalfOf ?? ''}`;
	return {
		item,
		request: { method: options.method ?? 'GET', path: options.url ?? '' },
		client,
		directory: new Directory(client, run.readings, account, startedAt),
		guards,
		options: chosen,
		account,
		run,
	};
}

/** n8n gives the copy of a node that an AI agent uses a type name with this ending. */
const isToolOfAgent = (item: IExecuteSingleFunctions) => item.getNode().type.endsWith('Tool');

/**
 * Makes an operation n8n's own: the engine calls the function that comes out of this for each item, in
 * place of sending the request itself (`routing.operations.pagination`).
 *
 * Whatever happens ends linked to its input item. Without Continue On Fail the first failure is thrown;
 * with it, the item carries its failure. An agent gets it as an answer, because what a tool throws reaches
 * the model as an empty text.
 */
export const deliver = (operation: Operation, { ownAccountOnly = false }: Restrictions = {}) =>
	async function deliverItem(
		this: IExecutePaginationFunctions,
		requestData: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const pairedItem = { item: this.getItemIndex() };
		try {
			const records = await operation(await prepare(this, requestData, ownAccountOnly));
			return records.map((json) => ({ json, pairedItem }));
		} catch (thrown) {
			const error = nodeErrorOf(this.getNode(), thrown, this.getItemIndex());
			if (isToolOfAgent(this)) {
				const { message, description } = error;
				return [{ json: { error: message, how_to_fix: description ?? '' }, pairedItem }];
			}
			if (!this.continueOnFail()) throw error;
			// Of a failed item n8n keeps the message alone, so the advice goes with it.
			if (error.description) error.message = `${error.message}. ${error.description}`;
			return [{ json: {}, error, pairedItem }];
		}
	};
