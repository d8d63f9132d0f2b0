/** Longest piece of somebody else's text that goes into a message of ours, in characters. */
const LONGEST_QUOTE = 200;

const isControlCharacter = (character: string) => {
	const code = character.codePointAt(0) ?? 0;
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
};

/** Whether the text holds a line break, a tab or another control character. */
export function hasControlCharacters(text: string): boolean {
	return [...text].some(isControlCharacter);
}

/** Somebody else's text, made fit for one line of a message: no control characters, not too long. */
export function quotable(text: string): string {
	const line = [...text].map((character) => (isControlCharacter(character) ? ' ' : character));
	const tidy = line.join('').replace(/ {2,}/g, ' ').trim();
	return tidy.length > LONGEST_QUOTE ? `${tidy.slice(0, LONGEST_QUOTE)}…` : tidy;
}

/** A list as a person writes it: `a, b and c`. */
export function enumerate(words: readonly string[]): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/**
 * How a message names an invitation that is known by its token only. The token lets whoever holds it join
 * the account, so four characters have to do.
 */
export function maskedToken(token: string): string {
	return `${quotable(token).slice(0, 4)}…`;
}
