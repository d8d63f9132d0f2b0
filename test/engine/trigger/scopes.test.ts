import { testOfNewerEngine } from '../../support/engine';
import { pause, until } from '../../support/machine';
import { ADA, BOB, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger } from '../../support/trigger';

const { sendGrid, clock, activated, account, setAdmin, setScopes } = polledAccount();

describe('Scopes Changed', () => {
	test('compares no scopes of an admin, and needs no request for one', async () => {
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

	test('says nothing about a role that no record has, and everything once one has it', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: BOB, is_admin: true });
		const trigger = await activated({ events: ['scopesChanged', 'adminChanged'] });
		sendGrid.state.behaviours.adminFlag = 'hidden';
		setAdmin(ADA, true);
		setScopes(ADA, ['stats.read', 'mail.send']);
		expect(await trigger.events()).toEqual([]);
		sendGrid.state.behaviours.adminFlag = 'boolean';
		expect(await trigger.events()).toEqual([`adminChanged ${ADA}`]);
	});

	const changed = (...numbers: number[]) =>
		numbers.map(
			(number) => `scopesChanged teammate${String(number).padStart(4, '0')}@bulk.example`,
		);

	test('continues in the next poll at the rate limit, and reads everybody in the end', async () => {
		const people = sendGrid.state.addManyTeammates(25, { scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		for (const teammate of people) teammate.scopes = ['mail.send'];
		sendGrid.state.faults.add({
			path: /teammate0003/,
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 600 },
		});
		const first = await trigger.events();
		expect(first).toEqual(expect.arrayContaining(changed(1, 2)));
		expect(first).not.toContain(changed(3)[0]);
		clock.advance(601);
		trigger.restart();
		sendGrid.state.requests.length = 0;
		const all = [...first, ...(await trigger.events())];
		expect(all.sort()).toEqual(changed(...people.map((_, index) => index + 1)));
		const records = sendGrid.calls().filter((call) => call.includes('bulk'));
		expect(records[0]).toContain('teammate0003');
		expect(await trigger.poll()).toBeNull();
	});

	test('reports the others if a record hangs until the time of a poll is nearly up', async () => {
		const people = sendGrid.state.addManyTeammates(12, { scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged', 'teammateAdded'] });
		for (const teammate of people) teammate.scopes = ['mail.send'];
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.requests.length = 0;
		sendGrid.state.faults.add({ path: /teammate0001/, fault: { kind: 'hang', when: 'before' } });
		const polling = trigger.events();
		await until(() => sendGrid.calls().some((call) => call.includes('teammate0012')));
		await until(() => sendGrid.state.requests.filter(({ status }) => status === null).length === 1);
		// The last answers are on their way to the node.
		await pause(200);
		clock.advance(245);
		expect(await polling).toEqual([
			`teammateAdded ${ADA}`,
			...changed(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
		]);
		expect(await trigger.events()).toEqual(changed(1));
	});

	testOfNewerEngine(
		'a Retry-After of 5 s and a request that hangs in a poll of 6 s: reported in time',
		async () => {
			sendGrid.state.addManyTeammates(2, { scopes: ['stats.read'] });
			const trigger = await activated({ events: ['scopesChanged', 'teammateAdded'] });
			sendGrid.state.addTeammate({ email: ADA });
			trigger.budget = 6000;
			sendGrid.state.faults.add({
				path: /pending$/,
				fault: { kind: 'rate-limited', header: 'retry-after', seconds: 3 },
			});
			sendGrid.state.faults.add({ path: /teammate0001/, fault: { kind: 'hang', when: 'before' } });
			const startedAt = Date.now();
			expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
			expect(Date.now() - startedAt).toBeLessThan(6000);
		},
		10_000,
	);

	test.each([
		['refused', { kind: 'status', status: 403, when: 'before' }],
		['without scopes', { kind: 'status', status: 200, when: 'before', body: { username: ADA } }],
	] as const)('keeps what is known of a person whose record is %s', async (_, fault) => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged', 'teammateAdded'] });
		sendGrid.state.faults.add({ path: /ada/, times: Infinity, fault });
		setScopes(ADA, ['mail.send']);
		setScopes(BOB, ['mail.send']);
		sendGrid.state.addTeammate({ email: 'cyd@example.com' });
		expect(await trigger.events()).toEqual([
			'teammateAdded cyd@example.com',
			`scopesChanged ${BOB}`,
		]);
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.faults.clear();
		expect(await trigger.events()).toEqual([`scopesChanged ${ADA}`]);
	});

	test('skips a username with a slash, which cannot be requested', async () => {
		sendGrid.state.addTeammate({ username: 'a/b', email: ADA, scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged', 'teammateAdded'] });
		sendGrid.state.addTeammate({ email: BOB });
		expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`]);
		setScopes(BOB, ['mail.send']);
		expect(await trigger.events()).toEqual([`scopesChanged ${BOB}`]);
	});

	const unreadable = (path: RegExp) =>
		sendGrid.state.faults.add({
			path,
			times: Infinity,
			fault: { kind: 'status', status: 403, when: 'before' },
		});

	test('fails and says so if nobody can be read', async () => {
		sendGrid.state.addManyTeammates(40, { scopes: ['stats.read'] });
		const trigger = await activated({ events: ['scopesChanged'] });
		unreadable(/bulk/);
		expect((await trigger.failure()).message).toContain(
			"The scopes of 'teammate0001@bulk.example'",
		);
	});

	test('fails in the first poll, and later reports everything else, if nobody can be read', async () => {
		sendGrid.state.addTeammate({ email: BOB, scopes: ['stats.read'] });
		unreadable(/bob/);
		const trigger = new ActiveTrigger(sendGrid, {
			events: ['invitationAccepted', 'scopesChanged', 'teammateAdded'],
		});
		await trigger.failure();
		sendGrid.state.addPending({ email: ADA });
		await trigger.failure();
		sendGrid.state.accept(ADA);
		unreadable(/ada/);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
		await trigger.failure();
		sendGrid.state.faults.clear();
		expect(await trigger.poll()).toBeNull();
		setScopes(BOB, ['mail.send']);
		expect(await trigger.events()).toEqual([`scopesChanged ${BOB}`]);
	});

	test('reads on behind people whose records cannot be read', async () => {
		sendGrid.state.addManyTeammates(60, { scopes: ['stats.read'] });
		unreadable(/teammate00([01]\d|2[0-5])%40/);
		const trigger = await activated({ events: ['scopesChanged', 'teammateAdded'] });
		sendGrid.state.addTeammate({ email: ADA });
		setScopes('teammate0050@bulk.example', ['mail.send']);
		expect(await trigger.events()).toEqual([
			`teammateAdded ${ADA}`,
			'scopesChanged teammate0050@bulk.example',
		]);
		expect(await trigger.poll()).toBeNull();
	});

	test('reads ten records at once', async () => {
		sendGrid.state.addManyTeammates(40);
		const trigger = await activated({ events: ['teammateAdded'] });
		trigger.edit({ events: ['scopesChanged'] });
		sendGrid.state.requests.length = 0;
		sendGrid.state.faults.add({ path: /bulk/, times: Infinity, fault: { kind: 'slow', ms: 30 } });
		expect(await trigger.poll()).toBeNull();
		expect(Math.max(...sendGrid.state.requests.map(({ inFlight }) => inFlight))).toBe(10);
	});

	test('reports somebody who becomes an admin between the list and the record as such', async () => {
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

	test('does not fail for somebody who leaves between the list and the record', async () => {
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
