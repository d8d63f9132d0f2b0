import type { IDataObject } from 'n8n-workflow';

import type { SendGridClient } from '../transport/client';
import { decodeList, decodeObject } from '../transport/decode';
import { SendGridError, unnamedError, type Wording } from '../transport/errors';
import {
	endlessListError,
	MAX_PAGES,
	stuckListError,
	type ListEndpoint,
} from '../transport/pagination';
import { isRecord } from '../transport/responseErrors';
import { flagOf, numberOf, textOf, toSingleLine } from '../transport/sanitize';
import type { Account } from './account';
import { findInList } from './person';
import { onUnknownUsername, type NamedTeammate } from './teammates';

/** Documented: the regions of subusers. Those without a region count as global. */
export const SUBUSER_REGIONS = ['eu', 'global'] as const;

/** SendGrid's own filters, but for the username: it is unknown whether case matters there. */
export interface SubuserQuery {
	region?: (typeof SUBUSER_REGIONS)[number];
	/** Documented: without this, the records have no region. */
	include_region?: boolean;
}

/** `GET /v3/subusers`: documented as a bare array, with all regions on either host. */
export const subusers = (wording: Wording, query: SubuserQuery): ListEndpoint<IDataObject> => ({
	method: 'GET',
	path: '/v3/subusers',
	query: { ...query },
	decode: decodeList,
	identify: ({ id }) => textOf(id),
	context: { ...wording, scope: 'subusers.read' },
});

/** Whether a subuser has this username, in any case. */
export const isSubuser = ({ username }: IDataObject, wanted: string): boolean =>
	textOf(username).toLowerCase() === wanted.trim().toLowerCase();

/**
 * A subuser's id: SendGrid wants ids; people know usernames.
 *
 * @throws SendGridError if the account has no such subuser
 */
export async function idOfSubuser(
	account: Account,
	username: string,
	wording: Wording,
): Promise<{ id: number; readAt: number }> {
	const { items, readAt } = await findInList(account, subusers(wording, {}), (all) =>
		all.filter((subuser) => ['', username].some((name) => isSubuser(subuser, name))),
	);
	const subuser = items.find((one) => isSubuser(one, username));
	const id = numberOf(subuser?.id);
	if (!Number.isNaN(id)) return { id, readAt };
	// One without a username may be this one.
	if (items.length > 0)
		throw unnamedError(subuser ? 'ID of this subuser' : 'username of a subuser', wording);
	throw new SendGridError(
		`${wording.failureMessage}: this account has no subuser '${toSingleLine(username)}'`,
		"Check the usernames in 'Subuser Access'.",
	);
}

/** The documented default, sent explicitly. */
const PAGE_SIZE = 100;

/** Which subusers a teammate can work in. */
export interface SubuserAccess {
	/** Observed: if this is false, the list restricts nothing. `undefined` if SendGrid does not say. */
	isRestricted?: boolean;
	/** `id`, `username`, `email`, `disabled`, `permission_type` and `scopes` each. */
	subusers: IDataObject[];
}

interface SubuserAccessPage {
	/** `undefined` if the page doesn't say, which later ones may not. */
	isRestricted?: boolean;
	entries: IDataObject[];
	cursor?: string;
}

function decodePage(body: unknown): SubuserAccessPage | undefined {
	const page = decodeObject(body);
	const entries: unknown = page?.subuser_access;
	if (!page || !Array.isArray(entries)) return undefined;
	return {
		isRestricted: flagOf(page.has_restricted_subuser_access),
		entries: entries.filter(isRecord) as IDataObject[],
		cursor: cursorAfter(page),
	};
}

/** Documented: the next cursor, absent or null at the end. Observed: text or a number, and 0 at the end. */
function cursorAfter(page: IDataObject): string | undefined {
	const metadata = isRecord(page._metadata) ? page._metadata : {};
	const next = isRecord(metadata.next_params) ? metadata.next_params : {};
	const text = textOf(next.after_subuser_id);
	return text !== '' && text !== '0' ? text : undefined;
}

/**
 * Everything that SendGrid says about a teammate's subusers, on all its pages:
 * `GET /v3/teammates/{teammate_name}/subuser_access`.
 *
 * @param subuser only the subuser with this username, in any case
 * @throws RequestError
 */
export async function readSubuserAccess(
	client: SendGridClient,
	teammate: NamedTeammate,
	wording: Wording,
	subuser?: string,
): Promise<SubuserAccess> {
	const context = {
		...wording,
		scope: 'teammates.read',
		...onUnknownUsername(teammate),
	};
	const entries = new Map<string, IDataObject>();
	let isRestricted: boolean | undefined;
	const cursors = new Set<string>();
	let cursor: string | undefined;
	for (;;) {
		if (cursors.size === MAX_PAGES) throw endlessListError(context);
		const page = await client.send({
			method: 'GET',
			path: '/v3/teammates/{teammate_name}/subuser_access',
			values: { teammate_name: { value: teammate.username, field: teammate.field } },
			query: {
				limit: PAGE_SIZE,
				...(cursor && { after_subuser_id: cursor }),
			},
			decode: decodePage,
			context,
		});
		// In other people's fixtures: a later page may contradict the first one.
		if (page.isRestricted !== undefined) isRestricted = isRestricted === true || page.isRestricted;
		for (const entry of page.entries) entries.set(textOf(entry.id) || JSON.stringify(entry), entry);
		// A page may be empty in the middle of the list, of which no part must be taken for the whole.
		({ cursor } = page);
		if (cursor === undefined) break;
		if (cursors.has(cursor)) throw stuckListError(context, entries.size);
		cursors.add(cursor);
	}
	const all = [...entries.values()];
	// Unknown: whether SendGrid's own filter wants the exact case.
	const wanted = subuser === undefined ? all : all.filter((entry) => isSubuser(entry, subuser));
	return { isRestricted, subusers: wanted };
}
