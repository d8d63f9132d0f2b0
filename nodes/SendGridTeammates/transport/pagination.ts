import type { IDataObject } from 'n8n-workflow';

import { isRecord, type RequestContext } from './responseErrors';
import type { SendGridClient } from './client';
import { RequestError } from './errors';

/** Documented maximum. Observed: without a `limit` SendGrid sends 50, although it documents 500. */
export const MAX_PAGE_SIZE = 500;

/** More than the largest account fills: what goes on after that never ends. */
export const MAX_PAGES = 1000;

export const endlessListError = ({ failureMessage }: RequestContext) =>
	new RequestError(
		failureMessage,
		`SendGrid's list did not end after ${MAX_PAGES} pages`,
		"Check that nothing between n8n and SendGrid changes its answers, such as a custom 'API URL' in the credential.",
	);

/** A list of SendGrid's, read page by page. */
export interface List {
	path: string;
	/** Filters that SendGrid itself applies. */
	query?: IDataObject;
	/** What tells two records of the list apart. */
	identify: (record: IDataObject) => string;
	context: RequestContext;
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
 * @throws SendGridError
 */
export async function* pages(
	client: SendGridClient,
	{ path, query, identify, context }: List,
	{ offset = 0, atMost = Infinity }: Part = {},
): AsyncGenerator<IDataObject[], void, undefined> {
	const seen = new Set<string>();
	let received = 0;
	for (let pages = 0; received < atMost; pages += 1) {
		if (pages === MAX_PAGES) throw endlessListError(context);
		const body = await client.send<unknown>({
			method: 'GET',
			path,
			query: {
				...query,
				limit: Math.min(MAX_PAGE_SIZE, atMost - received),
				offset: offset + received,
			},
			isArray: true,
			context,
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
export async function list(
	client: SendGridClient,
	list: List,
	limit: number,
	filters: readonly Filter[] = [],
): Promise<IDataObject[]> {
	const found: IDataObject[] = [];
	const part = filters.length > 0 ? {} : { atMost: limit };
	for await (const page of pages(client, list, part)) {
		found.push(...page.filter((record) => filters.every((fits) => fits(record))));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}
