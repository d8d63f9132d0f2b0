import { SendGridError } from './errors';

const HOW_TO_WRITE_IT =
	"Enter a subuser's username, or 'account-id' followed by a space and the customer account's ID. Leave 'On Behalf Of' empty to act on your own account.";

/** Characters that an HTTP header can carry unencoded. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * The value of the `on-behalf-of` header, or `undefined` to leave the header out. Documented: a subuser's username,
 * or `account-id <id>`. Observed: with a leading `subuser_`, SendGrid doesn't know the subuser.
 *
 * @throws SendGridError for a value that SendGrid would misread or ignore
 */
export function checkOnBehalfOf(value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') {
		throw new SendGridError("'On Behalf Of' must be text", HOW_TO_WRITE_IT);
	}
	if (!PRINTABLE_ASCII.test(value)) {
		throw new SendGridError(
			"'On Behalf Of' contains a line break or another character that can't be sent",
			HOW_TO_WRITE_IT,
		);
	}

	const name = value.trim();
	if (value === '') return undefined;
	// An expression that found nothing must not act on the parent account.
	if (name === '')
		throw new SendGridError("'On Behalf Of' is set, but has no value", HOW_TO_WRITE_IT);
	if (/^subuser_/i.test(name)) {
		throw new SendGridError(
			"'On Behalf Of' starts with 'subuser_', which SendGrid doesn't understand",
			"Remove 'subuser_' and keep the subuser's username.",
		);
	}

	const [keyword, id, ...rest] = name.split(/\s+/);
	if (keyword.toLowerCase() !== 'account-id') return name;
	if (id === undefined || rest.length > 0) {
		throw new SendGridError(
			"'On Behalf Of' must have exactly one account ID after 'account-id'",
			HOW_TO_WRITE_IT,
		);
	}
	return `account-id ${id}`;
}
