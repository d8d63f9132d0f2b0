import {
	AUTOMATIC_SCOPES,
	MINIMUM_SCOPES,
	PERSONA_SCOPES,
	SELF_SERVICE_SCOPES,
	UNASSIGNABLE_SCOPES,
	type Persona,
} from '../../../sandbox/scopes.mts';
import type { Access, Ask } from '../script.mts';

/** The scopes that SendGrid shows in addition to those granted by name. */
const GIVEN_TO_EVERYBODY: ReadonlySet<string> = new Set([
	...AUTOMATIC_SCOPES,
	...MINIMUM_SCOPES,
	...SELF_SERVICE_SCOPES,
]);

export interface Held {
	isAdmin: boolean;
	scopes: readonly string[];
}

export const named = (scopes: readonly string[]) =>
	scopes.filter((scope) => !GIVEN_TO_EVERYBODY.has(scope));

/** Scopes that nobody can grant. */
export const ungrantable = ({ kind, scopes }: Access) =>
	kind === 'scopes' ? scopes.filter((scope) => UNASSIGNABLE_SCOPES.has(scope)) : [];

/** What SendGrid's page lists for a person who only reads: a mistake, as the node documents. It gives reading instead. */
const SLIP = 'mail_settings.bounce_purge.update';
const READING = 'mail_settings.bounce_purge.read';

const scopesOfPersona = (persona: Persona): string[] =>
	PERSONA_SCOPES[persona].map((scope) =>
		persona === 'observer' && scope === SLIP ? READING : scope,
	);

const wantedScopes = (access: Access): string[] =>
	named(
		access.kind === 'persona'
			? [...scopesOfPersona(access.persona as Persona), ...access.scopes]
			: access.scopes,
	);

/**
 * Whether somebody has at least what is wanted. For a persona, what the account and the key can give of it counts.
 */
export function hasAtLeast({ isAdmin, scopes }: Held, access: Access): boolean {
	if (isAdmin) return true;
	if (access.kind === 'admin') return false;
	const wanted = wantedScopes(access);
	if (access.kind === 'persona') return wanted.some((scope) => scopes.includes(scope));
	return wanted.every((scope) => scopes.includes(scope));
}

/** Whether a person has what is wanted and nothing else. */
export function hasExactly(held: Held, access: Access): boolean {
	if (held.isAdmin || access.kind === 'admin') return held.isAdmin === (access.kind === 'admin');
	// What a persona gives depends on the account and the key.
	if (access.kind === 'persona') return hasAtLeast(held, access);
	const wanted = wantedScopes(access);
	return hasAtLeast(held, access) && named(held.scopes).every((scope) => wanted.includes(scope));
}

export const hasNone = ({ isAdmin, scopes }: Held, access: Access): boolean =>
	!isAdmin && !wantedScopes(access).some((scope) => scopes.includes(scope));

/** Operations that give a person an access, whatever the present state. */
export const ENSURES: ReadonlySet<string> = new Set(['teammate.upsert', 'teammate.sync']);

/** Whether an update may take a scope away, according to its item. */
export function mayTake({ operation, access, mode, ifAccessDiffers }: Ask, scope: string): boolean {
	if (!access) return false;
	if (access.kind === 'admin') return true;
	const isWanted = wantedScopes(access).includes(scope);
	// Nothing is taken away by something empty.
	if (wantedScopes(access).length === 0) return false;
	if (ENSURES.has(operation)) return ifAccessDiffers === 'update' && !isWanted;
	if (operation === 'teammate.updatePermissions') {
		return mode === 'remove' ? isWanted : mode === 'replace' && !isWanted;
	}
	return operation === 'ssoTeammate.update';
}

/** Scopes that create access, which count as admin access if the credential allows none. */
export const isPowerful = (scope: string) =>
	/^(teammates\.(create|update|delete)|sso\.\S*\.?(create|update|delete)|(api_keys|credentials)\.(create|update)|subusers\.create)$/.test(
		scope,
	);
