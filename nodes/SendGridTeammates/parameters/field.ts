import type { INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { isRecord } from '../transport/responseErrors';
import { sanitizeRemoteText } from '../transport/sanitize';

/** Where fields are read: an item, a poll of the trigger, or a collection or row inside of one. */
export interface Fields {
	getNodeParameter(name: string, fallback?: unknown): unknown;
	/** Where messages say that the field is: `'Filters'`, `row 2 of 'Subuser Access'`. */
	readonly within?: string;
}

/** The part of a description that reading depends on. */
export type Field = Pick<INodeProperties, 'displayName' | 'name' | 'default' | 'options' | 'modes'>;

/** The entries added to a collection. A missing entry says nothing. */
export interface Collection extends Fields {
	has(field: Field): boolean;
}

/** Longest text in a field for a single value, in characters. Longer text is refused without being looked at. */
export const MAX_TEXT_LENGTH = 1000;

/** How much of a value a message repeats at most, in characters. */
const MAX_QUOTE_LENGTH = 60;

/** Maximum rows of a field, and what they may hold in all: values and list entries, and characters. */
const MAX_ROWS = 1000;
const MAX_ROWS_COUNT = 15_000;
const MAX_ROWS_LENGTH = 200_000;

/** A field's raw value, or its default if the node has none. The only place that asks n8n for a value. */
export const valueOf = (fields: Fields, { name, default: preset }: Field): unknown =>
	fields.getNodeParameter(name, preset);

/** How a message names a field. */
export const nameOf = ({ within }: Fields, { displayName }: Field): string =>
	within === undefined ? `'${displayName}'` : `'${displayName}' in ${within}`;

/** The beginning of a text, on one line, without anything that may be a key or a token. */
export function quoteText(text: string): string {
	const line = sanitizeRemoteText(text.slice(0, 4 * MAX_QUOTE_LENGTH), []);
	return line.length > MAX_QUOTE_LENGTH ? `'${line.slice(0, MAX_QUOTE_LENGTH)}…'` : `'${line}'`;
}

/** How a message shows a value, whatever it is. */
export function quoteValue(value: unknown): string {
	if (typeof value === 'string') return quoteText(value);
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	if (value === undefined || value === null) return 'nothing';
	return Array.isArray(value) ? 'a list' : 'an object';
}

/**
 * For a value that a field can't hold: `'Limit' must be a whole number from 1, not 'many'`.
 *
 * @param must what it must be
 */
export const wrongValue = (
	fields: Fields,
	field: Field,
	value: unknown,
	must: string,
	advice: string,
): SendGridError =>
	new SendGridError(`${nameOf(fields, field)} must be ${must}, not ${quoteValue(value)}`, advice);

/** For a field that is set but has no value. To say nothing, it has to be left out. */
export const emptyError = (fields: Fields, field: Field, advice?: string): SendGridError =>
	fields.within === undefined
		? new SendGridError(
				`'${field.displayName}' is empty`,
				advice ?? `Fill in '${field.displayName}'. If it is an expression, it returned nothing.`,
			)
		: new SendGridError(
				`${nameOf(fields, field)} is set, but has no value`,
				`Remove '${field.displayName}' there, or give it a value. If it is an expression, it returned nothing.`,
			);

/** @throws SendGridError for text that is too long to work on */
export function checkLength(fields: Fields, field: Field, text: string, most: number): void {
	if (text.length <= most) return;
	throw new SendGridError(
		`${nameOf(fields, field)} must be at most ${most.toLocaleString('en-US')} characters, not ${text.length.toLocaleString('en-US')}`,
		`Check the expression of '${field.displayName}'.`,
	);
}

/**
 * The value of a field for a single value: text without surrounding spaces, anything else unchanged.
 *
 * @throws SendGridError for no value, and for text that is too long
 */
export function readSet(fields: Fields, field: Field): unknown {
	const value = valueOf(fields, field);
	if (value === undefined || value === null) throw emptyError(fields, field);
	if (typeof value !== 'string') return value;
	checkLength(fields, field, value, MAX_TEXT_LENGTH);
	const text = value.trim();
	if (text === '') throw emptyError(fields, field);
	return text;
}

function collectionOf(value: Record<string, unknown>, within: string): Collection {
	const entries = new Map(Object.entries(value));
	return {
		within,
		has: ({ name }) => entries.has(name),
		getNodeParameter: (name, fallback) => (entries.has(name) ? entries.get(name) : fallback),
	};
}

/** @throws SendGridError for anything but a collection */
export function readCollection(fields: Fields, field: Field): Collection {
	const value = valueOf(fields, field);
	if (isRecord(value)) return collectionOf(value, `'${field.displayName}'`);
	if (value === undefined || value === null || value === '') throw emptyError(fields, field);
	throw wrongValue(
		fields,
		field,
		value,
		'an object',
		`Add what you need under '${field.displayName}'.`,
	);
}

/** Reads an entry if it is set; otherwise `undefined`. */
export const whereSet = <Value>(
	collection: Collection,
	field: Field,
	read: (fields: Fields, field: Field) => Value,
): Value | undefined => (collection.has(field) ? read(collection, field) : undefined);

/** Whether rows hold so much that reading them would hold up n8n. Looks no further than necessary. */
function isTooMuch(rows: ReadonlyArray<Record<string, unknown>>): boolean {
	let count = 0;
	let length = 0;
	for (const value of rows.flatMap(Object.values)) {
		const entries: unknown[] = Array.isArray(value) ? value : [value];
		count += entries.length;
		if (count > MAX_ROWS_COUNT) return true;
		for (const entry of entries) {
			if (typeof entry !== 'string') continue;
			length += entry.length;
			if (length > MAX_ROWS_LENGTH) return true;
			// A text may be a list.
			count += entry.split(/[\s,;]/).length - 1;
		}
	}
	return count > MAX_ROWS_COUNT;
}

/** The rows of a fixed collection. @throws SendGridError for anything else */
export function readRows(fields: Fields, field: Field): Collection[] {
	const [{ name }] = field.options ?? [field];
	const value = valueOf(fields, field);
	const content = isRecord(value) ? value[name] : value;
	const rows: unknown[] = Array.isArray(content) ? content : isRecord(content) ? [content] : [];
	if (rows.length > MAX_ROWS) {
		throw new SendGridError(
			`'${field.displayName}' must have at most ${MAX_ROWS.toLocaleString('en-US')} rows, not ${rows.length.toLocaleString('en-US')}`,
			'Leave some of them out.',
		);
	}
	if (rows.length === 0 || !rows.every(isRecord)) throw emptyError(fields, field);
	if (isTooMuch(rows)) {
		throw new SendGridError(
			`'${field.displayName}' must have at most ${MAX_ROWS_COUNT.toLocaleString('en-US')} values with ${MAX_ROWS_LENGTH.toLocaleString('en-US')} characters in total`,
			'Leave some of them out.',
		);
	}
	return rows.map((row, index) => collectionOf(row, `row ${index + 1} of '${field.displayName}'`));
}
