import type { IDataObject } from 'n8n-workflow';

import { isRecord, TOO_LARGE } from './responseErrors';
import { flagOf, redactAll, textOf } from './sanitize';

/** The body of a 204, or of a 2xx without content. `{}` has none either. */
export const isEmptyBody = (body: unknown): boolean =>
	body === undefined ||
	body === null ||
	body === '' ||
	(isRecord(body) && Object.keys(body).length === 0);

const isClaim = (value: unknown): boolean =>
	Array.isArray(value) ? value.length > 0 : Boolean(value);

/** Observed in other people's fixtures, and with gateways: a 2xx with a refusal in its body. It proves nothing. */
const claimsErrors = ({ errors, error, success }: Record<string, unknown>): boolean =>
	isClaim(errors) || isClaim(error) || flagOf(success) === false;

/** A response that is one object, or `undefined` if it is not. */
export const decodeObject = (body: unknown): IDataObject | undefined =>
	isRecord(body) && !claimsErrors(body) ? (body as IDataObject) : undefined;

/**
 * The answer to a write: an object with one of these fields, as documented, or nothing if a gateway drops the body.
 * Anything else doesn't mean that the write was carried out, whatever the status.
 *
 * @param fields none if no body is documented, as for DELETE
 */
export const decodeAnswer =
	(...fields: string[]) =>
	(body: unknown): IDataObject | undefined => {
		if (isEmptyBody(body)) return {};
		const answer = decodeObject(body);
		return fields.some((field) => textOf(answer?.[field]) !== '') ? answer : undefined;
	};

/**
 * The records of a list, or `undefined` if the response is not one: such a list must not be treated as empty.
 * Documented as `result` in the schemas and `results` in the examples, observed: `result`. With both it is unknown
 * which one is meant. Access requests and subusers come as a bare array.
 */
export function decodeList(body: unknown): IDataObject[] | undefined {
	const { result, results } = decodeObject(body) ?? {};
	if (result && results) return undefined;
	const records: unknown = Array.isArray(body) ? body : (result ?? results);
	if (!Array.isArray(records) || !records.every(isRecord)) return undefined;
	return records as IDataObject[];
}

/** SendGrid's record behind fields of ours, which count where SendGrid's have the same name. */
export const withOwn = (own: IDataObject, record: IDataObject): IDataObject => ({
	...own,
	...record,
	...own,
});

/** Fields that say what was done or would be done; they come first. */
export const OUTCOME = ['would', 'dry_run', 'action', 'changed', 'reason'];

/** The same for scopes: long lists, which come last, or everything else would be out of sight. */
export const SCOPES = ['admin_access', 'added_scopes', 'removed_scopes', 'skipped_scopes'];

const OWN_FIELDS = new Set([...OUTCOME, ...SCOPES]);

/**
 * The output for a change: its outcome, and SendGrid's record without fields that would be taken for a part of the
 * outcome.
 */
export const withOutcome = (outcome: IDataObject, record: IDataObject): IDataObject => ({
	...outcome,
	...Object.fromEntries(Object.entries(record).filter(([name]) => !OWN_FIELDS.has(name))),
});

/** An address, or empty for anything that is none: such a record may be anybody's. */
export function readAddress(value: unknown): string {
	const text = textOf(value).trim();
	return text.includes('@') ? text : '';
}

const ROLES = ['admin', 'owner', 'teammate'] as const;

/** The role in a record, in lower case, or `undefined` if it is none of the documented ones. */
export function readRole({ user_type }: IDataObject): (typeof ROLES)[number] | undefined {
	const role = textOf(user_type).trim().toLowerCase();
	return ROLES.find((known) => known === role);
}

/** The last moment that an ISO date can express, in milliseconds. */
const LATEST_MS = 8_640_000_000_000_000;

/** Above this, a number counts milliseconds: in seconds it would be the year 5138. */
const SMALLEST_IN_MS = 1e11;

/** The end of a date that does not depend on where n8n runs. */
const HAS_ZONE = /(Z|GMT|UTC|[+-]\d\d:?\d\d|^\d{4}-\d\d-\d\d)$/i;

/**
 * A date in any of SendGrid's forms, in epoch milliseconds, or `undefined` if there is none.
 *
 * Documented and observed: epoch seconds. In other people's fixtures: milliseconds, ISO 8601, text, and 0, which
 * stands for nothing. A date and time without a zone could be hours off, so it tells nothing.
 */
export function readEpoch(value: unknown): number | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	const text = String(value).trim();
	const number = text === '' ? NaN : Number(text);
	const moment = Number.isNaN(number)
		? Date.parse(HAS_ZONE.test(text) ? text : '')
		: number * (Math.abs(number) >= SMALLEST_IN_MS ? 1 : 1000);
	return moment > 0 && moment <= LATEST_MS ? moment : undefined;
}

/** Far above any real answer: a list of 500 people has about 300 kB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Shorter ones aren't real keys, and might be ordinary words. */
const SHORTEST_SECRET = 8;

const isStream = (body: unknown): body is AsyncIterable<Uint8Array | string> =>
	typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Counts what has been decompressed and drops the rest: a few kB can expand to gigabytes. */
async function readText(stream: AsyncIterable<Uint8Array | string>) {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
		size += bytes.length;
		if (size > MAX_BYTES) return TOO_LARGE;
		chunks.push(bytes);
	}
	return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Parsed whatever its content type; kept as text if it isn't JSON. */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** Whether a text may hold a secret: as it is, or written with escapes. */
const mayHold = (text: string, secrets: readonly string[]): boolean =>
	text.includes('\\') ||
	secrets.some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));

/**
 * The body of a response, parsed if it is JSON.
 *
 * @param body as n8n gives it: a stream, since n8n has no other way to limit its size
 * @param secrets removed, because a gateway may repeat what it was sent
 */
export async function readBody(body: unknown, secrets: readonly string[]): Promise<unknown> {
	const text = isStream(body) ? await readText(body) : body;
	if (text === TOO_LARGE) return text;
	const value = typeof text === 'string' ? parse(text) : text;
	const known = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
	// A list of 500 people is searched in one go.
	return typeof text === 'string' && !mayHold(text, known) ? value : redactAll(value, known);
}
