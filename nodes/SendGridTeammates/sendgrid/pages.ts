import type { IDataObject } from 'n8n-workflow';

import { isRecord, type Purpose } from './answer';
import type { SendGridClient } from './client';

/** Documented maximum. Observed: without a `limit` SendGrid sends 50, although it documents 500. */
export const LARGEST_PAGE = 500;

/** A list of SendGrid's, read page by page. */
export interface List {
	path: string;
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

/**
 * Reads a list page by page, each only when it is asked for.
 *
 * Advances by what came, and ends with a page that is empty or brings nothing new: a server that caps the
 * page, or that ignores `limit` and `offset` (which the list of pending invitations does not document),
 * neither hides a record nor keeps us going forever.
 *
 * @param offset how many records to leave out at the start
 */
export async function* readPages(
	client: SendGridClient,
	{ path, identify, purpose }: List,
	offset = 0,
): AsyncGenerator<IDataObject[], void, undefined> {
	const seen = new Set<string>();
	let received = offset;
	for (;;) {
		const body = await client.send<unknown>({
			method: 'GET',
			path,
			query: { limit: LARGEST_PAGE, offset: received },
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
