import { seedDefault } from '../../sandbox/seed.mts';
import { SandboxState } from '../../sandbox/state.mts';

let state: SandboxState;
beforeEach(() => {
	state = new SandboxState();
	state.addAccount({ name: 'acme' });
});

const usernames = (account?: string) =>
	state.account(account).teammates.map(({ profile }) => profile.username);

describe('accept()', () => {
	test('turns an invitation into a teammate with Twilio Login', () => {
		state.addPending({ email: 'Ada@new.example', scopes: ['stats.read'] });
		const teammate = state.accept('ada@NEW.example');
		expect(teammate).toMatchObject({
			profile: {
				username: 'Ada@new.example',
				email: 'Ada@new.example',
				user_type: 'teammate',
				is_admin: false,
				is_unified: true,
			},
			scopes: ['stats.read'],
		});
		expect(state.account().teammates).toEqual([teammate]);
		expect(state.account().invitations).toEqual([]);
	});

	test('adds a teammate with a separate username, as an admin', () => {
		state.addPending({ email: 'ada@new.example', is_admin: true });
		expect(state.accept('ada@new.example', { username: 'ada' }).profile).toMatchObject({
			username: 'ada',
			email: 'ada@new.example',
			user_type: 'admin',
			is_admin: true,
			is_unified: false,
		});
	});

	test('works in the named account', () => {
		state.addSubuser({ username: 'sub' });
		state.addPending({ email: 'ada@new.example' });
		state.addPending({ email: 'ada@new.example', account: 'sub' });
		state.accept('ada@new.example', { account: 'sub' });
		expect([usernames(), usernames('sub')]).toEqual([[], ['ada@new.example']]);
	});

	test('refuses expired and missing invitations', () => {
		state.addPending({ email: 'ada@new.example', expiresInSeconds: -1 });
		expect(() => state.accept('ada@new.example')).toThrow('has expired');
		expect(() => state.accept('bob@new.example')).toThrow('nothing pending for bob@new.example');
		expect(state.account().invitations).toHaveLength(1);
	});
});

describe('an invitation', () => {
	test('ends at once by expire()', () => {
		const invitation = state.addPending({ email: 'ada@new.example' });
		expect(state.hasExpired(invitation)).toBe(false);
		state.expire('ADA@new.example');
		expect(state.hasExpired(invitation)).toBe(true);
	});

	test('ends after 7 days by the clock, not before', () => {
		const invitation = state.addPending({ email: 'ada@new.example' });
		state.advance(7 * 24 * 60 * 60 - 2);
		expect(state.hasExpired(invitation)).toBe(false);
		state.advance(2);
		expect(state.hasExpired(invitation)).toBe(true);
	});

	test('ends by a clock that goes on from where it was put', () => {
		const before = state.now();
		state.advance(60);
		state.advance(60);
		expect(state.now() - before).toBeGreaterThanOrEqual(120_000);
		expect(state.now() - before).toBeLessThan(121_000);
		state.reset();
		expect(state.now() - before).toBeLessThan(1000);
	});
});

describe('the state', () => {
	test('adds many people at once', () => {
		expect(state.addManyTeammates(1000, { scopes: ['stats.read'] })).toHaveLength(1000);
		expect(usernames()[999]).toBe('teammate1000@bulk.example');
		expect(state.account().teammates[5].scopes).toEqual(['stats.read']);
		expect(state.addManyPending(1000, { is_admin: true })).toHaveLength(1000);
		const { invitations } = state.account();
		expect(new Set(invitations.map(({ token }) => token)).size).toBe(1000);
		expect(invitations[999]).toMatchObject({ email: 'pending1000@bulk.example', is_admin: true });
		expect(state.sentEmails).toEqual([]);
	});

	test('copies what it is given', () => {
		const scopes = ['stats.read'];
		const teammate = state.addTeammate({ email: 'a@b.example', scopes });
		const invitation = state.addPending({ email: 'c@d.example', scopes });
		scopes.push('mail.send');
		expect([teammate.scopes, invitation.scopes]).toEqual([['stats.read'], ['stats.read']]);
	});

	test.each<[string, () => unknown]>([
		['an account twice', () => state.addAccount({ name: 'acme' })],
		['a subuser named like an account', () => state.addSubuser({ username: 'acme' })],
		['a username twice', () => state.addManyTeammates(1) && state.addManyTeammates(1)],
		['a key of nobody', () => state.addKey({ account: 'nobody' })],
		['a subuser of nobody', () => state.addSubuser({ username: 'sub', parent: 'nobody' })],
		[
			'an access request of nobody',
			() => state.addAccessRequest({ username: 'nobody', scope_group_name: 'Stats' }),
		],
	])('refuses %s', (_, act) => {
		expect(act).toThrow(/already|no such account|has no teammate/);
	});

	test('holds a second parent account with its own people', () => {
		state.addAccount({ name: 'rival' });
		state.addTeammate({ account: 'rival', email: 'a@b.example' });
		state.addSubuser({ username: 'sub', parent: 'rival' });
		expect([usernames(), usernames('rival')]).toEqual([[], ['a@b.example']]);
		expect(state.subusers(state.account('rival')).map(({ name }) => name)).toEqual(['sub']);
		expect(state.subusers(state.account())).toEqual([]);
	});
});

test('reset empties everything, and the example fits in again', () => {
	state.reset();
	seedDefault(state);
	const ids = [...state.accounts.values()].map(({ id }) => id);
	state.faults.add({ fault: { kind: 'empty-body' } });
	state.advance(1000);
	state.reset();
	expect(state.accounts.size).toBe(0);
	expect(state.keys.size).toBe(0);
	expect(state.faults.list()).toEqual([]);
	seedDefault(state);
	expect([...state.accounts.values()].map(({ id }) => id)).toEqual(ids);
});

test('the example has one invitation about to expire, a fresh one and one access request', () => {
	state.reset();
	seedDefault(state);
	const { invitations, accessRequests, teammates } = state.account();
	const days = invitations.map(
		({ expiration_date }) =>
			Math.round(((expiration_date - state.now() / 1000) / 3600 / 24) * 10) / 10,
	);
	expect(days).toEqual([1.5, 7]);
	expect(accessRequests).toHaveLength(1);
	expect(teammates.map(({ profile }) => profile.user_type)).toEqual([
		'owner',
		'admin',
		'teammate',
		'teammate',
		'teammate',
		'teammate',
	]);
	expect(teammates.filter(({ profile }) => profile.is_sso)).toHaveLength(1);
	expect(state.account('acme-eu').region).toBe('eu');
});
