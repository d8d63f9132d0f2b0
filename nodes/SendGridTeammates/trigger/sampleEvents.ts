import type { IDataObject } from 'n8n-workflow';

import { invitationRecord, invitationState, isAdmin, isOwner, isSso } from './records';
import { eventOf, rememberedInvitation, type EventName, type PeopleEvent } from './events';
import {
	dueOf,
	invitationKey,
	joinedOf,
	knownInvitation,
	REPORTED,
	type EvaluatedAt,
	type Reading,
} from './snapshot';

const byExpiry = (one: IDataObject, other: IDataObject) =>
	Number(one.expiration_date) - Number(other.expiration_date);

/** The invitations with this status of people who haven't joined, the one that expires nearest to now last. */
function invitationsWith(
	status: 'expired' | 'pending',
	reading: Reading,
	{ now }: EvaluatedAt,
): IDataObject[] {
	const joined = joinedOf(reading);
	const found = reading.invitations.filter(
		(invitation) =>
			invitationState(invitation, now).status === status && !joined.has(invitationKey(invitation)),
	);
	found.sort(byExpiry);
	return status === 'expired' ? found : found.reverse();
}

/** The account's people as events show them, the latest in SendGrid's list last. */
type Samples = Record<EventName, (reading: Reading, moment: EvaluatedAt) => PeopleEvent[]>;

const SAMPLES: Samples = {
	accessRequested: ({ requests = [] }) =>
		requests.map((request) => eventOf('accessRequested', request, { access_request: request })),
	adminChanged: ({ teammates }) =>
		teammates
			.filter((teammate) => isAdmin(teammate) && !isOwner(teammate))
			.map((teammate) => eventOf('adminChanged', teammate, { teammate })),
	invitationAccepted: ({ teammates }, moment) =>
		teammates
			.filter((teammate) => !isOwner(teammate) && !isSso(teammate))
			.map((teammate) => {
				const invitation = rememberedInvitation(knownInvitation(teammate, moment));
				return eventOf('invitationAccepted', teammate, { teammate, invitation });
			}),
	invitationExpired: (reading, moment) =>
		invitationsWith('expired', reading, moment).map((invitation) =>
			ofInvitation('invitationExpired', invitation, moment),
		),
	invitationExpiring: (reading, moment) =>
		invitationsWith('pending', reading, moment)
			.filter((invitation) => dueOf(invitation, moment) === REPORTED.expiring)
			.map((invitation) => ofInvitation('invitationExpiring', invitation, moment)),
	scopesChanged: ({ teammates }) =>
		teammates
			.filter((teammate) => !isAdmin(teammate))
			.map((teammate) =>
				eventOf('scopesChanged', teammate, { teammate, added_scopes: [], removed_scopes: [] }),
			),
	teammateAdded: ({ teammates }) =>
		teammates
			.filter((teammate) => !isOwner(teammate))
			.map((teammate) => eventOf('teammateAdded', teammate, { teammate })),
	// SendGrid keeps no record of them, and a test must not show somebody as removed who isn't.
	teammateRemoved: () => [],
};

function ofInvitation(
	event: EventName,
	invitation: IDataObject,
	{ now }: EvaluatedAt,
): PeopleEvent {
	return eventOf(event, invitation, {
		invitation: invitationRecord(invitation, now),
	});
}

/**
 * What the editor's test shows: for each event an example, made from somebody who is there now. People who
 * accepted, were added or became admins did so at some time; those who are expiring, have expired or ask for access
 * do so now. An invitation that isn't about to expire is not an example.
 *
 * @param isWanted whether the filters let an event through
 */
export function sampleEvents(
	reading: Reading,
	moment: EvaluatedAt,
	events: ReadonlySet<EventName>,
	isWanted: (event: PeopleEvent) => boolean,
): PeopleEvent[] {
	return [...events].flatMap((event) => SAMPLES[event](reading, moment).filter(isWanted).slice(-1));
}
