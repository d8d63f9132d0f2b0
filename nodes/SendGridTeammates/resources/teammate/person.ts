import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { invitationState } from '../../sendgrid/invitations';
import { tick, type Tick } from '../../transport/singleFlight';
import { allOrFirstError } from '../../transport/allOrFirstError';
import { runExclusive } from '../../execution/runExclusive';

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
 * @param failureMessage start of the message where a list cannot be read
 * @param since the lists must be younger than this; default: the run's start, so that items share them
 * @throws SendGridError
 */
export async function lookUp(
	{ directory }: OperationContext,
	email: string,
	failureMessage: string,
	since?: Tick,
): Promise<Person> {
	const [invitation, teammate] = await allOrFirstError([
		directory.find(pendingInvitations(failureMessage), withEmail(email), since),
		directory.find(teammates(failureMessage), withEmail(email), since),
	]);
	return { invitation, teammate };
}

/**
 * Does something about a person while nobody else in this process does: two items with the same address, in
 * any case, are served one after the other, and the second sees what the first has done.
 *
 * @param key of the person in this account
 */
export async function withPersonLock<Result>(
	context: OperationContext,
	email: string,
	failureMessage: string,
	work: (person: Person, key: string) => Promise<Result>,
): Promise<Result> {
	const { accountKey: account, client, run } = context;
	// Standing in a queue must not keep others from being read.
	await client.beforeFirst();
	const key = `${account} ${email.toLowerCase()}`;
	return await runExclusive(key, async (waited) => {
		const since = waited ? tick() : run.lastWriteAt.get(key);
		try {
			return await work(await lookUp(context, email, failureMessage, since), key);
		} finally {
			run.lastWriteAt.set(key, tick());
		}
	});
}
