import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { invitationState } from '../../sendgrid/invitations';
import { thisMoment, type Moment } from '../../transport/singleFlight';
import { together } from '../../transport/allOrFirstError';
import { oneAtATime } from '../../execution/runExclusive';

/** What SendGrid knows of an address. Both can be there: an invitation beside a teammate. */
export interface Person {
	invitation?: IDataObject;
	/** As in the list: without scopes. */
	teammate?: IDataObject;
}

export type PersonStatus = 'active' | 'expired' | 'not_found' | 'pending';

export function statusOf({ invitation, teammate }: Person): PersonStatus {
	if (teammate) return 'active';
	return invitation ? invitationState(invitation).status : 'not_found';
}

/**
 * Looks an address up in both lists.
 *
 * @param unfulfilled start of the message where a list cannot be read
 * @param since the lists must be younger than this; default: the run's start, so that items share them
 * @throws SendGridFailure
 */
export async function lookUp(
	{ directory }: Delivery,
	email: string,
	unfulfilled: string,
	since?: Moment,
): Promise<Person> {
	const [invitation, teammate] = await together([
		directory.find(pendingInvitations(unfulfilled), withEmail(email), since),
		directory.find(teammates(unfulfilled), withEmail(email), since),
	]);
	return { invitation, teammate };
}

/**
 * Does something about a person while nobody else in this process does: two items with the same address, in
 * any case, are served one after the other, and the second sees what the first has done.
 *
 * @param key of the person in this account
 */
export async function forPerson<Result>(
	delivery: Delivery,
	email: string,
	unfulfilled: string,
	work: (person: Person, key: string) => Promise<Result>,
): Promise<Result> {
	const { account, client, run } = delivery;
	// Standing in a queue must not keep others from being read.
	await client.ready();
	const key = `${account} ${email.toLowerCase()}`;
	return await oneAtATime(key, async (waited) => {
		const since = waited ? thisMoment() : run.touched.get(key);
		try {
			return await work(await lookUp(delivery, email, unfulfilled, since), key);
		} finally {
			run.touched.set(key, thisMoment());
		}
	});
}
