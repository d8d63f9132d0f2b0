import type { IDataObject } from 'n8n-workflow';

import { accessRequests } from '../sendgrid/accessRequests';
import { decodeInvitation, pendingInvitations } from '../sendgrid/invitations';
import { decodeTeammate, teammateCall, teammates } from '../sendgrid/teammates';
import type { SendGridClient } from '../transport/client';
import { withDeadline } from '../transport/deadline';
import { decodeList } from '../transport/decode';
import { RequestError, SendGridError } from '../transport/errors';
import { list, union, type ListEndpoint } from '../transport/pagination';
import { toSingleLine } from '../transport/sanitize';
import { NOTHING_IS_LOST, type PollBudget } from './budget';
import type { EventName } from './events';
import { isAdmin, scopesOf } from './records';
import {
	comparedScopes,
	invitationKey,
	scopedRecord,
	teammateKey,
	withKnownNames,
	type Reading,
	type ScopedRecord,
	type ScopesReading,
	type Snapshot,
} from './snapshot';

/** What a poll reads with. */
export interface Reader {
	/**
	 * A client that waits no longer than the rest of the budget.
	 *
	 * @param isOver whether its readings are no longer wanted
	 */
	client(isOver?: () => boolean): SendGridClient;
	budget: PollBudget;
	/** Whether it acts on behalf of a subuser. */
	isForSubuser: boolean;
}

/** A list of SendGrid's own records. */
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
 * A list read to its end that is reliable about who is not in it: if somebody is missing, it is read a second time,
 * and everybody in either reading counts as present. So if a page was short, or moved up while the page before was
 * read (somebody on it was deleted), nobody seems to have left. Somebody who leaves between the two readings is
 * reported by the next poll.
 *
 * @param isComplete whether nobody is missing
 */
async function readListVerified(
	reader: Reader,
	endpoint: Records,
	isComplete: (records: IDataObject[]) => boolean,
): Promise<IDataObject[]> {
	const first = await readAll(reader, endpoint);
	if (isComplete(first)) return first;
	return union(endpoint, first, await readAll(reader, endpoint));
}

/** Whether all keys are among those of the records. */
const contains =
	(keys: readonly string[], keyOf: (record: IDataObject) => string) => (records: IDataObject[]) => {
		const found = new Set(records.map(keyOf));
		return keys.every((key) => found.has(key));
	};

/**
 * The pending invitations, read twice for a base line: whatever it lacked would be reported later. Unknown: whether
 * SendGrid pages this list. It may always come as one page.
 */
async function readInvitations(reader: Reader, known?: Snapshot): Promise<IDataObject[]> {
	const listed = [...(known?.invitations ?? [])]
		.filter(([, { goneUntil }]) => goneUntil === undefined)
		.map(([key]) => key);
	const isComplete = known ? contains(listed, invitationKey) : () => false;
	return await readListVerified(reader, INVITATIONS, isComplete);
}

/** The access requests, read twice for a base line. */
async function readRequests(reader: Reader, known?: Snapshot): Promise<IDataObject[]> {
	return await readListVerified(reader, ACCESS_REQUESTS, () => known?.requests !== undefined);
}

/**
 * The teammates. An account always has an owner, so an empty list, which has been read twice, is not believed.
 * Unknown: whether that of a subuser can be empty, so it is accepted there until it has somebody.
 *
 * @throws SendGridError if the list is empty, or does not continue
 */
async function readTeammates(reader: Reader, known?: Snapshot): Promise<IDataObject[]> {
	const hasAll = contains([...(known?.teammates.keys() ?? [])], teammateKey);
	const records = await readListVerified(
		reader,
		TEAMMATES,
		(list) => list.length === 0 || hasAll(list),
	);
	if (records.length > 0) return records;
	const before = known?.teammates.size ?? 0;
	if (before === 0 && reader.isForSubuser) return records;
	if (before === 0) {
		throw new SendGridError(
			"SendGrid's list of teammates is empty, although every account has an owner",
			"This looks like an outage of SendGrid: the trigger starts once the list has somebody. If the API key belongs to a subuser without teammates, use one of its parent account with 'On Behalf Of'.",
		);
	}
	throw new SendGridError(
		`SendGrid's list of teammates is empty, although it had ${before} before`,
		`This looks like an outage of SendGrid, so nobody is reported as removed. ${NOTHING_IS_LOST} If all of them have really left, replace this trigger with a new one.`,
	);
}

/** How many records are read at the same time; the account's rate limiter has the last word. */
const AT_ONCE = 10;

/** The outcome of reading a record. */
type RecordReading =
	/** The person's own record, with scopes unless they are an admin. */
	| { record: IDataObject }
	/** Cannot be named in a path: a slash in the username. */
	| { isUnnamable: true }
	| { error: RequestError };

const isOwnRecord = (record: IDataObject, teammate: IDataObject): boolean =>
	teammateKey(record) === teammateKey(teammate) &&
	(isAdmin(record) || scopesOf(record) !== undefined);

/** A teammate's record, scopes included. */
export async function readRecord(
	{ client }: Reader,
	teammate: IDataObject,
	isOver?: () => boolean,
): Promise<RecordReading> {
	const username = String(teammate.username);
	const read = async () => {
		const call = teammateCall(
			{ username, field: 'Username' },
			{ failureMessage: `The scopes of '${toSingleLine(username)}' could not be read` },
		);
		const decode = (body: unknown) => {
			const record = call.decode(body);
			return record && isOwnRecord(record, teammate) ? record : undefined;
		};
		return await client(isOver).attempt({ ...call, decode });
	};
	return await read().then(
		(outcome) =>
			'body' in outcome ? { record: { ...teammate, ...outcome.body } } : { error: outcome.error },
		() => ({ isUnnamable: true }),
	);
}

/**
 * Scopes, with one request for each teammate who isn't an admin, several at a time. When the time is up, or at
 * SendGrid's rate limit, the rest is left to the next poll, which starts there. People who have left by now are
 * skipped, and so are those whose record can't be read: what is known about them stays.
 */
async function readScopes(
	reader: Reader,
	people: readonly IDataObject[],
	known?: Snapshot,
): Promise<ScopesReading> {
	const ordinary = people.filter((teammate) => !isAdmin(teammate));
	const start = Math.max(
		0,
		ordinary.findIndex((teammate) => teammateKey(teammate) === known?.nextScopes),
	);
	const queue = [...ordinary.slice(start), ...ordinary.slice(0, start)];
	const { budget } = reader;
	const code = known?.scopeCode ?? comparedScopes();
	const records = new Map<string, ScopedRecord>();
	const reached = new Set<IDataObject>();
	const errors: RequestError[] = [];
	let position = 0;
	let isOver = false;

	async function readOn(): Promise<void> {
		while (!isOver && !budget.isShort && position < queue.length) {
			const teammate = queue[position];
			position += 1;
			const reading = await readRecord(reader, teammate, () => isOver);
			if (isOver) return;
			if ('error' in reading && reading.error.errorCause === 'rate-limited') {
				isOver = true;
				return;
			}
			reached.add(teammate);
			if ('record' in reading) {
				records.set(teammateKey(teammate), scopedRecord(reading.record, code));
			} else if ('error' in reading && reading.error.status !== 404) {
				errors.push(reading.error);
			}
		}
	}

	await withDeadline(
		async () => await Promise.all(Array.from({ length: AT_ONCE }, readOn)),
		budget.reserveFrom,
		() => isOver,
	);
	isOver = true;
	const next = queue.find((teammate) => !reached.has(teammate));
	return {
		records,
		code,
		next: next && teammateKey(next),
		unread: errors.length,
		error: records.size === 0 ? errors[0] : undefined,
	};
}

/**
 * Everything a poll needs to know, invitations first: somebody who accepts in the meantime is then among the
 * teammates, and never missing from both lists.
 *
 * @param known what the last poll knew, if there was one
 * @throws SendGridError, before any conclusion has been drawn
 */
export async function readAccount(
	reader: Reader,
	events: ReadonlySet<EventName>,
	known?: Snapshot,
): Promise<Reading> {
	const invitations = await readInvitations(reader, known);
	const people = withKnownNames(await readTeammates(reader, known), known);
	const requests = events.has('accessRequested') ? await readRequests(reader, known) : undefined;
	const scopes = events.has('scopesChanged') ? await readScopes(reader, people, known) : undefined;
	return { invitations, teammates: people, requests, scopes };
}
