/** One character for each value of six bits. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const BITS = 6;

/** The position of scopes that don't count. */
const NOWHERE = -1;

const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/**
 * Writes sets of scopes as text: bit _n_ stands for the _n_-th name of a list that all sets share. So a teammate's
 * scopes take up to 60 characters instead of thousands, and two sets are equal if their texts are.
 */
export class ScopeBitset {
	private readonly positions: Map<string, number>;

	/**
	 * @param names scopes in the order of their bits; `encode` adds those that are missing
	 * @param counts whether a scope belongs in the sets; asked once for each
	 */
	constructor(
		readonly names: string[] = [],
		private readonly counts: (scope: string) => boolean = () => true,
	) {
		this.positions = new Map(names.map((name, position) => [name, position]));
	}

	encode(scopes: readonly string[]): string {
		const digits: number[] = [];
		for (const scope of scopes) {
			const position = this.positions.get(scope) ?? this.add(scope);
			if (position === NOWHERE) continue;
			const index = Math.floor(position / BITS);
			while (digits.length <= index) digits.push(0);
			digits[index] |= 1 << position % BITS;
		}
		return digits.map((value) => DIGITS[value]).join('');
	}

	/** In alphabetical order. Characters that aren't digits are ignored. */
	decode(code: string): string[] {
		const values = [...code].map((digit) => VALUES.get(digit) ?? 0);
		return this.names
			.filter((_, position) => ((values[Math.floor(position / BITS)] ?? 0) >> position % BITS) & 1)
			.sort();
	}

	private add(scope: string): number {
		const position = this.counts(scope) ? this.names.push(scope) - 1 : NOWHERE;
		this.positions.set(scope, position);
		return position;
	}
}
