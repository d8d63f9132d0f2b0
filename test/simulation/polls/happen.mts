import type { Account } from '../../../sandbox/model.mts';
import { sameAddress, type SandboxState } from '../../../sandbox/state.mts';
import { act } from '../acts.mts';
import { lower, type Truth } from '../truth.mts';
import type { Happening, PollAct } from './pollScript.mts';

export const ACCOUNT = 'acme';

/** The teammate with an address: not the owner. */
const teammateOf = (account: Account, email: string) =>
	account.teammates.find(
		({ profile }) => sameAddress(profile.email, email) && profile.user_type !== 'owner',
	);

function change(sendGrid: SandboxState, account: Account, email: string, what: Happening): void {
	const teammate = teammateOf(account, email);
	switch (what.kind) {
		case 'signOn':
			if (!teammate) sendGrid.addTeammate({ account: account.name, email, is_sso: true });
			return;
		case 'demote':
			if (!teammate) return;
			Object.assign(teammate.profile, { is_admin: false, user_type: 'teammate' });
			return;
		case 'withdraw':
			if (!teammate) return;
			teammate.scopes = teammate.scopes.filter((scope) => !what.scopes.includes(scope));
			return;
		case 'ask': {
			if (!teammate) return;
			const { username } = teammate.profile;
			sendGrid.addAccessRequest({ account: account.name, username, scope_group_name: 'Stats' });
			return;
		}
		case 'answer':
			account.accessRequests = account.accessRequests.slice(1);
			return;
		case 'rename': {
			if (!teammate) return;
			const { profile } = teammate;
			const renamed = `new-${profile.email}`;
			if (profile.username === profile.email) profile.username = renamed;
			profile.email = renamed;
			return;
		}
		case 'renameOwner': {
			const owner = account.teammates.find(({ profile }) => profile.user_type === 'owner');
			if (!owner) return;
			owner.profile.username = `new_${owner.profile.username}`;
			owner.profile.email = `new-${owner.profile.email}`;
		}
	}
}

/** Something happens to a person, if it is possible at that moment. */
export function happen(sendGrid: SandboxState, truth: Truth, { at, email, what }: PollAct): void {
	const account = sendGrid.account(ACCOUNT);
	switch (what.kind) {
		case 'signOn':
		case 'demote':
		case 'withdraw':
		case 'ask':
		case 'answer':
		case 'rename':
		case 'renameOwner':
			truth.acts.push({ at: sendGrid.now(), account: account.name, email: lower(email) });
			truth.observe('other', () => {
				change(sendGrid, account, email, what);
				return undefined;
			});
			return;
		default:
			act(sendGrid, truth, { at, account: account.name, email, what });
	}
}
