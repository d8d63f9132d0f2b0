import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';

/** Message and advice for whatever was thrown. */
function describe(thrown: unknown): { message: string; fix?: string } {
	if (thrown instanceof SendGridError) return { message: thrown.message, fix: thrown.advice };
	if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
		return { message: thrown.message, fix: thrown.description ?? undefined };
	}
	const reason = thrown instanceof Error ? thrown.message : String(thrown);
	return {
		message: `This item could not be handled: ${reason}`,
		fix: 'Check the values and expressions of this item.',
	};
}

/**
 * A failure as n8n wants it: `message` says what happened, `description` how to fix it.
 *
 * Nothing of what was thrown goes along, since the request inside it may hold the API key.
 */
export function toNodeError(node: INode, thrown: unknown, itemIndex?: number): NodeApiError {
	const { message, fix } = describe(thrown);
	const facts = thrown instanceof SendGridError ? thrown : undefined;
	const error = new NodeApiError(
		node,
		{},
		{
			message,
			description: fix,
			httpCode: facts?.status ? String(facts.status) : 'none',
			itemIndex,
			...(facts?.errorCause && { failure: { cause: facts.errorCause } }),
		},
	);
	// n8n swaps a message that happens to contain a system code for one of its own: an address such as
	// `steperman@example.com`, with its EPERM, would turn into "Operation not permitted".
	error.message = message;
	return error;
}
