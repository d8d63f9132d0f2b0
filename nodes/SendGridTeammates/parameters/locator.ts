import { isRecord } from '../transport/responseErrors';
import {
	checkLength,
	emptyError,
	MAX_TEXT_LENGTH,
	valueOf,
	wrongValue,
	type Field,
	type Fields,
} from './field';
import { readChoice } from './choice';
import { checkText } from './text';

/** What a locator names, and how. */
export interface Located<Mode extends string> {
	/** `undefined` where the item says only what, as an expression for the whole field may do. */
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
 * A resource locator as people have it: with its mode (by value or display name, also where an expression says
 * it), or only the text or number that it should name.
 *
 * @param modes those that the field's description has
 * @throws SendGridError where it names nothing
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
		throw wrongValue(fields, field, text, 'one text', advice);
	}
	return {
		value: checkText(fields, field, text),
		...(hasMode && { mode: modeOf(field, choice.mode, modes) }),
	};
}

/** The mode, as a choice of its own. */
function modeOf<Mode extends string>(field: Field, mode: unknown, modes: readonly Mode[]): Mode {
	const options = (field.modes ?? []).map(({ displayName, name }) => ({
		name: displayName,
		value: name,
	}));
	const row: Fields = { getNodeParameter: () => mode, within: `'${field.displayName}'` };
	return readChoice(row, { displayName: 'Mode', name: 'mode', default: '', options }, modes);
}
