import type { IDataObject } from 'n8n-workflow';

import { isRecord, type Purpose } from './responseErrors';
import type { SendGridClient } from './client';
import { RequestFailure } from './errors';

/** Documented maximum. Observed: without a `limit` SendGrid sends 50, although it documents 500. */
export const LARGEST_PAGE = 500;

/** More than the largest account fills: what goes on after that never ends. */
export const MOST_PAGES = 1000;

export const failureOfEndlessness = ({ unfulfilled }: Purpose) =>
	new RequestFailure(
		unfulfilled,
		`SendGrid's list did not end after ${MOST_PAGES} pages`,
		"Check that nothing between n8n and SendGrid changes its answers, such as a custom 'API URL' in the credential.",
	);

/** A list of SendGrid's, read page by page. */
export interface List {
	path: string;
	/** Filters that SendGrid itself applies. */
	query?: IDataObject;
	/** What tells two records of the list apart. */
	identify: (record: IDataObject) => string;
	purpose: Purpose;
}

/** Documented as `result` in the schemas and `results` in the examples; observed: `result`. */
function recordsOf(body: unknown): IDataObject[] {
	const records = isRecord(body) ? (body.result ?? body.results) : body;
	return Array.isArray(records)
		? records.filter(isRecord).map((record) => record as IDataObject)
		: [];
}

/** Whether a record is wanted. */
export type Filter = (record: IDataObject) => boolean;

export interface Part {
	/** How many records to leave out at the start. */
	offset?: number;
	/** How many records to read at most. */
	atMost?: number;
}

/**
 * Reads a list page by page, each only when it is asked for.
 *
 * Advances by what came, and ends with a page that is empty or brings nothing new: a server that caps the
 * page, or that ignores `limit` and `offset` (which the list of pending invitations does not document),
 * neither hides a record nor keeps us going forever. Nor does one that makes up new records all the time.
 *
 * @throws SendGridFailure
 */
export async function* readPages(
	client: SendGridClient,
	{ path, query, identify, purpose }: List,
	{ offset = 0, atMost = Infinity }: Part = {},
): AsyncGenerator<IDataObject[], void, undefined> {
	const seen = new Set<string>();
	let received = 0;
	for (let pages = 0; received < atMost; pages += 1) {
		if (pages === MOST_PAGES) throw failureOfEndlessness(purpose);
		const body = await client.send<unknown>({
			method: 'GET',
			path,
			query: {
				...query,
				limit: Math.min(LARGEST_PAGE, atMost - received),
				offset: offset + received,
			},
			isList: true,
			purpose,
		});
		const page = recordsOf(body);
		const fresh = page.filter((record) => !seen.has(identify(record)));
		if (fresh.length === 0) return;
		for (const record of fresh) seen.add(identify(record));
		received += page.length;
		yield fresh;
	}
}

/**
 * The first records of a list that all filters let through, reading no further than needed.
 *
 * @param limit how many to give, `Infinity` for all
 * @param filters without any, the pages are cut to the limit
 */
export async function firstRecords(
	client: SendGridClient,
	list: List,
	limit: number,
	filters: readonly Filter[] = [],
): Promise<IDataObject[]> {
	const found: IDataObject[] = [];
	const part = filters.length > 0 ? {} : { atMost: limit };
	for await (const page of readPages(client, list, part)) {
		found.push(...page.filter((record) => filters.every((fits) => fits(record))));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}
