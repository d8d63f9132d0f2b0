import { ScopeBitset } from './scopeBitset';

/** An invitation's progress, as one number. */
const REPORTED_AT_STAGE = [0, 1, 3];

const DIGITS = 36;

/** A set of scopes as one large number: bit _n_ stands for the _n_-th name. */
function decode(code: string, names: readonly string[]): string[] {
	const number = [...code].reduce(
		(all, digit) => all * BigInt(DIGITS) + BigInt(parseInt(digit, DIGITS) || 0),
		0n,
	);
	return names.filter((_, position) => (number >> BigInt(position)) % 2n === 1n);
}

const isRow = (row: unknown): row is unknown[] => Array.isArray(row);

const rowsOf = (value: unknown, change: (row: unknown[]) => unknown[]): unknown =>
	Array.isArray(value) ? value.map((row: unknown) => (isRow(row) ? change(row) : row)) : value;

const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];

/** A state of the first version in the form of the second one; invalid values are left to its reader. */
export function readVersion1(value: Record<string, unknown>): Record<string, unknown> {
	const names = textsOf(value.scopeNames);
	const code = new ScopeBitset([...names]);
	return {
		...value,
		version: 2,
		teammates: rowsOf(value.teammates, ([username, isAdmin, email, scopes]) => [
			username,
			isAdmin,
			email,
			typeof scopes === 'string' ? code.encode(decode(scopes, names)) : scopes,
		]),
		invitations: rowsOf(value.invitations, ([email, isAdmin, stage, expires]) => [
			email,
			isAdmin,
			REPORTED_AT_STAGE[Number(stage)] ?? stage,
			expires,
		]),
	};
}
