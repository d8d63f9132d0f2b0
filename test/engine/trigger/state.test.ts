import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ADA, BOB, DAY, OWNER, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger, ALL_EVENTS } from '../../support/trigger';

const { sendGrid, clock, activated, account, remove, setScopes } = polledAccount();

describe('base line and state', () => {
	test('the first poll reports nothing, also of what is old or about to be', async () => {
		sendGrid.state.addTeammate({ email: ADA, is_admin: true });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: DAY });
		sendGrid.state.addPending({ email: 'cyd@example.com', expiresInSeconds: -DAY });
		const trigger = await activated();
		expect(await trigger.poll()).toBeNull();
	});

	test('restarts of n8n between all polls change nothing', async () => {
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

	test('an event chosen later starts from what is known, and brings up nothing old', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: 2.5 * DAY });
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Stats' });
		const trigger = await activated({ events: ['teammateRemoved'] });
		clock.advance(DAY);
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.addTeammate({ email: 'cyd@example.com' });
		trigger.edit({ events: ALL_EVENTS });
		// Of what was watched all along the news come; access requests and scopes begin here.
		expect(await trigger.events()).toEqual(['teammateAdded cyd@example.com']);
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Templates' });
		setScopes(ADA, []);
		expect(await trigger.events()).toEqual([`accessRequested ${ADA}`, `scopesChanged ${ADA}`]);
	});

	test('more days: those that are nearer now are reported; fewer: nobody twice', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3.5 * DAY });
		const trigger = await activated({ events: ['invitationExpiring'], expiresWithinDays: 2 });
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 4 });
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		trigger.edit({ events: ['invitationExpiring'], expiresWithinDays: 1 });
		clock.advance(3 * DAY);
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
	])('another %s: a new base line instead of everybody gone', async (_, edit) => {
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

	test('the key of another account in the same credential: told by the owner', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		account().teammates.length = 0;
		sendGrid.state.addTeammate({ ...OWNER, username: 'other_owner' });
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.poll()).toBeNull();
		remove(BOB);
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
	});

	test('an account that passes to another owner stays the same', async () => {
		sendGrid.state.addTeammate({ email: ADA, is_admin: true });
		const trigger = await activated();
		account().teammates[0].profile.user_type = 'admin';
		account().teammates[1].profile.user_type = 'owner';
		remove(BOB);
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`]);
	});

	test('a list that shows no owner any more is still of the same account', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated({ events: ['teammateRemoved'] });
		remove(OWNER.email);
		expect(await trigger.events()).toEqual([`teammateRemoved ${OWNER.email}`]);
	});

	test.each<[string, (seen: IDataObject) => unknown]>([
		['nothing', () => undefined],
		['a text', () => 'seen'],
		['another version', (seen) => ({ ...seen, version: 2 })],
		['no invitations', (seen) => ({ ...seen, invitations: undefined })],
		['half a teammate', (seen) => ({ ...seen, teammates: [['ada']] })],
		['an unknown stage', (seen) => ({ ...seen, invitations: [[ADA, 0, 9, null]] })],
		['requests that are none', (seen) => ({ ...seen, requests: [1] })],
		['scopes that are none', (seen) => ({ ...seen, scopeNames: {} })],
	])('%s in place of the state: a new base line', async (_, spoil) => {
		const trigger = await activated();
		const [[key, { seen }]] = Object.entries(trigger.staticData as Record<string, IDataObject>);
		trigger.staticData = { [key]: { seen: spoil(seen as IDataObject) } as IDataObject };
		trigger.restart();
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.poll()).toBeNull();
		remove(ADA);
		expect(await trigger.events()).toEqual([`teammateRemoved ${ADA}`]);
	});

	test('the state holds no token', async () => {
		const { token } = sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		expect(JSON.stringify(trigger.staticData)).toContain(ADA);
		expect(JSON.stringify(trigger.staticData)).not.toContain(token);
	});
});

describe('size', () => {
	const bytes = (trigger: ActiveTrigger) => JSON.stringify(trigger.staticData).length;

	test.each([
		['without scopes', ['invitationAccepted'], 60_000],
		['with scopes', ['invitationAccepted', 'scopesChanged'], 150_000],
	])(
		'1,000 teammates and 200 invitations, %s',
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
