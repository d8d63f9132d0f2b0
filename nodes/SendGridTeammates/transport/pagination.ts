import type { IDataObject } from 'n8n-workflow';

import type { SendGridClient } from './client';
import { RequestError } from './errors';
import type { RequestContext } from './responseErrors';

/** Documented maximum. */
export const MAX_PAGE_SIZE = 500;

/** Observed: without a `limit` SendGrid sends 50, although it documents 500. */
const DEFAULT_PAGE_SIZE = 50;

/** More than the largest account needs: a list that goes on after that never ends. */
export const MAX_PAGES = 1000;

const CHECK_WHAT_IS_BETWEEN =
	"Check that nothing between n8n and SendGrid changes its answers, such as a custom 'API URL' in the credential.";

export const endlessListError = (context: RequestContext) =>
	new RequestError(
		context,
		`SendGrid's list did not end after ${MAX_PAGES} pages`,
		CHECK_WHAT_IS_BETWEEN,
	);

export const stuckListError = (context: RequestContext, count: number) =>
	new RequestError(
		context,
		`SendGrid's list doesn't continue after the first ${count}`,
		CHECK_WHAT_IS_BETWEEN,
		{ cause: 'temporarily-unavailable' },
	);

const movingListError = (context: RequestContext) =>
	new RequestError(
		context,
		"SendGrid's list keeps changing while it is read",
		'Others are changing it at the moment. Run this again later.',
		{ cause: 'temporarily-unavailable' },
	);

/** One of SendGrid's lists. */
export interface ListEndpoint<Item> {
	method: 'GET';
	path: string;
	/** Filters that SendGrid itself applies. */
	query?: IDataObject;
	/** The items of a page, or `undefined` if the response isn't a page. */
	decode: (body: unknown) => Item[] | undefined;
	/** Identifies an item of the list; empty if an item has no identifier. */
	identify: (item: Item) => string;
	context: RequestContext;
	/** Known to have pages: it never comes as one, whatever is asked for. */
	hasPages?: true;
	/** Known to have somebody in it. An empty answer is wrong then, unless a second one says the same. */
	isNeverEmpty?: true;
}

/** What distinguishes an item from the others of its list. */
const identityIn =
	<Item>({ identify }: Pick<ListEndpoint<Item>, 'identify'>) =>
	(item: Item): string =>
		identify(item) || JSON.stringify(item);

/** Which part of a list to read. */
export interface Part {
	/** How many items to leave out at the start. */
	offset?: number;
	/** How many items to read at most. */
	atMost?: number;
}

/** How often a list that keeps changing is read from its start again before that is given up. */
const MAX_RESTARTS = 3;

/** The result of one request of a list. */
interface Page<Item> {
	/** Items that no page of this list has had before. */
	fresh: Item[];
	/** Items that no page has had since the list was started, or restarted because it had moved. */
	items: Item[];
	/** Whether the list starts again here, so that earlier items are out of date. */
	isRestart: boolean;
}

/**
 * Reads a list page by page, each only when requested.
 *
 * Advances by the number of items received, and ends with a page that is empty or has nothing new: a server that
 * caps the page, or that ignores `limit` and `offset` (which the list of pending invitations does not document),
 * neither hides an item nor keeps us reading forever. Nor does one that makes up new items all the time.
 *
 * Each page begins with the last item of the one before. If it doesn't, somebody has been removed in the meantime
 * and others have moved up past our position: the list is read from its start again. After a page of one item, the
 * next page starts behind it: a server that never sends more would send the same item forever. Such a list is read
 * again until nothing new appears. A list that keeps changing all that time is not believed.
 *
 * If a list starts again instead of going on, either exactly as many items were added in front, or `offset` is
 * ignored. It is read once more, with a first page of half the size. If that has more items than asked for, the list has no
 * pages, and is whole, unless it may be a full page of the default size, from a gateway that drops the query. If the
 * list starts again once more with the same page, it is not believed. Another list to be read once more is one that is
 * known never to be empty, and is.
 *
 * @param onBegin called when the first page is asked for, also of a restart
 * @throws SendGridError
 */
export async function* pages<Item>(
	client: SendGridClient,
	{ method, path, query, decode, identify, context, hasPages, isNeverEmpty }: ListEndpoint<Item>,
	{ offset = 0, atMost = Infinity }: Part = {},
	onBegin?: () => void,
): AsyncGenerator<Page<Item>, void, undefined> {
	const identityOf = identityIn({ identify });
	const seen = new Set<string>();
	let seenSinceRestart = new Set<string>();
	let seenInPass = new Set<string>();
	let position = offset;
	let first: string | undefined;
	let last: string | undefined;
	let isOneByOne = false;
	let hasNews = false;
	let restarts = 0;
	let isRestart = false;
	/** The page that came in place of the next one, and was the beginning of the list again. */
	let repeated: string[] = [];
	for (let count = 0; position - offset < atMost; count += 1) {
		if (count === MAX_PAGES) throw endlessListError(context);
		const overlap: number = last === undefined || isOneByOne ? 0 : 1;
		const isSmaller: boolean = last === undefined && repeated.length > 1;
		const limit = Math.min(
			// By half, so that somebody who leaves meanwhile makes no difference.
			isSmaller ? Math.ceil(repeated.length / 2) : MAX_PAGE_SIZE,
			atMost - (position - offset) + overlap,
		);
		const page: Item[] = await client.send({
			method,
			path,
			query: { ...query, limit, offset: position - overlap },
			decode,
			context,
			...((count === 0 || isRestart) && { onSend: onBegin }),
		});
		const identities = page.map(identityOf);
		const notIn = (known: Set<string>) => page.filter((_, index) => !known.has(identities[index]));
		const [fresh, items] = [notIn(seen), notIn(seenSinceRestart)];
		const goesOn = identities.some((identity) => !seenInPass.has(identity));
		for (const identity of identities) {
			for (const known of [seen, seenSinceRestart, seenInPass]) known.add(identity);
		}
		hasNews ||= fresh.length > 0;
		if (items.length > 0 || isRestart) yield { fresh, items, isRestart };
		isRestart = false;

		const ignoresOffset = last !== undefined && identities[0] === first;
		const hasMoved: boolean = overlap > 0 && identities[0] !== last && !ignoresOffset;
		const mayLack = !goesOn && isOneByOne && hasNews && position - offset > 1;
		const isStuck: boolean = ignoresOffset && first !== last;
		const isBlank = isNeverEmpty === true && offset === 0 && restarts === 0 && seen.size === 0;
		if (hasMoved || mayLack || isStuck || isBlank) {
			if (isStuck && identities.join() === repeated.join())
				throw stuckListError(context, seen.size);
			if (restarts === MAX_RESTARTS) throw movingListError(context);
			restarts += 1;
			// If it has moved unseen, the items are added to the earlier ones.
			isRestart = hasMoved;
			if (isRestart) seenSinceRestart = new Set();
			repeated = isStuck ? identities : [];
			position = offset;
			last = undefined;
			hasNews = false;
			seenInPass = new Set();
			continue;
		}
		const isUnpaged = isSmaller && page.length > limit && page.length % DEFAULT_PAGE_SIZE > 0;
		if (!goesOn || (isUnpaged && !hasPages)) return;
		if (last === undefined) [first] = identities;
		position += page.length - overlap;
		isOneByOne = page.length === 1;
		last = identities[identities.length - 1];
	}
}

/** All items of several readings of a list, as the last of them has them. */
export const union = <Item>(
	list: Pick<ListEndpoint<Item>, 'identify'>,
	...readings: ReadonlyArray<readonly Item[]>
): Item[] => [...new Map(readings.flat().map((item) => [identityIn(list)(item), item])).values()];

/**
 * The first items of a list that pass all filters, reading no further than needed.
 *
 * @param limit how many to return, `Infinity` for all
 * @param filters without any, the page size is cut to the limit
 * @throws SendGridError
 */
export async function list<Item>(
	client: SendGridClient,
	endpoint: ListEndpoint<Item>,
	limit: number,
	filters: ReadonlyArray<(item: Item) => boolean> = [],
): Promise<Item[]> {
	const found: Item[] = [];
	const part = filters.length > 0 ? {} : { atMost: limit };
	for await (const { fresh } of pages(client, endpoint, part)) {
		found.push(...fresh.filter((item) => filters.every((passes) => passes(item))));
		if (found.length >= limit) break;
	}
	return found.slice(0, limit);
}

/** A list that has been read to its end. */
export interface WholeList<Item> {
	items: Item[];
	/**
	 * Whether an item that isn't in it is absent. Several pages may lack one, because somebody may have changed the list
	 * while it was read: another reading must confirm them.
	 */
	isSure: boolean;
}

/** @throws SendGridError */
export async function readWholeList<Item>(
	client: SendGridClient,
	endpoint: ListEndpoint<Item>,
	onBegin?: () => void,
): Promise<WholeList<Item>> {
	let all: Item[] = [];
	let pageCount = 0;
	for await (const { items, isRestart } of pages(client, endpoint, {}, onBegin)) {
		if (isRestart) all = [];
		all.push(...items);
		pageCount += 1;
	}
	return { items: all, isSure: pageCount <= 1 };
}
