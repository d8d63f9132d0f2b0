import type { IDataObject } from 'n8n-workflow';

import { isRecord } from './responseErrors';

/** The body of a 204, or of a 2xx that says nothing more. */
export const isEmptyBody = (body: unknown): boolean =>
	body === undefined || body === null || body === '';

/** Observed in other people's fixtures: a 2xx whose body lists errors. It proves nothing. */
const claimsErrors = (body: Record<string, unknown>): boolean =>
	(Array.isArray(body.errors) && body.errors.length > 0) || isRecord(body.errors);

/** A response that is one object, or `undefined` where it is not. */
export const decodeObject = (body: unknown): IDataObject | undefined =>
	isRecord(body) && !claimsErrors(body) ? (body as IDataObject) : undefined;

/** A response that may well be empty: those of DELETE, and of others where gateways drop the body. */
export const decodeOptionalObject = (body: unknown): IDataObject | undefined =>
	isEmptyBody(body) ? {} : decodeObject(body);

/**
 * The records of a list, or `undefined` where the response is not one: then nobody may conclude that the
 * list is empty.
 *
 * Documented as `result` in the schemas and `results` in the examples, observed: `result`. Access requests
 * and subusers come as a bare array.
 */
export function decodeList(body: unknown): IDataObject[] | undefined {
	const object = decodeObject(body);
	const records: unknown = Array.isArray(body) ? body : (object?.result ?? object?.results);
	if (!Array.isArray(records) || !records.every(isRecord)) return undefined;
	return records as IDataObject[];
}

/** The last moment that an ISO date can tell, in milliseconds. */
const LATEST_MS = 8_640_000_000_000_000;

/** Above this, a number counts milliseconds: in seconds it would be the year 5138. */
const SMALLEST_IN_MS = 1e11;

/**
 * A moment as SendGrid writes it, in epoch milliseconds, or `undefined` where it does not say.
 *
 * Documented and observed: epoch seconds. In other people's fixtures: milliseconds, ISO 8601, text, and 0,
 * which stands for nothing.
 */
export function readEpoch(value: unknown): number | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	const text = String(value).trim();
	const number = text === '' ? NaN : Number(text);
	const moment = Number.isNaN(number)
		? Date.parse(text)
		: number * (Math.abs(number) >= SMALLEST_IN_MS ? 1 : 1000);
	return moment > 0 && moment <= LATEST_MS ? moment : undefined;
}
