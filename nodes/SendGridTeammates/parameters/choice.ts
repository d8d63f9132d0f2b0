import { formatList } from '../transport/sanitize';
import { readSet, wrongValue, type Field, type Fields } from './field';
import { readTexts } from './text';

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');

/** Display names and values of what the field offers, by the value. */
function offered<Value extends string>(field: Field, values: readonly Value[]) {
	return (field.options ?? []).flatMap((option) => {
		const value = values.find((known) => 'value' in option && option.value === known);
		return value === undefined ? [] : [{ value, name: option.name }];
	});
}

function checkChoice<Value extends string>(
	fields: Fields,
	field: Field,
	chosen: unknown,
	values: readonly Value[],
): Value {
	const choices = offered(field, values);
	if (typeof chosen === 'string') {
		const wanted = plain(chosen);
		const found =
			choices.find(({ value }) => value.toLowerCase() === wanted) ??
			choices.find(({ name }) => plain(name) === wanted);
		if (found) return found.value;
	}
	throw wrongValue(
		fields,
		field,
		chosen,
		formatList(
			choices.map(({ name }) => name),
			'or',
		),
		`Choose from the list, or let the expression give ${formatList(
			choices.map(({ value }) => `'${value}'`),
			'or',
		)}.`,
	);
}

/**
 * The value of a field that offers a choice: by value or by display name, in any case.
 *
 * @param values those that the field's description offers
 * @throws SendGridError for nothing, and for anything that it does not offer
 */
export const readChoice = <Value extends string>(
	fields: Fields,
	field: Field,
	values: readonly Value[],
): Value => checkChoice(fields, field, readSet(fields, field), values);

/** The same for a field that offers several, each once and in the order of the values. At least one. */
export function readChoices<Value extends string>(
	fields: Fields,
	field: Field,
	values: readonly Value[],
): Value[] {
	const chosen = readTexts(fields, field).map((text) => checkChoice(fields, field, text, values));
	return values.filter((value) => chosen.includes(value));
}
