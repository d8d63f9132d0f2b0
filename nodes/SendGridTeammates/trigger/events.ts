import type { IDataObject } from 'n8n-workflow';

import { simplifiedInvitation, simplifiedMember, simplifiedTeammate } from '../sendgrid/simplified';
import { emailOf, isAdmin, isoOf, isRoleKnown, nameOf } from './records';
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

/** Something that happened to somebody since the poll before. */
export interface PeopleEvent {
	event: EventName;
	/** As SendGrid writes it. */
	email: string;
	/** `undefined`: both count, since nobody knows, or since this is what has changed. */
	isAdmin?: boolean;
	/** The records that go along, as SendGrid has them or as they are remembered. */
	details: {
		teammate?: IDataObject;
		invitation?: IDataObject;
		access_request?: IDataObject;
		added_scopes?: string[];
		removed_scopes?: string[];
	};
}

/** @param about the record of whom the event is about */
export const eventOf = (
	event: EventName,
	about: IDataObject,
	details: PeopleEvent['details'],
): PeopleEvent => ({
	event,
	email: emailOf(about),
	isAdmin: isRoleKnown(about) ? isAdmin(about) : undefined,
	details,
});

/** What is left of an invitation that SendGrid's list does not have any more. */
export const rememberedInvitation = (known: KnownInvitation): IDataObject => ({
	email: known.email,
	is_admin: known.isAdmin,
	...(known.expires !== undefined && {
		expiration_date: known.expires,
		expires_at: isoOf(known.expires),
	}),
});

/** What is left of a teammate whom SendGrid's list does not have any more. */
export const rememberedTeammate = ({ username, email, isAdmin }: KnownTeammate): IDataObject => ({
	username,
	email,
	is_admin: isAdmin,
});

/** How events are given out. */
export interface Presentation {
	/** Epoch milliseconds of the poll: SendGrid does not say when it happened. */
	now: number;
	/** Whether to leave out telephone number, address and the like. */
	simplify: boolean;
	/** Whether nothing has happened, and the editor's test shows what it would look like. */
	isTest: boolean;
}

/** Only records that were read for their scopes have them. */
const simplified = (teammate: IDataObject): IDataObject =>
	teammate.scopes === undefined ? simplifiedMember(teammate) : simplifiedTeammate(teammate);

/** An event as the trigger gives it out: what happened to whom first, the records last. */
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
