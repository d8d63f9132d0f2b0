import type { OperationContext } from '../../execution/operation';
import { adviseOnScopes, namedIn } from '../../parameters/access';
import { difference, type Access, type AccessChoice } from '../../sendgrid/access';
import {
	hasSameAccess,
	namesOf,
	readBack,
	readTeammate,
	replacePermissions,
	untoldRoleError,
	type NamedTeammate,
	type Teammate,
} from '../../sendgrid/teammates';
import type { Validity } from '../../transport/client';
import { RequestError, SendGridError, type Wording } from '../../transport/errors';
import { formatList, formatQuoted } from '../../transport/sanitize';

/** What a teammate's record should show but doesn't. */
export interface Unmet {
	/** Scopes that should be there. */
	missing: string[];
	/** Scopes that should be gone. */
	remaining: string[];
	/** Whether admin access is wrong. */
	admin: boolean;
}

const NOTHING_UNMET: Unmet = { missing: [], remaining: [], admin: false };

/** Whether a record shows everything it should. */
export const isMet = ({ missing, remaining, admin }: Unmet): boolean =>
	missing.length + remaining.length === 0 && !admin;

/**
 * The part of the wanted access that a record doesn't show.
 *
 * @param isExact whether the person must have nothing else
 */
export const unmetOf =
	(wanted: Access, isExact: boolean) =>
	(teammate: Teammate): Unmet => {
		// The person may have become an admin in the meantime, and then has everything.
		if (teammate.isAdmin && !wanted.is_admin && !isExact) return NOTHING_UNMET;
		const { missing, superfluous, admin } = difference(teammate, wanted);
		return { missing, remaining: isExact ? superfluous : [], admin: admin !== undefined };
	};

/** A change of access that has been decided on. */
export interface AccessChange {
	teammate: NamedTeammate;
	/** The record at the time of the decision. */
	before: Teammate;
	/** Everything that the teammate should have. */
	access: Access;
	/** What the item says about it. */
	choice: AccessChoice;
	/** The part of the wish that a record doesn't show. */
	unmetBy: (teammate: Teammate) => Unmet;
	/** Whose permissions, for messages: `'ada@example.com'` */
	subject: string;
	wording: Wording;
	validUntil?: Validity;
}

/**
 * Replaces a teammate's permissions, and reads the record until it shows the change. Even for a scope that it
 * drops, SendGrid answers 200 with the scope in the response.
 *
 * @returns the record afterwards
 * @throws SendGridError if SendGrid did not carry out what it accepted
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
	return await readBack(account, {
		read: async () => await readTeammate(account, teammate, wording),
		about: namesOf(before),
		unmetIn: (record) => {
			const unmet = unmetBy(record);
			return isMet(unmet) ? undefined : unmet;
		},
		droppedError: (unmet, after) =>
			unmet.admin && !after.isRoleKnown
				? untoldRoleError(wording)
				: droppedError(
						unmet,
						before,
						traceOf(unmetBy(before), unmet, before, after),
						subject,
						wording,
					),
		wording,
	});
}

/** How much of a change the record shows, if SendGrid did not carry it out as wanted. */
type Trace = 'some of it' | 'nothing' | 'another change';

/**
 * @param wished what was to be changed
 * @param unmet the part of it that the record doesn't show, and what others did
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
	before: Teammate,
	trace: Trace,
	subject: string,
	wording: Wording,
): SendGridError {
	/** `undefined` if it is unknown. */
	const wasThere = (scope: string) => before.scopes?.includes(scope);
	const phrase = (scopes: string[], state: string) =>
		scopes.length > 0 && `${formatQuoted(scopes)} ${scopes.length === 1 ? 'is' : 'are'} ${state}`;
	const shown = [
		admin && 'the admin access is as it was',
		phrase(
			missing.filter((scope) => !wasThere(scope)),
			'missing',
		),
		phrase(
			remaining.filter((scope) => wasThere(scope) !== false),
			'still there',
		),
		// SendGrid did that on the way, or somebody else at the same moment.
		phrase(missing.filter(wasThere), 'gone'),
		phrase(
			remaining.filter((scope) => wasThere(scope) === false),
			'new',
		),
	].filter((text) => text !== false);
	const what = `SendGrid accepted the change, but ${formatList(shown)}`;
	const advice =
		'Check these permissions under Settings > Teammates in SendGrid. Some depend on the plan, or are given to everybody.';
	switch (trace) {
		case 'nothing':
			return new SendGridError(`${wording.failureMessage}: ${what}`, advice);
		case 'another change':
			// Either SendGrid dropped it, or somebody else has undone it.
			return new RequestError(
				wording,
				`SendGrid accepted the change, and somebody else has made another one: ${formatList(shown)}`,
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
