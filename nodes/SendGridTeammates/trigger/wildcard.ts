import { addressKey } from '../sendgrid/account';

/** Stands for any number of characters, or none. */
const ANYTHING = '*';

/** Whether a text consists of these parts in this order, with anything in between. In linear time. */
function isMadeOf(text: string, parts: readonly string[]): boolean {
	const [first] = parts;
	const last = parts[parts.length - 1];
	if (parts.length === 1) return text === first;
	if (text.length < first.length + last.length) return false;
	if (!text.startsWith(first) || !text.endsWith(last)) return false;
	const end = text.length - last.length;
	let position = first.length;
	for (const part of parts.slice(1, -1)) {
		// The earliest place is the best: it leaves the most room for the parts that follow.
		const found = text.indexOf(part, position);
		if (found < 0 || found + part.length > end) return false;
		position = found + part.length;
	}
	return true;
}

/**
 * Returns a test of whether an address matches one of several wildcards, in upper or lower case: `*@example.com`,
 * `hr-*@*`. All characters but `*` stand for themselves, as the address is written, or in the form of it that has
 * ASCII characters only.
 */
export function addressMatcher(wildcards: readonly string[]): (address: string) => boolean {
	const wanted = wildcards.map((wildcard) => addressKey(wildcard).split(ANYTHING));
	return (address) => {
		const forms = [addressKey(address), address.trim().normalize().toLowerCase()];
		return wanted.some((parts) => forms.some((form) => isMadeOf(form, parts)));
	};
}
