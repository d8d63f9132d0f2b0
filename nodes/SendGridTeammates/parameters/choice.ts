import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { formatList, toSingleLine } from '../transport/sanitize';

function described(chosen: unknown): string {
	if (chosen === undefined || chosen === null || chosen === '') return 'An empty field';
	return typeof chosen === 'object'
		? 'An object'
		: `'${toSingleLine(String(chosen as string | number | boolean))}'`;
}

/**
 * The value of a field that offers a choice.
 *
 * @param field the field's display name, for the message
 * @throws SendGridError for anything that is not one of the values
 */
export function checkChoice<Value extends string>(
	chosen: unknown,
	field: string,
	values: readonly Value[],
): Value {
	const value = values.find((known) => known === chosen);
	if (value !== undefined) return value;
	throw new SendGridError(
		`${described(chosen)} isn't a valid value for '${field}'`,
		`Use ${formatList(
			values.map((known) => `'${known}'`),
			'or',
		)}.`,
	);
}

/** The same, for a field of its own. @throws SendGridError */
export const readChoice = <Value extends string>(
	item: IExecuteSingleFunctions,
	name: string,
	field: string,
	values: readonly Value[],
	preset: Value,
): Value => checkChoice(item.getNodeParameter(name, preset), field, values);
