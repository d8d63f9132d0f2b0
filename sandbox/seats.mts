import type { Account } from './model.mts';
import { errorResponses } from './errorResponses.mts';
import type { SandboxState } from './state.mts';

/**
 * Refuses one more person beyond the plan. Documented: one teammate on Free and Essentials, 1,000
 * above. Guess: the owner takes no seat, a pending invitation does.
 */
export function takeSeat(state: SandboxState, account: Account): void {
	if (account.seats === null) return;
	const people = account.teammates.filter(({ profile }) => profile.user_type !== 'owner');
	const invited = account.invitations.filter((invitation) => !state.hasExpired(invitation));
	if (people.length + invited.length >= account.seats) {
		throw errorResponses.seatLimit(state.behaviours.seatLimit);
	}
}
