import type { OperationContext } from '../../execution/operation';
import { adviseOnScopes, namedIn } from '../../parameters/access';
import { difference, type Access, type AccessChoice } from '../../sendgrid/access';
import {
	hasSameAccess,
	readBack,
	readTeammate,
	replacePermissions,
	untoldRoleError,
	type NamedTeammate,
	type Teammate,
} from '../../sendgrid/teammates';
import type { Validity } from '../../transport/client';
import { RequestError, SendGridError, type Wording } from '../../transport/errors';
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

const NOTHING_UNMET: Unmet = { missing: [], remaining: [], admin: false };

/** Whether a record shows all that it should. */
export const isMet = ({ missing, remaining, admin }: Unmet): boolean =>
	missing.length + remaining.length === 0 && !admin;

/**
 * What of the wanted access a record does not show.
 *
 * @param isExact whether nothing else may be there
 */
export const unmetOf =
	(wanted: Access, isExact: boolean) =>
	(teammate: Teammate): Unmet => {
		// The person may have been made an admin in the meantime, and then has everything.
		if (teammate.isAdmin && !wanted.is_admin && !isExact) return NOTHING_UNMET;
		const { missing, superfluous, admin } = difference(teammate, wanted);
		return { missing, remaining: isExact ? superfluous : [], admin: admin !== undefined };
	};

/** A change of access that has been decided on. */
export interface AccessChange {
	teammate: NamedTeammate;
	/** As the record was when that was decided. */
	before: Teammate;
	/** Everything that the teammate should have. */
	access: Access;
	/** What the item says about it. */
	choice: AccessChoice;
	/** What of the wish a record does not show. */
	unmetBy: (teammate: Teammate) => Unmet;
	/** Whose permissions, for messages: `'ada@example.com'` */
	subject: string;
	wording: Wording;
	validUntil?: Validity;
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
	{ teammate, before, access, choice, unmetBy, subject, wording, validUntil }: AccessChange,
): Promise<Teammate> {
	await replacePermissions(account, {
		...teammate,
		before,
		access,
		isMetBy: (record) => isMet(unmetBy(record)),
		wording,
		on400: adviseOnScopes(account, access.scopes, wording, namedIn(choice)),
		validUntil,
	});
	// Whatever comes next must not start from a record that does not show this change yet.
	const noteLag = (thrown: unknown): never => {
		account.noteWrite(before.email);
		throw thrown;
	};
	return await readBack(account, {
		read: async () => await readTeammate(account, teammate, wording),
		unmetIn: (record) => {
			const unmet = unmetBy(record);
			return isMet(unmet) ? undefined : unmet;
		},
		droppedError: (unmet, after) =>
			unmet.admin && !after.isRoleKnown
				? untoldRoleError(wording)
				: droppedError(unmet, traceOf(unmetBy(before), unmet, before, after), subject, wording),
		wording,
	}).catch(noteLag);
}

/** What a record shows of a change that SendGrid did not carry out as wanted. */
type Trace = 'some of it' | 'nothing' | 'another change';

/**
 * @param wished what was to be changed
 * @param unmet what of it the record does not show, and what others did
 */
function traceOf(wished: Unmet, unmet: Unmet, before: Teammate, after: Teammate): Trace {
	const isShown =
		wished.missing.some((scope) => !unmet.missing.includes(scope)) ||
		wished.remaining.some((scope) => !unmet.remaining.includes(scope)) ||
		(wished.admin && !unmet.admin);
	if (isShown) return 'some of it';
	return hasSameAccess(before, after) ? 'nothing' : 'another change';
}

function droppedError(
	{ missing, remaining, admin }: Unmet,
	trace: Trace,
	subject: string,
	wording: Wording,
): SendGridError {
	const dropped = [
		admin && 'the admin access as it was',
		missing.length > 0 && `${formatQuoted(missing)} out`,
		remaining.length > 0 && `${formatQuoted(remaining)} in place`,
	].filter(Boolean);
	const left = `left ${dropped.join(', and ')}`;
	const what = `SendGrid accepted the change but ${left}`;
	const advice =
		'Check these permissions under Settings > Teammates in SendGrid. Some depend on the plan, or are given to everybody.';
	switch (trace) {
		case 'nothing':
			return new SendGridError(`${wording.failureMessage}: ${what}`, advice);
		case 'another change':
			// Either SendGrid dropped it, or somebody else has undone it.
			return new RequestError(
				wording,
				`SendGrid accepted the change, and somebody else has made another one, which ${left}`,
				advice,
				{ accepted: true },
			);
		case 'some of it':
			return new RequestError(
				{ failureMessage: `The permissions of ${subject} were updated, but not completely` },
				what,
				advice,
				{ partlyDone: true },
			);
	}
}
