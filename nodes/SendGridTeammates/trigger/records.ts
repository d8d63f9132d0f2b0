import type { IDataObject } from 'n8n-workflow';

import {
	decodeInvitation,
	expiresWithin as invitationExpiresWithin,
	expiryOf as expiryOfInvitation,
	invitationState as stateOfInvitation,
	publicOutput,
} from '../sendgrid/invitations';
import { decodeTeammate, hasAdminAccess } from '../sendgrid/teammates';
import { readEpoch } from '../transport/decode';
import { textOf } from '../transport/sanitize';

/** What the trigger reads from SendGrid's own records, which are also what it outputs. */

export const isAdmin = (teammate: IDataObject): boolean => hasAdminAccess(decodeTeammate(teammate));

/** The same of a teammate or an invitation, `undefined` if the record does not say. */
export function isAdminIfKnown(record: IDataObject): boolean | undefined {
	const teammate = decodeTeammate(record);
	return teammate.isRoleKnown ? hasAdminAccess(teammate) : undefined;
}

export const isOwner = (teammate: IDataObject): boolean => decodeTeammate(teammate).isOwner;

/** Whether the person signs in with single sign-on, which needs no invitation. */
export const isSso = (teammate: IDataObject): boolean => decodeTeammate(teammate).isSso === true;

export const emailOf = (teammate: IDataObject): string => decodeTeammate(teammate).email;

/** `undefined` if the record does not say. */
export const scopesOf = (teammate: IDataObject): string[] | undefined =>
	decodeTeammate(teammate).scopes;

/** First and last name, empty if the record has none. */
export const nameOf = ({ first_name, last_name }: IDataObject): string =>
	[first_name, last_name]
		.map((name) => textOf(name).trim())
		.filter(Boolean)
		.join(' ');

/** Epoch seconds, if SendGrid gives a date. */
export function expirySecondsOf({ expiration_date }: IDataObject): number | undefined {
	const moment = readEpoch(expiration_date);
	return moment === undefined ? undefined : moment / 1000;
}

/** @param seconds epoch seconds */
export const isoOf = (seconds: number): string | undefined =>
	expiryOfInvitation({ expiresAt: seconds * 1000 });

export const expiresWithin = (invitation: IDataObject, days: number, now: number): boolean =>
	invitationExpiresWithin(decodeInvitation(invitation), days, now);

export const invitationState = (invitation: IDataObject, now: number) =>
	stateOfInvitation(decodeInvitation(invitation), now);

/** An invitation without its token, with which anybody could join the account. */
export const invitationRecord = (invitation: IDataObject, now: number): IDataObject =>
	publicOutput(decodeInvitation(invitation), now);
