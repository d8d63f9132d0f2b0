import { SendGridError } from '../transport/errors';
import { hasControlCharacters } from '../transport/sanitize';
import {
	checkLength,
	emptyError,
	MAX_TEXT_LENGTH,
	nameOf,
	readSet,
	valueOf,
	wrongValue,
	type Field,
	type Fields,
} from './field';

/** Text on one line, without surrounding spaces. Numbers are accepted, since IDs and usernames may be numbers. */
export function checkText(fields: Fields, field: Field, value: unknown): string {
	const text = Number.isSafeInteger(value) ? String(value) : value;
	if (typeof text === 'string' && !hasControlCharacters(text)) return text;
	throw wrongValue(
		fields,
		field,
		value,
		'one line of text',
		`The expression of '${field.displayName}' must return text.`,
	);
}

/** @throws SendGridError for an empty value, and for anything but text or a whole number */
export const readText = (fields: Fields, field: Field): string =>
	checkText(fields, field, readSet(fields, field));

/** Limits of a list: characters if it is written as one text, and entries. */
const MAX_LIST_LENGTH = 100_000;
const MAX_ENTRIES = 1000;

const ADVICE = 'Return an array (["a", "b"]) or a comma-separated string.';

const SEPARATORS = /[,;\r\n]/;

/** `"stats.read"` -> `stats.read` */
const withoutQuotes = (text: string): string =>
	text
		.trim()
		.replace(/^(["'])(.*)\1$/s, '$2')
		.trim();

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/**
 * Texts from a list (also as JSON, which AI agents write) or from one text with commas, semicolons or line breaks.
 * An empty list is a decision, and allowed if the field allows it. An empty value is not: it comes from an
 * expression that found nothing.
 *
 * @throws SendGridError for an empty value, and for anything but a list of text values
 */
export function readTexts(fields: Fields, field: Field, mayBeEmpty = false): string[] {
	const value = valueOf(fields, field);
	if (typeof value === 'string') checkLength(fields, field, value, MAX_LIST_LENGTH);
	const isJson = typeof value === 'string' && value.trim().startsWith('[');
	const list: unknown = isJson ? parsedJson(value) : value;
	const empty = () =>
		emptyError(fields, field, mayBeEmpty ? `${ADVICE} Return [] for none.` : undefined);
	if (list === undefined || list === null) throw empty();
	const entries: unknown[] = Array.isArray(list) ? list : [list];
	if (entries.length === 0 && mayBeEmpty) return [];
	checkCount(fields, field, entries.length);
	let left = MAX_LIST_LENGTH;
	const texts = entries.flatMap((entry) => {
		if (typeof entry !== 'string' || (isJson && entry === value)) {
			throw wrongValue(fields, field, entry, 'a list of text values', ADVICE);
		}
		checkLength(fields, field, entry, left);
		left -= entry.length;
		const pieces = entry.split(SEPARATORS);
		checkCount(fields, field, pieces.length);
		const named = pieces.map(withoutQuotes).filter(Boolean);
		if (named.length === 0) throw empty();
		return named;
	});
	if (texts.length === 0) throw empty();
	checkCount(fields, field, texts.length);
	for (const text of texts) {
		checkLength(fields, field, text, MAX_TEXT_LENGTH);
		if (hasControlCharacters(text))
			throw wrongValue(fields, field, text, 'a list of text values', ADVICE);
	}
	return texts;
}

function checkCount(fields: Fields, field: Field, count: number): void {
	if (count <= MAX_ENTRIES) return;
	throw new SendGridError(
		`${nameOf(fields, field)} must have at most ${MAX_ENTRIES.toLocaleString('en-US')} entries, not ${count.toLocaleString('en-US')}`,
		`Check the expression of '${field.displayName}'.`,
	);
}

const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** Domains of addresses, in lower case. `@example.com` counts as `example.com`. @throws SendGridError */
export function readDomains(fields: Fields, field: Field): string[] {
	const texts = readTexts(fields, field).flatMap((text) => text.split(/\s+/));
	checkCount(fields, field, texts.length);
	return texts.map((text) => {
		const domain = text.toLowerCase().replace(/^@/, '');
		if (DOMAIN.test(domain)) return domain;
		throw wrongValue(
			fields,
			field,
			text,
			'a domain such as example.com',
			"Separate several domains with commas. Wildcards aren't supported.",
		);
	});
}
