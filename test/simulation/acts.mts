import type { Account, Teammate } from '../../sandbox/model.mts';
import { sameAddress, type SandboxState } from '../../sandbox/state.mts';
import type { Act } from './script.mts';
import { lower, type Truth } from './truth.mts';

const invitationOf = (account: Account, email: string) =>
	account.invitations.find((invitation) => sameAddress(invitation.email, email));

/** A person who can be changed: not the owner. */
const teammateOf = (account: Account, email: string): Teammate | undefined =>
	account.teammates.find(
		({ profile }) => sameAddress(profile.email, email) && profile.user_type !== 'owner',
	);

/** Somebody else does something on SendGrid's own pages, if that is possible at that moment. */
export function act(sendGrid: SandboxState, truth: Truth, planned: Act): void {
	const account = sendGrid.account(planned.account);
	const { email, what } = planned;
	truth.acts.push({
		at: sendGrid.now(),
		account: account.name,
		email: lower(email),
		kind: what.kind,
	});
	truth.observe('other', () => {
		sendGrid.keepPast();
		carryOut(sendGrid, account, planned);
		return undefined;
	});
}

function carryOut(sendGrid: SandboxState, account: Account, { email, what }: Act): void {
	const invitation = invitationOf(account, email);
	const teammate = teammateOf(account, email);
	switch (what.kind) {
		case 'accept':
			if (!invitation || sendGrid.hasExpired(invitation)) return;
			// Somebody who has already joined accepts nothing.
			if (account.teammates.some(({ profile }) => profile.username === invitation.email)) return;
			sendGrid.accept(email, { account: account.name });
			return;
		case 'expire':
			if (invitation) sendGrid.expire(email, { account: account.name });
			return;
		case 'invite': {
			if (invitation || teammate) return;
			const { kind, scopes } = what.access;
			const is_admin = kind === 'admin';
			const added = sendGrid.addPending({
				account: account.name,
				email,
				is_admin,
				scopes: is_admin ? [] : scopes,
			});
			sendGrid.send('invitation', added, account);
			return;
		}
		case 'resend':
			if (!invitation) return;
			invitation.expiration_date = sendGrid.expiry();
			if (sendGrid.behaviours.tokenChangesOnResend) invitation.token = sendGrid.newId();
			sendGrid.send('resend', invitation, account);
			return;
		case 'revoke':
			account.invitations = account.invitations.filter((other) => other !== invitation);
			return;
		case 'delete':
			account.teammates = account.teammates.filter((other) => other !== teammate);
			return;
		case 'promote':
			if (!teammate) return;
			Object.assign(teammate.profile, { is_admin: true, user_type: 'admin' });
			teammate.scopes = [];
			return;
		case 'approve':
		case 'deny': {
			const request = account.accessRequests.find(
				({ username }) => username === teammate?.profile.username,
			);
			if (!request || !teammate) return;
			account.accessRequests = account.accessRequests.filter((other) => other !== request);
			if (what.kind === 'deny' || teammate.profile.is_admin) return;
			teammate.scopes = [...new Set([...teammate.scopes, ...request.scopes])];
			return;
		}
		case 'grant':
			if (!teammate || teammate.profile.is_admin) return;
			teammate.scopes = [...new Set([...teammate.scopes, ...what.scopes])];
			return;
	}
}
