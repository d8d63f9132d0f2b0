import type { Behaviours } from '../../../sandbox/behaviours.mts';
import { until } from '../../support/machine';
import { ADA, BOB, DAY, polledAccount } from '../../support/polledAccount';

const { sendGrid, clock, activated, account, remove, revoke } = polledAccount();

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

	test('one whose invitation is gone a poll before the teammate is listed', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		const [invitation] = account().invitations;
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
		account().invitations = [invitation];
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test('not one that has been gone until after its date, nor is that an expiry', async () => {
		sendGrid.state.behaviours.expiredStayListed = false;
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
		clock.advance(8 * DAY);
		expect(await trigger.poll()).toBeNull();
		expect(JSON.stringify(trigger.staticData)).not.toContain(ADA);
		sendGrid.state.addTeammate({ email: ADA });
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('not somebody who signs in by single sign-on: they were given access without', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA, is_sso: true });
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test("n8n's clock ten days ahead makes nothing expire, before, then or after", async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(10 * DAY);
		sendGrid.state.advance(-10 * DAY);
		expect(await trigger.poll()).toBeNull();
		clock.advance(-10 * DAY);
		sendGrid.state.advance(10 * DAY);
		expect(await trigger.poll()).toBeNull();
		clock.advance(5.5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
	});

	test("SendGrid's own clock ten days ahead for once uses up no event", async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(10 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
		clock.advance(-10 * DAY);
		expect(await trigger.poll()).toBeNull();
		clock.advance(5.5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
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
