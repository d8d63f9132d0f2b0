import type { OperationContext } from '../../execution/operation';
import { emailField, readEmail } from '../../parameters/emailAddress';
import type { Account } from '../../sendgrid/account';
import { expiryOf, invitationState } from '../../sendgrid/invitations';
import { findPerson, statusOf } from '../../sendgrid/person';
import { isAdminIn, mfaOf } from '../../sendgrid/simplified';
import { ifGone, teammateCall, type Teammate } from '../../sendgrid/teammates';
import type { SendGridClient } from '../../transport/client';
import type { Wording } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

export const getStatusFields = [emailField];

/**
 * Facts that only a teammate's own record has, read once for all items that ask for them. The person may have left
 * since the list was read.
 */
async function readMfa(account: Account, { username }: Teammate, wording: Wording) {
	if (username === '') return null;
	const call = teammateCall({ username, field: emailField.displayName }, wording);
	const read = async (client: SendGridClient, onBegin: () => void) =>
		await client.send({ ...call, onSend: onBegin });
	const { scopes } = await account
		.readOnce(`record of ${username}`, read, wording)
		.catch(ifGone({ scopes: undefined }));
	return mfaOf(scopes);
}

/** Of several people with one address, the one with the most access; an unknown role comes after an admin's. */
const mostPowerful = (people: readonly Teammate[]): Teammate | undefined =>
	people.find(({ isOwner }) => isOwner) ??
	people.find(({ isAdmin }) => isAdmin) ??
	people.find(({ isRoleKnown }) => !isRoleKnown) ??
	people[0];

/**
 * A person's status: unknown, invited, invitation expired, or a teammate. Reads both lists, and a teammate's own
 * record.
 */
export async function getStatus({ item, account }: OperationContext) {
	const email = readEmail(item);
	const wording = { failureMessage: `The status of '${toSingleLine(email)}' could not be read` };
	await account.waitForLists(email);
	const person = await findPerson(account, email, wording);
	const teammate = mostPowerful(person.teammates);
	// Once somebody is a teammate, their invitations don't matter.
	const invitation = teammate ? undefined : person.invitations[0];
	const shown = teammate ?? invitation;
	// What has happened since it was read is unknown.
	const now = account.now(person.readAt);
	return [
		{
			email: shown?.email ?? email,
			status: statusOf(person, now),
			expires_at: (invitation && expiryOf(invitation)) ?? null,
			days_left: invitation ? invitationState(invitation, now).days_left : null,
			username: teammate?.username ?? null,
			is_admin: shown ? shown.isAdmin || (isAdminIn(shown.record) ?? null) : false,
			is_owner: teammate && !teammate.isRoleKnown ? null : (teammate?.isOwner ?? false),
			is_sso: teammate ? (teammate.isSso ?? null) : false,
			mfa: teammate ? await readMfa(account, teammate, wording) : null,
		},
	];
}
