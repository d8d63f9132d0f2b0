import { readSet, wrongValue, type Field, type Fields } from './field';

/** The range of a number. */
export interface NumberRange {
	min: number;
	/** The number has to be less than this. */
	below?: number;
	isWhole?: boolean;
	/** As it stands in a sentence: `number of days`. */
	noun?: string;
	/** What to do about a number outside the range. */
	advice?: string;
}

/** A number as people write it: no hexadecimals, no thousands separators. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;

function numberIn(value: unknown): number {
	if (typeof value === 'number') return value;
	return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : NaN;
}

/**
 * A number, also as text.
 *
 * @throws SendGridError for anything but a number, and for one out of range
 */
export function readNumber(
	fields: Fields,
	field: Field,
	{ min, below = Infinity, isWhole = false, noun = 'number', advice }: NumberRange,
): number {
	const value = readSet(fields, field);
	const number = numberIn(value);
	if (number >= min && number < below && (!isWhole || Number.isInteger(number))) return number;
	const end = below === Infinity ? '' : ` to less than ${below}`;
	const range = `${isWhole ? 'a whole' : 'a'} ${noun} from ${min}${end}`;
	throw wrongValue(
		fields,
		field,
		value,
		range,
		advice ?? `Set '${field.displayName}' to ${range}.`,
	);
}

/** A number of days; fractions are allowed. @throws SendGridError */
export const readDays = (
	fields: Fields,
	field: Field,
	range: Pick<NumberRange, 'below' | 'advice'> = {},
): number => readNumber(fields, field, { ...range, min: 0, noun: 'number of days' });
