const DIGITS = 36;

/**
 * Writes sets of scopes as numbers: bit _n_ stands for the _n_-th name of a list that all sets share. So a
 * teammate's scopes take up to 60 characters instead of some thousand.
 */
export class ScopeBitset {
	private readonly positions: Map<string, number>;

	/** @param names scopes in the order of their bits; `encode` adds those that are missing */
	constructor(readonly names: string[] = []) {
		this.positions = new Map(names.map((name, position) => [name, position]));
	}

	encode(scopes: readonly string[]): string {
		const bits = scopes.map((scope) => 1n << BigInt(this.positionOf(scope)));
		return bits.reduce((all, bit) => all | bit, 0n).toString(DIGITS);
	}

	/** In alphabetical order. Characters that are no digits stand for nothing. */
	decode(code: string): string[] {
		const number = [...code].reduce(
			(all, digit) => all * BigInt(DIGITS) + BigInt(parseInt(digit, DIGITS) || 0),
			0n,
		);
		return this.names.filter((_, position) => (number >> BigInt(position)) % 2n === 1n).sort();
	}

	private positionOf(scope: string): number {
		const known = this.positions.get(scope);
		if (known !== undefined) return known;
		const position = this.names.push(scope) - 1;
		this.positions.set(scope, position);
		return position;
	}
}
