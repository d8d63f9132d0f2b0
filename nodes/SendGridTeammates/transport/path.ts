import { SendGridError } from './errors';
import { hasControlCharacters } from './sanitize';

/** The value for each `{name}` of a path, and the field it came from, for messages. */
export type PathValues = Readonly<Record<string, { value: string; field: string }>>;

/** Mistaken for a part of the path itself: `/v3/teammates/pending` is the list of invitations. */
const isReserved = (name: string, segment: string) =>
	['username', 'teammate_name'].includes(name) && segment.toLowerCase() === 'pending';

/**
 * A value that fits into a path as one segment, without surrounding spaces.
 *
 * A user's value never changes which endpoint is called: nothing empty, no `.` or `..` (which URL parsers resolve
 * even when encoded), no slash, no control character.
 *
 * @param field its display name, for the message
 * @throws SendGridError for a value that isn't a single path segment
 */
export function checkSegment(value: string, field: string): string {
	const segment = value.trim();
	if (segment === '') {
		throw new SendGridError(`'${field}' is empty`, `Fill in '${field}'.`);
	}
	const isSafe =
		!/^\.{1,2}$/.test(segment) &&
		!/[/\\\p{Surrogate}]/u.test(segment) &&
		!hasControlCharacters(segment);
	if (!isSafe) {
		throw new SendGridError(
			`'${field}' contains characters that can't be part of it`,
			`Check '${field}': it can't contain slashes or line breaks, or be dots only.`,
		);
	}
	return segment;
}

/**
 * A path of SendGrid's reference with its `{name}` parts filled in, each as one encoded segment.
 *
 * @param template as the reference prints it: `/v3/teammates/pending/{token}/resend`
 * @throws SendGridError for a value that isn't a single path segment
 */
export function buildPath(template: string, values: PathValues = {}): string {
	return template.replace(/\{(\w+)\}/g, (_, name: string) => {
		const { value, field } = values[name];
		const segment = checkSegment(value, field);
		if (isReserved(name, segment)) {
			throw new SendGridError(
				`'${field}' is '${segment}', which SendGrid's API mistakes for its list of invitations`,
				`Check '${field}': a teammate with this username can only be changed under Settings > Teammates in SendGrid.`,
			);
		}
		return encodeURIComponent(segment);
	});
}
