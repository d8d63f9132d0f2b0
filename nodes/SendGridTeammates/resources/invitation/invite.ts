import type { OperationContext } from '../../execution/operation';
import { onFreshReadings, withPersonLock } from '../../execution/runExclusive';
import { oncePerRun } from '../../execution/runMemory';
import {
	accessFields,
	adviseOnScopes,
	namedIn,
	readAccess,
	skippedField,
	withSkipped,
} from '../../parameters/access';
import { emailField, readEmail } from '../../parameters/emailAddress';
import { wishOf, resolveFor } from '../../sendgrid/access';
import { invitationOutput } from '../../sendgrid/invitations';
import { createInvitation } from '../../sendgrid/invitationWrites';
import { findColleague, findPersonNow } from '../../sendgrid/person';
import { bodyOf, type Validity } from '../../transport/client';
import { changeOf } from '../../transport/errors';
import { toSingleLine } from '../../transport/sanitize';

export const inviteFields = [emailField, ...accessFields];

/** Unknown: what SendGrid says about somebody who is already invited or a teammate. */
const ON_REFUSAL =
	'Check the values of this item. To invite or update in one step, use Teammate > Create or Update.';

/**
 * Sends an invitation: `POST /v3/teammates`. Further items with the same address and access are answered from
 * the first, so that nobody gets two emails.
 */
export async function invite(context: OperationContext) {
	const { item, account, policy, options } = context;
	const email = readEmail(item);
	policy.checkEmail(email);
	const named = readAccess(item, options.skipUngrantableScopes);
	const choice = { ...named, skipped: [] };
	if (choice.kind === 'admin') policy.checkAdmin();
	else policy.checkScopes(namedIn(choice).scopes);
	const wording = changeOf(`'${toSingleLine(email)}'`, 'invited');

	const send = async (validUntil?: (readAt: number) => Validity) => {
		const colleague = await findColleague(account, choice, { email }, wording);
		const { access, skipped } = await resolveFor(context, choice, wording, [], colleague);
		policy.checkGiving({ email, isAdmin: access.is_admin, scopes: access.scopes });
		const adviseOn = adviseOnScopes(account, access.scopes, wording, namedIn(choice));
		const outcome = await createInvitation(
			account,
			{
				email,
				access,
				wording,
				on400: async (detail) => (await adviseOn(detail)) ?? ON_REFUSAL,
				validUntil: colleague && validUntil?.(colleague.readAt),
			},
			async () => await findPersonNow(account, email, wording),
		);
		return [invitationOutput(bodyOf(outcome), skippedField(skipped))];
	};
	const wish = JSON.stringify(wishOf(choice));
	const records = await withPersonLock(
		context,
		email,
		wording,
		async () =>
			await oncePerRun(context, email, wish, async () =>
				// The other kinds of access depend on no readings.
				choice.kind === 'teammate' ? await onFreshReadings(context, wording, send) : await send(),
			),
		{ name: email, wish },
	);
	return records.map(withSkipped(named));
}
