import { ADA, BOB, DAY, polledAccount } from '../../support/polledAccount';
import { ActiveTrigger } from '../../support/trigger';

const { sendGrid, clock, activated } = polledAccount();

describe("the editor's test", () => {
	test('shows the latest example of each event from the people who are there', async () => {
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

	test('gives an example the fields of a real event', async () => {
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: 2.5 * DAY });
		const trigger = await activated({ events: ['invitationAccepted', 'invitationExpiring'] });
		sendGrid.state.accept(ADA);
		clock.advance(DAY);
		const real = (await trigger.poll()) ?? [];
		const shown = (await trigger.test()) ?? [];
		expect(real).toHaveLength(2);
		for (const [index, item] of real.entries()) {
			expect(Object.keys(shown[index])).toEqual(['test', ...Object.keys(item)]);
			expect(shown[index].test).toBe(true);
		}
	});

	test('shows nobody as expiring whose invitation is not about to expire', async () => {
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: 6 * DAY });
		const trigger = new ActiveTrigger(sendGrid, { events: ['invitationExpiring'] });
		await expect(trigger.test()).rejects.toMatchObject({
			message: "No sample data matches 'Trigger On' and 'Filters'",
		});
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: DAY });
		expect(await trigger.test()).toMatchObject([{ test: true, email: BOB }]);
	});

	test('shows no invitation as expired or expiring whose person has joined', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		for (const days of [-1, 1]) {
			sendGrid.state.addPending({ email: ADA, expiresInSeconds: days * DAY });
		}
		const events = ['invitationExpired', 'invitationExpiring'];
		await expect(new ActiveTrigger(sendGrid, { events }).test()).rejects.toMatchObject({
			message: "No sample data matches 'Trigger On' and 'Filters'",
		});
	});

	test('shows the other examples if the record of one cannot be read', async () => {
		sendGrid.state.addTeammate({ email: ADA, scopes: ['stats.read'] });
		sendGrid.state.faults.add({
			path: /ada/,
			times: Infinity,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		const events = ['scopesChanged', 'teammateAdded'];
		expect(await new ActiveTrigger(sendGrid, { events }).test()).toMatchObject([
			{ event: 'teammateAdded', email: ADA },
		]);
		const alone = new ActiveTrigger(sendGrid, { events: ['scopesChanged'] });
		await expect(alone.test()).rejects.toMatchObject({
			message: expect.stringContaining(`The scopes of '${ADA}' could not be read`),
		});
	});

	test('leaves the state alone', async () => {
		const trigger = await activated({ events: ['teammateAdded'] });
		sendGrid.state.addTeammate({ email: ADA });
		const before = JSON.stringify(trigger.staticData);
		expect(await trigger.test()).toHaveLength(1);
		expect(JSON.stringify(trigger.staticData)).toBe(before);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('says so if there is nothing to show', async () => {
		const trigger = new ActiveTrigger(sendGrid, { events: ['teammateAdded', 'teammateRemoved'] });
		await expect(trigger.test()).rejects.toMatchObject({
			message: "No sample data matches 'Trigger On' and 'Filters'",
		});
	});
});
