import type { OperationContext } from '../../execution/executeItem';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { refuseOwner } from './locate';
import { SendGridError } from '../../transport/errors';
import { toSingleLine, textOf } from '../../transport/sanitize';
import { withPersonLock } from './person';
import { deleteIfThere, revokeIfThere } from './requests';

export const offboardFields = [emailField];

/**
 * Revokes the invitation and deletes the teammate, whichever is there. Somebody who is gone already is a
 * success, so that the same leaver can be handled twice.
 */
export async function offboard(context: OperationContext) {
	const { item, policy: guards, options } = context;
	const email = readEmail(item);
	guards.checkDeletion();
	const failureMessage = `'${toSingleLine(email)}' was not offboarded`;
	return await withPersonLock(context, email, failureMessage, async ({ invitation, teammate }) => {
		if (teammate) refuseOwner(teammate, failureMessage);
		if (teammate?.is_admin === true && options.allowAdmins !== true) {
			throw new SendGridError(
				`${failureMessage}: this person is an admin`,
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
		const revoked = invitation ? await revokeIfThere(context, invitation, failureMessage) : false;
		const deleted =
			username !== null ? await deleteIfThere(context, username, failureMessage) : false;
		return [{ email: address, changed: revoked || deleted, revoked, deleted, username }];
	});
}
