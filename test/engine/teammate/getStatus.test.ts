import { linkOf } from '../../support/link';
import { getStatusWith, getTeammateWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

describe('Get Status', () => {
	const statusOf = async (email: string) => {
		const { results, error } = await sendGrid.run({
			items: [{ email }],
			parameters: getStatusWith(),
		});
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		return results[0].json;
	};

	const NOBODY = {
		username: null,
		is_admin: false,
		is_owner: false,
		is_sso: false,
		expires_at: null,
		days_left: null,
		mfa: null,
	};

	test('reports somebody unknown', async () => {
		expect(await statusOf('ada@example.com')).toEqual({
			...NOBODY,
			email: 'ada@example.com',
			status: 'not_found',
		});
	});

	test('reports somebody who is invited', async () => {
		const { expiration_date } = sendGrid.state.addPending({
			email: 'Ada@example.com',
			is_admin: true,
		});
		expect(await statusOf('ada@EXAMPLE.com')).toEqual({
			...NOBODY,
			email: 'Ada@example.com',
			status: 'pending',
			is_admin: true,
			expires_at: new Date(expiration_date * 1000).toISOString(),
			days_left: 6,
		});
	});

	test('reports somebody whose invitation has expired', async () => {
		sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: -60 });
		expect(await statusOf('ada@example.com')).toMatchObject({ status: 'expired', days_left: 0 });
	});

	test('reads the record of a teammate once, however many rows ask for it', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com' });
		const items = Array.from({ length: 50 }, () => ({ email: 'ada@example.com' }));
		const { results } = await sendGrid.run({ items, parameters: getStatusWith() });
		expect(results.map(({ json }) => json.status)).toEqual(items.map(() => 'active'));
		const records = sendGrid.state.requests.filter(({ path }) =>
			path.endsWith('ada%40example.com'),
		);
		expect(records).toHaveLength(1);
	});

	test('reports a teammate, whatever invitation there is too', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess', is_sso: true });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		expect(await statusOf('Ada@example.com')).toEqual({
			...NOBODY,
			email: 'ada@example.com',
			status: 'active',
			username: 'countess',
			is_sso: true,
			mfa: 'required',
		});
	});

	test.each([
		['required', 'required'],
		['exempt', 'exempt'],
		['both', null],
		['none', null],
	] as const)(
		'reports for a teammate with these 2fa scopes, %s: mfa %j',
		async (mfaScopes, mfa) => {
			sendGrid.state.behaviours.mfaScopes = mfaScopes;
			sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' });
			expect(await statusOf('ada@example.com')).toMatchObject({ status: 'active', mfa });
		},
	);

	test('reports no second factor for an admin or a record without scopes', async () => {
		sendGrid.state.addTeammate({ email: 'adam@example.com', is_admin: true });
		expect(await statusOf('adam@example.com')).toMatchObject({ status: 'active', mfa: null });
		sendGrid.state.behaviours.detailScopes = 'absent';
		sendGrid.state.addTeammate({ email: 'ada@example.com' });
		expect(await statusOf('ada@example.com')).toMatchObject({ status: 'active', mfa: null });
	});

	test('reports somebody who leaves while their record is read as still there', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' });
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ path: '/v3/teammates/countess', fault });
		expect(await statusOf('ada@example.com')).toMatchObject({ status: 'active', mfa: null });
	});

	test('K5: reports somebody with several invitations by the best one', async () => {
		sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: -60 });
		const best = sendGrid.state.addPending({ email: 'Ada@example.com' });
		sendGrid.state.addPending({ email: 'ADA@example.com', expiresInSeconds: 60 });
		expect(await statusOf('ada@example.com')).toMatchObject({
			email: 'Ada@example.com',
			status: 'pending',
			expires_at: new Date(best.expiration_date * 1000).toISOString(),
		});
	});

	test.each(['seconds', 'milliseconds', 'iso'] as const)(
		'K6: reports somebody whose expiry date comes in %s',
		async (expiryForm) => {
			sendGrid.state.behaviours.expiryForm = expiryForm;
			const { expiration_date } = sendGrid.state.addPending({ email: 'ada@example.com' });
			expect(await statusOf('ada@example.com')).toMatchObject({
				status: 'pending',
				days_left: 6,
				expires_at: new Date(expiration_date * 1000).toISOString(),
			});
			sendGrid.state.addPending({ email: 'bob@example.com', expiresInSeconds: -60 });
			expect(await statusOf('bob@example.com')).toMatchObject({ status: 'expired' });
		},
	);

	test('K6: treats an expiry date of 0 as none', async () => {
		sendGrid.state.behaviours.expiryForm = 'zero';
		sendGrid.state.addPending({ email: 'ada@example.com' });
		expect(await statusOf('ada@example.com')).toMatchObject({
			status: 'pending',
			expires_at: null,
			days_left: null,
		});
	});

	test.each(['boolean', 'text', 'absent'] as const)(
		'K6: reports an admin, in whatever form SendGrid says so: %s',
		async (adminFlag) => {
			sendGrid.state.behaviours.adminFlag = adminFlag;
			sendGrid.state.addTeammate({ email: 'adam@example.com', is_admin: true });
			sendGrid.state.addTeammate({ email: 'tim@example.com' });
			expect(await statusOf('adam@example.com')).toMatchObject({ is_admin: true });
			expect(await statusOf('tim@example.com')).toMatchObject({ is_admin: false });
		},
	);

	test('reports the owner', async () => {
		sendGrid.state.addTeammate({ email: 'olga@example.com', user_type: 'owner' });
		expect(await statusOf('olga@example.com')).toMatchObject({ status: 'active', is_owner: true });
	});

	test('reads each list once for many people', async () => {
		sendGrid.state.addManyTeammates(50);
		sendGrid.state.addManyPending(50);
		const items = Array.from({ length: 60 }, (_, i) => ({ email: `nobody${i}@example.com` }));
		const { results } = await sendGrid.run({ items, parameters: getStatusWith() });
		expect(results.map(linkOf)).toEqual(items.map((_, index) => index));
		// For each list: its page, and the empty one after it.
		expect(sendGrid.state.requests).toHaveLength(4);
	});
});

test.each(['teammate', 'invitation'])(
	'K6: Get Status returns null for what no record of a %s says',
	async (kind) => {
		sendGrid.state.behaviours.adminFlag = 'hidden';
		if (kind === 'teammate')
			sendGrid.state.addTeammate({ email: 'ada@example.com', is_admin: true });
		else sendGrid.state.addPending({ email: 'ada@example.com', is_admin: true });
		sendGrid.state.faults.add({
			times: Infinity,
			fault: { kind: 'rename', from: 'is_sso', to: 'x' },
		});
		const { results } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: getStatusWith(),
		});
		const isIn = kind === 'teammate';
		expect(results).toMatchObject([
			{ json: { is_admin: null, is_owner: isIn ? null : false, is_sso: isIn ? null : false } },
		]);
	},
);

test.each(['boolean', 'absent'] as const)(
	'Get Status says of the owner what Get says, is_admin %s',
	async (adminFlag) => {
		sendGrid.state.behaviours.adminFlag = adminFlag;
		sendGrid.state.addTeammate({ email: 'ada@example.com', user_type: 'owner' });
		const run = async (parameters: object) =>
			(
				await sendGrid.run({
					items: [{ email: 'ada@example.com' }],
					parameters: parameters as ReturnType<typeof getStatusWith>,
				})
			).results[0].json;
		const status = await run(getStatusWith());
		expect(status.is_owner).toBe(true);
		expect(status.is_admin).toBe((await run(getTeammateWith())).is_admin);
	},
);
