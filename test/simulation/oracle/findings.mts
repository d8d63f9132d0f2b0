/**
 * What the oracle objects to.
 *
 * - `untrue`: an answer says what was never so, or that nothing happened when something did
 * - `needless`: a failure, or a doubt, without any reason
 * - `mail`: an email more than was asked for
 * - `taken`: somebody lost what no item asked to take
 * - `guard`: a limit of the credential was crossed
 * - `secret`: a key or a token where it must not be
 * - `late`: something took longer than it may
 * - `link`: an item without its one answer
 * - `form`: a failure that is none of the three sentences
 */
export type Law =
	| 'untrue'
	| 'needless'
	| 'mail'
	| 'taken'
	| 'guard'
	| 'secret'
	| 'late'
	| 'link'
	| 'form';

export interface Finding {
	law: Law;
	run: number;
	item?: number;
	what: string;
}
