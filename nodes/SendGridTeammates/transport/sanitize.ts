/** Longest piece of somebody else's text that goes into a message of ours, in characters. */
const MAX_QUOTE_LENGTH = 200;

const isControlCharacter = (character: string) => {
	const code = character.codePointAt(0) ?? 0;
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
};

/** Whether the text holds a line break, a tab or another control character. */
export function hasControlCharacters(text: string): boolean {
	return [...text].some(isControlCharacter);
}

/** Somebody else's text, made fit for one line of a message: no control characters, not too long. */
export function toSingleLine(text: string): string {
	const line = [...text].map((character) => (isControlCharacter(character) ? ' ' : character));
	const tidy = line.join('').replace(/ {2,}/g, ' ').trim();
	return tidy.length > MAX_QUOTE_LENGTH ? `${tidy.slice(0, MAX_QUOTE_LENGTH)}…` : tidy;
}

/** A text with each of these blotted out. */
export function redact(text: string, secrets: ReadonlyArray<string | undefined>): string {
	return secrets.reduce<string>(
		(rest, secret) =>
			secret ? rest.split(secret).join('…').split(encodeURIComponent(secret)).join('…') : rest,
		text,
	);
}

/** All texts in a value, with the secrets blotted out. */
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

/** Such words only machines write: keys, and tokens of invitations, which nobody may see but who needs them. */
const isOpaque = (word: string) => /\d/.test(word) && /[a-z]/i.test(word);

/**
 * What SendGrid says, made fit for a message: whatever may be a key or a token of somebody's invitation is cut
 * down to a few characters, whether we know it or not.
 *
 * @param secrets what is known and must not be shown at all; blotted out before the text is cut to length
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

/** A text or a number as text. Empty for anything else: not everything has a text, and `undefined` is no name. */
export const textOf = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** A yes or a no, also where it is written as text; `undefined` for anything else. */
export function flagOf(value: unknown): boolean | undefined {
	const text = String(value).trim().toLowerCase();
	return ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined;
}

/** A number, also where it is written as text; `NaN` for anything else. */
export const numberOf = (value: unknown): number => {
	const text = textOf(value).trim();
	return text === '' ? NaN : Number(text);
};

/** A list as a person writes it: `a, b and c`. */
export function formatList(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} ${conjunction} ${words[words.length - 1]}`;
}

/**
 * How a message names an invitation that is known by its token only. The token lets whoever holds it join
 * the account, so four characters have to do.
 */
export function maskedToken(token: string): string {
	return `${toSingleLine(token).slice(0, 4)}…`;
}
