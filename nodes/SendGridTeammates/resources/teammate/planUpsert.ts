import { hasAccess, type Access } from '../../sendgrid/access';
import { expiresWithin, invitationState } from '../../sendgrid/invitations';
import { isOwner } from '../../sendgrid/teammates';
import type { Person } from './person';

/** What Create or Update does about a person. */
export type Action = 'invited' | 'reinvited' | 'resent' | 'unchanged' | 'updated';

/** What the item leaves to choice. */
export interface Choices {
	ifPending: 'leave' | 'resend' | 'resendIfExpiring';
	/** For `resendIfExpiring`. */
	expiresWithinDays: number;
	ifAccessDiffers: 'leave' | 'update';
}

/**
 * The one place that says what is to happen in which case.
 *
 * @param person a teammate with their full record, scopes included
 */
export function planUpsert(
	{ teammate, invitation }: Person,
	wanted: Access,
	choices: Choices,
): Action {
	const mayChange = choices.ifAccessDiffers === 'update';
	if (teammate) {
		const isLeft = isOwner(teammate) || hasAccess(teammate, wanted) || !mayChange;
		return isLeft ? 'unchanged' : 'updated';
	}
	if (!invitation) return 'invited';

	// Documented by absence: an invitation cannot be changed, only revoked and sent anew.
	const differs = !hasAccess(invitation, wanted);
	if (differs && mayChange) return 'reinvited';
	if (invitationState(invitation).status === 'expired') return 'resent';
	if (differs || choices.ifPending === 'leave') return 'unchanged';
	if (choices.ifPending === 'resend') return 'resent';
	return expiresWithin(invitation, choices.expiresWithinDays) ? 'resent' : 'unchanged';
}
