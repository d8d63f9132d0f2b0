import { SendGridError } from '../transport/errors';

const FIELD = 'Email Pattern';

/** Characters of a pattern, and states that it may turn into. */
const LONGEST = 200;
const MOST_STATES = 1000;

interface Fork {
	kind: 'fork';
	ways: State[];
}

/** What a pattern waits for at one place of a text. */
type State =
	| { kind: 'character'; fits: (character: string) => boolean; next: State }
	| { kind: 'start' | 'end'; next: State }
	| { kind: 'found' }
	| Fork;

/** A piece of a pattern: gives the state to begin in, where `next` follows the piece. */
type Piece = (next: State) => State;

/** What stands for itself, in or outside of a class, and what JavaScript has for classes. */
const ESCAPE = /^\\(?:[dDwWsS]|[^a-zA-Z0-9])/;
const CLASS = /^\[(?:\\.|[^\]\\])+\]/;
const REPETITION = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/;

const refusal = (what: string, fix: string) => new SendGridError(`'${FIELD}' ${what}`, fix);

const FOR_WHAT_IS_THERE =
	'Use characters, ., [a-z], \\d, \\w, (one|other), ^, $, *, +, ? and {2,3}. Look-around, back-references and flags are left out, because some patterns with them never end.';

/** Turns a pattern into states, from left to right. */
class Reader {
	private states = 0;

	constructor(private rest: string) {}

	read(): State {
		const piece = this.alternatives();
		if (this.rest !== '') throw refusal("has a ')' without a '('", FOR_WHAT_IS_THERE);
		return piece({ kind: 'found' });
	}

	private alternatives(): Piece {
		const pieces = [this.sequence()];
		while (this.take(/^\|/)) pieces.push(this.sequence());
		if (pieces.length === 1) return pieces[0];
		return (next) => this.counted({ kind: 'fork', ways: pieces.map((piece) => piece(next)) });
	}

	private sequence(): Piece {
		const pieces: Piece[] = [];
		while (this.rest !== '' && !/^[|)]/.test(this.rest)) pieces.push(this.repeated(this.single()));
		return (next) => pieces.reduceRight((following, piece) => piece(following), next);
	}

	private repeated(piece: Piece): Piece {
		const repetition = this.take(REPETITION);
		if (!repetition) return piece;
		const [, sign, least, comma, most] = repetition;
		if (sign === '?') return this.times(piece, 0, 1);
		if (sign) return this.times(piece, sign === '+' ? 1 : 0, Infinity);
		if (!comma) return this.times(piece, Number(least), Number(least));
		return this.times(piece, Number(least), most === '' ? Infinity : Number(most));
	}

	private times(piece: Piece, least: number, most: number): Piece {
		return (next) => {
			let state = next;
			if (most === Infinity) {
				const loop: Fork = { kind: 'fork', ways: [next] };
				loop.ways.push(piece(this.counted(loop)));
				state = loop;
			} else {
				for (let left = most - least; left > 0; left -= 1) {
					state = this.counted({ kind: 'fork', ways: [piece(state), next] });
				}
			}
			for (let left = least; left > 0; left -= 1) state = this.counted(piece(state));
			return state;
		};
	}

	private single(): Piece {
		if (this.take(/^\((?:\?:)?(?!\?)/)) {
			const piece = this.alternatives();
			if (!this.take(/^\)/)) throw refusal("has a '(' without a ')'", FOR_WHAT_IS_THERE);
			return piece;
		}
		if (this.take(/^\^/)) return (next) => this.counted({ kind: 'start', next });
		if (this.take(/^\$/)) return (next) => this.counted({ kind: 'end', next });

		const fits = this.character();
		return (next) => this.counted({ kind: 'character', fits, next });
	}

	/** Any case, as addresses are compared everywhere. */
	private character(): (character: string) => boolean {
		const set = this.take(/^\./) ?? this.take(ESCAPE) ?? this.take(CLASS);
		if (set) {
			const expression = new RegExp(`^${set[0]}$`, 'i');
			return (character) => expression.test(character);
		}
		const plain = this.take(/^[^\\[(*+?]/)?.[0].toLowerCase();
		if (plain !== undefined) return (character) => character.toLowerCase() === plain;
		throw refusal(
			`has '${this.rest.slice(0, 10)}' at a place where that cannot be used`,
			FOR_WHAT_IS_THERE,
		);
	}

	private take(what: RegExp): RegExpExecArray | null {
		const found = what.exec(this.rest);
		if (found) this.rest = this.rest.slice(found[0].length);
		return found;
	}

	/** Repetitions within repetitions multiply. */
	private counted<Kind extends State>(state: Kind): Kind {
		this.states += 1;
		if (this.states <= MOST_STATES) return state;
		throw refusal('repeats too much', 'Use smaller numbers in {…}, or * instead.');
	}
}

/** Adds a state to those that wait at `position`, and what it leads to without another character. */
function enter(state: State, position: number, text: string, waiting: Set<State>): void {
	if (waiting.has(state)) return;
	waiting.add(state);
	if (state.kind === 'fork') for (const way of state.ways) enter(way, position, text, waiting);
	const isThere =
		(state.kind === 'start' && position === 0) ||
		(state.kind === 'end' && position === text.length);
	if (isThere) enter(state.next, position, text, waiting);
}

/** Follows all ways through the pattern at once, so each character of the text is looked at once. */
function isIn(text: string, start: State): boolean {
	let waiting = new Set<State>();
	for (let position = 0; ; position += 1) {
		enter(start, position, text, waiting);
		if ([...waiting].some(({ kind }) => kind === 'found')) return true;
		if (position === text.length) return false;
		const after = new Set<State>();
		for (const state of waiting) {
			if (state.kind === 'character' && state.fits(text[position])) {
				enter(state.next, position + 1, text, after);
			}
		}
		waiting = after;
	}
}

function isExpression(pattern: string): boolean {
	try {
		new RegExp(pattern);
		return true;
	} catch {
		return false;
	}
}

/**
 * A regular expression as a test of addresses, in any case and anywhere in the address.
 *
 * JavaScript's own expressions go back and try again, so that `(a+)+$` and one long address keep n8n busy
 * for years. This takes time in proportion to the address and the pattern, whatever the pattern.
 *
 * @throws SendGridError for what is no expression, is too long, or needs more than is understood here
 */
export function compilePattern(pattern: string): (text: string) => boolean {
	if (pattern.length > LONGEST) {
		throw refusal(
			`is longer than ${LONGEST} characters`,
			'Shorten it, or use a Filter node after this one.',
		);
	}
	if (!isExpression(pattern)) {
		throw refusal('is no regular expression', FOR_WHAT_IS_THERE);
	}
	const start = new Reader(pattern).read();
	return (text) => isIn(text, start);
}
