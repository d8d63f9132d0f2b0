/** How much foreign text goes into a message at most, in characters. */
const MAX_QUOTE_LENGTH = 200;

/** Whether the text holds a line break, a tab or another control character. */
export const hasControlCharacters = (text: string): boolean => /\p{Cc}/u.test(text);

/**
 * Foreign text on one line: no control characters, not too long. The part that is cut off is not even looked at, since
 * it may be long.
 *
 * @param most in characters
 */
export function cutToLine(text: string, most: number): string {
	const tidy = text
		.slice(0, 4 * most)
		.replace(/\p{Cc}/gu, ' ')
		.replace(/ {2,}/g, ' ')
		.trim();
	return tidy.length > most ? `${tidy.slice(0, most)}…` : tidy;
}

/** Foreign text, made fit for one line of a message. */
export const toSingleLine = (text: string): string => cutToLine(text, MAX_QUOTE_LENGTH);

/** Keys and tokens are longer. A field may hold a single letter instead, which occurs in every word. */
const MIN_SECRET_LENGTH = 8;

/** A text without any of these. */
export function redact(text: string, secrets: ReadonlyArray<string | undefined>): string {
	return secrets.reduce<string>(
		(rest, secret = '') =>
			secret.length < MIN_SECRET_LENGTH
				? rest
				: rest.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…'),
		text,
	);
}

/** One of SendGrid's API keys, even in lower case, as in a list of scopes, or cut short. */
const API_KEY = /\bSG\.[\w-]{22}\.[\w-]{20,}/gi;

/** A text without these, and without any of SendGrid's API keys: a field may hold one by mistake. */
export const withoutKeys = (text: string, secrets: Iterable<string> = []): string =>
	redact(text, [...secrets]).replace(API_KEY, '…');

/** A value with the secrets removed from all its texts. */
export function redactAll(value: unknown, secrets: readonly string[]): unknown {
	if (typeof value === 'string') return redact(value, secrets);
	if (Array.isArray(value)) return value.map((entry) => redactAll(entry, secrets));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [
			redact(name, secrets),
			redactAll(entry, secrets),
		]),
	);
}

/** Words that only machines write: API keys and tokens of invitations, which must not be shown. */
const isOpaque = (word: string) => /\d/.test(word) && /[a-z]/i.test(word);

/**
 * What SendGrid says, made fit for a message: anything that may be a key or the token of an invitation is cut to a
 * few characters, whether we know it or not.
 *
 * @param secrets known texts that must not be shown at all; removed before the text is cut to length
 */
export function sanitizeRemoteText(
	text: string,
	secrets: ReadonlyArray<string | undefined>,
): string {
	const masked = redact(text, secrets).replace(/[\w-]{20,}/g, (word) =>
		isOpaque(word) ? `${word.slice(0, 4)}…` : word,
	);
	return toSingleLine(masked);
}

/** A text or a number as text. Empty for anything else: `undefined` isn't a name. */
export const textOf = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** True or false, even if written as text; `undefined` for anything else. */
export function flagOf(value: unknown): boolean | undefined {
	const text = typeof value === 'boolean' ? String(value) : textOf(value).trim().toLowerCase();
	return ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined;
}

/** A number, even if written as text; `NaN` for anything else. */
export const numberOf = (value: unknown): number => {
	const text = textOf(value).trim();
	return text === '' ? NaN : Number(text);
};

/** A list as a person writes it: `a, b and c`. */
export function formatList(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} ${conjunction} ${words[words.length - 1]}`;
}

/** How many names of a longer list a message quotes. */
const MAX_QUOTED = 5;

/** A list of names in quotation marks, cut after the first five: `'a', 'b', 'c', 'd', 'e' and 12 more`. */
export function formatQuoted(names: readonly string[]): string {
	const quoted = names.slice(0, MAX_QUOTED).map((name) => `'${toSingleLine(name)}'`);
	const more = names.length - quoted.length;
	return more > 0
		? `${quoted.join(', ')} and ${more.toLocaleString('en-US')} more`
		: formatList(quoted);
}

/**
 * How a message names an invitation of which only the token is known. Anybody who has the token can join the
 * account, so only four characters are shown.
 */
export function maskedToken(token: string): string {
	return `${toSingleLine(token).slice(0, 4)}…`;
}
