import { SendGridError, type Wording } from '../transport/errors';
import { formatQuoted } from '../transport/sanitize';
import type { Account } from './account';
import {
	adviseToRemove,
	canBeTaken,
	isGivenToEverybody,
	isGrantable,
	PERSONA_SCOPES,
	type Persona,
} from './scopes';

/** A person's access as SendGrid's requests express it. */
export interface Access {
	scopes: string[];
	is_admin: boolean;
}

/** A person's access as SendGrid's records express it. A record may lack the scopes: then they are unknown. */
export interface KnownAccess {
	isAdmin: boolean;
	scopes?: readonly string[];
}

/** What a teammate or an invitation with this access has. */
export const givenBy = ({ is_admin, scopes }: Access) => ({ isAdmin: is_admin, scopes });

/** The difference between the access that a person has and the access that is wanted. */
export interface Difference {
	/** Scopes that are wanted and missing, without those that SendGrid gives everybody. */
	missing: string[];
	/** Scopes that are there but not wanted, without those that SendGrid gives everybody. */
	superfluous: string[];
	/** Whether admin access is wanted and missing, or there but not wanted. */
	admin?: 'missing' | 'superfluous';
}

const unique = (scopes: readonly string[]): string[] => [...new Set(scopes)];

/**
 * Compares the access that a person has with the access that is wanted, as far as it can be granted. SendGrid adds
 * its own scopes for everybody, which would otherwise always look like a difference.
 */
export function difference(known: KnownAccess, wanted: Access): Difference {
	const present = known.scopes ?? [];
	if (wanted.is_admin) {
		return { missing: [], superfluous: [], ...(!known.isAdmin && { admin: 'missing' }) };
	}
	return {
		missing: wanted.scopes.filter(
			(scope) => !present.includes(scope) && !isGivenToEverybody(scope),
		),
		superfluous: known.isAdmin
			? []
			: present.filter((scope) => canBeTaken(scope) && !wanted.scopes.includes(scope)),
		...(known.isAdmin && { admin: 'superfluous' }),
	};
}

/** What a change of access would add and take away. An admin has every scope. */
export function changeOutput(known: KnownAccess, wanted: Access) {
	const { missing, superfluous, admin } = difference(known, wanted);
	const adminAccess = { missing: 'added', superfluous: 'removed', none: 'unchanged' } as const;
	return {
		admin_access: adminAccess[admin ?? 'none'],
		added_scopes: known.isAdmin ? [] : missing,
		removed_scopes: superfluous,
	};
}

/** Whether nothing has to change. */
export const isSame = ({ admin, missing, superfluous }: Difference): boolean =>
	admin === undefined && missing.length === 0 && superfluous.length === 0;

/** Whether everything wanted is there, perhaps with more. An admin has everything. */
export const isCovered = ({ admin, missing }: Difference): boolean =>
	admin === 'superfluous' || (admin === undefined && missing.length === 0);

/** The present scopes that can be granted again, plus these. */
export const withMore = (present: readonly string[], more: readonly string[]): string[] =>
	unique([...present.filter(isGrantable), ...more]);

/** The present scopes that can be granted again, without these. */
export const without = (present: readonly string[], removed: readonly string[]): string[] =>
	present.filter((scope) => isGrantable(scope) && !removed.includes(scope));

/** A teammate as an item names them. */
export type TeammateChoice = { by: 'email'; email: string } | { by: 'username'; username: string };

/** What an item says about access, before anything is known about the person and the account. */
export type AccessChoice =
	| { kind: 'admin'; skipped: string[] }
	| { kind: 'scopes'; scopes: string[]; skipped: string[] }
	| { kind: 'persona'; persona: Persona; additional: string[]; skipped: string[] }
	| { kind: 'teammate'; sameAs: TeammateChoice; skipped: string[] };

/** The teammate whose access a choice stands for. */
export interface Colleague {
	/** For messages: `'lee@example.com'` */
	name: string;
	isAdmin: boolean;
	/** Those that can be given and taken away; at least one, except for admins. */
	scopes: readonly string[];
	/** Epoch milliseconds: nothing is known about what happened later. */
	readAt: number;
}

/** Access that can be written, and the scopes that had to be left out. */
export interface ResolvedAccess {
	access: Access;
	/** Scopes that nobody can grant, and those of a persona or a colleague that this key can't grant. */
	skipped: string[];
}

/** Whether it contains anything that not everybody has anyway. */
export const givesSomething = ({ is_admin, scopes }: Access): boolean =>
	is_admin || scopes.some((scope) => !isGivenToEverybody(scope));

/**
 * Every scope that a choice names, whether or not the key can grant it: for taking scopes away. Without those of a
 * persona or a colleague that SendGrid gives everybody, which can't be taken away.
 */
export function namedScopes(choice: AccessChoice, colleague?: Colleague): readonly string[] {
	switch (choice.kind) {
		case 'admin':
			return [];
		case 'scopes':
			return choice.scopes;
		case 'teammate':
			return colleague?.scopes ?? [];
		case 'persona': {
			const persona = PERSONA_SCOPES[choice.persona].filter((scope) => !isGivenToEverybody(scope));
			return unique([...persona, ...choice.additional]);
		}
	}
}

/** Equal for two choices that stand for the same access. */
export const wishOf = (choice: AccessChoice): unknown[] => [
	choice.kind,
	choice.kind === 'persona' && choice.persona,
	choice.kind === 'persona' ? [...choice.additional].sort() : [...namedScopes(choice)].sort(),
	choice.kind === 'teammate' && JSON.stringify(choice.sameAs).toLowerCase(),
];

/** What resolving a choice depends on. */
export interface Resolving {
	account: Account;
	policy: {
		/** Whether the credential allows a scope to be given: a persona is reduced to those. */
		mayGive: (scope: string) => boolean;
		checkAdmin(): void;
	};
	options: { allowAdmins: boolean };
}

/**
 * The access that a choice stands for, for somebody who has none yet or for a teammate.
 *
 * A persona, or a colleague's access, is reduced to what the key can grant, since a key can't grant more than it
 * has; scopes of it that the person already has stay. A persona is also reduced to what the credential allows,
 * because the item doesn't name its scopes. A colleague's access is for the caller to check.
 *
 * @param present the person's present access
 * @param colleague as `findColleague` gives them
 * @throws SendGridError if nothing would be left but what everybody has, and for an admin's access that isn't
 *   wanted or allowed
 */
export async function resolveFor(
	{ account, policy, options }: Resolving,
	choice: AccessChoice,
	wording: Wording,
	present: readonly string[] = [],
	colleague?: Colleague,
): Promise<ResolvedAccess> {
	if (choice.kind === 'scopes')
		return { access: { scopes: choice.scopes, is_admin: false }, skipped: choice.skipped };
	if (colleague?.isAdmin) {
		policy.checkAdmin();
		refuseAdminAccess(colleague, options, wording);
	}
	// Documented: an admin is sent without scopes.
	if (choice.kind === 'admin' || colleague?.isAdmin)
		return { access: { scopes: [], is_admin: true }, skipped: choice.skipped };

	const isPersona = choice.kind === 'persona';
	const all = isPersona ? PERSONA_SCOPES[choice.persona] : namedScopes(choice, colleague);
	const additional = isPersona ? choice.additional : [];
	const offered = await account.grantableScopes(wording);
	const grantable = isPersona ? offered.filter(policy.mayGive) : offered;
	const has = (scope: string) => grantable.includes(scope) || present.includes(scope);
	const access = { scopes: unique([...all.filter(has), ...additional]), is_admin: false };
	const skipped = unique([...all.filter((scope) => !has(scope)), ...choice.skipped]);
	if (givesSomething(access)) return { access, skipped };
	throw new SendGridError(
		`${wording.failureMessage}: this API key can't grant anything of ${isPersona ? 'the persona' : `what ${colleague?.name} has`} beyond what everybody has`,
		`Choose another '${isPersona ? 'Persona' : 'Same As'}', or 'Selected Scopes'. A key can grant only what it has itself, and what its credential allows.`,
	);
}

/** @throws SendGridError for an admin, unless the item allows admins */
function refuseAdminAccess(
	{ name }: Colleague,
	{ allowAdmins }: Resolving['options'],
	{ failureMessage }: Wording,
): void {
	if (allowAdmins) return;
	throw new SendGridError(
		`${failureMessage}: ${name} is an admin`,
		"Turn on 'Allow Admins' in 'Options' to give admin access, or choose another teammate in 'Same As'.",
	);
}

/** The access that a person gains. An admin has everything. */
export function gainOf(
	{ isAdmin, scopes = [] }: KnownAccess,
	after: Access,
): { isAdmin: boolean; scopes: string[] } {
	if (isAdmin) return { isAdmin: false, scopes: [] };
	return {
		isAdmin: after.is_admin,
		scopes: after.scopes.filter((scope) => !scopes.includes(scope)),
	};
}

/**
 * Makes sure that an invitation can be sent, before another is revoked to make room for it.
 *
 * SendGrid's list of scopes counts against the key only where it speaks of teammates: it has the scope to revoke.
 *
 * @param named the scopes that the item itself names, and their field
 * @throws SendGridError if the key may not invite, or that names the scopes it can't grant
 */
export async function checkInvitable(
	account: Account,
	{ scopes }: Access,
	named: { scopes: readonly string[]; field: string },
	wording: Wording,
): Promise<void> {
	const reading = account.grantableScopes(wording);
	// An admin's invitation names no scopes, so it does not depend on the list.
	const grantable = await (scopes.length > 0 ? reading : reading.catch(() => []));
	if (grantable.includes('teammates.delete') && !grantable.includes('teammates.create')) {
		throw new SendGridError(
			`${wording.failureMessage}: this API key may revoke the pending invitation, but not send a new one`,
			'Add the scope teammates.create to the API key, or use another key.',
		);
	}
	const refused = scopes.filter((scope) => !grantable.includes(scope));
	if (refused.length === 0) return;
	throw new SendGridError(
		`${wording.failureMessage}: this API key cannot grant ${formatQuoted(refused)}`,
		refused.every((scope) => named.scopes.includes(scope))
			? `${adviseToRemove(refused, grantable)} them from '${named.field}', or use a key that has them.`
			: 'This person already has some of them: use a key that can grant them, or leave the access as it is.',
	);
}
