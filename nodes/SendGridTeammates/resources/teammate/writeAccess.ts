import type { OperationContext } from '../../execution/operation';
import { adviseOnScopes } from '../../parameters/access';
import type { Access } from '../../sendgrid/access';
import {
	readBack,
	readTeammate,
	replacePermissions,
	type NamedTeammate,
	type Teammate,
} from '../../sendgrid/teammates';
import { asUnclear, RequestError, SendGridError, type Wording } from '../../transport/errors';
import { formatQuoted } from '../../transport/sanitize';

/** What a teammate's record should show, and does not. */
export interface Unmet {
	/** Scopes that should be there. */
	missing: string[];
	/** Scopes that should be gone. */
	remaining: string[];
	/** Whether admin access is not as it should be. */
	admin: boolean;
}

export const NOTHING_UNMET: Unmet = { missing: [], remaining: [], admin: false };

const count = ({ missing, remaining, admin }: Unmet): number =>
	missing.length + remaining.length + Number(admin);

/** Whether a record shows all that it should. */
export const isMet = (unmet: Unmet): boolean => count(unmet) === 0;

/** A change of access that has been decided on. */
export interface AccessChange {
	teammate: NamedTeammate;
	/** As the record was when that was decided. */
	before: Teammate;
	/** Everything that the teammate should have. */
	access: Access;
	/** What of the wish a record does not show. */
	unmetBy: (teammate: Teammate) => Unmet;
	/** Whose permissions, for messages: `'ada@example.com'` */
	subject: string;
	wording: Wording;
	validUntil?: number;
}

/**
 * Replaces a teammate's permissions, and reads the record until it shows the change. SendGrid answers 200, with
 * the scope in the response, for a scope that it drops.
 *
 * @returns the record as it is then
 * @throws SendGridError where SendGrid did not carry out what it accepted
 */
export async function writeAccess(
	{ account }: OperationContext,
	{ teammate, before, access, unmetBy, subject, wording, validUntil }: AccessChange,
): Promise<Teammate> {
	await replacePermissions(account, {
		...teammate,
		access,
		wording,
		on400: adviseOnScopes(account, access.scopes, wording),
		validUntil,
	});
	const { written: after, isConclusive } = await readBack(
		account,
		async () => await readTeammate(account, teammate, wording).catch(asUnclear(wording)),
		(record) => isMet(unmetBy(record)),
	);
	const unmet = unmetBy(after);
	if (isMet(unmet)) return after;
	if (!isConclusive) throw notYetShownError(wording);
	const isPartlyDone = count(unmet) < count(unmetBy(before));
	throw droppedError(unmet, isPartlyDone, subject, wording);
}

const notYetShownError = (wording: Wording) =>
	new RequestError(wording, 'SendGrid accepted the change, and its data does not show it yet', '', {
		accepted: true,
	});

function droppedError(
	{ missing, remaining, admin }: Unmet,
	isPartlyDone: boolean,
	subject: string,
	{ failureMessage }: Wording,
): SendGridError {
	const dropped = [
		admin && 'the admin access as it was',
		missing.length > 0 && `${formatQuoted(missing)} out`,
		remaining.length > 0 && `${formatQuoted(remaining)} in place`,
	].filter(Boolean);
	const what = `SendGrid accepted the change but left ${dropped.join(', and ')}`;
	const advice =
		'Check these permissions under Settings > Teammates in SendGrid. Some depend on the plan, or belong to everybody.';
	return isPartlyDone
		? new RequestError(
				{ failureMessage: `The permissions of ${subject} were updated, but not completely` },
				what,
				advice,
				{ partlyDone: true },
			)
		: new SendGridError(`${failureMessage}: ${what}`, advice);
}
