import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { movableClock } from './clock';
import { fakeSendGrid } from './fakeSendGrid';
import { ActiveTrigger } from './trigger';

export const DAY = 24 * 60 * 60;
export const ADA = 'ada@example.com';
export const BOB = 'bob@example.com';
export const OWNER = {
	username: 'acme_owner',
	email: 'olivia@example.com',
	user_type: 'owner',
} as const;

/** An account that a trigger polls, reset for every test, and what happens to its people. */
export function polledAccount() {
	const sendGrid = fakeSendGrid();
	const clock = movableClock();
	// Every real account has an owner.
	beforeEach(() => {
		sendGrid.state.addTeammate(OWNER);
	});
	const account = () => sendGrid.state.account();
	return {
		sendGrid,
		clock,
		account,
		/** A trigger that has set its base line. */
		async activated(parameters: INodeParameters = {}, credential: IDataObject = {}) {
			const trigger = new ActiveTrigger(sendGrid, parameters, credential);
			expect(await trigger.poll()).toBeNull();
			return trigger;
		},
		remove(email: string) {
			account().teammates = account().teammates.filter(({ profile }) => profile.email !== email);
		},
		revoke(email: string) {
			account().invitations = account().invitations.filter((other) => other.email !== email);
		},
		setAdmin(email: string, isAdmin: boolean) {
			const teammate = account().teammates.find(({ profile }) => profile.email === email);
			Object.assign(teammate?.profile ?? {}, {
				is_admin: isAdmin,
				user_type: isAdmin ? 'admin' : 'teammate',
			});
		},
		setScopes(email: string, scopes: string[]) {
			account()
				.teammates.filter(({ profile }) => profile.email === email)
				.forEach((teammate) => Object.assign(teammate, { scopes }));
		},
	};
}
