import type { INodeProperties } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import { formatList } from '../transport/sanitize';
import {
	checkLength,
	emptyError,
	MAX_TEXT_LENGTH,
	readSet,
	valueOf,
	wrongValue,
	type Field,
	type Fields,
} from './field';
import { checkText, readTexts } from './text';

const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');

/** The field's choices: display name and value, by the value. */
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
		`Choose from the list, or return ${formatList(
			choices.map(({ value }) => `'${value}'`),
			'or',
		)}.`,
	);
}

/**
 * The value of a field that offers a choice: by value or by display name, in any case.
 *
 * @param values those that the field's description offers
 * @throws SendGridError for an empty value, and for anything that the field does not offer
 */
export const readChoice = <Value extends string>(
	fields: Fields,
	field: Field,
	values: readonly Value[],
): Value => checkChoice(fields, field, readSet(fields, field), values);

/** The same for a field that takes several choices: each once, in the order of the values. At least one. */
export function readChoices<Value extends string>(
	fields: Fields,
	field: Field,
	values: readonly Value[],
): Value[] {
	const chosen = readTexts(fields, field).map((text) => checkChoice(fields, field, text, values));
	return values.filter((value) => chosen.includes(value));
}

/** The display names of all choices of these fields, by value. */
export const namesByValue = (
	fields: readonly INodeProperties[],
): Readonly<Record<string, string>> =>
	Object.fromEntries(
		fields.flatMap(({ options = [] }) =>
			options.flatMap((option) => ('value' in option ? [[String(option.value), option.name]] : [])),
		),
	);

/** What a locator names, and in which mode. */
export interface Located<Mode extends string> {
	/** `undefined` if the item gives only the value, as an expression for the whole field may do. */
	mode?: Mode;
	/** A text in one line, not empty. */
	value: string;
}

/** AI agents write such a field as JSON. Anything else stays as it is. */
function parsedObject(value: unknown): unknown {
	if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return value;
	if (!value.trim().startsWith('{')) return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

/**
 * A resource locator in any form: with its mode (by value or display name, even from an expression), or just the
 * text or number that it should name.
 *
 * @param modes those that the field's description has
 * @throws SendGridError if it names nothing
 */
export function readLocator<Mode extends string>(
	fields: Fields,
	field: Field,
	modes: readonly Mode[],
	advice: string,
): Located<Mode> {
	const choice = parsedObject(valueOf(fields, field));
	const hasMode = isRecord(choice) && 'mode' in choice;
	const value = isRecord(choice) ? choice.value : choice;
	if (value === undefined || value === null) throw emptyError(fields, field, advice);
	if (typeof value === 'string') {
		checkLength(fields, field, value, MAX_TEXT_LENGTH);
		if (value.trim() === '') throw emptyError(fields, field, advice);
	}
	const text = typeof value === 'string' ? value.trim() : value;
	if (typeof text === 'object') {
		throw wrongValue(fields, field, text, 'text', advice);
	}
	return {
		value: checkText(fields, field, text),
		...(hasMode && { mode: modeOf(field, choice.mode, modes) }),
	};
}

/** The mode, as a separate choice. */
function modeOf<Mode extends string>(field: Field, mode: unknown, modes: readonly Mode[]): Mode {
	const options = (field.modes ?? []).map(({ displayName, name }) => ({
		name: displayName,
		value: name,
	}));
	const row: Fields = { getNodeParameter: () => mode, within: `'${field.displayName}'` };
	return readChoice(row, { displayName: 'Mode', name: 'mode', default: '', options }, modes);
}
