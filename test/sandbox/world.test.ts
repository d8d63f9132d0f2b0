import { seedDefault } from '../../sandbox/seed.mts';
import { World } from '../../sandbox/world.mts';

let world: World;
beforeEach(() => {
	world = new World();
	world.addAccount({ name: 'acme' });
});

const usernames = (account?: string) =>
	world.account(account).teammates.map(({ profile }) => profile.username);

describe('accept', () => {
	test('an invitation becomes a teammate with Twilio Login', () => {
		world.addPending({ email: 'Ada@new.example', scopes: ['stats.read'] });
		const teammate = world.accept('ada@NEW.example');
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
		expect(world.account().teammates).toEqual([teammate]);
		expect(world.account().invitations).toEqual([]);
	});

	test('with a username of their own, as an admin', () => {
		world.addPending({ email: 'ada@new.example', is_admin: true });
		expect(world.accept('ada@new.example', { username: 'ada' }).profile).toMatchObject({
			username: 'ada',
			email: 'ada@new.example',
			user_type: 'admin',
			is_admin: true,
			is_unified: false,
		});
	});

	test('in the account named', () => {
		world.addSubuser({ username: 'sub' });
		world.addPending({ email: 'ada@new.example' });
		world.addPending({ email: 'ada@new.example', account: 'sub' });
		world.accept('ada@new.example', { account: 'sub' });
		expect([usernames(), usernames('sub')]).toEqual([[], ['ada@new.example']]);
	});

	test('not when expired, and not when nothing is pending', () => {
		world.addPending({ email: 'ada@new.example', expiresInSeconds: -1 });
		expect(() => world.accept('ada@new.example')).toThrow('has expired');
		expect(() => world.accept('bob@new.example')).toThrow('nothing pending for bob@new.example');
		expect(world.account().invitations).toHaveLength(1);
	});
});

describe('expiry', () => {
	test('expire() ends it now', () => {
		const invitation = world.addPending({ email: 'ada@new.example' });
		expect(world.hasExpired(invitation)).toBe(false);
		world.expire('ADA@new.example');
		expect(world.hasExpired(invitation)).toBe(true);
	});

	test('after 7 days by the clock, not before', () => {
		const invitation = world.addPending({ email: 'ada@new.example' });
		world.advance(7 * 24 * 60 * 60 - 2);
		expect(world.hasExpired(invitation)).toBe(false);
		world.advance(2);
		expect(world.hasExpired(invitation)).toBe(true);
	});

	test('the clock goes on from where it was put', () => {
		const before = world.now();
		world.advance(60);
		world.advance(60);
		expect(world.now() - before).toBeGreaterThanOrEqual(120_000);
		expect(world.now() - before).toBeLessThan(121_000);
		world.reset();
		expect(world.now() - before).toBeLessThan(1000);
	});
});

describe('setting up', () => {
	test('many at once', () => {
		expect(world.addManyTeammates(1000, { scopes: ['stats.read'] })).toHaveLength(1000);
		expect(usernames()[999]).toBe('teammate1000@bulk.example');
		expect(world.account().teammates[5].scopes).toEqual(['stats.read']);
		expect(world.addManyPending(1000, { is_admin: true })).toHaveLength(1000);
		const { invitations } = world.account();
		expect(new Set(invitations.map(({ token }) => token)).size).toBe(1000);
		expect(invitations[999]).toMatchObject({ email: 'pending1000@bulk.example', is_admin: true });
		expect(world.ledger).toEqual([]);
	});

	test('what is handed over is copied', () => {
		const scopes = ['stats.read'];
		const teammate = world.addTeammate({ email: 'a@b.example', scopes });
		const invitation = world.addPending({ email: 'c@d.example', scopes });
		scopes.push('mail.send');
		expect([teammate.scopes, invitation.scopes]).toEqual([['stats.read'], ['stats.read']]);
	});

	test.each<[string, () => unknown]>([
		['an account twice', () => world.addAccount({ name: 'acme' })],
		['a subuser named like an account', () => world.addSubuser({ username: 'acme' })],
		['a username twice', () => world.addManyTeammates(1) && world.addManyTeammates(1)],
		['a key of nobody', () => world.addKey({ account: 'nobody' })],
		['a subuser of nobody', () => world.addSubuser({ username: 'sub', parent: 'nobody' })],
		[
			'an access request of nobody',
			() => world.addAccessRequest({ username: 'nobody', scope_group_name: 'Stats' }),
		],
	])('refuses %s', (_, act) => {
		expect(act).toThrow(/already|no such account|has no teammate/);
	});

	test('a second parent with people of its own', () => {
		world.addAccount({ name: 'rival' });
		world.addTeammate({ account: 'rival', email: 'a@b.example' });
		world.addSubuser({ username: 'sub', parent: 'rival' });
		expect([usernames(), usernames('rival')]).toEqual([[], ['a@b.example']]);
		expect(world.subusers(world.account('rival')).map(({ name }) => name)).toEqual(['sub']);
		expect(world.subusers(world.account())).toEqual([]);
	});
});

test('reset empties everything, and the example fits in again', () => {
	world.reset();
	seedDefault(world);
	const ids = [...world.accounts.values()].map(({ id }) => id);
	world.faults.add({ fault: { kind: 'empty-body' } });
	world.advance(1000);
	world.reset();
	expect(world.accounts.size).toBe(0);
	expect(world.keys.size).toBe(0);
	expect(world.faults.list()).toEqual([]);
	seedDefault(world);
	expect([...world.accounts.values()].map(({ id }) => id)).toEqual(ids);
});

test('the example: one invitation about to expire, one fresh, one access request', () => {
	world.reset();
	seedDefault(world);
	const { invitations, accessRequests, teammates } = world.account();
	const days = invitations.map(
		({ expiration_date }) =>
			Math.round(((expiration_date - world.now() / 1000) / 3600 / 24) * 10) / 10,
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
	expect(world.account('acme-eu').region).toBe('eu');
});
