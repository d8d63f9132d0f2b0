import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
	INode,
	IPollFunctions,
} from 'n8n-workflow';

import type { BuiltNode } from '../builtNode.mts';
import { fieldOf, helpersOf, loggerOf } from '../n8n.mts';

/** Everything that n8n's context of one poll is made of. */
export interface Polled {
	built: BuiltNode;
	node: INode;
	/** The static data of this poll, however it is kept. */
	staticData: IDataObject;
	credential: ICredentialDataDecryptedObject;
	/** Undefined: an older n8n. */
	budgetMs?: number;
	send: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;
	log: (line: string) => void;
}

/** The context that n8n gives a poll. */
export function pollContext(polled: Polled): IPollFunctions {
	const { node, staticData, credential, budgetMs } = polled;
	return {
		getNode: () => node,
		getWorkflow: () => ({ id: 'polls', name: 'Polls', active: true }),
		getMode: () => 'trigger',
		getActivationMode: () => 'activate',
		getTimezone: () => 'UTC',
		getNodeParameter: (name: string, fallback?: unknown) => {
			const value = fieldOf(node.parameters, name);
			return value === undefined ? fallback : structuredClone(value);
		},
		getCredentials: async () => structuredClone(credential),
		getWorkflowStaticData: () => staticData,
		...(budgetMs !== undefined && { getPollBudgetMs: () => budgetMs }),
		logger: loggerOf(polled.log),
		helpers: helpersOf(polled),
	} as unknown as IPollFunctions;
}
