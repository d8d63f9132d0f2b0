import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { RequestError, SendGridError } from '../transport/errors';
import { withoutKeys } from '../transport/sanitize';

/** n8n's own kinds of error, for an item or without one. */
export type NodeError = NodeApiError | NodeOperationError;

/** Message and advice of anything that was thrown. */
export function describeError(thrown: unknown): { message: string; advice?: string } {
	if (thrown instanceof SendGridError) return { message: thrown.message, advice: thrown.advice };
	if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
		return { message: thrown.message, advice: thrown.description ?? undefined };
	}
	const reason = thrown instanceof Error ? thrown.message : String(thrown);
	return {
		message: `This item could not be handled: ${reason}`,
		advice: 'Check the values and expressions of this item.',
	};
}

/** Longest message, in characters: people have to read it. */
const MAX_MESSAGE_LENGTH = 2000;

const shortened = (text: string, most = MAX_MESSAGE_LENGTH): string =>
	text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** Two sentences as one message. If that is too long, the first one is cut, but not to less than half. */
export function withEnding(text: string, ending?: string | null): string {
	if (!ending) return text;
	const left = Math.max(MAX_MESSAGE_LENGTH / 2, MAX_MESSAGE_LENGTH - ending.length - 2);
	return shortened(`${shortened(text, left)}. ${ending}`);
}

/**
 * An error in n8n's form: `message` says what happened, `description` how to fix it. Without an answer from
 * SendGrid it is an error of the operation, otherwise one of the API. What was thrown is not attached, since the
 * request in it may hold the API key.
 *
 * @param message replaces the one that was thrown
 * @param secrets texts that it must not show, besides SendGrid's API keys
 */
export function toNodeError(
	node: INode,
	thrown: unknown,
	itemIndex?: number,
	message = describeError(thrown).message,
	secrets?: Iterable<string>,
): NodeError {
	const { advice } = describeError(thrown);
	const description = advice && shortened(withoutKeys(advice, secrets));
	const text = shortened(withoutKeys(message, secrets));
	const wasSent = thrown instanceof RequestError && thrown.facts.sentAt !== undefined;
	const status = thrown instanceof SendGridError ? thrown.status : undefined;
	const cause = thrown instanceof SendGridError ? thrown.errorCause : undefined;
	const failure = cause && { failure: { cause } };
	const error =
		wasSent || status !== undefined
			? new NodeApiError(
					node,
					{},
					{
						message: text,
						description,
						httpCode: status ? String(status) : 'none',
						itemIndex,
						...failure,
					},
				)
			: new NodeOperationError(node, text, { message: text, description, itemIndex, ...failure });
	// n8n swaps a message that happens to contain a system code for one of its own: an address such as
	// `steperman@example.com`, with its EPERM, would turn into "Operation not permitted".
	error.message = text;
	return error;
}

/** For requests that belong to no item: a poll of the trigger, a list in the editor. */
export interface ErrorContext {
	/** As it stands in a sentence: `this poll`, `the list`. */
	name: string;
	/** What to do instead of running the item again, which is the client's advice. */
	advice: Readonly<Record<'rate-limited' | 'temporarily-unavailable', string>>;
}

/** A request that waited too long must not mention 'Max Wait': there is no such field here. */
const messageWithoutItem = (error: SendGridError, { name }: ErrorContext): string =>
	error instanceof RequestError && error.errorCause === 'rate-limited' && error.status === undefined
		? `${error.wording.failureMessage}: SendGrid's rate limit is used up for longer than ${name} can wait`
		: error.message;

/** An error worded for requests without an item; errors that aren't ours stay as they are. */
export function errorOutsideItem(thrown: unknown, context: ErrorContext): unknown {
	if (!(thrown instanceof SendGridError)) return thrown;
	const { status, errorCause: cause } = thrown;
	const advice = new Map<unknown, string>(Object.entries(context.advice));
	return new SendGridError(
		messageWithoutItem(thrown, context),
		advice.get(cause) ?? thrown.advice,
		{ status, cause },
	);
}
