import type { IDataObject } from 'n8n-workflow';

import { essentialsOf } from '../sendgrid/teammates';
import { isAdmin, isoOf } from './records';
import { textOf } from '../transport/sanitize';
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
	/** `undefined`: both before and after count, since this is what has changed. */
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
): PeopleEvent => ({ event, email: textOf(about.email), isAdmin: isAdmin(about), details });

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

/**
 * An event as the trigger gives it out.
 *
 * @param now epoch milliseconds of the poll: SendGrid does not say when it happened
 * @param simplify whether to leave out telephone number, address and the like of a teammate
 */
export function itemOf(
	{ event, email, details }: PeopleEvent,
	now: number,
	simplify: boolean,
): IDataObject {
	const { teammate, ...others } = details;
	return {
		event,
		occurred_at: new Date(now).toISOString(),
		email,
		...(teammate && {
			teammate: simplify
				? {
						...essentialsOf(teammate),
						...(teammate.scopes !== undefined && { scopes: teammate.scopes }),
					}
				: teammate,
		}),
		...others,
	};
}
