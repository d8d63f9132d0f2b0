import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { pendingInvitations, tokenOf } from '../sendgrid/directory';
import { expiryOf, invitationState } from '../sendgrid/invitations';
import { searchList } from './searchList';

/** `ada@example.com (expires 2026-12-01)` */
function nameOf(invitation: IDataObject): string {
	const email = String(invitation.email);
	const expiry = expiryOf(invitation.expiration_date);
	if (!expiry) return email;
	const tense = invitationState(invitation).status === 'pending' ? 'expires' : 'expired';
	return `${email} (${tense} ${expiry.slice(0, 10)})`;
}

/** Invitations that have not been accepted: address, and until when. */
export async function searchInvitations(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchList(
		this,
		{
			...pendingInvitations('The pending invitations could not be loaded'),
			nameOf,
			valueOf: tokenOf,
			honoursOffset: false,
		},
		filter,
	);
}
