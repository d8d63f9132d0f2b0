import type { Behaviours } from '../../../sandbox/behaviours.mts';
import { until } from '../../support/machine';
import { ADA, BOB, DAY, polledAccount } from '../../support/polledAccount';

const { sendGrid, clock, activated, account, remove, revoke } = polledAccount();

describe('Invitation Accepted', () => {
	test('does not report a teammate whose invitation was never seen', async () => {
		const trigger = await activated();
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test('does not report an invitation that was revoked', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('does not report one that was revoked and sent again with another token and date', async () => {
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

	test('does not report one whose teammate was removed before the next poll', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		sendGrid.state.accept(ADA);
		remove(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('does not report the revoked invitation of somebody who was a teammate all along', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		revoke(ADA);
		expect(await trigger.poll()).toBeNull();
	});

	test('reports each of two who share an address and had an invitation each', async () => {
		const CYD = 'cyd@example.com';
		for (const email of [BOB, BOB, CYD]) sendGrid.state.addPending({ email });
		const trigger = await activated({ events: ['invitationAccepted'] });
		trigger.restart();
		sendGrid.state.accept(BOB, { username: 'bob_1' });
		sendGrid.state.accept(BOB, { username: 'bob_2' });
		sendGrid.state.accept(CYD, { username: 'cyd_1' });
		sendGrid.state.addTeammate({ email: CYD, username: 'cyd_2' });
		const accepted = [BOB, BOB, CYD].map((email) => `invitationAccepted ${email}`);
		expect(await trigger.events()).toEqual(accepted);
	});

	test('reports an invitation that stays listed for a while once, and the next one of the person', async () => {
		const pending = sendGrid.state.addPending({ email: ADA });
		const trigger = await activated({ events: ['invitationAccepted'] });
		sendGrid.state.accept(ADA);
		account().invitations = [pending];
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`]);
		sendGrid.state.addTeammate({ email: ADA, username: 'ada_2' });
		clock.advance(60);
		expect(await trigger.poll()).toBeNull();
		pending.expiration_date = sendGrid.state.expiry();
		expect(await trigger.poll()).toBeNull();
		sendGrid.state.accept(ADA, { username: 'ada_3' });
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`]);
	});

	test('does not report another username of somebody whose address has an invitation', async () => {
		sendGrid.state.addTeammate({ email: BOB, username: 'bob_1' });
		sendGrid.state.addPending({ email: BOB });
		const trigger = await activated();
		account().teammates[1].profile.username = 'bob_2';
		expect(await trigger.events()).toEqual([`teammateAdded ${BOB}`, `teammateRemoved ${BOB}`]);
	});

	test('reports somebody who takes over the address of a teammate who leaves', async () => {
		sendGrid.state.addTeammate({ email: BOB, username: 'bob_1' });
		sendGrid.state.addPending({ email: BOB });
		const trigger = await activated();
		remove(BOB);
		sendGrid.state.accept(BOB, { username: 'bob_2' });
		expect(await trigger.events()).toEqual([
			`invitationAccepted ${BOB}`,
			`teammateAdded ${BOB}`,
			`teammateRemoved ${BOB}`,
		]);
	});

	test('reports somebody with a separate username, in another case', async () => {
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
		'reports an acceptance between the two lists of a poll once, invited %s',
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

	test('ignores a change of case in an address or a username', async () => {
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
		'ignores an expired invitation of a teammate (stays listed: %s)',
		async (expiredStayListed) => {
			sendGrid.state.behaviours.expiredStayListed = expiredStayListed;
			sendGrid.state.addTeammate({ email: ADA });
			sendGrid.state.addPending({ email: ADA });
			const trigger = await activated();
			clock.advance(8 * DAY);
			expect(await trigger.poll()).toBeNull();
		},
	);

	test('reports one that was accepted in time, although the poll comes after its date', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(6 * DAY);
		sendGrid.state.accept(ADA);
		clock.advance(2 * DAY);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test("treats nobody as revoked if n8n's clock is a little behind", async () => {
		sendGrid.state.behaviours.expiredStayListed = false;
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(7 * DAY - 30);
		sendGrid.state.advance(31);
		expect(await trigger.events()).toContain(`invitationExpired ${ADA}`);
	});

	test.each([false, true])(
		'reports one whose invitation is gone a poll before the teammate is listed (address shared: %s)',
		async (isShared) => {
			if (isShared) sendGrid.state.addTeammate({ email: ADA, username: 'ada_1' });
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
		},
	);

	test('does not report an invitation of a teammate that is gone, whatever happens to the teammate', async () => {
		sendGrid.state.behaviours.expiredStayListed = false;
		for (const email of [ADA, BOB]) sendGrid.state.addTeammate({ email, username: `${email}_1` });
		sendGrid.state.addPending({ email: ADA });
		sendGrid.state.addPending({ email: BOB, expiresInSeconds: DAY });
		const trigger = await activated();
		revoke(ADA);
		clock.advance(2 * DAY);
		expect(await trigger.poll()).toBeNull();
		account().teammates[1].profile.username = 'ada_2';
		sendGrid.state.addTeammate({ email: BOB, username: 'bob_2' });
		expect(await trigger.events()).toEqual([
			`teammateAdded ${ADA}`,
			`teammateAdded ${BOB}`,
			`teammateRemoved ${ADA}`,
		]);
		remove(BOB);
		clock.advance(60);
		expect(await trigger.events()).toEqual([`teammateRemoved ${BOB}`, `teammateRemoved ${BOB}`]);
	});

	test('reports neither acceptance nor expiry of one that was gone until after its date', async () => {
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

	test.each([true, false])(
		'does not report one that had expired (stays listed: %s), whoever joins afterwards',
		async (expiredStayListed) => {
			sendGrid.state.behaviours.expiredStayListed = expiredStayListed;
			sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3 * DAY });
			const trigger = await activated();
			clock.advance(4 * DAY);
			expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
			account().invitations[0].expiration_date = sendGrid.state.expiry();
			sendGrid.state.accept(ADA);
			clock.advance(60);
			expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
		},
	);

	test('reports one that had expired only by a clock of SendGrid that was wrong', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		clock.advance(10 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpired ${ADA}`]);
		clock.advance(-10 * DAY);
		sendGrid.state.accept(ADA);
		expect(await trigger.events()).toEqual([`invitationAccepted ${ADA}`, `teammateAdded ${ADA}`]);
	});

	test('does not report somebody who signs in with single sign-on, which needs no invitation', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated();
		sendGrid.state.addTeammate({ email: ADA, is_sso: true });
		expect(await trigger.events()).toEqual([`teammateAdded ${ADA}`]);
	});

	test("lets nothing expire because n8n's clock is ten days ahead", async () => {
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

	test("loses no event because SendGrid's clock is ten days ahead once", async () => {
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

test.each(WORLDS)('an acceptance is reported with any SendGrid: %j', async (behaviours) => {
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
