import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import type { NodeError } from './nodeError';

/** n8n gives the copy of a node that an AI agent uses a type name with this ending. */
export const isAiTool = (item: IExecuteSingleFunctions) => item.getNode().type.endsWith('Tool');

/** Names under which SendGrid gives out the token of an invitation. */
const TOKEN_FIELDS = new Set(['token', 'pending_id']);

/**
 * What the model is told of the records that an operation gives.
 *
 * Without the tokens of invitations: who holds one can join the account, and a model may repeat what it knows.
 * An empty result is replaced by a sentence, because n8n would pass on an empty text, which looks like a failure.
 */
export function resultForAgent(records: IDataObject[]): IDataObject[] {
	if (records.length === 0) return [{ result: 'Nothing was found' }];
	return records.map((record) =>
		Object.fromEntries(Object.entries(record).filter(([name]) => !TOKEN_FIELDS.has(name))),
	);
}

/** A failure as an answer, because what a tool throws may reach the model as an empty text. */
export const errorForAgent = ({ message, description }: NodeError): IDataObject => ({
	error: message,
	how_to_fix: description ?? '',
});
