import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connectionForEditor } from '../execution/connection';
import {
	expiryOf,
	pendingInvitations,
	statusOfInvitation,
	type Invitation,
} from '../sendgrid/invitations';
import { teammates, type Teammate } from '../sendgrid/teammates';
import { SendGridClient } from '../transport/client';
import { pages, type ListEndpoint } from '../transport/pagination';
import { listError } from './listError';

/** Where SendGrid's own pages show teammates and invitations. */
const TEAMMATES_PAGE = 'https://app.sendgrid.com/settings/teammates';

interface SearchableList<Item> {
	endpoint: ListEndpoint<Item>;
	/** What the person chooses by. */
	labelOf: (item: Item, now: number) => string;
	valueOf: (item: Item) => string;
	/** Whether SendGrid is known to go on where `offset` says. Else the whole list is read at once. */
	honoursOffset: boolean;
}

/**
 * A list to choose from in the editor. Without a search text it comes page by page, as the person scrolls;
 * with one, everything that contains it, in any case: SendGrid itself cannot search.
 *
 * @param paginationToken how many items to leave out, from the page before
 */
async function searchList<Item>(
	editor: ILoadOptionsFunctions,
	{ endpoint, labelOf, valueOf, honoursOffset }: SearchableList<Item>,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const client = new SendGridClient(editor, await connectionForEditor(editor));
		const wanted = filter.trim().toLowerCase();
		const offset = Number(paginationToken ?? 0);
		const results: INodeListSearchResult['results'] = [];
		for await (const page of pages(client, endpoint, { offset })) {
			const now = client.serverTime(Date.now());
			const labelled = page.map((item) => ({
				name: labelOf(item, now),
				value: valueOf(item),
				url: TEAMMATES_PAGE,
			}));
			if (!wanted && honoursOffset) {
				return { results: labelled, paginationToken: String(offset + page.length) };
			}
			results.push(...labelled.filter(({ name }) => name.toLowerCase().includes(wanted)));
		}
		return { results };
	} catch (thrown) {
		throw listError(editor, thrown);
	}
}

/** `ada@example.com (expires 2026-12-01)` */
function labelOfInvitation(invitation: Invitation, now: number): string {
	const expiry = expiryOf(invitation);
	if (!expiry) return invitation.email;
	const tense = statusOfInvitation(invitation, now) === 'pending' ? 'expires' : 'expired';
	return `${invitation.email} (${tense} ${expiry.slice(0, 10)})`;
}

/** Invitations that have not been accepted: address, and until when. */
export async function searchInvitations(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchList(
		this,
		{
			endpoint: pendingInvitations({
				failureMessage: 'The pending invitations could not be loaded',
			}),
			labelOf: labelOfInvitation,
			valueOf: ({ token }) => token,
			honoursOffset: false,
		},
		filter,
	);
}

/** `Ada Lovelace (ada@example.com), admin, SSO` */
function labelOfTeammate({ email, isAdmin, isOwner, isSso, record }: Teammate): string {
	const name = [record.first_name, record.last_name].filter(Boolean).join(' ');
	const kinds = [isOwner && 'owner', isAdmin && 'admin', isSso === true && 'SSO'];
	return [name ? `${name} (${email})` : email, ...kinds].filter(Boolean).join(', ');
}

/** Everybody in the account: name, address and kind. */
export async function searchTeammates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(
		this,
		{
			endpoint: teammates({ failureMessage: 'The teammates could not be loaded' }),
			labelOf: labelOfTeammate,
			valueOf: ({ username }) => username,
			honoursOffset: true,
		},
		filter,
		paginationToken,
	);
}
