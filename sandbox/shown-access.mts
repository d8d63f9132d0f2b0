import { withoutDuplicates } from './endpoint.mts';
import type { Account, SubuserGrant, Teammate } from './model.mts';
import { MINIMUM_SCOPES } from './scopes.mts';
import type { SandboxState } from './state.mts';

/** One subuser of a teammate's access, as SendGrid shows it. */
export interface ShownAccess {
	id: number;
	username: string;
	email: string;
	disabled: boolean;
	permission_type: 'admin' | 'restricted';
	scopes: string[];
}

/** Observed: SendGrid adds about 11 read scopes to each restricted entry, stats.read among them. */
const BASELINE_SCOPES = [
	...MINIMUM_SCOPES.filter((scope) => scope.endsWith('.read')),
	'stats.read',
];

/**
 * A teammate's subusers, by id. Documented: an admin has all of them, as admin. The list of an unrestricted person
 * restricts nothing, whatever is in it.
 */
export function shownAccess(
	state: SandboxState,
	account: Account,
	teammate: Teammate,
): ShownAccess[] {
	const subusers = state.subusers(account).sort((one, other) => one.id - other.id);
	const grants = teammate.profile.is_admin
		? subusers.map(({ id }): SubuserGrant => ({ id, permission_type: 'admin', scopes: [] }))
		: teammate.subuser_access;
	return subusers.flatMap(({ id, name, email, disabled }) => {
		const grant = grants.find((candidate) => candidate.id === id);
		if (!grant) return [];
		const { permission_type } = grant;
		const scopes =
			permission_type === 'admin' ? [] : withoutDuplicates([...grant.scopes, ...BASELINE_SCOPES]);
		return [{ id, username: name, email, disabled, permission_type, scopes }];
	});
}
