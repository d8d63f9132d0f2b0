import type { SandboxState } from '../../sandbox/state.mts';

/** An owner, an admin, a teammate whose username is not her address, and somebody who is only invited. */
export function addPeople(state: SandboxState): void {
	state.addTeammate({ username: 'the_owner', email: 'olga@example.com', user_type: 'owner' });
	state.addTeammate({ username: 'adam', email: 'adam@example.com', is_admin: true });
	state.addTeammate({
		username: 'countess',
		email: 'Ada@example.com',
		first_name: 'Ada',
		scopes: ['stats.read', 'templates.read'],
	});
	state.addPending({ email: 'penny@example.com' });
}
