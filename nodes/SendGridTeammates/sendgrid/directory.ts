import type { IDataObject } from 'n8n-workflow';

import type { SendGridClient } from '../transport/client';
import { RequestFailure } from '../transport/errors';
import { readPages, type List } from '../transport/pagination';
import { grantableScopes } from './scopes';
import { thisMoment, type Moment, type SharedReadings } from '../transport/singleFlight';
import { textOf } from '../transport/sanitize';

/** Who has been invited and has not accepted yet. */
export const pendingInvitations = (unfulfilled: string): List => ({
	path: '/v3/teammates/pending',
	identify: tokenOf,
	purpose: { unfulfilled, scope: 'teammates.read' },
});

/** Who belongs to the account. The records carry no scopes. */
export const teammates = (unfulfilled: string): List => ({
	path: '/v3/teammates',
	identify: ({ username }) => textOf(username),
	purpose: { unfulfilled, scope: 'teammates.read' },
});

/**
 * Who asked for access to what. Documented: a bare array, 50 at a time unless told otherwise. SendGrid took
 * the endpoint out of its public specification in January 2026.
 *
 * @param alternative what to do where the account has none any more
 */
export const accessRequests = (
	unfulfilled: string,
	alternative = 'Teammates can still be given scopes with Update Permissions.',
): List => ({
	path: '/v3/scopes/requests',
	identify: ({ id }) => textOf(id),
	purpose: {
		unfulfilled,
		scope: 'teammates.read',
		fixNotFound: `SendGrid took access requests out of its public API in January 2026, and this account has them no more. ${alternative}`,
	},
});

/** Schema and observed: `token`. Examples of the documentation: `pending_id`. */
export function tokenOf(invitation: IDataObject): string {
	return textOf(invitation.token ?? invitation.pending_id);
}

/**
 * Finds people by what SendGrid's API cannot: it takes tokens, usernames and ids only, no addresses.
 *
 * SendGrid keeps an address as it was typed, so upper and lower case make no difference here. Lists are read
 * no further than needed, and once for all items of a run that started together.
 */
export class Directory {
	constructor(
		private readonly client: SendGridClient,
		private readonly readings: SharedReadings,
		/** Tells apart whose lists are read: the same for items with the same host and on behalf of. */
		private readonly account: string,
		/** When the item's run started. */
		private readonly startedAt: Moment,
	) {}

	/**
	 * The first record of a list that fits, as SendGrid has it, or `undefined`.
	 *
	 * @param since the reading must be younger than this
	 * @throws SendGridFailure where the list cannot be read
	 */
	async find(
		list: List,
		fits: (record: IDataObject) => boolean,
		since = this.startedAt,
	): Promise<IDataObject | undefined> {
		const key = [this.account, list.path, JSON.stringify(list.query ?? {})].join(' ');
		await this.client.ready();
		const pages = this.readings.pages(key, since, () => readPages(this.client, list));
		return await firstIn(pages, fits).catch(toldTo(list.purpose.unfulfilled));
	}

	/**
	 * What the account can grant, read once for all items that started together.
	 *
	 * @throws SendGridFailure
	 */
	async grantableScopes(unfulfilled: string): Promise<string[]> {
		const { client } = this;
		await client.ready();
		const pages = this.readings.pages(`${this.account} scopes`, this.startedAt, async function* () {
			yield [{ scopes: await grantableScopes(client, unfulfilled) }];
		});
		const read = await firstIn(pages, () => true).catch(toldTo(unfulfilled));
		return (read?.scopes ?? []) as string[];
	}

	/** Like `find`, with what SendGrid says now. */
	async findAnew(
		list: List,
		fits: (record: IDataObject) => boolean,
	): Promise<IDataObject | undefined> {
		return await this.find(list, fits, thisMoment());
	}
}

async function firstIn(
	pages: AsyncIterable<IDataObject[]>,
	fits: (record: IDataObject) => boolean,
): Promise<IDataObject | undefined> {
	for await (const page of pages) {
		const match = page.find(fits);
		if (match) return match;
	}
	return undefined;
}

/** A list may have been read for another item: a failure of that must not name the other's address. */
const toldTo = (unfulfilled: string) => (thrown: unknown) => {
	throw thrown instanceof RequestFailure ? thrown.toldTo(unfulfilled) : thrown;
};

/** Whether a record is about this address, in any case. */
export function withEmail(email: string): (record: IDataObject) => boolean {
	const wanted = email.trim().toLowerCase();
	return (record) => textOf(record.email).trim().toLowerCase() === wanted;
}

/** Whether a record is that of this username. */
export function withUsername(username: string): (record: IDataObject) => boolean {
	const wanted = username.trim().toLowerCase();
	return (record) => textOf(record.username).toLowerCase() === wanted;
}
