import type { Behaviours } from './behaviours.mts';
import { withoutDuplicates } from './endpoint.mts';
import type { Account, Teammate } from './model.mts';
import { AUTOMATIC_SCOPES, MINIMUM_SCOPES, SELF_SERVICE_SCOPES } from './scopes.mts';

/**
 * Observed on PATCH: taken without complaint, echoed in the answer, gone at the next GET. It also
 * is on the inferred minimum set; the observation wins.
 */
export const VANISHING_SCOPE = 'user.profile.update';

const without = (scopes: readonly string[], ...left: string[]) =>
	scopes.filter((scope) => !left.includes(scope));

const MINIMUM_SHOWN = without(MINIMUM_SCOPES, VANISHING_SCOPE);
const MFA_SCOPES: Record<Behaviours['mfaScopes'], string[]> = {
	required: ['2fa_required'],
	exempt: ['2fa_exempt'],
	both: ['2fa_exempt', '2fa_required'],
	none: [],
};

const AUTOMATIC_SHOWN = without(AUTOMATIC_SCOPES, VANISHING_SCOPE, ...MFA_SCOPES.both);

/**
 * What GET /v3/teammates/{username} shows. Observed: owners, admins and full-access users list both
 * 2fa scopes; password teammates list the self-service scopes. Which automatic scopes an ordinary
 * teammate shows is not known; here all of them, but of the 2fa scopes those of `mfaScopes`.
 */
export function shownScopes(
	{ profile, scopes }: Teammate,
	account: Account,
	{ mfaScopes }: Behaviours,
): string[] {
	if (profile.is_admin) return withoutDuplicates([...account.scopes, ...MFA_SCOPES.both]);
	const signsInWithPassword = !profile.is_sso && !profile.is_unified;
	return withoutDuplicates([
		...scopes,
		...MINIMUM_SHOWN,
		...AUTOMATIC_SHOWN,
		...MFA_SCOPES[mfaScopes],
		...(signsInWithPassword ? SELF_SERVICE_SCOPES : []),
	]);
}
