import type { IDataObject } from 'n8n-workflow';

import { SendGridError } from '../../transport/errors';

/** Whether the item allows admins to be changed or removed. */
export const allowsAdmins = ({ allowAdmins }: IDataObject): boolean => allowAdmins === true;

/**
 * Admins are left alone unless the item says otherwise: a form or an HR system must not remove them.
 *
 * @param options what the item chose under Options
 * @throws SendGridError for an admin, and for an invitation that would make somebody one
 */
export function refuseAdmin(
	{ isAdmin }: { isAdmin: boolean },
	options: IDataObject,
	failureMessage: string,
): void {
	if (!isAdmin || allowsAdmins(options)) return;
	throw new SendGridError(
		`${failureMessage}: this person is an admin`,
		"Turn on 'Allow Admins' in 'Options' to include admins.",
	);
}
