/**
 * What a failure says has happened, judged by the form of its sentence alone. The only place that knows how the
 * node words its failures.
 *
 * - `nothing`: "'ada@example.com' was not invited: ..."
 * - `unclear`: "It is unclear whether 'ada@example.com' was invited: ..."
 * - `partial`: "The earlier invitation of 'ada@example.com' was revoked, but ...", or "..., and it is unclear
 *   whether ..."
 * - `refused`: what the item or the credential says cannot be done: "'Email' must be ...". Nothing happened.
 * - `other`: none of these forms, which no write may have. Operations that only read have their own form: "could
 *   not be read".
 */
export type Claim = 'nothing' | 'unclear' | 'partial' | 'refused' | 'other';

const UNCLEAR = /^It is unclear whether /;
const PARTIAL =
	/\b(was|were) (revoked|deleted|updated|invited|created|changed)\b.*?, (but|and it is unclear whether) /;
const NOTHING = /\b(was|were) (not|neither)\b/;
const REFUSED =
	/^('[A-Z][^']*' (is|are|has|have|holds|must|cannot|can't|can|needs)\b|'[^']*' is at a domain|This credential )/;

export function claimOf(message: string): Claim {
	const sentence = message.split('\n', 1)[0];
	if (UNCLEAR.test(sentence)) return 'unclear';
	if (PARTIAL.test(sentence)) return 'partial';
	if (NOTHING.test(sentence)) return 'nothing';
	if (REFUSED.test(sentence)) return 'refused';
	return 'other';
}

/** The requests that a sentence says were done. */
const DEEDS: ReadonlyArray<readonly [said: RegExp, method: string, path: RegExp]> = [
	[/\b(was|were) revoked\b/, 'DELETE', /\/pending\//],
	[/\b(was|were) deleted\b/, 'DELETE', /\/teammates\/(?!pending)/],
	[/\b(was|were) updated\b/, 'PATCH', /\/teammates\//],
	[/\b(was|were) created\b/, 'POST', /\/sso\/teammates$/],
];

/** Whether requests did everything that the first part of a sentence says was done. */
export function isDoneBy(
	message: string,
	requests: ReadonlyArray<{ method: string; path: string }>,
): boolean {
	const [done] = message.split(/, (?:but|and it is unclear whether) /);
	return DEEDS.filter(([said]) => said.test(done)).every(([, method, path]) =>
		requests.some((request) => request.method === method && path.test(request.path)),
	);
}
