import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../execution/executeItem';
import type { TeammateChoice } from '../../parameters/teammate';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { SendGridFailure } from '../../transport/errors';
import { isOwner } from '../../sendgrid/teammates';
import { quotable, textOf } from '../../transport/sanitize';

export const FIELD = 'Teammate';

/** How a message names the teammate. */
export const nameOf = (choice: TeammateChoice): string =>
	quotable(choice.by === 'email' ? choice.email : choice.username);

export const NO_SUCH_USERNAME =
	"Check 'Teammate': nobody in this account has this username. Many older usernames differ from the e-mail address, so naming the person by e-mail may help.";

/**
 * The username of the teammate that the item names, which for an address is looked up.
 *
 * @param unfulfilled start of the message where there is none
 * @throws SendGridFailure, which says whether the address is only invited or not known at all
 */
export async function usernameOf(
	{ directory }: Delivery,
	choice: TeammateChoice,
	unfulfilled: string,
): Promise<string> {
	if (choice.by === 'username') return choice.username;

	const teammate = await directory.find(teammates(unfulfilled), withEmail(choice.email));
	if (teammate) return textOf(teammate.username);

	const invitation = await directory.find(pendingInvitations(unfulfilled), withEmail(choice.email));
	throw invitation
		? new SendGridFailure(
				`${unfulfilled}: the person has been invited and has not accepted yet`,
				"Wait until the person has accepted, or work on the resource 'Invitation' instead. An invitation cannot be changed, only revoked and sent anew.",
			)
		: new SendGridFailure(
				`${unfulfilled}: nobody in this account has this address`,
				"Check the address in 'Teammate', or invite the person first.",
			);
}

/**
 * A teammate's full record, scopes included: `GET /v3/teammates/{username}`.
 *
 * @throws SendGridFailure
 */
export async function readTeammateRecord(
	{ client }: Delivery,
	username: string,
	unfulfilled: string,
): Promise<IDataObject> {
	return await client.send({
		method: 'GET',
		path: '/v3/teammates/{username}',
		values: { username: { value: username, field: FIELD } },
		purpose: { unfulfilled, scope: 'teammates.read', fixNotFound: NO_SUCH_USERNAME },
	});
}

/** SendGrid's owner of the account is out of reach for every change. */
export function refuseOwner(teammate: IDataObject, unfulfilled: string): void {
	if (!isOwner(teammate)) return;
	throw new SendGridFailure(
		`${unfulfilled}: this is the owner of the account`,
		'The owner can only be changed by SendGrid itself. Leave this person out.',
	);
}
