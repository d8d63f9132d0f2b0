import type { IDataObject } from 'n8n-workflow';

import { testOfNewerEngine } from '../../support/engine';
import { until } from '../../support/machine';
import { ADA, BOB, DAY, OWNER, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger } from '../../support/trigger';

const { sendGrid, clock, activated, account, remove, setAdmin, setScopes } = polledAccount();

describe('a list that cannot be relied on', () => {
	test.each(['teammates', 'teammates/pending', 'scopes/requests'])(
		'loses and repeats nothing if GET /v3/%s fails in mid-poll',
		async (path) => {
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
			expect(description).toContain('Nothing is lost or reported twice');
			expect(JSON.stringify(trigger.staticData)).toBe(before);

			sendGrid.state.faults.clear();
			expect(await trigger.events()).toEqual([
				`invitationAccepted ${BOB}`,
				`teammateAdded ${BOB}`,
				`scopesChanged ${ADA}`,
			]);
		},
	);

	const answer = (result: unknown) =>
		({ kind: 'status', status: 200, when: 'before', body: { result } }) as const;

	test('removes nobody if it is empty twice', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: answer([]) });
		const { message, description } = await trigger.failure();
		expect(message).toBe("SendGrid's list of teammates is empty, although it had 2 before");
		expect(description).toContain('nobody is reported as removed');
		expect(await trigger.poll()).toBeNull();
	});

	test('is read again if it is empty once', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated();
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		expect(await trigger.poll()).toBeNull();
	});

	test('sets no base line if it is empty and the next one is not', async () => {
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		const trigger = await activated();
		expect(await trigger.poll()).toBeNull();
	});

	test('fails the first poll if it is empty twice, and the next one sets the base line', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = new ActiveTrigger(sendGrid, { events: ['teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: answer([]) });
		const { message, description } = await trigger.failure();
		expect(message).toBe(
			"SendGrid's list of teammates is empty, although every account has an owner",
		);
		expect(description).toContain('the trigger starts once the list has somebody');
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`]);
	});

	test('sets no base line if one of invitations or access requests is empty once', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Stats' });
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: DAY });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: -3 * DAY });
		sendGrid.state.faults.add({ path: /pending$/, fault: answer([]) });
		const none = { kind: 'status', status: 200, when: 'before', body: [] } as const;
		sendGrid.state.faults.add({ path: /requests$/, fault: none });
		const trigger = await activated();
		clock.advance(60);
		expect(await trigger.poll()).toBeNull();
		// The same for access requests that are chosen later.
		const later = await activated({ events: ['teammateAdded'] });
		later.edit({});
		sendGrid.state.faults.add({ path: /requests$/, fault: none });
		expect(await later.poll()).toBeNull();
		expect(await later.poll()).toBeNull();
	});

	test('reports nobody as new if it is empty twice, and the stored teammates are broken', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const trigger = await activated({ events: ['teammateAdded'] });
		trigger.staticData = JSON.parse(
			JSON.stringify(trigger.staticData).replace(/"teammates":\[.*?\]\]/, '"teammates":"broken"'),
		) as IDataObject;
		expect(JSON.stringify(trigger.staticData)).toContain('broken');
		trigger.restart();
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: answer([]) });
		expect((await trigger.failure()).message).toContain('every account has an owner');
		expect(await trigger.poll()).toBeNull();
	});

	describe("a subuser's list that was empty", () => {
		const SUBUSER = { account: 'acme-marketing' };
		const invited = { ...SUBUSER, email: ADA, expiresInSeconds: DAY };

		/** A trigger whose first poll has found nobody. */
		async function activatedForNobody() {
			// SendGrid lists the parent's owner and admins in a subuser.
			remove(OWNER.email);
			sendGrid.state.addSubuser({ username: SUBUSER.account });
			sendGrid.state.addPending(invited);
			return await activated({
				events: ['invitationAccepted', 'invitationExpired', 'teammateAdded', 'teammateRemoved'],
				options: { onBehalfOf: SUBUSER.account },
			});
		}

		test('lets those be new who have used an invitation', async () => {
			const trigger = await activatedForNobody();
			expect(await trigger.poll()).toBeNull();
			sendGrid.state.accept(ADA, SUBUSER);
			expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
			sendGrid.state.addTeammate({ ...SUBUSER, email: BOB });
			expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`]);
		});

		test('reports none of the others, who may have been there all along', async () => {
			const trigger = await activatedForNobody();
			for (const email of [ADA, BOB]) sendGrid.state.addTeammate({ ...SUBUSER, email });
			expect(await trigger.poll()).toBeNull();
		});

		test('hides no expiry', async () => {
			const trigger = await activatedForNobody();
			clock.advance(2 * DAY);
			expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
		});
	});

	test('is read again if it is short, and people missing from both have gone', async () => {
		const people = sendGrid.state.addManyTeammates(20);
		const trigger = await activated({ events: ['teammateRemoved'] });
		sendGrid.state.faults.add({
			path: /teammates$/,
			fault: answer(people.slice(0, 5).map(({ profile }) => profile)),
		});
		// Ends the short page.
		sendGrid.state.faults.add({ path: /teammates$/, fault: answer([]) });
		remove('teammate0020@bulk.example');
		expect(await trigger.events()).toEqual(['teammateRemoved teammate0020@bulk.example']);
	});

	test('misses nobody if two readings miss different people', async () => {
		const people = sendGrid.state.addManyTeammates(3).map(({ profile }) => profile);
		const trigger = await activated({ events: ['teammateRemoved'] });
		const owner = account().teammates[0].profile;
		for (const page of [[owner, ...people.slice(1)], [], [owner, ...people.slice(0, 2)], []]) {
			sendGrid.state.faults.add({ path: /teammates$/, fault: answer(page) });
		}
		expect(await trigger.poll()).toBeNull();
	});

	test('is believed after a second reading if most people have really gone', async () => {
		sendGrid.state.addManyTeammates(20);
		const trigger = await activated({ events: ['teammateRemoved'] });
		account().teammates.length = 1;
		sendGrid.state.requests.length = 0;
		expect(await trigger.events()).toHaveLength(20);
		expect(sendGrid.calls().filter((call) => call === 'GET /v3/teammates')).toHaveLength(4);
	});

	test('misses nobody who moves up when somebody is deleted while the pages are read', async () => {
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

	test('forgets no invitations if it is empty once', async () => {
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

	const firstPage = () => {
		const people = account().teammates.map(({ profile }) => profile);
		return answer(people.slice(0, 50));
	};

	test('fails the poll if it gives its first 50 forever, and removes or adds nobody', async () => {
		sendGrid.state.addManyTeammates(59);
		const trigger = await activated({ events: ['teammateRemoved', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: Infinity, fault: firstPage() });
		const { message, description } = await trigger.failure();
		expect(message).toBe(
			"The teammates could not be read: SendGrid's list doesn't continue after the first 50",
		);
		expect(description).toContain('Nothing is lost or reported twice');
		sendGrid.state.faults.clear();
		expect(await trigger.poll()).toBeNull();
	});

	test('sets no base line if it does not go on', async () => {
		sendGrid.state.addManyTeammates(59);
		sendGrid.state.faults.add({ path: /teammates$/, times: Infinity, fault: firstPage() });
		const trigger = new ActiveTrigger(sendGrid);
		await trigger.failure();
		sendGrid.state.faults.clear();
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll()).toBeNull();
	});

	test('is read a second time if it does not go on once', async () => {
		sendGrid.state.addManyTeammates(59);
		const trigger = await activated({ events: ['teammateRemoved', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: firstPage() });
		remove('teammate0059@bulk.example');
		expect(await trigger.events()).toEqual(['teammateRemoved teammate0059@bulk.example']);
	});

	test('does not report an access request as new after missing it once', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addAccessRequest({ username: ADA, scope_group_name: 'Stats' });
		const trigger = await activated({ events: ['accessRequested'] });
		sendGrid.state.faults.add({
			path: /requests$/,
			fault: { kind: 'status', status: 200, when: 'before', body: [] },
		});
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll()).toBeNull();
	});

	test('fails the poll if its body dribbles forever, and the next poll works', async () => {
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.requests.length = 0;
		sendGrid.state.faults.add({
			path: /teammates$/,
			times: Infinity,
			fault: { kind: 'dribble', when: 'before' },
		});
		const failing = trigger.failure();
		await until(() => sendGrid.calls().includes('GET /v3/teammates'));
		clock.advance(301);
		expect((await failing).message).toBe('The poll took longer than its 300 seconds');
		sendGrid.state.faults.clear();
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('is waited for at the rate limit', async () => {
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
			expect(description).toContain('If this keeps happening, poll less often.');
			clock.advance(31);
			expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
		},
	);

	testOfNewerEngine('a poll with no time left fails before it asks for anything', async () => {
		const trigger = await activated();
		sendGrid.state.requests.length = 0;
		trigger.budget = 0;
		expect((await trigger.failure()).message).toBe('The poll took longer than its 0 seconds');
		expect(sendGrid.calls()).toEqual([]);
	});

	test('is not read by a poll that overtakes one still running', async () => {
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.faults.add({ path: /teammates$/, fault: { kind: 'slow', ms: 200 } });
		const first = trigger.events();
		expect(await trigger.poll()).toBeNull();
		expect(await first).toEqual([`teammateAdded ${ADA}`]);
		expect(await trigger.poll()).toBeNull();
	});
});

describe('a trigger with a new workflow for each poll', () => {
	test.each([true, false])(
		'lets one of two simultaneous polls report (n8n stores quiet polls: %s)',
		async (storesQuietPolls) => {
			const trigger = await activated();
			const { poll } = trigger.perPoll(storesQuietPolls);
			sendGrid.state.addTeammate({ email: ADA });
			sendGrid.state.faults.add({ path: /teammates$/, fault: { kind: 'slow', ms: 200 } });
			const both = await Promise.all([poll(), poll()]);
			expect(both).toEqual([[`teammateAdded ${ADA}`], []]);
			expect(await poll()).toEqual([]);
		},
	);

	test('does not continue from a copy from before the last report', async () => {
		const trigger = await activated();
		const { poll } = trigger.perPoll(false);
		sendGrid.state.addTeammate({ email: ADA });
		const before = trigger.stored();
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
		const after = trigger.staticData;
		trigger.staticData = before;
		expect(await poll()).toEqual([]);
		trigger.staticData = after;
		sendGrid.state.addTeammate({ email: BOB });
		expect(await poll()).toEqual([`teammateAdded ${BOB}`]);
	});

	test('reports again what n8n discards', async () => {
		const trigger = await activated();
		const { poll } = trigger.perPoll(false);
		sendGrid.state.addTeammate({ email: ADA });
		const before = trigger.stored();
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
		trigger.staticData = before;
		clock.advance(60);
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('is remembered beside many others, however rarely it polls', async () => {
		const triggers = Array.from({ length: 101 }, () =>
			new ActiveTrigger(sendGrid, { events: ['teammateAdded'] }).perPoll(false),
		);
		for (const { poll } of triggers) expect(await poll()).toEqual([]);
		sendGrid.state.addTeammate({ email: ADA });
		clock.advance(31 * DAY);
		for (const { poll } of triggers) expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('remembers what polls without events have seen, even if n8n stores nothing', async () => {
		const trigger = new ActiveTrigger(sendGrid);
		const { poll } = trigger.perPoll(false);
		expect(await poll()).toEqual([]);
		sendGrid.state.addPending({ email: ADA });
		expect(await poll()).toEqual([]);
		sendGrid.state.accept(ADA);
		expect(await poll()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
		expect(await poll()).toEqual([]);
	});
});

describe('a list that leaves something out', () => {
	// Long after an event, so that n8n has stored it.
	const HOUR = 3600;

	const leaveOut = (path: RegExp, from: string) =>
		sendGrid.state.faults.add({
			method: 'GET',
			path,
			times: Infinity,
			fault: { kind: 'rename', from, to: 'nothing' },
		});

	test.each(['username', 'email'])('reports nobody when teammates have no %s', async (field) => {
		sendGrid.state.addTeammate({ email: ADA, username: 'old_ada' });
		sendGrid.state.addTeammate({ email: ADA, username: 'old_ada2' });
		sendGrid.state.addTeammate({ email: BOB });
		// With fewer, an owner without a username looks like another account.
		sendGrid.state.addManyTeammates(5);
		const trigger = await activated();
		leaveOut(/teammates$/, field);
		expect(await trigger.poll()).toBeNull();
		remove(BOB);
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`]);
		sendGrid.state.faults.clear();
		clock.advance(HOUR);
		expect(await trigger.poll()).toBeNull();
		remove(ADA);
		clock.advance(HOUR);
		expect(await trigger.events()).toEqual([`teammateRemoved ${ADA}`, `teammateRemoved ${ADA}`]);
	});

	test('reports no invitation as expiring again when dates are missing', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3 * DAY });
		const trigger = await activated();
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		leaveOut(/pending$/, 'expiration_date');
		clock.advance(HOUR);
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.faults.clear();
		clock.advance(HOUR);
		expect(await trigger.poll()).toBeNull();
		clock.advance(DAY + 60);
		expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
	});

	describe('when no record says whether somebody is an admin', () => {
		const EVENTS = { events: ['adminChanged', 'invitationAccepted', 'teammateAdded'] };

		const hideRoles = () => {
			sendGrid.state.behaviours.adminFlag = 'hidden';
		};
		const showRoles = () => {
			sendGrid.state.behaviours.adminFlag = 'boolean';
		};

		test('reports nobody as an admin because later records say so', async () => {
			sendGrid.state.addTeammate({ email: BOB, is_admin: true });
			hideRoles();
			const trigger = await activated(EVENTS);
			sendGrid.state.addTeammate({ email: ADA, is_admin: true });
			expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
			trigger.restart();
			showRoles();
			expect(await trigger.poll()).toBeNull();
			hideRoles();
			expect(await trigger.poll()).toBeNull();
			showRoles();
			setAdmin(ADA, false);
			expect(await trigger.events()).toEqual([`adminChanged ${ADA}`]);
		});

		test.each(['admin', 'teammate'])(
			'lets somebody who leaves, or whose invitation expires, pass the filter for %s',
			async (role) => {
				hideRoles();
				sendGrid.state.behaviours.expiredStayListed = false;
				sendGrid.state.addTeammate({ email: BOB, is_admin: true });
				sendGrid.state.addPending({ email: ADA, expiresInSeconds: DAY });
				const events = ['invitationExpired', 'teammateRemoved'];
				const trigger = await activated({ events, filters: { role }, simplify: false });
				trigger.restart();
				remove(BOB);
				clock.advance(2 * DAY);
				const items = (await trigger.poll()) ?? [];
				expect(items.map(({ event }) => event)).toEqual(events);
				expect(items[0].invitation).not.toHaveProperty('is_admin');
				expect(items[1].teammate).not.toHaveProperty('is_admin');
			},
		);

		test('claims nothing about the role of an accepted invitation', async () => {
			hideRoles();
			sendGrid.state.addPending({ email: ADA, is_admin: true });
			const trigger = await activated(EVENTS);
			showRoles();
			sendGrid.state.accept(ADA);
			expect((await trigger.poll())?.[0]).toMatchObject({
				invitation: { is_admin: null },
				teammate: { is_admin: true },
			});
		});
	});

	test('takes no rights from an owner whom it does not mark', async () => {
		Object.assign(account().teammates[0].profile, { is_admin: false });
		const trigger = await activated({ events: ['adminChanged', 'scopesChanged'] });
		leaveOut(/teammates$/, 'user_type');
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.faults.clear();
		clock.advance(HOUR);
		expect(await trigger.poll()).toBeNull();
	});

	test('still knows that an invitation is for an admin', async () => {
		sendGrid.state.addPending({ email: ADA, is_admin: true });
		const trigger = await activated();
		leaveOut(/pending$/, 'is_admin');
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.faults.clear();
		sendGrid.state.accept(ADA);
		expect((await trigger.poll())?.[0]).toMatchObject({
			event: 'invitationAccepted',
			invitation: { is_admin: true },
		});
	});
});
