import type { IDataObject } from 'n8n-workflow';

import type { OperationContext } from '../../execution/executeItem';
import type { TeammateChoice } from '../../parameters/teammate';
import { pendingInvitations, teammates, withEmail } from '../../sendgrid/directory';
import { SendGridError } from '../../transport/errors';
import { isOwner } from '../../sendgrid/teammates';
import { toSingleLine, textOf } from '../../transport/sanitize';

export const FIELD = 'Teammate';

/** How a message names the teammate. */
export const nameOf = (choice: TeammateChoice): string =>
	toSingleLine(choice.by === 'email' ? choice.email : choice.username);

export const NO_SUCH_USERNAME =
	"Check 'Teammate': nobody in this account has this username. Many older usernames differ from the e-mail address, so naming the person by e-mail may help.";

/**
 * The username of the teammate that the item names, which for an address is looked up.
 *
 * @param failureMessage start of the message where there is none
 * @throws SendGridError, which says whether the address is only invited or not known at all
 */
export async function usernameOf(
	{ directory }: OperationContext,
	choice: TeammateChoice,
	failureMessage: string,
): Promise<string> {
	if (choice.by === 'username') return choice.username;

	const teammate = await directory.find(teammates(failureMessage), withEmail(choice.email));
	if (teammate) return textOf(teammate.username);

	const invitation = await directory.find(
		pendingInvitations(failureMessage),
		withEmail(choice.email),
	);
	throw invitation
		? new SendGridError(
				`${failureMessage}: the person has been invited and has not accepted yet`,
				"Wait until the person has accepted, or work on the resource 'Invitation' instead. An invitation cannot be changed, only revoked and sent anew.",
			)
		: new SendGridError(
				`${failureMessage}: nobody in this account has this address`,
				"Check the address in 'Teammate', or invite the person first.",
			);
}

/**
 * A teammate's full record, scopes included: `GET /v3/teammates/{username}`.
 *
 * @throws SendGridError
 */
export async function readTeammateRecord(
	{ client }: OperationContext,
	username: string,
	failureMessage: string,
): Promise<IDataObject> {
	return await client.send({
		method: 'GET',
		path: '/v3/teammates/{username}',
		values: { username: { value: username, field: FIELD } },
		context: { failureMessage, scope: 'teammates.read', on404: NO_SUCH_USERNAME },
	});
}

/** SendGrid's owner of the account is out of reach for every change. */
export function refuseOwner(teammate: IDataObject, failureMessage: string): void {
	if (!isOwner(teammate)) return;
	throw new SendGridError(
		`${failureMessage}: this is the owner of the account`,
		'The owner can only be changed by SendGrid itself. Leave this person out.',
	);
}
