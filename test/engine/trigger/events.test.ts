import { ADA, BOB, DAY, polledAccount } from '../../support/polledAccount';
import { ALL_EVENTS } from '../../support/trigger';

const { sendGrid, clock, activated, account, remove, revoke, setAdmin, setScopes } =
	polledAccount();

describe('each event', () => {
	test('says first what happened to whom, and has the records last', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated({ events: ['invitationAccepted'] });
		sendGrid.state.accept(ADA);
		Object.assign(account().teammates[1].profile, { first_name: 'Ada', last_name: ' Lovelace ' });
		const [item] = (await trigger.poll()) ?? [];
		expect(Object.keys(item)).toEqual([
			'event',
			'email',
			'name',
			'occurred_at',
			'teammate',
			'invitation',
		]);
		expect(item.name).toBe('Ada Lovelace');
	});

	test('shows an invitation without its token, simplified or raw', async () => {
		const pending = { email: ADA, scopes: ['stats.read'], expiresInSeconds: 2.5 * DAY };
		const simple = await activated({ events: ['invitationExpiring'] });
		const raw = await activated({ events: ['invitationExpiring'], simplify: false });
		const { token } = sendGrid.state.addPending(pending);
		await simple.poll();
		await raw.poll();
		clock.advance(DAY);
		const [items, rawItems] = [await simple.poll(), await raw.poll()];
		expect(Object.keys(items?.[0].invitation ?? {})).toEqual([
			'email',
			'status',
			'expires_at',
			'days_left',
			'is_admin',
			'scopes',
		]);
		expect(JSON.stringify([items, rawItems])).not.toContain(token);
	});

	test('shows for an acceptance the teammate and what is remembered of the invitation', async () => {
		const { expiration_date } = sendGrid.state.addPending({ email: 'Ada@example.com' });
		const trigger = await activated({ events: ['invitationAccepted'] });
		sendGrid.state.accept(ADA);
		// SendGrid's clock, as its answers tell it, is known to a second.
		const earliest = Date.now() - 1500;
		const items = await trigger.poll();
		expect(items).toEqual([
			{
				event: 'invitationAccepted',
				email: 'Ada@example.com',
				name: '',
				occurred_at: expect.any(String),
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
					status: null,
					expires_at: new Date(expiration_date * 1000).toISOString(),
					days_left: null,
					is_admin: false,
					scopes: null,
				},
			},
		]);
		const occurredAt = Date.parse(String(items?.[0].occurred_at));
		expect(occurredAt).toBeGreaterThanOrEqual(earliest);
		expect(occurredAt).toBeLessThanOrEqual(Date.now() + 1500);
		expect(await trigger.poll()).toBeNull();
	});

	test('reports an expiring invitation once, and again after a resend moves the date', async () => {
		sendGrid.state.addPending({ email: ADA });
		const trigger = await activated({ events: ['invitationExpiring', 'invitationExpired'] });
		clock.advance(4 * DAY);
		expect(await trigger.poll()).toBeNull();
		clock.advance(1.5 * DAY);
		const items = await trigger.poll();
		expect(JSON.stringify(items)).not.toContain(account().invitations[0].token);
		expect(items).toEqual([
			{
				event: 'invitationExpiring',
				email: ADA,
				name: '',
				occurred_at: expect.any(String),
				invitation: expect.objectContaining({
					email: ADA,
					status: 'pending',
					days_left: 1,
				}),
			},
		]);
		expect(await trigger.poll()).toBeNull();

		account().invitations[0].expiration_date = sendGrid.state.expiry();
		expect(await trigger.poll()).toBeNull();
		clock.advance(5.5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
	});

	test.each(['expiring', 'expired'])(
		'reports no date twice that a list shows again after a later one: %s',
		async (status) => {
			const listed = sendGrid.state.addPending({ email: ADA, expiresInSeconds: 5 * DAY });
			const trigger = await activated();
			listed.expiration_date = sendGrid.state.expiry(status === 'expired' ? -60 : DAY);
			const { expiration_date } = listed;
			const event = status === 'expired' ? 'invitationExpired' : 'invitationExpiring';
			expect(await trigger.events()).toEqual([`${event} ${ADA}`]);
			clock.advance(60);
			// A resend, and a list that lags behind it twice; or further invitations that are revoked.
			for (const shown of [0, 60, expiration_date, 120, expiration_date]) {
				listed.expiration_date = shown < 200 ? sendGrid.state.expiry(7 * DAY + shown) : shown;
				trigger.restart();
				expect(await trigger.poll()).toBeNull();
			}
			clock.advance(DAY + 60);
			const due = status === 'expired' ? [] : [`invitationExpired ${ADA}`];
			expect(await trigger.events()).toEqual(due);
			expect(await trigger.poll()).toBeNull();
		},
	);

	test.each([true, false])(
		'reports an expired invitation exactly once, whether SendGrid keeps it listed (%s) or drops it later',
		async (expiredStayListed) => {
			sendGrid.state.behaviours.expiredStayListed = expiredStayListed;
			sendGrid.state.addPending({ email: ADA, is_admin: true });
			const trigger = await activated({ events: ['invitationExpired'] });
			clock.advance(8 * DAY);
			expect(await trigger.poll()).toEqual([
				{
					event: 'invitationExpired',
					email: ADA,
					name: '',
					occurred_at: expect.any(String),
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

	test('reports an added teammate, with the raw record if wanted', async () => {
		const trigger = await activated({ events: ['teammateAdded'], simplify: false });
		sendGrid.state.addTeammate({ email: ADA, phone: '555' });
		expect(await trigger.poll()).toEqual([
			{
				event: 'teammateAdded',
				email: ADA,
				name: '',
				occurred_at: expect.any(String),
				teammate: expect.objectContaining({ username: ADA, phone: '555', is_unified: true }),
			},
		]);
	});

	test('reports a removed teammate with what is remembered of them', async () => {
		sendGrid.state.addTeammate({ username: 'countess', email: ADA, is_admin: true });
		const trigger = await activated({ events: ['teammateRemoved'] });
		remove(ADA);
		expect(await trigger.poll()).toEqual([
			{
				event: 'teammateRemoved',
				email: ADA,
				name: '',
				occurred_at: expect.any(String),
				teammate: {
					email: ADA,
					first_name: null,
					last_name: null,
					username: 'countess',
					user_type: null,
					is_admin: true,
					is_sso: null,
				},
			},
		]);
	});

	test('reports admin rights granted and withdrawn', async () => {
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

	test('reports requested access', async () => {
		sendGrid.state.addTeammate({ email: ADA });
		const wanted = { username: ADA, scope_group_name: 'Templates' };
		sendGrid.state.addAccessRequest(wanted);
		const trigger = await activated({ events: ['accessRequested'] });
		const { id } = sendGrid.state.addAccessRequest({ ...wanted, scope_group_name: 'Stats' });
		expect(await trigger.poll()).toEqual([
			{
				event: 'accessRequested',
				email: ADA,
				name: '',
				occurred_at: expect.any(String),
				access_request: expect.objectContaining({ id, scope_group_name: 'Stats', username: ADA }),
			},
		]);
		account().accessRequests = [];
		expect(await trigger.poll()).toBeNull();
	});

	test('reports which scopes came and went, without those that SendGrid gives by itself', async () => {
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

	test('reports many at once, each once', async () => {
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
	])('counts the later of two invitations for one address (%s and %s days)', async (...days) => {
		const trigger = await activated({ events: ['invitationExpiring'] });
		for (const left of days) {
			sendGrid.state.addPending({ email: ADA, expiresInSeconds: left * DAY });
		}
		expect(await trigger.poll()).toBeNull();
		clock.advance(5 * DAY);
		expect(await trigger.events()).toEqual([`invitationExpiring ${ADA}`]);
	});

	test('is reported only if it is chosen', async () => {
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
