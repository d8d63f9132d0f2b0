import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connectionForEditor, refuseOnBehalfOf, undecidedField } from '../execution/connection';
import { accessRequests } from '../sendgrid/accessRequests';
import { addressKey } from '../sendgrid/account';
import { bestFirst, pendingInvitations, type Invitation } from '../sendgrid/invitations';
import { teammates, type Teammate } from '../sendgrid/teammates';
import { SendGridClient } from '../transport/client';
import { pages, type ListEndpoint } from '../transport/pagination';
import { textOf } from '../transport/sanitize';
import { listError } from './listError';

/** Where SendGrid's own pages show teammates and invitations. */
const TEAMMATES_PAGE = 'https://app.sendgrid.com/settings/teammates';

interface SearchableList<Item> {
	endpoint: ListEndpoint<Item>;
	/** What the person chooses by. n8n saves it beside the choice, so it must not change soon. */
	labelOf: (item: Item) => string;
	valueOf: (item: Item) => string;
	/** Whether SendGrid is known to respect `offset`. Otherwise the whole list is read at once. */
	honoursOffset: boolean;
	/** As for the operations that choose from it. */
	ownAccountOnly?: true;
	/** Reduces a whole list in which several items stand for the same choice. */
	distinct?: (items: Item[], now: number) => Item[];
}

/**
 * A list to choose from in the editor. Without a search text it comes page by page, as the person scrolls;
 * with one, everything that contains it, in any case: SendGrid itself cannot search.
 *
 * @param paginationToken how many items to leave out, from the page before
 */
async function searchList<Item>(
	editor: ILoadOptionsFunctions,
	searchable: SearchableList<Item>,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const { endpoint, labelOf, valueOf, honoursOffset, ownAccountOnly } = searchable;
	const { distinct = (all: Item[]) => all } = searchable;
	const undecided = undecidedField(editor);
	if (undecided !== undefined) {
		const name = `'${undecided}' has no value yet: run the node before this one, or choose another mode`;
		return { results: [{ name, value: '' }] };
	}
	try {
		const connection = await connectionForEditor(editor);
		if (ownAccountOnly) refuseOnBehalfOf(connection);
		const client = new SendGridClient(editor, connection);
		const wanted = filter.trim().toLowerCase();
		const offset = Number(paginationToken ?? 0);
		const choices = (items: Item[]): INodeListSearchResult['results'] =>
			items
				.map((item) => ({ name: labelOf(item), value: valueOf(item), url: TEAMMATES_PAGE }))
				// Where SendGrid does not say what stands for an item, nobody can choose it.
				.filter(({ value }) => value !== '');
		const all: Item[] = [];
		for await (const { fresh } of pages(client, endpoint, { offset })) {
			if (!wanted && honoursOffset) {
				return { results: choices(fresh), paginationToken: String(offset + fresh.length) };
			}
			all.push(...fresh);
		}
		const results = choices(distinct(all, client.serverTime(Date.now())));
		return { results: results.filter(({ name }) => name.toLowerCase().includes(wanted)) };
	} catch (thrown) {
		throw listError(editor, thrown);
	}
}

/** The best invitation of each address. Choosing one means all of them. */
function onePerAddress(invitations: Invitation[], now: number): Invitation[] {
	const best = new Map<string, Invitation>();
	for (const invitation of bestFirst(invitations, now)) {
		const address = invitation.email.toLowerCase();
		if (!best.has(address)) best.set(address, invitation);
	}
	return invitations.filter((one) => best.get(one.email.toLowerCase()) === one);
}

/**
 * Invitations that have not been accepted. What is chosen is saved in the workflow, so it is the address: anybody who
 * reads a token can join the account.
 */
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
			labelOf: ({ email }) => email,
			valueOf: ({ email }) => email,
			honoursOffset: false,
			distinct: onePerAddress,
		},
		filter,
	);
}

/** `Ada Lovelace (ada@example.com, countess)`: two logins may have one address. */
function labelOfPerson(
	{ first_name, last_name }: IDataObject,
	email: string,
	username: string,
): string {
	const name = [first_name, last_name].filter(Boolean).join(' ');
	const login = addressKey(username) === addressKey(email) ? '' : username;
	const [first = '', ...others] = [name, email, login].filter(Boolean);
	return others.length > 0 ? `${first} (${others.join(', ')})` : first;
}

/** `Ada Lovelace (ada@example.com), admin, SSO` */
function labelOfTeammate({ email, username, isAdmin, isOwner, isSso, record }: Teammate): string {
	const kinds = [isOwner && 'owner', isAdmin && 'admin', isSso === true && 'SSO'];
	return [labelOfPerson(record, email, username), ...kinds].filter(Boolean).join(', ');
}

/** `Ada Lovelace (ada@example.com): Templates` */
function labelOfRequest(request: IDataObject): string {
	const person = labelOfPerson(request, textOf(request.email), textOf(request.username));
	const label = [person, textOf(request.scope_group_name)].filter(Boolean).join(': ');
	return label || textOf(request.id);
}

/** Everybody in the account: name, address, username where it is another, and kind. */
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

/** Open access requests: who asked, and for which feature. */
export async function searchAccessRequests(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchList(
		this,
		{
			endpoint: accessRequests({ failureMessage: 'The access requests could not be loaded' }),
			labelOf: labelOfRequest,
			valueOf: ({ id }) => textOf(id),
			honoursOffset: true,
			ownAccountOnly: true,
		},
		filter,
		paginationToken,
	);
}
