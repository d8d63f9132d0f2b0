import type { IDataObject } from 'n8n-workflow';

import { isRecord, type RequestContext } from '../transport/responseErrors';
import type { SendGridClient } from '../transport/client';
import { endlessListError, MAX_PAGES } from '../transport/pagination';
import type { PathValues } from '../transport/path';
import { textOf } from '../transport/sanitize';

/** Documented default. */
const PAGE = 100;

/** Which subusers a teammate may work in. */
export interface SubuserAccess {
	/** Observed: where this is false, the list restricts nothing. */
	isRestricted: boolean;
	/** `id`, `username`, `email`, `disabled`, `permission_type` and `scopes` each. */
	subusers: IDataObject[];
}

/** Documented: the next cursor, absent or null at the end. Observed: text or number, and 0 at the end. */
function cursorAfter(body: IDataObject): string | undefined {
	const metadata = isRecord(body._metadata) ? body._metadata : {};
	const next = isRecord(metadata.next_params) ? metadata.next_params : {};
	const text = textOf(next.after_subuser_id);
	return text !== '' && text !== '0' ? text : undefined;
}

/**
 * Everything that SendGrid says about a teammate's subusers, on all its pages.
 *
 * @param teammate username, and the field it came from
 * @param subuser read only the subuser with this username
 * @throws SendGridError
 */
export async function readSubuserAccess(
	client: SendGridClient,
	teammate: PathValues[string],
	context: RequestContext,
	subuser?: string,
): Promise<SubuserAccess> {
	const subusers = new Map<string, IDataObject>();
	let isRestricted = false;
	let cursor: string | undefined;
	let pages = 0;
	do {
		if (pages === MAX_PAGES) throw endlessListError(context);
		pages += 1;
		const body = await client.send({
			method: 'GET',
			path: '/v3/teammates/{teammate_name}/subuser_access',
			values: { teammate_name: teammate },
			query: {
				limit: PAGE,
				...(cursor && { after_subuser_id: cursor }),
				...(subuser && { username: subuser }),
			},
			context,
		});
		isRestricted = body.has_restricted_subuser_access === true;
		const entries = Array.isArray(body.subuser_access) ? body.subuser_access : [];
		const fresh = entries
			.filter(isRecord)
			.map((entry) => entry as IDataObject)
			.filter(({ id }) => !subusers.has(textOf(id)));
		for (const entry of fresh) subusers.set(textOf(entry.id), entry);
		// A cursor that brings nothing new would go on forever.
		cursor = fresh.length > 0 ? cursorAfter(body) : undefined;
	} while (cursor);
	return { isRestricted, subusers: [...subusers.values()] };
}
