/**
 * What a failure says has happened, told from the form of its sentence alone. The only place that knows how
 * the node words its failures.
 *
 * - `nothing`: "'ada@example.com' was not invited: ..."
 * - `unclear`: "It is unclear whether 'ada@example.com' was invited: ..."
 * - `partial`: "The earlier invitation of 'ada@example.com' was revoked, but ...", or "..., and it is unclear whether ..."
 * - `refused`: what the item or the credential says cannot be done: "'Email' must be ...". Nothing happened.
 * - `other`: none of these forms, which no write may have. What only reads has its own: "could not be read".
 */
export type Claim = 'nothing' | 'unclear' | 'partial' | 'refused' | 'other';

const UNCLEAR = /^It is unclear whether /;
const PARTIAL =
	/\b(was|were) (revoked|deleted|updated|invited|created|changed)\b.*?, (but|and it is unclear whether) /;
const NOTHING = /\b(was|were) (not|neither)\b/;
const REFUSED =
	/^('[A-Z][^']*' (is|are|holds|must|cannot|can|needs)\b|'[^']*' is at a domain|This credential )/;

export function claimOf(message: string): Claim {
	const sentence = message.split('\n', 1)[0];
	if (UNCLEAR.test(sentence)) return 'unclear';
	if (PARTIAL.test(sentence)) return 'partial';
	if (NOTHING.test(sentence)) return 'nothing';
	if (REFUSED.test(sentence)) return 'refused';
	return 'other';
}
