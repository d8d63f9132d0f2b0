import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connectionForEditor } from '../execution/connection';
import { SendGridClient } from '../transport/client';
import { pages, type List } from '../transport/pagination';
import { listError } from './failureOfList';

/** Where SendGrid's own pages show teammates and invitations. */
const TEAMMATES_PAGE = 'https://app.sendgrid.com/settings/teammates';

export interface SearchableList extends List {
	/** What the person chooses by. */
	nameOf: (record: IDataObject) => string;
	valueOf: (record: IDataObject) => string;
	/** Whether SendGrid is known to go on where `offset` says. Else the whole list is read at once. */
	honoursOffset: boolean;
}

/**
 * A list to choose from in the editor. Without a search text it comes page by page, as the person scrolls;
 * with one, everything that contains it, in any case: SendGrid itself cannot search.
 *
 * @param paginationToken how many records to leave out, from the page before
 */
export async function searchList(
	editor: ILoadOptionsFunctions,
	list: SearchableList,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const client = new SendGridClient(editor, await connectionForEditor(editor));
		const wanted = filter.trim().toLowerCase();
		const offset = Number(paginationToken ?? 0);
		const resultOf = (record: IDataObject) => ({
			name: list.nameOf(record),
			value: list.valueOf(record),
			url: TEAMMATES_PAGE,
		});
		const results: INodeListSearchResult['results'] = [];
		for await (const page of pages(client, list, { offset })) {
			const named = page.map(resultOf);
			if (!wanted && list.honoursOffset) {
				return { results: named, paginationToken: String(offset + page.length) };
			}
			results.push(...named.filter(({ name }) => name.toLowerCase().includes(wanted)));
		}
		return { results };
	} catch (thrown) {
		throw listError(editor, thrown);
	}
}
