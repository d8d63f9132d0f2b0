import type { IDataObject } from 'n8n-workflow';

import type { SendGridClient } from '../transport/client';
import { RequestError } from '../transport/errors';
import { pages, type List } from '../transport/pagination';
import { grantableScopes } from './scopes';
import { tick, type Tick, type SharedReadings } from '../transport/singleFlight';
import { textOf } from '../transport/sanitize';

/** Who has been invited and has not accepted yet. */
export const pendingInvitations = (failureMessage: string): List => ({
	path: '/v3/teammates/pending',
	identify: tokenOf,
	context: { failureMessage, scope: 'teammates.read' },
});

/** Who belongs to the account. The records carry no scopes. */
export const teammates = (failureMessage: string): List => ({
	path: '/v3/teammates',
	identify: ({ username }) => textOf(username),
	context: { failureMessage, scope: 'teammates.read' },
});

/**
 * Who asked for access to what. Documented: a bare array, 50 at a time unless told otherwise. SendGrid took
 * the endpoint out of its public specification in January 2026.
 *
 * @param alternative what to do where the account has none any more
 */
export const accessRequests = (
	failureMessage: string,
	alternative = 'Teammates can still be given scopes with Update Permissions.',
): List => ({
	path: '/v3/scopes/requests',
	identify: ({ id }) => textOf(id),
	context: {
		failureMessage,
		scope: 'teammates.read',
		on404: `SendGrid took access requests out of its public API in January 2026, and this account has them no more. ${alternative}`,
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
		private readonly startedAt: Tick,
	) {}

	/**
	 * The first record of a list that fits, as SendGrid has it, or `undefined`.
	 *
	 * @param since the reading must be younger than this
	 * @throws SendGridError where the list cannot be read
	 */
	async find(
		list: List,
		fits: (record: IDataObject) => boolean,
		since = this.startedAt,
	): Promise<IDataObject | undefined> {
		const key = [this.account, list.path, JSON.stringify(list.query ?? {})].join(' ');
		await this.client.beforeFirst();
		const shared = this.readings.pages(key, since, () => pages(this.client, list));
		return await firstIn(shared, fits).catch(toldTo(list.context.failureMessage));
	}

	/**
	 * What the account can grant, read once for all items that started together.
	 *
	 * @throws SendGridError
	 */
	async grantableScopes(failureMessage: string): Promise<string[]> {
		const { client } = this;
		await client.beforeFirst();
		const pages = this.readings.pages(`${this.account} scopes`, this.startedAt, async function* () {
			yield [{ scopes: await grantableScopes(client, failureMessage) }];
		});
		const read = await firstIn(pages, () => true).catch(toldTo(failureMessage));
		return (read?.scopes ?? []) as string[];
	}

	/** Like `find`, with what SendGrid says now. */
	async findAnew(
		list: List,
		fits: (record: IDataObject) => boolean,
	): Promise<IDataObject | undefined> {
		return await this.find(list, fits, tick());
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
const toldTo = (failureMessage: string) => (thrown: unknown) => {
	throw thrown instanceof RequestError ? thrown.forSubject(failureMessage) : thrown;
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
