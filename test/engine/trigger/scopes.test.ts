import { until } from '../../support/machine';
import { ADA, polledAccount } from '../../support/polledAccount';

const { sendGrid, clock, activated, account, setAdmin, setScopes } = polledAccount();

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
			fault: { kind: 'rate-limited', header: 'retry-after', seconds: 600 },
		} as const;
		sendGrid.state.faults.add(enough);
		expect(await trigger.events()).toEqual([
			'scopesChanged teammate0001@bulk.example',
			'scopesChanged teammate0002@bulk.example',
		]);
		clock.advance(601);
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
