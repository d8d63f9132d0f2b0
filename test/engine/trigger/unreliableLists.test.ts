import { testOfNewerEngine } from '../../support/engine';
import { until } from '../../support/machine';
import { ADA, BOB, DAY, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger } from '../../support/trigger';

const { sendGrid, clock, activated, account, remove, setScopes } = polledAccount();

describe('a list that cannot be relied on', () => {
	test.each(['teammates', 'teammates/pending', 'scopes/requests'])(
		'GET /v3/%s fails in mid-poll: nothing is lost, nothing comes twice',
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
		// Ends the short page.
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

	const firstPage = () => {
		const people = account().teammates.map(({ profile }) => profile);
		return answer(people.slice(0, 50));
	};

	test('a list that gives its first 50 for ever fails the poll, and nobody is removed or added', async () => {
		sendGrid.state.addManyTeammates(59);
		const trigger = await activated({ events: ['teammateRemoved', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: Infinity, fault: firstPage() });
		const { message, description } = await trigger.failure();
		expect(message).toBe("SendGrid's list of teammates doesn't go on after the first 50");
		expect(description).toContain('nobody is reported as removed');
		sendGrid.state.faults.clear();
		expect(await trigger.poll()).toBeNull();
	});

	test('a base line is not taken from a list that does not go on', async () => {
		sendGrid.state.addManyTeammates(59);
		sendGrid.state.faults.add({ path: /teammates$/, times: Infinity, fault: firstPage() });
		const trigger = new ActiveTrigger(sendGrid);
		await trigger.failure();
		sendGrid.state.faults.clear();
		expect(await trigger.poll()).toBeNull();
		expect(await trigger.poll()).toBeNull();
	});

	test('a list that does not go on for once is read a second time', async () => {
		sendGrid.state.addManyTeammates(59);
		const trigger = await activated({ events: ['teammateRemoved', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /teammates$/, times: 2, fault: firstPage() });
		remove('teammate0059@bulk.example');
		expect(await trigger.events()).toEqual(['teammateRemoved teammate0059@bulk.example']);
	});

	test('an access request that is missing for once is not a new one afterwards', async () => {
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

	test('a body that dribbles for ever ends the poll aloud, and the next one works', async () => {
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
		expect((await trigger.failure()).message).toBe('The poll took longer than its 0 seconds');
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

describe('a workflow of its own for each poll', () => {
	test.each([true, false])(
		'of two polls at once one reports (n8n stores quiet polls: %s)',
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

	test('a copy from before the last report is not gone on from', async () => {
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

	test('what n8n throws away comes again', async () => {
		const trigger = await activated();
		const { poll } = trigger.perPoll(false);
		sendGrid.state.addTeammate({ email: ADA });
		const before = trigger.stored();
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
		trigger.staticData = before;
		clock.advance(60);
		expect(await poll()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('what polls without events have seen is known to the next, also where n8n stores nothing', async () => {
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
