import type { IDataObject } from 'n8n-workflow';

import type { SendGridClient } from './client';
import { readPages, type List } from './pages';
import { thisMoment, type Moment, type SharedReadings } from './sharedRead';

/** Who has been invited and has not accepted yet. */
export const pendingInvitations = (unfulfilled: string): List => ({
	path: '/v3/teammates/pending',
	identify: tokenOf,
	purpose: { unfulfilled, scope: 'teammates.read' },
});

/** Who belongs to the account. The records carry no scopes. */
export const teammates = (unfulfilled: string): List => ({
	path: '/v3/teammates',
	identify: ({ username }) => String(username),
	purpose: { unfulfilled, scope: 'teammates.read' },
});

/** Schema and observed: `token`. Examples of the documentation: `pending_id`. */
export function tokenOf(invitation: IDataObject): string {
	return String(invitation.token ?? invitation.pending_id ?? '');
}

/**
 * Finds people by e-mail address, which SendGrid's API cannot: it takes tokens and usernames only.
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
		/** When the item started. */
		private readonly startedAt: Moment,
	) {}

	/**
	 * @param list where to look
	 * @param email in any case
	 * @param since the reading must be younger than this
	 * @returns the record as SendGrid has it, or `undefined`
	 * @throws SendGridFailure where the list cannot be read
	 */
	async find(list: List, email: string, since = this.startedAt): Promise<IDataObject | undefined> {
		const wanted = email.trim().toLowerCase();
		const pages = this.readings.pages(`${this.account} ${list.path}`, since, () =>
			readPages(this.client, list),
		);
		for await (const page of pages) {
			const match = page.find((record) => String(record.email).trim().toLowerCase() === wanted);
			if (match) return match;
		}
		return undefined;
	}

	/** Like `find`, with what SendGrid says now. */
	async findAnew(list: List, email: string): Promise<IDataObject | undefined> {
		return await this.find(list, email, thisMoment());
	}
}
