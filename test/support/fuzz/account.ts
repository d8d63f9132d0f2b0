import type { FakeSendGrid } from '../fakeSendGrid';

/** The people that fuzzed items and answers are about. */
export const PEOPLE = ['ada@example.com', 'bob@example.com', 'Cleo@Example.com'];
export const INVITED = ['dan@example.com', 'Eve@example.com', 'old@example.com'];
export const OLD_USERNAME = 'legacy_lee';
export const TOKENS = INVITED.map((_, i) => `7c3e9f1${i}-2b4d-4a6c-8e0f-1a3b5c7d9e2${i}`);
/** As the stand-in numbers them. */
export const REQUEST_IDS = [1001, 1002, 1003];
export const SUBUSER = { username: 'acme-marketing', id: 77, accountId: 'acct-1' };

/** An account in which an item that names one of these people finds them. */
export function addFuzzedAccount({ state, apiKey }: FakeSendGrid): void {
	state.reset();
	state.addAccount({ name: 'acme' });
	state.addKey({ key: apiKey });
	state.addSubuser(SUBUSER);
	state.rateLimits.set({ limit: 1e9, windowMs: 60_000, reset: 'epoch' });
	for (const [index, email] of PEOPLE.entries()) {
		state.addTeammate({
			email,
			scopes: ['stats.read'],
			is_sso: index === 1,
			...(index === 2 && { username: OLD_USERNAME }),
		});
	}
	for (const [index, email] of INVITED.entries()) {
		state.addPending({
			email,
			token: TOKENS[index],
			scopes: ['stats.read'],
			expiresInSeconds: index === 2 ? -60 : 1e5,
		});
	}
	for (let count = 0; count < 3; count += 1) {
		state.addAccessRequest({ username: PEOPLE[0], scope_group_name: 'Stats' });
	}
}
