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

/** What the trigger asks of records in the shape in which SendGrid has them, and in which they go out. */

export const isAdmin = (teammate: IDataObject): boolean => hasAdminAccess(decodeTeammate(teammate));

export const isOwner = (teammate: IDataObject): boolean => decodeTeammate(teammate).isOwner;

export const scopesOf = (teammate: IDataObject): string[] => decodeTeammate(teammate).scopes ?? [];

/** Epoch seconds, where SendGrid says when. */
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

export const invitationIsAdmin = (invitation: IDataObject): boolean =>
	decodeInvitation(invitation).isAdmin;

/** An invitation without its token, which would let its reader join the account. */
export const invitationRecord = (invitation: IDataObject): IDataObject =>
	publicOutput(decodeInvitation(invitation));
