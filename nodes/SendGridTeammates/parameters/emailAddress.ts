import type { INodeProperties } from 'n8n-workflow';

import type { TeammateChoice } from '../sendgrid/access';
import { SendGridError } from '../transport/errors';
import { isRecord } from '../transport/responseErrors';
import { readLocator } from './choice';
import {
	checkLength,
	emptyError,
	MAX_TEXT_LENGTH,
	nameOf,
	quoteValue,
	valueOf,
	type Field,
	type Fields,
} from './field';

export const emailField: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	placeholder: 'e.g. nathan@example.com',
	default: '',
	required: true,
	description:
		"The person's email address. An invitation has to be accepted with exactly this spelling, including upper and lower case.",
};

/** Documented: 5 to 255 characters of the form `something@something.tld`, which has 5 at least. */
const LONGEST = 255;

/** What may be wrong with an address, the likeliest first. */
const FAULTS: ReadonlyArray<readonly [RegExp, string]> = [
	[/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u, 'it has an invisible character'],
	[/[\p{Cc}\p{Zl}\p{Zp}]/u, 'it has a line break or another control character'],
	[/\p{Cs}/u, 'it has an incomplete character'],
	[/^mailto:/i, "it begins with 'mailto:'"],
	[/@.*@/, 'it has more than one @'],
	[/[<>]/, 'it has < or >'],
	[/[,;]/, 'it has a comma or a semicolon'],
	[/[()[\]]/, 'it has a bracket'],
	[/:/, 'it has a colon'],
	[/["\\]/, 'it has a quotation mark or a backslash'],
	[/\s/, 'it has a space'],
	[/\.\./, 'it has two dots in a row'],
	[/^\.|\.@|@\.|\.$/, 'it has a dot in the wrong place'],
];

/** A dot-atom, with letters of any language, and a domain with a dot. */
const ADDRESS =
	/^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** Whether it has characters that look like others, such as full-width letters: nobody's address has these. */
const isLookalike = (text: string): boolean => text.normalize('NFKC') !== text.normalize('NFC');

const faultIn = (text: string): string | undefined =>
	text.length > LONGEST
		? `it is longer than ${LONGEST} characters`
		: (FAULTS.find(([pattern]) => pattern.test(text))?.[1] ??
			(isLookalike(text)
				? 'it has a letter in a special form, such as a full-width one'
				: undefined));

/** Whether SendGrid could send an email to this. */
export const isEmailAddress = (text: string): boolean =>
	faultIn(text) === undefined && ADDRESS.test(text);

/**
 * An address as it will be sent: trimmed, otherwise as typed.
 *
 * @throws SendGridError for anything that SendGrid couldn't send an email to
 */
export function checkEmail(fields: Fields, field: Field, value: unknown): string {
	const { displayName } = field;
	const advice = `Fix '${displayName}', e.g. nathan@example.com. If the value comes from an earlier node, check this item there.`;
	if (value === undefined || value === null) throw emptyError(fields, field, advice);
	if (typeof value === 'string') checkLength(fields, field, value, MAX_TEXT_LENGTH);
	const text = typeof value === 'string' ? value.trim() : undefined;
	if (text === '') throw emptyError(fields, field, advice);
	if (text !== undefined && isEmailAddress(text)) return text;
	const fault = text === undefined ? undefined : faultIn(text);
	throw new SendGridError(
		`${nameOf(fields, field)} must be an email address, not ${quoteValue(text ?? value)}${fault ? `: ${fault}` : ''}`,
		advice,
	);
}

/** @throws SendGridError for anything but an address */
export const readEmail = (fields: Fields): string =>
	checkEmail(fields, emailField, valueOf(fields, emailField));

/** Fields that may name the item's person. */
const NAMING = ['email', 'teammate', 'invitation'];

/** The address that an item names, so that a message about another field can say whose row it is. */
export function namedAddress(fields: Fields): string | undefined {
	for (const name of NAMING) {
		try {
			const value = valueOf(fields, { displayName: '', name, default: '' });
			const text = isRecord(value) ? value.value : value;
			if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH) continue;
			if (isEmailAddress(text.trim())) return text.trim();
		} catch {
			// The expression itself may be what failed.
		}
	}
	return undefined;
}

/** Ways to name a teammate. */
const MODE = { list: 'list', email: 'email', username: 'username' } as const;

/**
 * All ways to name a teammate. Not required: if Access is an expression, n8n treats the fields of every choice as
 * shown.
 */
export const teammateLocator = {
	type: 'resourceLocator',
	default: { mode: MODE.list, value: '' },
	modes: [
		{
			displayName: 'From List',
			name: MODE.list,
			type: 'list',
			placeholder: 'Select a teammate…',
			typeOptions: { searchListMethod: 'searchTeammates', searchable: true },
		},
		{
			displayName: 'By Email',
			name: MODE.email,
			type: 'string',
			placeholder: 'e.g. nathan@example.com',
			hint: 'In upper or lower case',
		},
		{
			displayName: 'By Username',
			name: MODE.username,
			type: 'string',
			placeholder: 'e.g. nathan_acme',
			hint: 'May differ from the email address; for SSO teammates it never does',
		},
	],
} satisfies Partial<INodeProperties>;

export const teammateField: INodeProperties = {
	...teammateLocator,
	displayName: 'Teammate',
	name: 'teammate',
	required: true,
	description: 'The person in the SendGrid account',
};

/**
 * Which teammate a field names. Without a mode, anything with an @ is an address.
 *
 * @throws SendGridError if it names none
 */
export function readTeammateChoice(fields: Fields, field: Field = teammateField): TeammateChoice {
	const { mode, value } = readLocator(
		fields,
		field,
		Object.values(MODE),
		`Choose somebody from the list in '${field.displayName}', or name them by email address or username.`,
	);
	return mode === MODE.email || (mode === undefined && value.includes('@'))
		? { by: 'email', email: checkEmail(fields, field, value) }
		: { by: 'username', username: value };
}
