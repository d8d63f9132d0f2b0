import type { IDataObject } from 'n8n-workflow';

import { simplifiedInvitation, simplifiedMember, simplifiedTeammate } from '../sendgrid/simplified';
import { emailOf, isAdminIfKnown, isoOf, nameOf } from './records';
import type { KnownInvitation, KnownTeammate } from './snapshot';

/** Public names: saved workflows depend on them. */
export const EVENT_NAMES = [
	'accessRequested',
	'adminChanged',
	'invitationAccepted',
	'invitationExpired',
	'invitationExpiring',
	'scopesChanged',
	'teammateAdded',
	'teammateRemoved',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** Something that happened to a person since the last poll. */
export interface PeopleEvent {
	event: EventName;
	/** As SendGrid spells it. */
	email: string;
	/** `undefined` passes both filters: it is unknown, or it is what has changed. */
	isAdmin?: boolean;
	/** The records that belong to it, as SendGrid has them or as they are remembered. */
	details: {
		teammate?: IDataObject;
		invitation?: IDataObject;
		access_request?: IDataObject;
		added_scopes?: string[];
		removed_scopes?: string[];
	};
}

/** @param about the record of the event's person */
export const eventOf = (
	event: EventName,
	about: IDataObject,
	details: PeopleEvent['details'],
): PeopleEvent => ({
	event,
	email: emailOf(about),
	isAdmin: isAdminIfKnown(about),
	details,
});

const remembered = ({ isAdmin }: KnownInvitation | KnownTeammate): IDataObject =>
	isAdmin === undefined ? {} : { is_admin: isAdmin };

/** What is remembered of an invitation that is no longer in SendGrid's list. */
export const rememberedInvitation = (known: KnownInvitation): IDataObject => ({
	email: known.email,
	...remembered(known),
	...(known.expires !== undefined && {
		expiration_date: known.expires,
		expires_at: isoOf(known.expires),
	}),
});

/** What is remembered of a teammate who is no longer in SendGrid's list. */
export const rememberedTeammate = (known: KnownTeammate): IDataObject => ({
	username: known.username,
	email: known.email,
	...remembered(known),
});

/** How events are output. */
export interface Presentation {
	/** Epoch milliseconds of the poll: SendGrid does not say when it happened. */
	now: number;
	/** Whether to leave out phone number, postal address and the like. */
	simplify: boolean;
	/** Whether nothing has happened and the editor's test shows an example. */
	isTest: boolean;
}

/** Only records that were read for their scopes have any. */
const simplified = (teammate: IDataObject): IDataObject =>
	teammate.scopes === undefined ? simplifiedMember(teammate) : simplifiedTeammate(teammate);

/** An event as the trigger outputs it: first what happened to whom, the records last. */
export function itemOf(
	{ event, email, details }: PeopleEvent,
	{ now, simplify, isTest }: Presentation,
): IDataObject {
	const { teammate, invitation, ...others } = details;
	return {
		...(isTest && { test: true }),
		event,
		email,
		name: nameOf(teammate ?? others.access_request ?? {}),
		occurred_at: new Date(now).toISOString(),
		...(teammate && { teammate: simplify ? simplified(teammate) : teammate }),
		...(invitation && { invitation: simplify ? simplifiedInvitation(invitation) : invitation }),
		...others,
	};
}
