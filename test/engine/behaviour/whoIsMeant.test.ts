/** K5, K6, W1: records that hide whose they are, or contradict each other, are nobody else's. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	denyWith,
	getStatusWith,
	offboardWith,
	resendWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

const sendGrid = fakeSendGrid();

const { joined, invited, answerAlways, answerOnce, run } = aboutAda(sendGrid);

const BOB = 'bob@example.com';

/** From now on, answers leave a field out. */
const hide = (field: string, path: RegExp) =>
	sendGrid.state.faults.add({
		method: 'GET',
		path,
		times: Infinity,
		fault: { kind: 'rename', from: field, to: 'hidden' },
	});

describe('Resend Invite by token, in a list without addresses,', () => {
	const byToken = (options: IDataObject = {}) =>
		resendWith({ invitation: by('token', '={{ $json.token }}'), options } as INodeParameters);

	const addTwo = (): IDataObject[] => {
		hide('email', /pending$/);
		return [ADA, BOB].map((email) => ({ token: sendGrid.state.addPending({ email }).token }));
	};

	test('W8: sends each person their own invitation', async () => {
		const items = addTwo();
		const { results, error } = await run(byToken(), items);
		expect(error).toBeUndefined();
		expect(results.map(({ json }) => json.token)).toEqual(items.map(({ token }) => token));
		expect(sendGrid.mailed()).toEqual([ADA, BOB]);
	});

	test('W2: does not wait for the doubt about somebody else', async () => {
		const [ada, bob] = addTwo();
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 504, when: 'before' },
		});
		const { error } = await run(byToken({ maxWait: 1 }), [ada]);
		expect(error?.message).toContain('It is unclear whether');
		expect((await run(byToken({ maxWait: 1 }), [bob])).error).toBeUndefined();
		expect(sendGrid.mailed()).toEqual([BOB]);
	});
});

test.each<[string, INodeParameters]>([
	['by email', resendWith()],
	['by Create or Update', upsertWith({ ifPending: 'resend' })],
])(
	'W3: Resend Invite by token does not take what another execution sends %s for its own',
	async (_, other) => {
		const { state } = sendGrid;
		const { token } = state.addPending({
			email: ADA,
			scopes: ['stats.read'],
			expiresInSeconds: 48 * 3600,
		});
		let posts = 0;
		const take = jest.spyOn(state.faults, 'take').mockImplementation((method) => {
			posts += Number(method === 'POST');
			return method === 'POST' && posts > 1
				? { kind: 'status', status: 500, when: 'before' }
				: undefined;
		});
		const outcomes = await Promise.all([
			run(other),
			run(resendWith({ invitation: by('token', token) })),
		]);
		take.mockRestore();
		expect(sendGrid.mailed()).toEqual([ADA]);
		expect(outcomes.filter(({ error }) => error === undefined)).toHaveLength(1);
	},
	60_000,
);

test('W1: what rows add to one person by username and by address stays, though the record has no address', async () => {
	const { state } = sendGrid;
	state.addTeammate({ email: ADA, username: 'countess', scopes: ['stats.read'] });
	let reads = 0;
	const take = jest.spyOn(state.faults, 'take').mockImplementation((method, path) => {
		if (method !== 'GET' || !path.endsWith('/countess')) return undefined;
		reads += 1;
		// The first row is still reading when the second one starts.
		return reads === 2
			? { kind: 'slow', ms: 1500 }
			: { kind: 'rename', from: 'email', to: 'hidden' };
	});
	const { results, error } = await run(
		{
			...updatePermissionsWith({ mode: 'add', scopes: '={{ $json.scopes }}' }),
			teammate: '={{ $json.teammate }}',
		},
		[
			{ teammate: by('username', 'countess'), scopes: ['alerts.read'] },
			{ teammate: by('email', ADA), scopes: ['mail.send'] },
		],
	);
	take.mockRestore();
	expect(error).toBeUndefined();
	expect(results.map(({ json }) => json.changed)).toEqual([true, true]);
	expect(state.account().teammates[0].scopes).toEqual(
		expect.arrayContaining(['stats.read', 'alerts.read', 'mail.send']),
	);
});

test.each<[string, INodeParameters]>([
	['Delete', deleteTeammateWith()],
	['Update Permissions', updatePermissionsWith()],
	['Create or Update', upsertWith({ scopes: ['mail.send'] })],
	['SSO Update', updateSsoWith({ access: 'admin' })],
	[
		'Update Permissions like another teammate',
		updatePermissionsWith({
			teammate: by('email', 'cy@example.com'),
			access: 'teammate',
			sameAs: by('email', ADA),
		}),
	],
])('K6: %s changes nothing if list and record give different addresses', async (_, parameters) => {
	const { state } = sendGrid;
	state.addTeammate({ email: 'cy@example.com', username: 'cy', scopes: ['alerts.read'] });
	const scopes = ['stats.read'];
	const { profile } = state.addTeammate({ email: ADA, username: 'countess', is_sso: true, scopes });
	state.faults.add({
		method: 'GET',
		path: /teammates\/countess$/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { ...profile, email: BOB, scopes },
		},
	});
	const { error } = await run(parameters);
	expect(error?.message).toContain(
		`SendGrid's list and record of 'countess' give different email addresses, '${ADA}' and '${BOB}'`,
	);
	expect(sendGrid.writes()).toEqual([]);
});

describe('Offboard removes nothing', () => {
	const OF_ANOTHER = 'this is the username of a teammate with another email address';
	const HIDDEN = "leaves out an address, which may be this person's";

	const everybody = () => {
		const { invitations, teammates } = sendGrid.state.account();
		return invitations.length + teammates.length;
	};

	describe.each([false, true])('(dry run: %s)', (dryRun) => {
		test.each<[string, () => void]>([
			['an invitation', () => sendGrid.state.addPending({ email: ADA })],
			['an expired one', () => sendGrid.state.addPending({ email: ADA, expiresInSeconds: -100 })],
			['a teammate', () => sendGrid.state.addTeammate({ email: ADA, username: 'countess' })],
		])('if the address is also the username of somebody else, beside %s', async (__, add) => {
			sendGrid.state.addTeammate({ email: 'ada@new.example', username: ADA });
			add();
			const { error } = await run(offboardWith({ dryRun }));
			expect(error?.message).toContain(OF_ANOTHER);
			expect(everybody()).toBe(2);
		});

		test('if another invitation has no address', async () => {
			sendGrid.state.addPending({ email: ADA });
			Object.assign(sendGrid.state.addPending({ email: BOB }), { email: null });
			const { error } = await run(offboardWith({ dryRun }));
			expect(error?.message).toContain(`list of invitations ${HIDDEN}`);
			expect(everybody()).toBe(2);
		});

		test('if another teammate has no address', async () => {
			sendGrid.state.addTeammate({ email: ADA, username: 'countess' });
			const other = sendGrid.state.addTeammate({ email: BOB, username: ADA });
			Object.assign(other.profile, { email: null });
			const { error } = await run(offboardWith({ dryRun }));
			expect(error?.message).toContain(`list of teammates ${HIDDEN}`);
			expect(everybody()).toBe(2);
		});
	});
});

test.each([false, true])(
	'K5: Create or Update invites no address that is the username of somebody else (invited before: %s)',
	async (isPending) => {
		sendGrid.state.addTeammate({ email: 'ada@new.example', username: ADA });
		if (isPending) sendGrid.state.addPending({ email: ADA, expiresInSeconds: 3600 });
		const { error } = await run(upsertWith());
		expect(error?.message).toBe(
			`'${ADA}' was not invited or updated: this is the username of a teammate with another email address, 'ada@new.example'`,
		);
		expect(sendGrid.writes()).toEqual([]);
	},
);

describe('a list that hides IDs', () => {
	test.each([approveWith(), denyWith()])(
		'does not mean that a request is gone: %#',
		async (parameters) => {
			sendGrid.state.addTeammate({ email: ADA });
			const { id } = sendGrid.state.addAccessRequest({
				username: ADA,
				scope_group_name: 'Templates',
			});
			hide('id', /requests$/);
			const { error } = await run(parameters, [{ id }]);
			expect(error?.message).toContain("SendGrid's list doesn't show the ID of a request");
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test.each([
		['id', 'the ID of this subuser'],
		['username', 'the username of a subuser'],
	])('does not mean that there is no such subuser: %s', async (field, what) => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
		hide(field, /subusers$/);
		const subusers = [{ username: 'acme-eu', permission: 'admin' }];
		const { error } = await run(createSsoWith({ access: 'subusers', subuserAccess: { subusers } }));
		expect(error?.message).toBe(`'${ADA}' was not created: SendGrid's list doesn't show ${what}`);
		expect(sendGrid.writes()).toEqual([]);
	});
});

test('K6: Offboard does not call a record "gone already" whose username is the address', async () => {
	sendGrid.state.addTeammate({ email: ADA, username: ADA });
	const result = [{ username: ADA, email: null, is_admin: false, user_type: 'teammate' }];
	answerAlways('GET', /teammates$/, 200, { result });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.message).toContain("leaves out an address, which may be this person's");
});

test.each(['null', 0, 'x'])('K6: an address of %j may be that of anybody', async (email) => {
	invited({ scopes: ['stats.read'] });
	answerOnce('GET', /teammates\/pending$/, 200, { result: [{ email, token: 'a-token-12345' }] });
	const { error } = await run(upsertWith());
	expect(error?.message).toContain("leaves out an address, which may be this person's");
	expect(sendGrid.mailed()).toEqual([]);
});

test.each([true, false])(
	'Offboard does not call an address gone that is a username (dry run: %j)',
	async (dryRun) => {
		joined({ email: 'ada@new.example', username: ADA });
		const { error } = await run(offboardWith({ dryRun }));
		expect(error?.message).toBe(
			`'${ADA}' was not offboarded: this is the username of a teammate with another email address, 'ada@new.example'`,
		);
		expect(sendGrid.writes()).toEqual([]);
	},
);

describe('SSO Update, which names people by address,', () => {
	test.each([
		['one of two who share it', { email: ADA }],
		['somebody whose address is another', { email: 'old@example.com' }],
	])('does not change %s', async (_, { email }) => {
		const sso = { is_sso: true, first_name: 'A', last_name: 'B', scopes: ['stats.read'] };
		sendGrid.state.addTeammate({ ...sso, email: ADA, username: 'adax' });
		sendGrid.state.addTeammate({ ...sso, email, username: ADA });
		const parameters = updateSsoWith({ teammate: by('username', 'adax'), access: 'admin' });
		const { error } = await run(parameters);
		expect(error?.message).toBe(
			`'adax' was not updated: SendGrid updates SSO teammates by email address, and '${ADA}' is the username of another teammate`,
		);
		expect(sendGrid.writes()).toEqual([]);
	});
});

test('K5: Get Status of two who share an address is all about one, whoever can do more', async () => {
	joined({ is_sso: true });
	sendGrid.state.addTeammate({ email: ADA, username: 'ada2', is_admin: true, is_sso: false });
	const { results } = await run(getStatusWith());
	expect(results).toMatchObject([{ json: { username: 'ada2', is_admin: true, is_sso: false } }]);
});
