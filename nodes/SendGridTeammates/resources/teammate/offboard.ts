import type { Delivery } from '../../execution/executeItem';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { refuseOwner } from './locate';
import { SendGridFailure } from '../../transport/errors';
import { quotable, textOf } from '../../transport/sanitize';
import { forPerson } from './person';
import { deleteIfThere, revokeIfThere } from './requests';

export const offboardFields = [emailField];

/**
 * Revokes the invitation and deletes the teammate, whichever is there. Somebody who is gone already is a
 * success, so that the same leaver can be handled twice.
 */
export async function offboard(delivery: Delivery) {
	const { item, guards, options } = delivery;
	const email = readEmail(item);
	guards.checkDeletion();
	const unfulfilled = `'${quotable(email)}' was not offboarded`;
	return await forPerson(delivery, email, unfulfilled, async ({ invitation, teammate }) => {
		if (teammate) refuseOwner(teammate, unfulfilled);
		if (teammate?.is_admin === true && options.allowAdmins !== true) {
			throw new SendGridFailure(
				`${unfulfilled}: this person is an admin`,
				"Turn on 'Allow Admins' in 'Options' if admins are to be offboarded too.",
			);
		}
		const address = (teammate ?? invitation)?.email ?? email;
		const username = teammate ? textOf(teammate.username) : null;
		if (options.dryRun === true) {
			const would = [invitation && 'revoke', teammate && 'delete'].filter(Boolean);
			return [
				{
					email: address,
					would: would.join(' and ') || 'nothing',
					changed: false,
					revoked: false,
					deleted: false,
					username,
				},
			];
		}
		const revoked = invitation ? await revokeIfThere(delivery, invitation, unfulfilled) : false;
		const deleted =
			username !== null ? await deleteIfThere(delivery, username, unfulfilled) : false;
		return [{ email: address, changed: revoked || deleted, revoked, deleted, username }];
	});
}
