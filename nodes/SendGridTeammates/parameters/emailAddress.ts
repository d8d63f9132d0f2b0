import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { hasControlCharacters, toSingleLine } from '../transport/sanitize';

export const emailField: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	placeholder: 'e.g. nathan@example.com',
	default: '',
	required: true,
	description:
		'Address of the person. SendGrid keeps upper and lower case, and the person has to accept with exactly this spelling.',
};

/** Documented: 5 to 255 characters of the form `something@something.tld`, which has 5 at least. */
const LONGEST = 255;
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

/** Whether SendGrid could send an email to this. */
export const isEmailAddress = (text: string): boolean =>
	text.length <= LONGEST && ADDRESS.test(text) && !hasControlCharacters(text);

/**
 * An address as it will be sent: trimmed, and otherwise as it was typed.
 *
 * @param quote how a message shows what is no address
 * @throws SendGridError for anything that SendGrid could not send an e-mail to
 */
export function checkEmail(value: unknown, field = 'Email', quote = toSingleLine): string {
	const fix = `Enter an address such as nathan@example.com in '${field}'. If it comes from an earlier node, check that this item has one.`;
	if (value === undefined || value === null || value === '') {
		throw new SendGridError(`'${field}' is empty`, fix);
	}
	if (typeof value !== 'string') throw new SendGridError(`'${field}' is not a text`, fix);

	const email = value.trim();
	if (!isEmailAddress(email)) {
		throw new SendGridError(`'${field}' is '${quote(email)}', which is no e-mail address`, fix);
	}
	return email;
}

export const readEmail = (item: IExecuteSingleFunctions): string =>
	checkEmail(item.getNodeParameter('email', ''));
