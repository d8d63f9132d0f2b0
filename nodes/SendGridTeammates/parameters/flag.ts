import { readSet, wrongValue, type Field, type Fields } from './field';

/**
 * True or false, also as text, in upper or lower case.
 *
 * @throws SendGridError for anything else: nobody may be deleted by a guess
 */
export function readFlag(fields: Fields, field: Field): boolean {
	const value = readSet(fields, field);
	const flag = typeof value === 'string' ? value.toLowerCase() : value;
	if (flag === true || flag === 'true') return true;
	if (flag === false || flag === 'false') return false;
	throw wrongValue(
		fields,
		field,
		value,
		'true or false',
		`The expression of '${field.displayName}' must return true or false, e.g. {{ $json.answer === 'yes' }}.`,
	);
}
