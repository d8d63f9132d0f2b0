import type { IDataObject } from 'n8n-workflow';

import { accessRequests } from '../sendgrid/accessRequests';
import { decodeInvitation, pendingInvitations } from '../sendgrid/invitations';
import { decodeTeammate, teammateCall, teammates } from '../sendgrid/teammates';
import type { Outcome, SendGridClient } from '../transport/client';
import { decodeList } from '../transport/decode';
import { SendGridError } from '../transport/errors';
import { list, type ListEndpoint } from '../transport/pagination';
import { toSingleLine } from '../transport/sanitize';
import { NOTHING_IS_LOST, type PollBudget } from './budget';
import type { EventName } from './events';
import { isAdmin } from './records';
import {
	invitationKey,
	requestKey,
	teammateKey,
	type Reading,
	type ScopesReading,
	type Snapshot,
} from './snapshot';

/** What a poll reads with. */
export interface Reader {
	/** A client that waits no longer than what is left of the budget. */
	client(): SendGridClient;
	budget: PollBudget;
}

/** A list, as the records that SendGrid has. */
type Records = ListEndpoint<IDataObject>;

const INVITATIONS: Records = {
	...pendingInvitations({ failureMessage: 'The invitations could not be read' }),
	decode: decodeList,
	identify: (record) => decodeInvitation(record).token,
};
const TEAMMATES: Records = {
	...teammates({ failureMessage: 'The teammates could not be read' }),
	decode: decodeList,
	identify: (record) => decodeTeammate(record).username,
};
const ACCESS_REQUESTS: Records = accessRequests(
	{ failureMessage: 'The access requests could not be read' },
	"Remove 'Access Requested' from 'Trigger On'.",
);

async function readAll({ client, budget }: Reader, endpoint: Records): Promise<IDataObject[]> {
	budget.check();
	return await list(client(), endpoint, Infinity);
}

/**
 * A list to its end, and to be relied on for who is not in it: where somebody is missing, it is read a
 * second time, and whoever is in either reading is there.
 *
 * So a page that came out short, or that moved on while the page before was read (somebody on it was
 * deleted), is not taken for people who left. Somebody who leaves between the two readings is reported by
 * the next poll.
 *
 * @param isComplete whether nobody is missing
 */
async function readListVerified(
	reader: Reader,
	endpoint: Records,
	isComplete: (records: readonly IDataObject[]) => boolean,
): Promise<IDataObject[]> {
	const first = await readAll(reader, endpoint);
	if (isComplete(first)) return first;
	const both = [...first, ...(await readAll(reader, endpoint))];
	return [
		...new Map(
			both.map((record) => [endpoint.identify(record) || JSON.stringify(record), record]),
		).values(),
	];
}

/** Whether all keys are among those of the records. */
const contains =
	(keys: Iterable<string> = [], keyOf: (record: IDataObject) => string) =>
	(records: readonly IDataObject[]) => {
		const found = new Set(records.map(keyOf));
		return [...keys].every((key) => found.has(key));
	};

/**
 * The teammates. An account always has its owner, so a list without anybody is not believed at once.
 *
 * @throws SendGridError where the list is empty and was not before
 */
async function readTeammates(reader: Reader, known?: Snapshot): Promise<IDataObject[]> {
	const hasAll = contains(known?.teammates.keys(), teammateKey);
	const found = await readListVerified(
		reader,
		TEAMMATES,
		(records) => records.length > 0 && hasAll(records),
	);
	if (found.length > 0 || !known || known.teammates.size === 0) return found;
	throw new SendGridError(
		`SendGrid's list of teammates is empty, although it had ${known.teammates.size} before`,
		`This looks like an outage of SendGrid, so nobody is reported as removed. ${NOTHING_IS_LOST} If all of them have really left, put a new trigger in this one's place.`,
	);
}

/** A teammate's record, scopes included. */
export async function readRecord(
	{ client }: Reader,
	teammate: IDataObject,
): Promise<Outcome<IDataObject>> {
	const username = String(teammate.username);
	return await client().attempt(
		teammateCall(
			{ username, field: 'Username' },
			{ failureMessage: `The scopes of '${toSingleLine(username)}' could not be read` },
		),
	);
}

/**
 * Scopes, one request for each teammate who is no admin. When the time is up, or SendGrid has had enough,
 * the rest is left to the next poll, which begins there. Whoever is gone by now is left out.
 */
async function readScopes(
	reader: Reader,
	people: readonly IDataObject[],
	first?: string,
): Promise<ScopesReading> {
	const ordinary = people.filter((teammate) => !isAdmin(teammate));
	const start = Math.max(
		0,
		ordinary.findIndex((teammate) => teammateKey(teammate) === first),
	);
	const records = new Map<string, IDataObject>();
	for (const teammate of [...ordinary.slice(start), ...ordinary.slice(0, start)]) {
		const key = teammateKey(teammate);
		if (reader.budget.isShort) return { records, next: key };
		const outcome = await readRecord(reader, teammate);
		if ('body' in outcome) {
			records.set(key, { ...teammate, ...outcome.body });
		} else if (outcome.error.errorCause === 'rate-limited') {
			return { records, next: key };
		} else if (outcome.error.status !== 404) {
			throw outcome.error;
		}
	}
	return { records };
}

/**
 * All that a poll needs to know, invitations first: somebody who accepts meanwhile is then among the
 * teammates, and never in neither list.
 *
 * @param known what the poll before knew, where there was one
 * @throws SendGridError, and then nothing has been concluded from anything
 */
export async function readAccount(
	reader: Reader,
	events: ReadonlySet<EventName>,
	known?: Snapshot,
): Promise<Reading> {
	const invitations = await readListVerified(
		reader,
		INVITATIONS,
		contains(known?.invitations.keys(), invitationKey),
	);
	const people = await readTeammates(reader, known);
	const requests = events.has('accessRequested')
		? await readListVerified(reader, ACCESS_REQUESTS, contains(known?.requests, requestKey))
		: undefined;
	const scopes = events.has('scopesChanged')
		? await readScopes(reader, people, known?.nextScopes)
		: undefined;
	return { invitations, teammates: people, requests, scopes };
}
