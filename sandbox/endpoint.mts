import type { Account, ApiKey } from './model.mts';
import { errorResponses } from './errorResponses.mts';
import type { SandboxState } from './state.mts';

/** One request that has passed authentication, rate limit and permissions. */
export interface Call {
	state: SandboxState;
	/** The account it acts on: the key's own, or the subuser it impersonates. */
	account: Account;
	key: ApiKey;
	/** Percent-decoded. */
	params: Record<string, string>;
	query: Record<string, string>;
	/** Parsed JSON, undefined without a body. */
	body: unknown;
}

/** `body` undefined: an empty answer. */
export interface Result {
	status: number;
	body?: unknown;
}

export interface Endpoint {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** As in SendGrid's reference, with :name for a parameter. */
	path: string;
	/** The scope a key must have; null: any valid key will do. Names documented, mapping a guess. */
	scope: string | null;
	/** Whether the reference lists the on-behalf-of header. */
	documentsOnBehalfOf: boolean;
	/** The answer to a key without the scope. Default: access forbidden. */
	forbidden?: () => Error;
	/** Runs to completion without waiting, so that requests never interleave. May throw a ErrorResponse. */
	handle(call: Call): Result;
}

/** How a change is confirmed. Observed in fixtures: with 200 and no body, whatever is documented. */
export const done = ({ behaviours }: SandboxState, result: Result): Result =>
	behaviours.emptyAnswers === 'no-body' ? { status: 200 } : result;

export type Fields = Record<string, unknown>;

/** The body as an object. The refusal's text is a guess. */
export function fieldsOf(body: unknown): Fields {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		throw errorResponses.badValue(null, 'the body must be a JSON object');
	}
	return body as Fields;
}

export const isStrings = (value: unknown): value is string[] =>
	Array.isArray(value) && value.every((item) => typeof item === 'string');

export const withoutDuplicates = (items: readonly string[]): string[] => [...new Set(items)];

const WHOLE_NUMBER = /^\d{1,9}$/;

/** A whole number of the query. That anything else is refused is a guess. */
export function numberOf(query: Record<string, string>, name: string, absent: number): number {
	const text = query[name];
	if (text === undefined) return absent;
	if (!WHOLE_NUMBER.test(text))
		throw errorResponses.badValue(name, `${name} must be a whole number`);
	return Number(text);
}

/** `max`: what a larger limit is reduced to. */
export function pageOf<Item>(
	items: readonly Item[],
	query: Record<string, string>,
	{ size, max }: { size: number; max: number },
): Item[] {
	const limit = Math.min(numberOf(query, 'limit', size), max);
	const offset = numberOf(query, 'offset', 0);
	return items.slice(offset, offset + limit);
}
