import {
	difference,
	givenBy,
	isCovered,
	isSame,
	withMore,
	type Access,
	type Difference,
	type KnownAccess,
} from '../../sendgrid/access';
import { expiresWithin, statusOfInvitation, type Invitation } from '../../sendgrid/invitations';
import { asAdmin, type DetailedTeammate } from '../../sendgrid/teammates';

/** What Create or Update does about a person, with everything it needs for that. */
export type Plan = (
	| { action: 'invited'; access: Access }
	| { action: 'reinvited'; access: Access; invitations: readonly Invitation[] }
	/** The access is for a new invitation, in case SendGrid does not resend this one. */
	| { action: 'resent'; invitation: Invitation; access: Access }
	| { action: 'updated'; access: Access; teammate: DetailedTeammate }
	| { action: 'unchanged'; teammate: DetailedTeammate }
	| { action: 'unchanged'; invitation: Invitation }
) & {
	/** Why the person does not get exactly the access that was asked for. */
	reason?: string;
};

/** The item's choices. */
export interface Choices {
	ifPending: 'leave' | 'resend' | 'resendIfExpiring';
	/** For `resendIfExpiring`. */
	expiresWithinDays: number;
	ifAccessDiffers: 'add' | 'leave' | 'update';
	/** Whether admins may be made ordinary teammates. */
	allowAdmins: boolean;
	/** Why admins stay as they are, if it is for another reason than these choices. */
	adminReason?: string;
}

/** What is known about a person. */
export interface KnownPerson {
	/** With the full record, scopes included. */
	teammate?: DetailedTeammate;
	/** The best one first. */
	invitations: readonly Invitation[];
	/** The access of invitations that were revoked for a new one, which has not been sent yet. */
	revoked?: readonly KnownAccess[];
}

export const OWNER = 'This person owns the account.';

export const LEFT_ALONE = "Admins are left alone unless 'Allow Admins' is on";

export const LEFT =
	"This person has other access, which is left as it is because 'If Access Differs' is 'Leave'.";

/** @param person a record of the admin, joined or invited */
export const adminReasonOf = (person: object, why: string): string =>
	`This person ${asAdmin(person)}. ${why}`;

const whyLeftAlone = ({ adminReason, ifAccessDiffers }: Choices): string =>
	adminReason ??
	(ifAccessDiffers === 'update'
		? `${LEFT_ALONE}.`
		: `${LEFT_ALONE} and 'If Access Differs' is 'Update'.`);

/** Whether an admin may become an ordinary teammate. */
export const mayDemote = (choices: Choices): boolean =>
	choices.allowAdmins && choices.ifAccessDiffers === 'update';

/** Whether the difference calls for a change. */
const hasToChange = (found: Difference, { ifAccessDiffers }: Choices): boolean =>
	ifAccessDiffers === 'update' ? !isSame(found) : ifAccessDiffers === 'add' && !isCovered(found);

/** Nobody should take access that is left as it is for what was asked for. */
const reasonToLeave = (found: Difference, { ifAccessDiffers }: Choices): string | undefined =>
	ifAccessDiffers === 'leave' && !isSame(found) ? LEFT : undefined;

/** Everything that the person should have afterwards. */
function accessAfter(present: KnownAccess, wanted: Access, { ifAccessDiffers }: Choices): Access {
	const { isAdmin, scopes = [] } = present;
	if (ifAccessDiffers === 'leave') return { scopes: withMore(scopes, []), is_admin: isAdmin };
	return wanted.is_admin || ifAccessDiffers === 'update'
		? wanted
		: { scopes: withMore(scopes, wanted.scopes), is_admin: false };
}

/** The combined access of all invitations of a person: a new one replaces them all. */
const accessOfAll = (invitations: readonly KnownAccess[]): KnownAccess => ({
	isAdmin: invitations.some(({ isAdmin }) => isAdmin),
	scopes: invitations.flatMap(({ scopes = [] }) => scopes),
});

/** 'Add' takes nothing away, so access that was revoked for a new invitation is wanted too. */
const withRevoked = (
	wanted: Access,
	revoked: readonly KnownAccess[],
	{ ifAccessDiffers }: Choices,
): Access =>
	ifAccessDiffers === 'add' && !wanted.is_admin
		? { ...wanted, scopes: withMore(accessOfAll(revoked).scopes ?? [], wanted.scopes) }
		: wanted;

/** For somebody whose invitations have been revoked. With 'Leave', the new one gives the same access. */
function accessInPlaceOf(revoked: readonly KnownAccess[], wanted: Access, choices: Choices) {
	const access = accessAfter(accessOfAll(revoked), wanted, choices);
	return access.is_admin || access.scopes.length > 0 ? access : wanted;
}

/**
 * The only place that says what happens in which case.
 *
 * @param now epoch milliseconds of SendGrid's clock
 */
export function planUpsert(
	{ teammate, invitations, revoked = [] }: KnownPerson,
	asked: Access,
	choices: Choices,
	now: number,
): Plan {
	const wanted = withRevoked(asked, revoked, choices);
	if (teammate) {
		if (teammate.isOwner) return { action: 'unchanged', teammate, reason: OWNER };
		if (teammate.isAdmin && !wanted.is_admin && !mayDemote(choices)) {
			return {
				action: 'unchanged',
				teammate,
				reason: adminReasonOf(teammate, whyLeftAlone(choices)),
			};
		}
		const found = difference(teammate, wanted);
		if (!hasToChange(found, choices))
			return { action: 'unchanged', teammate, reason: reasonToLeave(found, choices) };
		const access = accessAfter(teammate, wanted, choices);
		return { action: 'updated', teammate, access };
	}
	const [invitation] = invitations;
	if (!invitation && revoked.length > 0) {
		const access = accessInPlaceOf(revoked, wanted, choices);
		const reason = reasonToLeave(difference(givenBy(access), wanted), choices);
		return { action: 'reinvited', access, invitations, reason };
	}
	if (!invitation) return { action: 'invited', access: wanted };

	// Only the best one may be resent: other expired ones give nothing.
	const giving = invitations.filter(
		(one) => one === invitation || statusOfInvitation(one, now) !== 'expired',
	);
	// Resending it would give admin access again.
	if (giving.some(({ isAdmin }) => isAdmin) && !wanted.is_admin && !mayDemote(choices)) {
		const reason = adminReasonOf(invitation, whyLeftAlone(choices));
		return { action: 'unchanged', invitation, reason };
	}
	// SendGrid can't change an invitation: it can only be revoked and sent again.
	const found = difference(invitation, wanted);
	const access = accessAfter(accessOfAll([...giving, ...revoked]), wanted, choices);
	// If nothing has to be taken away, the best one is enough.
	const isToReplace = giving
		.slice(0, choices.ifAccessDiffers === 'update' ? undefined : 1)
		.some((one) => hasToChange(difference(one, wanted), choices));
	if (isToReplace) return { action: 'reinvited', access, invitations };
	const reason = reasonToLeave(found, choices);
	const resent: Plan = { action: 'resent', invitation, access, reason };
	if (statusOfInvitation(invitation, now) === 'expired') return resent;
	if (reason || choices.ifPending === 'leave') return { action: 'unchanged', invitation, reason };
	if (choices.ifPending === 'resend') return resent;
	return expiresWithin(invitation, choices.expiresWithinDays, now)
		? resent
		: { action: 'unchanged', invitation };
}
