import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Behaviours } from '../../../sandbox/behaviours.mts';
import { movableClock } from '../../support/clock';
import { testOfNewerEngine } from '../../support/engine';
import { until } from '../../support/machine';
import { standIn } from '../../support/standIn';
import { ActiveTrigger, ALL_EVENTS } from '../../support/trigger';

const sendGrid = standIn();
const clock = movableClock();

const DAY = 24 * 60 * 60;
const ADA = 'ada@example.com';
const BOB = 'bob@example.com';
const OWNER = { username: 'acme_owner', email: 'olivia@example.com', user_type: 'owner' } as const;

// Every real account has an owner.
beforeEach(() => {
	sendGrid.state.addTeammate(OWNER);
});

/** A trigger that has set its base line. */
async function activated(parameters: INodeParameters = {}, credential: IDataObject = {}) {
	const trigger = new ActiveTrigger(sendGrid, parameters, credential);
	expect(await trigger.poll()).toBeNull();
	return trigger;
}

const account = () => sendGrid.state.account();

function remove(email: string) {
	account().teammates = account().teammates.filter(({ profile }) => profile.email !== email);
}

function revoke(email: string) {
	account().invitations = account().invitations.filter((other) => other.email !== email);
}

function setAdmin(email: string, isAdmin: boolean) {
	const teammate = account().teammates.find(({ profile }) => profile.email === email);
	Object.assign(teammate?.profile ?? {}, {
		is_admin: isAdmin,
		user_type: isAdmin ? 'admin' : 'teammate',
	});
}

const setScopes = (email: string, scopes: string[]) =>
	account()
		.teammates.filter(({ profile }) => profile.email === email)
		.forEach((teammate) => Object.assign(teammate, { scopes }));

describe('each event', () => {
	test('accepted: the teammate, and what is remembered of the invitation', async () => {
		const { expiration_date } = sendGrid.state.addPending({ email: 'Ada@example.com' });
		const trigger = await activated({ events: ['invitationAccepted'] });
		sendGrid.state.accept(ADA);
		const earliest = Date.now();
		const items = await trigger.poll();
		expect(items).toEqual([
			{
				event: 'invitationAccepted',
				occurred_at: expect.any(String),
				email: 'Ada@example.com',
				teammate: {
					username: 'Ada@example.com',
					email: 'Ada@example.com',
					first_name: '',
					last_name: '',
					user_type: 'teammate',
					is_admin: false,
					is_sso: false,
				},
				invitation: {
					email: 'Ada@example.com',
					is_admin: false,
					expiration_date,
					expires_at: new Date(expiration_date * 1000).toISOString(),
				},
			},
		]);
		const occurredAt = Date.parse(String(items?.[0].occurred_at));
		expect(occurredAt).toBeGreaterThanOrEqual(earliest);
		expect(occurredAt).toBeLessThanOrEqual(Date.now());
		expect(await trigger.poll()).toBeNull();
	});

	test('expiring, once; a resend moves the date, and it counts anew', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated({ events: ['invitationExpiring', 'invitationExpired'] });
		clock.advance(4 * DAY);
		expect(await trigger.poll()).toBeNull();
		clock.advance(1.5 * DAY);
		expect(await trigger.poll()).toEqual([
			{
				event: 'invitationExpiring',
				occurred_at: expect.any(String),
				email: ADA,
				invitation: expect.objectContaining({
					email: ADA,
					status: 'pending',
					days_left: 1,
					token: account().invitations[0].token,
				}),
			},
		]);
		expect(await trigger.poll()).toBeNull();

		account().invitations[0].expiration_date = sendGrid.state.expiry();
		expect(await trigger.poll()).toBeNull();
		clock.advance(5.5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
	});

	test.each([true, false])(
		'expired, exactly once, whether SendGrid keeps it listed (%s) or drops it later',
		async (expiredStayListed) => {
			sendGrid.state.behaviours.expiredStayListed = expiredStayListed;
			sendGrid.state.addPending({ email: ADA, is_admin: true });
			const trigger = await activated({ events: ['invitationExpired'] });
			clock.advance(8 * DAY);
			expect(await trigger.poll()).toEqual([
				{
					event: 'invitationExpired',
					occurred_at: expect.any(String),
					email: ADA,
					invitation: expect.objectContaining({
						email: ADA,
						is_admin: true,
						status: 'expired',
						days_left: 0,
						expires_at: expect.any(String),
					}),
				},
			]);
			expect(await trigger.poll()).toBeNull();
			sendGrid.state.behaviours.expiredStayListed = false;
			expect(await trigger.poll()).toBeNull();
			revoke(ADA);
			expect(await trigger.poll()).toBeNull();
		},
	);

	test('teammate added, with the raw record where it is wanted', async () => {
		const trigger = await activated({ events: ['teammateAdded'], simplify: false });
		sendGrid.state.addTeammate({ email: ADA, phone: '555' });
		expect(await trigger.poll()).toEqual([
			{
				event: 'teammateAdded',
				occurred_at: expect.any(String),
				email: ADA,
				teammate: expect.objectContaining({ username: ADA, phone: '555', is_unified: true }),
			},
		]);
	});

	test('teammate removed: what is remembered of them', async () => {
		sendGrid.state.addTeammate({ username: 'countess', email: ADA, is_admin: true });
		const trigger = await activated({ events: ['teammateRemoved'] });
		remove(ADA);
		expect(await trigger.poll()).toEqual([
			{
				event: 'teammateRemoved',
				occurred_at: expect.any(String),
				email: ADA,
				teammate: { username: 'countess', email: ADA, is_admin: true },
			},
		]);
	});

	test('admin rights granted and withdrawn', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated({ events: ['adminChanged'] });
		setAdmin(ADA, true);
		expect(await trigger.poll()).toMatchObject([
			{ event: 'adminChanged', email: ADA, teammate: { is_admin: true } },
		]);
		setAdmin(ADA, false);
		expect(await trigger.poll()).toMatchObject([
			{ event: 'adminChanged', email: ADA, teammate: { is_admin: false } },
		]);
	});

	test('access requested', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const wanted = { username: ADA, scope_group_name: 'Templates' };
		sendGrid.state.addAccessRequest(wanted);
		const trigger = await activated({ events: ['accessRequested'] });
		const { id } = sendGrid.state.addAccessRequest({ ...wanted, scope_group_name: 'Stats' });
		expect(await trigger.poll()).toEqual([
			{
				event: 'accessRequested',
				occurred_at: expect.any(String),
				email: ADA,
				access_request: expect.objectContaining({ id, scope_group_name: 'Stats', username: ADA }),
			},
		]);
		account().accessRequests = [];
		expect(await trigger.poll()).toBeNull();
	});

	test('scopes changed: which came and which went, without those that SendGrid gives by itself', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read', 'mail.send'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		setScopes(ADA, ['mail.send', 'templates.read', 'user.profile.update']);
		expect(await trigger.poll()).toMatchObject([
			{
				event: 'scopesChanged',
				email: ADA,
				teammate: { username: ADA, scopes: expect.arrayContaining(['templates.read']) },
				added_scopes: ['templates.read'],
				removed_scopes: ['stats.read'],
			},
		]);
		expect(await trigger.poll()).toBeNull();
	});

	test('many at once, each once', async () => {
		sendGrid.state.addTeammate({ email: BOB });
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.addPending({ email: 'eve@example.com', expiresInSeconds: 3 * DAY });
		const trigger = await activated();
		sendGrid.state.accept(ADA);
		setAdmin(BOB, true);
		sendGrid.state.addTeammate({ email: 'cyd@example.com', is_sso: true });
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Stats' });
		clock.advance(1.5 * DAY);
		expect(await trigger.events()).toEqual([
			`invitationAccepted ${ADA}`,
			'invitationExpiring eve@example.com',
			`teammateAdded ${ADA}`,
			'teammateAdded cyd@example.com',
			`adminChanged ${BOB}`,
			`accessRequested ${ADA}`,
		]);
		expect(await trigger.poll()).toBeNull();
	});

	test.each([
		[1, 6],
		[6, 1],
	])('of two invitations for one address (%s and %s days) the later counts', async (...days) => {
		const trigger = await activated({ events: ['invitationExpiring'] });
		for (const left of days) {
			sendGrid.state.addPending({ email: ADA, expiresInSeconds: left * DAY });
		}
		expect(await trigger.poll()).toBeNull();
		clock.advance(5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
	});

	test('only those that are asked for', async () => {
		for (const event of ALL_EVENTS) {
			const asked = await activated({ events: [event] });
			const email = `${event.toLowerCase()}@example.com`;
			sendGrid.state.addPending({ email });
			await asked.poll();
			sendGrid.state.accept(email);
			const expected = ['invitationAccepted', 'teammateAdded'].includes(event);
			expect([event, await asked.events()]).toEqual([event, expected ? [`${event} ${email}`] : []]);
		}
	});
});

describe('what is an acceptance', () => {
	test('not a teammate whose invitation was never seen', async () => {
		const trigger = await activated();
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('not an invitation that was revoked', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('not one that was revoked and sent anew, with another token and date', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3 * DAY });
		const trigger = await activated();
		revoke(ADA);
		sendGrid.state.addPending({ email: 'ADA@example.com' });
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([
			'invitationAccepted ADA@example.com',
			'teammateAdded ADA@example.com',
		]);
	});

	test('not one that was accepted, if the teammate was removed before the next poll', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		sendGrid.state.accept(ADA);
		remove(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('not one of somebody who was a teammate all along, when it is revoked', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('one by somebody with a username of their own, in another case', async () => {
		sendGrid.state.addPending({ email: 'Ada@Example.com' });
		const trigger = await activated();
		sendGrid.state.accept(ADA, { username: 'countess' });
		account().teammates[1].profile.email = 'ADA@example.COM';
		expect(await trigger.events()).toEqual([
			'invitationAccepted ADA@example.COM',
			'teammateAdded ADA@example.COM',
		]);
	});

	test.each(['before the poll', 'while the poll reads'])(
		'one that comes between the two lists of a poll, invited %s: once',
		async (invited) => {
			if (invited === 'before the poll') sendGrid.state.addPending({ email: ADA });
			const trigger = await activated();
			if (invited !== 'before the poll') sendGrid.state.addPending({ email: ADA });
			sendGrid.state.requests.length = 0;
			// The second request ends the list of invitations.
			sendGrid.state.faults.add({ path: /pending$/, fault: { kind: 'slow', ms: 0 } });
			sendGrid.state.faults.add({ path: /pending$/, fault: { kind: 'slow', ms: 200 } });
			const polling = trigger.events();
			await until(() => sendGrid.calls().length === 2);
			sendGrid.state.accept(ADA);
			const seen = [...(await polling), ...(await trigger.events())];
			expect(seen).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
		},
	);

	test('a change of case in an address or a username is none of anything', async () => {
		sendGrid.state.addTeammate({ username: 'countess', email: ADA });
		sendGrid.state.addPending({ email: BOB });
		const trigger = await activated();
		Object.assign(account().teammates[1].profile, {
			username: 'Countess',
			email: 'ADA@example.com',
		});
		account().invitations[0].email = 'Bob@example.com';
		expect(await trigger.poll()).toBeNull();
	});

	test.each([true, false])(
		'an expired invitation of somebody who is a teammate is not worth a word (stays listed: %s)',
		async (expiredStayListed) => {
			sendGrid.state.behaviours.expiredStayListed = expiredStayListed;
			sendGrid.state.addTeammate({ email: ADA });
			sendGrid.state.addPending({ email: ADA });
			const trigger = await activated();
			clock.advance(8 * DAY);
			expect(await trigger.poll()).toBeNull();
		},
	);

	test('one that was accepted in time, although the poll comes after its date', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(6 * DAY);
		sendGrid.state.accept(ADA);
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test('a clock of n8n that is a little behind takes nobody for revoked', async () => {
		sendGrid.state.behaviours.expiredStayListed = false;
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(7 * DAY - 30);
		sendGrid.state.advance(31);
		expect(await trigger.events()).toContain(`invitationExpired ${ADA}`);
	});
});

const WORLDS: Array<Partial<Behaviours>> = [
	{},
	{ tokenChangesOnResend: true, inviteToken: 'pending_id', listKey: 'results' },
	{ pendingPaging: 'ignored' },
	{ pendingPaging: 'capped-at-50' },
	{ expiredStayListed: false },
];

test.each(WORLDS)('whatever SendGrid is like: %j', async (behaviours) => {
	Object.assign(sendGrid.state.behaviours, behaviours);
	sendGrid.state.addManyPending(120);
	const trigger = await activated();
	sendGrid.state.accept('pending0001@bulk.example');
	sendGrid.state.accept('pending0120@bulk.example');
	revoke('pending0060@bulk.example');
	expect(await trigger.events()).toEqual([
		'invitationAccepted pending0001@bulk.example',
		'invitationAccepted pending0120@bulk.example',
		'teammateAdded pending0001@bulk.example',
		'teammateAdded pending0120@bulk.example',
	]);
	clock.advance(8 * DAY);
	expect(await trigger.events()).toHaveLength(117);
	expect(await trigger.poll()).toBeNull();
});

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

describe('a list that cannot be relied on', () => {
	test.each([
		'teammates',
		'teammates/pending',
		'scopes/requests',
		`teammates/${encodeURIComponent(ADA)}`,
	])('GET /v3/%s fails in mid-poll: nothing is lost, nothing comes twice', async (path) => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addPending({ email: BOB });
		const trigger = await activated();
		sendGrid.state.accept(BOB);
		setScopes(ADA, ['mail.send']);
		const before = JSON.stringify(trigger.staticData);
		sendGrid.state.faults.add({
			path: new RegExp(`^/v3/${path}$`),
			times: Infinity,
			fault: { kind: 'status', status: 503, when: 'before' },
		});
		const { message, description } = await trigger.failure();
		expect(message).toContain('could not be read');
		expect(description).toContain('Nothing is lost and nothing will be reported twice');
		expect(JSON.stringify(trigger.staticData)).toBe(before);

		sendGrid.state.faults.clear();
		expect(await trigger.events()).toEqual([
			`invitationAccepted ${BOB}`,
			`teammateAdded ${BOB}`,
			`scopesChanged ${ADA}`,
		]);
	});

	const answer = (result: unknown) =>
		({ kind: 'status', status: 200, when: 'before', body: { result } }) as const;

	test('a list without anybody, twice: an outage, and nobody is removed', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: answer([]) });
		const { message, description } = await trigger.failure();
		expect(message).toBe("SendGrid's list of teammates is empty, although it had 2 before");
		expect(description).toContain('nobody is reported as removed');
		expect(await trigger.poll()).toBeNull();
	});

	test('a list without anybody, once: read again', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		expect(await trigger.poll()).toBeNull();
	});

	test('a base line is not taken from a list without anybody, if the next says otherwise', async () => {
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		const trigger = await activated();
		expect(await trigger.poll()).toBeNull();
	});

	test('a short list is read again, and what is missing in both has gone', async () => {
		const people = sendGrid.state.addManyTeammates(20);
		const trigger = await activated({ events: ['teammateRemoved'] });
		sendGrid.state.faults.add({
			path: /teammates$/,
			fault: answer(people.slice(0, 5).map(({ profile }) => profile)),
		});
		// Ends the page that came short.
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		remove('teammate0020@bulk.example');
		expect(await trigger.events()).toEqual(['teammateRemoved teammate0020@bulk.example']);
	});

	test('two readings that miss different people miss nobody', async () => {
		const people = sendGrid.state.addManyTeammates(3).map(({ profile }) => profile);
		const trigger = await activated({ events: ['teammateRemoved'] });
		const owner = account().teammates[0].profile;
		for (const page of [[owner, ...people.slice(1)], [], [owner, ...people.slice(0, 2)], []]) {
			sendGrid.state.faults.add({ path: /teammates$/, fault: answer(page) });
		}
		expect(await trigger.poll()).toBeNull();
	});

	test('most of them have really gone: believed after a second look', async () => {
		sendGrid.state.addManyTeammates(20);
		const trigger = await activated({ events: ['teammateRemoved'] });
		account().teammates.length = 1;
		sendGrid.state.requests.length = 0;
		expect(await trigger.events()).toHaveLength(20);
		expect(sendGrid.calls().filter((call) => call === 'GET /v3/teammates')).toHaveLength(4);
	});

	test('somebody is deleted while the pages are read: those who move up are not missed', async () => {
		sendGrid.state.addManyTeammates(600);
		const trigger = await activated({ events: ['teammateRemoved', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: { kind: 'slow', ms: 300 } });
		const polling = trigger.events();
		sendGrid.state.requests.length = 0;
		await until(() => sendGrid.calls().filter((call) => call === 'GET /v3/teammates').length === 2);
		remove('teammate0001@bulk.example');
		expect([...(await polling), ...(await trigger.events())]).toEqual([
			'teammateRemoved teammate0001@bulk.example',
		]);
	});

	test('a list of invitations that is empty for once forgets none of them', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3 * DAY });
		const trigger = await activated();
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		sendGrid.state.faults.add({ path: /pending$/, fault: answer([]) });
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test('rate limits are waited out', async () => {
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.faults.add({
			path: /teammates$/,
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 1 },
		});
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	testOfNewerEngine(
		'rate limits that outlast what n8n gives a poll fail it, and nothing is lost',
		async () => {
			const trigger = await activated();
			sendGrid.state.addTeammate({ email: ADA });
			trigger.budget = 2000;
			sendGrid.state.faults.add({
				path: /teammates$/,
				fault: { kind: 'rate-limited', header: 'retry-after', seconds: 30 },
			});
			const { httpCode, description } = await trigger.failure();
			expect(httpCode).toBe('429');
			expect(description).toContain('If this goes on, poll less often.');
			clock.advance(31);
			expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
		},
	);

	testOfNewerEngine('a poll with no time left fails before it asks for anything', async () => {
		const trigger = await activated();
		sendGrid.state.requests.length = 0;
		trigger.budget = 0;
		expect((await trigger.failure()).message).toBe(
			'The poll took longer than the 0 seconds that it has',
		);
		expect(sendGrid.calls()).toEqual([]);
	});

	test('a poll that is still under way is not overtaken by the next', async () => {
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.faults.add({ path: /teammates$/, fault: { kind: 'slow', ms: 200 } });
		const first = trigger.events();
		expect(await trigger.poll()).toBeNull();
		expect(await first).toEqual([`teammateAdded ${ADA}`]);
		expect(await trigger.poll()).toBeNull();
	});
});

describe('scopes', () => {
	test('an admin has no scopes to compare, and costs no request', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged', 'adminChanged'] });
		setAdmin(ADA, true);
		sendGrid.state.requests.length = 0;
		expect(await trigger.events()).toEqual([`adminChanged ${ADA}`]);
		expect(sendGrid.calls().filter((call) => call.includes('ada'))).toEqual([]);
		setAdmin(ADA, false);
		expect(await trigger.events()).toEqual([`adminChanged ${ADA}`]);
		setScopes(ADA, ['mail.send']);
		expect(await trigger.events()).toEqual([`scopesChanged ${ADA}`]);
	});

	test('where SendGrid has had enough, the next poll goes on: everybody is read in the end', async () => {
		const people = sendGrid.state.addManyTeammates(5, { scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		for (const teammate of people) teammate.scopes = ['mail.send'];
		const enough = {
			path: /teammate0003/,
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 3600 },
		} as const;
		sendGrid.state.faults.add(enough);
		expect(await trigger.events()).toEqual([
			'scopesChanged teammate0001@bulk.example',
			'scopesChanged teammate0002@bulk.example',
		]);
		clock.advance(3601);
		trigger.restart();
		sendGrid.state.requests.length = 0;
		expect(await trigger.events()).toEqual([
			'scopesChanged teammate0003@bulk.example',
			'scopesChanged teammate0004@bulk.example',
			'scopesChanged teammate0005@bulk.example',
		]);
		expect(sendGrid.calls().slice(-5)[0]).toContain('teammate0003');
		expect(await trigger.poll()).toBeNull();
	});

	test('where the time of a poll is nearly up, it reports what it has, and the next goes on', async () => {
		const people = sendGrid.state.addManyTeammates(2, { scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		for (const teammate of people) teammate.scopes = ['mail.send'];
		sendGrid.state.requests.length = 0;
		sendGrid.state.faults.add({ path: /teammate0001/, fault: { kind: 'slow', ms: 200 } });
		const polling = trigger.events();
		await until(() => sendGrid.calls().some((call) => call.includes('teammate0001')));
		clock.advance(270);
		expect(await polling).toEqual(['scopesChanged teammate0001@bulk.example']);
		expect(await trigger.events()).toEqual(['scopesChanged teammate0002@bulk.example']);
	});

	test('somebody who becomes an admin between the list and the record is reported as that', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged', 'adminChanged'] });
		const body = { username: ADA, email: ADA, is_admin: true, scopes: account().scopes };
		sendGrid.state.faults.add({
			path: /ada/,
			fault: { kind: 'status', status: 200, when: 'before', body },
		});
		expect(await trigger.poll()).toBeNull();
		setAdmin(ADA, true);
		expect(await trigger.events()).toEqual([`adminChanged ${ADA}`]);
	});

	test('somebody who leaves between the list and the record is no failure', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		sendGrid.state.faults.add({
			path: /ada/,
			fault: { kind: 'status', status: 404, when: 'before' },
		});
		expect(await trigger.poll()).toBeNull();
		setScopes(ADA, ['mail.send']);
		expect(await trigger.events()).toEqual([`scopesChanged ${ADA}`]);
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
				...Array(3).fill('GET /v3/teammates'),
			]);
			expect(sendGrid.calls()).toHaveLength(events.length > 1 ? 5 + 999 : 5);

			remove('teammate0500@bulk.example');
			sendGrid.state.accept('pending0200@bulk.example');
			expect(await trigger.events()).toEqual(['invitationAccepted pending0200@bulk.example']);
		},
		60_000,
	);
});

describe('filters', () => {
	const news = async (filters: INodeParameters) => {
		sendGrid.state.addTeammate({ email: 'boss@example.com', is_admin: true });
		const trigger = await activated({ events: ['teammateAdded', 'adminChanged'], filters });
		sendGrid.state.addTeammate({ email: 'hr-ada@Example.com' });
		sendGrid.state.addTeammate({ email: 'bob@example.org', is_admin: true });
		setAdmin('boss@example.com', false);
		return await trigger.events();
	};

	test.each<[INodeParameters, string[]]>([
		[
			{},
			[
				'teammateAdded hr-ada@Example.com',
				'teammateAdded bob@example.org',
				'adminChanged boss@example.com',
			],
		],
		[{ emailDomain: '@EXAMPLE.org' }, ['teammateAdded bob@example.org']],
		[{ emailPattern: '^(hr|sales)-.*@example\\.com$' }, ['teammateAdded hr-ada@Example.com']],
		[{ role: 'admin' }, ['teammateAdded bob@example.org', 'adminChanged boss@example.com']],
		[{ role: 'teammate' }, ['teammateAdded hr-ada@Example.com', 'adminChanged boss@example.com']],
		[
			{ role: 'admin', emailPattern: 'bo', emailDomain: 'example.org' },
			['teammateAdded bob@example.org'],
		],
	])('%j', async (filters, expected) => {
		expect(await news(filters)).toEqual(expected);
	});

	test('what a filter held back does not come when it is lifted', async () => {
		const filtered = { events: ['teammateAdded'], filters: { emailDomain: 'example.org' } };
		const trigger = await activated(filtered);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.poll()).toBeNull();
		trigger.edit({ events: ['teammateAdded'] });
		expect(await trigger.poll()).toBeNull();
	});
});

describe('refused before any request leaves', () => {
	test.each<[string, INodeParameters, IDataObject, string]>([
		['no event', { events: [] }, {}, "'Trigger On' is empty"],
		[
			'an unknown event',
			{ events: ['teammateAdded', 'x'] },
			{},
			"'Trigger On' has an unknown event",
		],
		[
			'days',
			{ events: ['invitationExpiring'], expiresWithinDays: -1 },
			{},
			"'Expires Within Days' is not a number of days",
		],
		['a region', { region: 'mars' }, {}, "'Region' is 'mars', which is not a region of SendGrid"],
		[
			'a region beside a custom URL',
			{ region: 'eu' },
			{},
			"'Region' cannot be chosen here, because the credential uses an address of its own",
		],
		['a role', { filters: { role: 'owner' } }, {}, "'Role' is neither Admin nor Teammate"],
		['a domain', { filters: { emailDomain: 7 } }, {}, "'Email Domain' is not a text"],
		[
			'a pattern',
			{ filters: { emailPattern: '(' } },
			{},
			"'Email Pattern' is no regular expression",
		],
		[
			'access requests of others',
			{ options: { onBehalfOf: 'acme-marketing' } },
			{},
			"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid tells access requests of your own account only",
		],
		[
			'access requests of others, by the credential',
			{},
			{ onBehalfOf: 'acme-marketing' },
			"'Access Requested' cannot be combined with 'On Behalf Of', since SendGrid tells access requests of your own account only",
		],
		[
			'on behalf of twice',
			{ options: { onBehalfOf: 'one' } },
			{ onBehalfOf: 'other' },
			"'On Behalf Of' cannot be chosen here, because the credential already acts for a subuser",
		],
	])('%s', async (_, parameters, credential, message) => {
		const trigger = new ActiveTrigger(sendGrid, parameters, credential);
		expect((await trigger.failure()).message).toBe(message);
		expect(sendGrid.calls()).toEqual([]);
		expect(JSON.stringify(trigger.staticData)).not.toContain('seen');
	});
});

test('access requests that SendGrid offers no more: said so', async () => {
	sendGrid.state.behaviours.accessRequests = 'gone';
	const { message, description } = await new ActiveTrigger(sendGrid).failure();
	expect(message).toContain('The access requests could not be read');
	expect(description).toContain("Remove 'Access Requested' from 'Trigger On'");
});

test('an expression that cannot be worked out: said so', async () => {
	const filters = { emailDomain: "={{ $('Nobody').first().json.domain }}" };
	const { message } = await new ActiveTrigger(sendGrid, { filters }).failure();
	expect(message).toMatch(/^A field of the trigger could not be read: /);
	expect(sendGrid.calls()).toEqual([]);
});

test('a key that SendGrid refuses: the status is there for n8n', async () => {
	sendGrid.state.keys.clear();
	const { message, httpCode } = await new ActiveTrigger(sendGrid).failure();
	expect(message).toContain('The invitations could not be read: SendGrid says');
	expect(httpCode).toBe('401');
});

test('every request acts for the subuser', async () => {
	sendGrid.state.addSubuser({ username: 'acme-marketing' });
	sendGrid.state.addTeammate({ email: ADA, account: 'acme-marketing' });
	const events = ALL_EVENTS.filter((event) => event !== 'accessRequested');
	await activated({ events, options: { onBehalfOf: 'acme-marketing' } });
	expect(new Set(sendGrid.state.requests.map(({ account: name }) => name))).toEqual(
		new Set(['acme-marketing']),
	);
	expect(sendGrid.calls()).toContain(`GET /v3/teammates/${encodeURIComponent(ADA)}`);
});

describe("the editor's test", () => {
	test('shows an example of each event out of who is there, the latest of each', async () => {
		sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: 'sso@example.com', is_sso: true, is_admin: true });
		sendGrid.state.addPending({ email: 'later@example.com' });
		sendGrid.state.addPending({ email: 'soon@example.com', expiresInSeconds: DAY });
		sendGrid.state.addPending({ email: 'late@example.com', expiresInSeconds: -DAY });
		sendGrid.state.addAccessRequest({ username: BOB, scope_group_name: 'Stats' });
		const items = (await new ActiveTrigger(sendGrid).test()) ?? [];
		expect(items.map(({ event, email }) => `${event} ${email}`)).toEqual([
			`accessRequested ${BOB}`,
			'adminChanged sso@example.com',
			`invitationAccepted ${ADA}`,
			'invitationExpired late@example.com',
			'invitationExpiring soon@example.com',
			`scopesChanged ${ADA}`,
			'teammateAdded sso@example.com',
		]);
		expect(items[5]).toMatchObject({
			teammate: { scopes: expect.arrayContaining(['stats.read']) },
			added_scopes: [],
			removed_scopes: [],
		});
	});

	test('an example has the fields of the real thing', async () => {
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: 2.5 * DAY });
		const trigger = await activated({ events: ['invitationAccepted', 'invitationExpiring'] });
		sendGrid.state.accept(ADA);
		clock.advance(DAY);
		const real = (await trigger.poll()) ?? [];
		const shown = (await trigger.test()) ?? [];
		expect(real).toHaveLength(2);
		for (const [index, item] of real.entries()) {
			expect(Object.keys(shown[index])).toEqual(Object.keys(item));
		}
	});

	test('leaves the state alone', async () => {
		const trigger = await activated({ events: ['teammateAdded'] });
		sendGrid.state.addTeammate({ email: ADA });
		const before = JSON.stringify(trigger.staticData);
		expect(await trigger.test()).toHaveLength(1);
		expect(JSON.stringify(trigger.staticData)).toBe(before);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('says so where there is nothing to show', async () => {
		const trigger = new ActiveTrigger(sendGrid, { events: ['teammateAdded', 'teammateRemoved'] });
		await expect(trigger.test()).rejects.toMatchObject({
			message: "There is nobody in this account to show for 'Trigger On' and 'Filters'",
		});
	});
});

test('a domain that the credential does not allow is not polled', async () => {
	const trigger = new ActiveTrigger(
		sendGrid,
		{ events: ['teammateAdded'] },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'gateway.example.com' },
	);
	expect((await trigger.failure()).message).toContain('Domain not allowed');
	expect(sendGrid.state.requests).toEqual([]);
});
