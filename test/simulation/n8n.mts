import type {
	IAdditionalCredentialOptions,
	ICredentialDataDecryptedObject,
	IExecuteData,
	IExecuteFunctions,
	IExecuteSingleFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	INode,
	INodeExecutionData,
	JsonObject,
} from 'n8n-workflow';

import type { BuiltNode } from './builtNode.mts';
import { NodeApiError, UserError } from './n8nWorkflow.mts';

/** One node in one execution: everything that n8n's contexts are made of. */
export interface Placed {
	built: BuiltNode;
	node: INode;
	items: INodeExecutionData[];
	/** The fields of each item, expressions evaluated. */
	parameters: ReadonlyArray<Record<string, unknown>>;
	/** The credential for each item: its fields may be expressions too. */
	credentials: readonly ICredentialDataDecryptedObject[];
	executeData: IExecuteData;
	cancelSignal: AbortSignal;
	executionId: string;
	/** Sends a request that the credential has signed. */
	send: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;
	/** Called for every line in n8n's log. */
	log: (line: string) => void;
}

const CREDENTIAL_TYPE = 'sendGridTeammatesApi';

/** A field by its path, such as `options.maxWait`. */
export function fieldOf(fields: Record<string, unknown>, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, name) =>
				typeof value === 'object' && value !== null
					? (value as Record<string, unknown>)[name]
					: undefined,
			fields,
		);
}

/** What n8n gives for a field: a new value each time, like an expression. */
function parameterOf(
	{ parameters }: Placed,
	name: string,
	index: number,
	fallback: unknown,
	options: { extractValue?: boolean } = {},
): unknown {
	const found = fieldOf(parameters[index], name);
	const value = typeof found === 'object' ? structuredClone(found) : (found ?? fallback);
	if (value === undefined) throw new UserError(`Could not get parameter "${name}"`);
	const isLocator = typeof value === 'object' && value !== null && '__rl' in value;
	return options.extractValue && isLocator ? (value as { value?: unknown }).value : value;
}

/** n8n's `httpRequestWithAuthentication`, for a credential with an `authenticate` of its own. */
export const helpersOf = ({ built, node, send }: Pick<Placed, 'built' | 'node' | 'send'>) => ({
	async httpRequestWithAuthentication(
		this: Partial<IExecuteFunctions>,
		_type: string,
		options: IHttpRequestOptions,
		{ credentialsDecrypted }: IAdditionalCredentialOptions = {},
	): Promise<unknown> {
		if ((options.method ?? 'GET') === 'GET') delete options.body;
		if ('getExecutionCancelSignal' in this) {
			// n8n uses only the signal of the context it is called with.
			Object.assign(options, { abortSignal: this.getExecutionCancelSignal?.() });
		}
		let signed: IHttpRequestOptions;
		try {
			const data = credentialsDecrypted?.data ?? (await this.getCredentials?.(CREDENTIAL_TYPE));
			signed = await built.credential.authenticate(data as ICredentialDataDecryptedObject, options);
		} catch (error) {
			throw new NodeApiError(node, error as JsonObject);
		}
		const response = await send(signed);
		return signed.returnFullResponse ? response : response.body;
	},
});

export const loggerOf = (log: (line: string) => void) => ({
	debug: () => {},
	info: log,
	warn: log,
	error: log,
});

/** What all contexts of n8n have. */
const commonOf = (placed: Placed) => ({
	getNode: () => placed.node,
	getWorkflow: () => ({ id: '1', name: 'Simulation', active: false }),
	getExecutionId: () => placed.executionId,
	getMode: () => 'trigger' as const,
	getTimezone: () => 'UTC',
	getExecuteData: () => placed.executeData,
	getExecutionCancelSignal: () => placed.cancelSignal,
	onExecutionCancellation: (handler: () => unknown) =>
		placed.cancelSignal.addEventListener('abort', handler, { once: true }),
	continueOnFail: () =>
		['continueRegularOutput', 'continueErrorOutput'].includes(String(placed.node.onError)),
	logger: loggerOf(placed.log),
	helpers: helpersOf(placed),
	addExecutionHints: () => {},
});

/** The context of a node that is given all items of a run at once. */
export function executeContext(placed: Placed): IExecuteFunctions {
	return {
		...commonOf(placed),
		getInputData: () => placed.items,
		getNodeParameter: (name: string, index: number, fallback?: unknown, options?: object) =>
			parameterOf(placed, name, index, fallback, options),
		getCredentials: async (_type: string, index = 0) => structuredClone(placed.credentials[index]),
	} as unknown as IExecuteFunctions;
}

/** The context that n8n's engine for declarative nodes makes for one item. */
export function singleContext(placed: Placed, index: number): IExecuteSingleFunctions {
	return {
		...commonOf(placed),
		getInputData: () => placed.items[index],
		getItemIndex: () => index,
		getNodeParameter: (name: string, fallback?: unknown, options?: object) =>
			parameterOf(placed, name, index, fallback, options),
		getCredentials: async () => structuredClone(placed.credentials[index]),
	} as unknown as IExecuteSingleFunctions;
}
