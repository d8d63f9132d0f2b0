import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ADA, BOB, DAY, OWNER, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger, ALL_EVENTS } from '../../support/trigger';

const { sendGrid, clock, activated, account, remove, setScopes } = polledAccount();

describe("the trigger's state", () => {
	test('reports nothing in the first poll, not even expired or expiring invitations', async () => {
		sendGrid.state.addTeammate({ email: ADA, is_admin: true });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: DAY });
		sendGrid.state.addPending({ email: 'cyd@example.com', expiresInSeconds: -DAY });
		const trigger = await activated();
		expect(await trigger.poll()).toBeNull();
	});

	test('survives restarts of n8n between all polls', async () => {
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
		const trigger = await activated();
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
		trigger.restart();
		sendGrid.state.accept(ADA);
		setScopes(BOB, ['stats.read', 'mail.send']);
		expect(await trigger.events()).toEqual([
			`invitationAccepted ${ADA}`,
			`teammateAdded ${ADA}`,
			`scopesChanged ${BOB}`,
		]);
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
	});

	test('lets an event that is chosen later start from what is known', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: 2.5 * DAY });
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Stats' });
		const trigger = await activated({ events: ['teammateRemoved'] });
		clock.advance(DAY);
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.addTeammate({ email: 'cyd@example.com' });
		trigger.edit({ events: ALL_EVENTS });
		// News comes for everything that was watched all along; access requests and scopes start here.
		expect(await trigger.events()).toEqual(['teammateAdded cyd@example.com']);
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Templates' });
		setScopes(ADA, []);
		expect(await trigger.events()).toEqual([`accessRequested ${ADA}`, `scopesChanged ${ADA}`]);
	});

	test('reports nearer invitations after more days are set, and nobody twice after fewer', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3.5 * DAY });
		const trigger = await activated({ events: ['invitationExpiring'], expiresWithinDays: 2 });
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 4 });
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 1 });
		clock.advance(3 * DAY);
		expect(await trigger.poll()).toBeNull();
	});

	test('reports as expiring, once that is chosen, what comes near enough from then on', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3 * DAY });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: 4 * DAY });
		const trigger = await activated({ events: ['invitationAccepted'] });
		clock.advance(1.6 * DAY);
		expect(await trigger.poll()).toBeNull();
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 1 });
		expect(await trigger.poll()).toBeNull();
		clock.advance(0.6 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		trigger.edit({ events: ['invitationAccepted'] });
		expect(await trigger.poll()).toBeNull();
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 6 });
		expect(await trigger.poll()).toBeNull();
	});

	const PEOPLE: INodeParameters = { events: ['teammateAdded', 'teammateRemoved'] };
	const options = { onBehalfOf: 'acme-marketing' };

	test.each<[string, (trigger: ActiveTrigger) => void]>([
		['credential', (trigger) => trigger.edit(PEOPLE, {}, '2')],
		[
			'host',
			(trigger) => trigger.edit(PEOPLE, { apiUrl: sendGrid.url.replace('127.0.0.1', 'localhost') }),
		],
		['on behalf of', (trigger) => trigger.edit({ ...PEOPLE, options })],
		['on behalf of in the credential', (trigger) => trigger.edit(PEOPLE, options)],
	])('starts over with another %s instead of reporting everybody as gone', async (_, edit) => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		sendGrid.state.addTeammate({ email: BOB, account: 'acme-marketing' });
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated(PEOPLE);
		edit(trigger);
		// As if the account were another one.
		remove(ADA);
		sendGrid.state.addTeammate({ email: 'cyd@example.com' });
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll()).toBeNull();
	});

	test('recognises the key of another account in the same credential by the owner', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		account().teammates.length = 0;
		sendGrid.state.addTeammate({ ...OWNER, username: 'other_owner' });
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.poll()).toBeNull();
		remove(BOB);
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
	});

	/** A key of another account, with these people beside those whom both lists have. */
	function keyOfSubuser(username: string, ...people: string[]): IDataObject {
		sendGrid.state.addSubuser({ username });
		for (const email of people) sendGrid.state.addTeammate({ email, account: username });
		return { apiKey: sendGrid.state.addKey({ account: username }) };
	}

	test.each([
		['the account', () => ({})],
		['another subuser', () => keyOfSubuser('acme-sales', 'sal@example.com')],
	])("starts over with a subuser's key in place of that of %s", async (_, keyBefore) => {
		for (const email of [ADA, BOB]) sendGrid.state.addTeammate({ email });
		sendGrid.state.addTeammate({ email: 'adam@example.com', is_admin: true });
		const trigger = await activated({}, keyBefore());
		trigger.edit({}, keyOfSubuser('acme-marketing', 'mae@example.com'));
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.addTeammate({ email: 'max@example.com', account: 'acme-marketing' });
		expect(await trigger.events()).toEqual(['teammateAdded max@example.com']);
	});

	test("reports who comes and goes while the account's key is replaced", async () => {
		for (const email of [ADA, BOB]) sendGrid.state.addTeammate({ email });
		const trigger = await activated();
		const another = () => trigger.edit({}, { apiKey: sendGrid.state.addKey({ account: 'acme' }) });
		remove(ADA);
		sendGrid.state.addTeammate({ email: 'cyd@example.com' });
		another();
		expect(await trigger.events()).toEqual([
			'teammateAdded cyd@example.com',
			`teammateRemoved ${ADA}`,
		]);
		remove('cyd@example.com');
		expect(await trigger.events()).toEqual(['teammateRemoved cyd@example.com']);
		// The last one leaves, so the key is replaced.
		remove(BOB);
		another();
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
	});

	const CROWD = ['fay@example.com', 'gus@example.com', 'hal@example.com'];

	test('keeps an owner who changes the address as the owner, and swallows nothing', async () => {
		for (const email of CROWD) sendGrid.state.addTeammate({ email });
		const trigger = await activated();
		Object.assign(account().teammates[0].profile, {
			username: 'olivia@new.example',
			email: 'olivia@new.example',
		});
		sendGrid.state.addTeammate({ email: ADA });
		remove(CROWD[0]);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`, `teammateRemoved ${CROWD[0]}`]);
		expect(await trigger.poll()).toBeNull();
	});

	test('treats a lone owner who changes the address as another account', async () => {
		const trigger = await activated();
		Object.assign(account().teammates[0].profile, { username: 'olivia@new.example' });
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.poll()).toBeNull();
		remove(ADA);
		expect(await trigger.events()).toEqual([`teammateRemoved ${ADA}`]);
	});

	test('recognises the key of another account with some of the same people by the others', async () => {
		for (const email of CROWD) sendGrid.state.addTeammate({ email });
		const trigger = await activated();
		account().teammates.length = 0;
		sendGrid.state.addTeammate({ ...OWNER, username: 'other_owner' });
		sendGrid.state.addTeammate({ email: CROWD[0] });
		expect(await trigger.poll()).toBeNull();
	});

	test('keeps an account that has lost half of the others beside a new owner', async () => {
		for (const email of [ADA, BOB]) sendGrid.state.addTeammate({ email });
		const trigger = await activated();
		remove(OWNER.email);
		remove(BOB);
		sendGrid.state.addTeammate({ ...OWNER, username: 'other_owner' });
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
	});

	test('reports a teammate who changes the address that is the username as removed and added', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addTeammate({ email: BOB, username: 'bob' });
		const trigger = await activated();
		const [, ada, bob] = account().teammates;
		Object.assign(ada.profile, { username: 'ada@new.example', email: 'ada@new.example' });
		Object.assign(bob.profile, { email: 'bob@new.example' });
		expect(await trigger.events()).toEqual([
			'teammateAdded ada@new.example',
			`teammateRemoved ${ADA}`,
		]);
	});

	test('keeps an account that passes to another owner', async () => {
		sendGrid.state.addTeammate({ email: ADA, is_admin: true });
		const trigger = await activated();
		account().teammates[0].profile.user_type = 'admin';
		account().teammates[1].profile.user_type = 'owner';
		remove(BOB);
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`]);
	});

	test('keeps an account whose list no longer shows an owner', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated({ events: ['teammateRemoved'] });
		remove(OWNER.email);
		expect(await trigger.events()).toEqual([`teammateRemoved ${OWNER.email}`]);
	});

	const seenOf = (trigger: ActiveTrigger) => {
		const [[key, { seen }]] = Object.entries(trigger.staticData as Record<string, IDataObject>);
		return { key, seen: seen as IDataObject };
	};

	/** Replaces what n8n has stored. */
	function replaceState(trigger: ActiveTrigger, change: (seen: IDataObject) => unknown) {
		const { key, seen } = seenOf(trigger);
		trigger.staticData = { [key]: { seen: change(seen) } as IDataObject };
		trigger.restart();
	}

	test.each<[string, unknown]>([
		['a text', 'seen'],
		['an object without an account', { version: 2 }],
	])('starts over with %s in place of the state', async (_, other) => {
		const trigger = await activated();
		replaceState(trigger, () => other);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.poll()).toBeNull();
		remove(ADA);
		expect(await trigger.events()).toEqual([`teammateRemoved ${ADA}`]);
	});

	test.each<[string, (seen: IDataObject) => unknown]>([
		['a later version', (seen) => ({ ...seen, version: 3, news: [] })],
		['no invitations', (seen) => ({ ...seen, invitations: undefined })],
		[
			'half a teammate',
			(seen) => ({ ...seen, teammates: [['ada'], ...(seen.teammates as IDataObject[])] }),
		],
		[
			'something unknown about an invitation',
			(seen) => ({ ...seen, invitations: [['cyd@example.com', 0, 9, null]] }),
		],
		['requests that are none', (seen) => ({ ...seen, requests: [1] })],
	])('keeps the rest with %s in the state, and reports nobody lost as new', async (_, spoil) => {
		sendGrid.state.addTeammate({ email: BOB });
		sendGrid.state.addTeammate({ email: 'eve@example.com', is_admin: true });
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: DAY });
		sendGrid.state.addAccessRequest({ username: BOB, scope_group_name: 'Stats' });
		const trigger = await activated();
		replaceState(trigger, spoil);
		remove(BOB);
		sendGrid.state.addTeammate({ email: 'fay@example.com' });
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test('starts over with invalid scope names for scopes only', async () => {
		sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
		const trigger = await activated();
		replaceState(trigger, (seen) => ({ ...seen, scopeNames: {} }));
		sendGrid.state.addTeammate({ email: ADA });
		setScopes(BOB, ['mail.send']);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
		setScopes(BOB, ['stats.read']);
		expect(await trigger.events()).toEqual([`scopesChanged ${BOB}`]);
	});

	describe('the trigger understands a state of', () => {
		const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * DAY;

		const VERSIONS: Record<string, (rest: IDataObject) => IDataObject> = {
			'1': (rest) => ({
				version: 1,
				...rest,
				teammates: [
					[OWNER.username, 1, OWNER.email],
					[BOB, 0, '', '3'],
					['countess', 1, 'eve@example.com'],
				],
				invitations: [
					[ADA, 0, 0, inDays(5)],
					['cyd@example.com', 0, 1, inDays(1)],
					['dan@example.com', 1, 2, inDays(-1)],
				],
			}),
			'2': (rest) => ({
				version: 2,
				...rest,
				at: inDays(0),
				teammates: [
					[OWNER.username, 1, OWNER.email],
					[BOB, 0, '', 'D'],
					['countess', 1, 'eve@example.com'],
				],
				invitations: [
					[ADA, 0, 0, inDays(5)],
					['cyd@example.com', 0, 1, inDays(1)],
					['dan@example.com', 1, 3, inDays(-1)],
					['gone@example.com', 0, 0, inDays(5), inDays(5)],
				],
			}),
		};

		test.each(Object.keys(VERSIONS))('version %s', async (version) => {
			const trigger = await activated({ events: ['teammateAdded'] });
			const { account: whose } = seenOf(trigger).seen;
			replaceState(trigger, () =>
				VERSIONS[version]({
					account: whose,
					owner: OWNER.username,
					requests: ['1'],
					scopeNames: ['mail.send', 'stats.read'],
				}),
			);
			trigger.edit({ events: ALL_EVENTS });

			// The same, except that somebody has fewer rights and somebody is gone.
			sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
			sendGrid.state.addPending({ email: ADA, expiresInSeconds: 5 * DAY });
			sendGrid.state.addPending({ email: 'cyd@example.com', expiresInSeconds: DAY });
			sendGrid.state.addPending({ email: 'dan@example.com', expiresInSeconds: -DAY });
			const expiries = ['cyd@example.com', 'dan@example.com', ADA];
			const [, { seen }] = Object.entries(trigger.staticData as Record<string, IDataObject>)[0] as [
				string,
				{ seen: { invitations: Array<[string, number, number, number]> } },
			];
			for (const email of expiries) {
				const [, , , date] = seen.invitations.find(([other]) => other === email) ?? [];
				const invitation = account().invitations.find((other) => other.email === email);
				Object.assign(invitation ?? {}, { expiration_date: date });
			}
			expect(await trigger.events()).toEqual([
				'teammateRemoved eve@example.com',
				`scopesChanged ${BOB}`,
			]);
			expect(await trigger.poll()).toBeNull();
			expect(seenOf(trigger).seen.version).toBe(2);
		});
	});

	test("the trigger's state holds no token", async () => {
		const { token } = sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		expect(JSON.stringify(trigger.staticData)).toContain(ADA);
		expect(JSON.stringify(trigger.staticData)).not.toContain(token);
	});
});

test.each([
	[500, 2],
	[501, 3],
	[999, 3],
	[1000, 4],
])('a list of %d takes %d requests per poll', async (count, requests) => {
	sendGrid.state.addManyTeammates(count - account().teammates.length);
	const trigger = await activated({ events: ['teammateAdded'] });
	sendGrid.state.requests.length = 0;
	expect(await trigger.poll()).toBeNull();
	expect(sendGrid.calls().filter((call) => call === 'GET /v3/teammates')).toHaveLength(requests);
});

describe('a trigger without its stored state', () => {
	const EVENTS: INodeParameters = { events: ['teammateAdded', 'teammateRemoved'] };

	/** A trigger that has reported somebody. */
	async function reporting(storesQuietPolls: boolean) {
		const trigger = new ActiveTrigger(sendGrid, EVENTS);
		const { poll } = trigger.perPoll(storesQuietPolls);
		const pollLater = async () => {
			clock.advance(3600);
			return await poll();
		};
		expect(await poll()).toEqual([]);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await pollLater()).toEqual([`teammateAdded ${ADA}`]);
		return { trigger, pollLater };
	}

	const LOSSES: Array<[string, (trigger: ActiveTrigger) => void]> = [
		['it is renamed', (trigger) => trigger.rename('Joined')],
		[
			"n8n's API empties it",
			(trigger) => {
				trigger.staticData = {};
			},
		],
	];

	describe.each(LOSSES)('after %s', (_, lose) => {
		test.each([true, false])(
			'goes on with what it has reported (n8n stores quiet polls: %s)',
			async (storesQuietPolls) => {
				const { trigger, pollLater } = await reporting(storesQuietPolls);
				expect(await pollLater()).toEqual([]);
				lose(trigger);
				sendGrid.state.addTeammate({ email: BOB });
				expect(await pollLater()).toEqual([`teammateAdded ${BOB}`]);
				expect(await pollLater()).toEqual([]);
			},
		);
	});

	test('reports nobody twice if it is renamed right after its first event', async () => {
		const { trigger, pollLater } = await reporting(false);
		trigger.rename('Joined');
		expect(await pollLater()).toEqual([]);
		trigger.rename('SendGrid Teammates Trigger');
		expect(await pollLater()).toEqual([]);
	});

	test('reports nobody twice if it gets an old state back', async () => {
		const trigger = await activated(EVENTS);
		const { poll } = trigger.perPoll(true);
		const old = trigger.stored();
		sendGrid.state.addTeammate({ email: ADA });
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
		expect(await poll()).toEqual([]);
		trigger.staticData = old;
		clock.advance(3600);
		expect(await poll()).toEqual([]);
	});
});

describe('a trigger with the name of a deleted one', () => {
	const EVENTS: INodeParameters = { events: ['teammateAdded', 'teammateRemoved'] };

	/** Another node, with what n8n has stored under its name. */
	function another(staticData: IDataObject): ActiveTrigger {
		const trigger = new ActiveTrigger(sendGrid, EVENTS);
		return Object.assign(trigger, { id: 'another', staticData });
	}

	test('remembers in its first poll who is there, instead of going on with the state of the other', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const deleted = await activated(EVENTS);
		clock.advance(180 * DAY);
		remove(ADA);
		sendGrid.state.addTeammate({ email: BOB });
		const trigger = another(deleted.stored());
		expect(await trigger.poll()).toBeNull();
		trigger.restart();
		remove(BOB);
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
	});

	test('does the same if n8n stores nothing of polls without events', async () => {
		const deleted = await activated(EVENTS);
		sendGrid.state.addTeammate({ email: BOB });
		const { poll } = another(deleted.stored()).perPoll(false);
		expect(await poll()).toEqual([]);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('works where the other failed because everybody had left', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const deleted = await activated(EVENTS);
		account().teammates.length = 0;
		expect((await deleted.failure()).description).toContain('replace this trigger with a new one');
		sendGrid.state.addTeammate(OWNER);
		expect(await another(deleted.stored()).poll()).toBeNull();
	});
});

describe("the size of the trigger's state", () => {
	const bytes = (trigger: ActiveTrigger) => JSON.stringify(trigger.staticData).length;

	test.each([
		['without scopes', ['invitationAccepted'], 60_000],
		['with scopes', ['invitationAccepted', 'scopesChanged'], 150_000],
	])(
		'is bounded for 1,000 teammates and 200 invitations, %s',
		async (_, events, limit) => {
			sendGrid.state.rateLimits.set({ limit: 1e6, windowMs: 60_000, reset: 'epoch' });
			const { scopes } = account();
			sendGrid.state.addManyTeammates(999).forEach((teammate, index) => {
				// Nearly all of them different, and with many scopes: the worst case.
				teammate.scopes = scopes.filter((_scope, position) => (index + position) % 7 > 1);
			});
			sendGrid.state.addManyPending(200);
			const trigger = await activated({ events });
			expect(bytes(trigger)).toBeLessThan(limit);

			sendGrid.state.requests.length = 0;
			expect(await trigger.poll()).toBeNull();
			const lists = sendGrid.calls().filter((call) => /teammates(\/pending)?$/.test(call));
			expect(lists).toEqual([
				...Array(2).fill('GET /v3/teammates/pending'),
				...Array(4).fill('GET /v3/teammates'),
			]);
			expect(sendGrid.calls()).toHaveLength(events.length > 1 ? 6 + 999 : 6);

			remove('teammate0500@bulk.example');
			sendGrid.state.accept('pending0200@bulk.example');
			expect(await trigger.events()).toEqual(['invitationAccepted pending0200@bulk.example']);
		},
		60_000,
	);
});
