/** K6: an answer that isn't understood is neither an empty list nor a success nor a basis for a write. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import * as parameters from '../../support/parameters';
import { by } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ERRORS = { errors: [{ message: 'come back later', field: null }] };

type Name = Extract<keyof typeof parameters, `${string}With`>;

const run = async (name: Name, changes: INodeParameters = {}, email = 'ada@example.com', id = 1) =>
	await sendGrid.run({
		items: [{ email, id }],
		parameters: (parameters[name] as (changes: INodeParameters) => INodeParameters)({
			options: { maxWait: 0, allowAdmins: true },
			...changes,
		}),
	});

const answerWith = (method: string, path: RegExp, body: unknown, status = 200, times = Infinity) =>
	sendGrid.state.faults.add({
		method,
		path,
		times,
		fault: { kind: 'status', status, when: 'before', body },
	});

/** A list of teammates, read once: each further page starts with the last record of the one before. */
function answerWithTeammates(result: IDataObject[]): void {
	answerWith('GET', /teammates$/, { result }, 200, 1);
	answerWith('GET', /teammates$/, { result: result.slice(-1) });
}

/** Everything that SendGrid has, for a later comparison. */
const everything = () => {
	const { invitations, teammates } = sendGrid.state.account();
	return JSON.stringify([invitations, teammates]);
};

beforeEach(() => addPeople(sendGrid.state));

describe('K6: a response that is no list', () => {
	const BODIES: unknown[] = [
		{},
		ERRORS,
		{ result: null },
		{ result: [null] },
		{ result: [], results: [{ email: 'ada@example.com' }] },
		'null',
		'',
	];

	const DECIDING: Array<[Name, RegExp]> = [
		['deleteTeammateWith', /teammates$/],
		['getInvitationsWith', /pending$/],
		['getStatusWith', /pending$/],
		['getStatusWith', /teammates$/],
		['getTeammateWith', /teammates$/],
		['getTeammatesWith', /teammates$/],
		['offboardWith', /pending$/],
		['offboardWith', /teammates$/],
		['resendWith', /pending$/],
		['revokeWith', /pending$/],
		['updatePermissionsWith', /teammates$/],
		['upsertWith', /pending$/],
		['upsertWith', /teammates$/],
	];

	test.each(DECIDING)('makes %s fail and write nothing: %s', async (name, path) => {
		const before = everything();
		for (const body of BODIES) {
			sendGrid.state.faults.clear();
			answerWith('GET', path, body);
			const { results, error } = await run(name);
			expect(results).toEqual([]);
			expect(error?.message).toMatch(
				/ (was not|were not|could not be) [\w ]+: (the answer was|SendGrid says) .*\(HTTP 200\)$/,
			);
		}
		expect(sendGrid.writes()).toEqual([]);
		expect(everything()).toBe(before);
	});

	test('is requested again, and the next response counts', async () => {
		sendGrid.state.faults.add({
			method: 'GET',
			path: /teammates$/,
			fault: { kind: 'status', status: 200, when: 'before', body: {} },
		});
		const { results } = await run('offboardWith', { options: {} });
		expect(results).toMatchObject([{ json: { changed: true, deleted: true } }]);
	});
});

describe('K6: a detail', () => {
	const MODES = ['add', 'remove', 'replace'];

	test.each(MODES)(
		'without scopes makes Update Permissions, mode %s, take nothing away',
		async (mode) => {
			sendGrid.state.behaviours.detailScopes = 'absent';
			const before = everything();
			const { error } = await run('updatePermissionsWith', { mode, scopes: ['mail.send'] });
			expect(error?.message).toMatch(/^The permissions of 'ada@example.com' were not updated: /);
			expect(sendGrid.writes()).toEqual([]);
			expect(everything()).toBe(before);
		},
	);

	test.each(['add', 'leave', 'update'])(
		'without scopes makes Create or Update, if access differs %s, take nothing away',
		async (ifAccessDiffers) => {
			sendGrid.state.behaviours.detailScopes = 'absent';
			const { error } = await run('upsertWith', { ifAccessDiffers, scopes: ['mail.send'] });
			expect(error?.message).toMatch(/^'ada@example.com' was not invited or updated: /);
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('without scopes is returned as it is by a plain Get', async () => {
		sendGrid.state.behaviours.detailScopes = 'absent';
		const { results } = await run('getTeammateWith');
		expect(results).toMatchObject([{ json: { username: 'countess' } }]);
		expect(results[0].json).toMatchObject({ mfa: null, scopes: null });
	});

	test.each<[Name, INodeParameters]>([
		['updatePermissionsWith', { mode: 'add', scopes: ['mail.send'] }],
		['updatePermissionsWith', { mode: 'replace', scopes: ['mail.send'] }],
		['upsertWith', { scopes: ['mail.send'] }],
		['deleteTeammateWith', {}],
	])('of somebody else, or of nobody, makes %s %j write nothing', async (name, changes) => {
		const bodies: IDataObject[] = [
			{ username: 'the_owner', email: 'olga@example.com', scopes: [] },
			{ email: 'Ada@example.com', scopes: ['stats.read'] },
			ERRORS,
			{},
		];
		for (const body of bodies) {
			sendGrid.state.faults.clear();
			answerWith('GET', /countess$/, body);
			const { error } = await run(name, changes);
			expect(error?.message).toContain('HTTP 200)');
		}
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each(['text', 'absent'] as const)(
		'an admin whose record says so in another form (%s) is still one',
		async (adminFlag) => {
			sendGrid.state.behaviours.adminFlag = adminFlag;
			const added = await run('updatePermissionsWith', { mode: 'add' }, 'adam@example.com');
			expect(added.error?.message).toContain('an admin has every scope');
			const upserted = await run('upsertWith', { options: {} }, 'adam@example.com');
			expect(upserted.results).toMatchObject([{ json: { action: 'unchanged' } }]);
			const deleted = await run('deleteTeammateWith', { options: {} }, 'adam@example.com');
			expect(deleted.error?.message).toContain('this person is an admin');
			expect(sendGrid.writes()).toEqual([]);
		},
	);
});

describe('K6, D3: a record that does not say who is an admin', () => {
	const adam = { username: 'adam', email: 'adam@example.com', scopes: ['stats.read'] };
	const penny = { email: 'penny@example.com', token: 'hers', scopes: ['stats.read'] };

	test.each<[Name, INodeParameters]>([
		['deleteTeammateWith', {}],
		['offboardWith', {}],
		['updatePermissionsWith', { mode: 'add', scopes: ['mail.send'] }],
		['updatePermissionsWith', { mode: 'remove', scopes: ['stats.read'] }],
		['upsertWith', { ifAccessDiffers: 'add', scopes: ['mail.send'] }],
		['upsertWith', { ifAccessDiffers: 'update', scopes: ['mail.send'] }],
	])('protects a teammate from %s %j', async (name, changes) => {
		answerWith('GET', /adam$/, adam);
		answerWith('GET', /teammates$/, { result: [adam] });
		const { error } = await run(name, { ...changes, options: {} }, 'adam@example.com');
		expect(error?.message).toContain("SendGrid doesn't say whether this person is an admin");
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each<[Name, INodeParameters]>([
		['deleteTeammateWith', {}],
		['updatePermissionsWith', { mode: 'replace', scopes: ['mail.send'] }],
		['upsertWith', { ifAccessDiffers: 'update', scopes: ['mail.send'] }],
	])('does not stop %s %j if admins are allowed', async (name, changes) => {
		answerWith('GET', /adam$/, adam);
		await run(name, changes, 'adam@example.com');
		expect(sendGrid.writes()).toHaveLength(1);
	});

	test.each<[Name, INodeParameters]>([
		['offboardWith', {}],
		['upsertWith', { ifAccessDiffers: 'add', scopes: ['mail.send'] }],
		['upsertWith', { ifPending: 'resend', scopes: ['stats.read'] }],
	])('protects an invitation from %s %j', async (name, changes) => {
		answerWith('GET', /pending$/, { result: [penny] });
		const { error } = await run(name, { ...changes, options: {} }, 'penny@example.com');
		expect(error?.message).toContain(
			"SendGrid doesn't say whether this person was invited as an admin",
		);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('does not let an invitation be resent with a credential without admin access', async () => {
		answerWith('GET', /pending$/, { result: [penny] });
		const { error } = await sendGrid.run({
			items: [{ email: penny.email }],
			parameters: parameters.resendWith(),
			credential: { allowAdminAccess: false },
		});
		expect(error?.message).toContain("SendGrid's list doesn't show what access this gives");
		expect(sendGrid.mailed()).toEqual([]);
	});

	test("is an admin's if an invitation says so only by its type", async () => {
		answerWith('GET', /pending$/, { result: [{ ...penny, user_type: 'admin' }] });
		const { error } = await run('offboardWith', { options: {} }, 'penny@example.com');
		expect(error?.message).toContain('this person was invited as an admin');
		expect(sendGrid.writes()).toEqual([]);
	});
});

describe.each([
	ERRORS,
	{ errors: 'come back later' },
	{ error: 'come back later' },
	{ message: 'come back later' },
	{ detail: 'come back later' },
	{ success: false },
])('K6: a 2xx with %j is no success', (body) => {
	const PENNY = { invitation: parameters.by('email', 'penny@example.com') };

	test.each<[Name, INodeParameters, string, RegExp]>([
		['inviteWith', { email: 'new@example.com' }, 'POST', /teammates$/],
		['upsertWith', { email: 'new@example.com' }, 'POST', /teammates$/],
		['resendWith', PENNY, 'POST', /resend$/],
		['revokeWith', PENNY, 'DELETE', /pending/],
		['offboardWith', { email: 'penny@example.com' }, 'DELETE', /pending/],
		['offboardWith', {}, 'DELETE', /countess$/],
		['deleteTeammateWith', {}, 'DELETE', /countess$/],
		['updatePermissionsWith', { scopes: ['mail.send'] }, 'PATCH', /countess$/],
		['upsertWith', { scopes: ['mail.send'] }, 'PATCH', /countess$/],
		['createSsoWith', { email: 'new@example.com' }, 'POST', /sso/],
		['updateSsoWith', { teammate: parameters.by('email', 'sophie@example.com') }, 'PATCH', /sso/],
		['approveWith', {}, 'PATCH', /approve$/],
		['denyWith', {}, 'DELETE', /requests/],
	])('after %s %j: %s', async (name, changes, method, path) => {
		sendGrid.state.addTeammate({ email: 'sophie@example.com', is_sso: true });
		const { id } = sendGrid.state.addAccessRequest({
			username: 'countess',
			scope_group_name: 'Stats',
		});
		const before = everything();
		answerWith(method, path, body, method === 'POST' ? 201 : 200);
		const { results, error } = await run(name, changes, undefined, id);
		expect(results).toEqual([]);
		const words =
			'success' in body ? 'the answer was of another shape' : 'SendGrid says "come back later"';
		expect(error?.message).toMatch(/^It is unclear whether /);
		expect(error?.message).toContain(`: ${words}`);
		expect(error?.description).toContain('check Settings > Teammates');
		// W2: nothing is sent again.
		expect(sendGrid.writes()).toHaveLength(1);
		expect(everything()).toBe(before);
		expect(sendGrid.mailed()).toEqual([]);
	});
});

describe('K6: an answer that is about somebody or something else', () => {
	const BOB = {
		...{ username: 'bob', email: 'bob@example.com', token: 'of-bob' },
		...{ scopes: ['stats.read'], is_admin: false },
	};
	const WRITES: Array<[Name, INodeParameters, string, RegExp, IDataObject]> = [
		['inviteWith', { email: 'new@example.com' }, 'POST', /teammates$/, BOB],
		['upsertWith', { email: 'new@example.com' }, 'POST', /teammates$/, BOB],
		['resendWith', { invitation: by('email', 'penny@example.com') }, 'POST', /resend$/, BOB],
		['resendWith', { invitation: by('token', 'of-penny') }, 'POST', /resend$/, BOB],
		['upsertWith', { email: 'penny@example.com', ifPending: 'resend' }, 'POST', /resend$/, BOB],
		['revokeWith', { invitation: by('email', 'penny@example.com') }, 'DELETE', /pending/, BOB],
		['deleteTeammateWith', {}, 'DELETE', /countess$/, BOB],
		['updatePermissionsWith', { scopes: ['mail.send'] }, 'PATCH', /countess$/, BOB],
		['upsertWith', { scopes: ['mail.send'] }, 'PATCH', /countess$/, BOB],
		['createSsoWith', { email: 'new@example.com' }, 'POST', /sso/, BOB],
		['updateSsoWith', { teammate: by('email', 'sophie@example.com') }, 'PATCH', /sso/, BOB],
		['approveWith', {}, 'PATCH', /approve$/, { scope_group_name: 'Billing' }],
		['denyWith', {}, 'DELETE', /requests/, { scope_group_name: 'Billing' }],
	];

	const begin = () => {
		const { state } = sendGrid;
		state.account().invitations.splice(0);
		state.addPending({ email: 'penny@example.com', token: 'of-penny', scopes: ['stats.read'] });
		state.addTeammate({ email: 'sophie@example.com', is_sso: true });
		return state.addAccessRequest({ username: 'countess', scope_group_name: 'Stats' }).id;
	};

	test.each(WRITES)('is no success of %s %j: %s', async (name, changes, method, path, body) => {
		const id = begin();
		const before = everything();
		answerWith(method, path, body, method === 'POST' ? 201 : 200);
		const { results, error } = await run(name, changes, undefined, id);
		expect(results).toEqual([]);
		expect(error?.message).toMatch(/^It is unclear whether /);
		expect(`${error?.message}${error?.description}`).not.toMatch(/bob|billing/i);
		expect(sendGrid.writes()).toHaveLength(1);
		expect(everything()).toBe(before);
	});

	const UNCLEAR: Name[] = ['approveWith', 'createSsoWith'];
	const READ_BACK = WRITES.filter(
		([name, , method]) => method !== 'DELETE' && !UNCLEAR.includes(name),
	);

	test.each(READ_BACK)(
		'is looked up, and does not stand for that of %s %j: %s',
		async (name, changes, method, path, body) => {
			const id = begin();
			sendGrid.state.advance(60);
			const status = method === 'POST' ? 201 : 200;
			sendGrid.state.faults.add({
				method,
				path,
				fault: { kind: 'status', status, when: 'after', body },
			});
			const { results, error } = await run(name, { ...changes, options: {} }, undefined, id);
			expect(error).toBeUndefined();
			expect(JSON.stringify(results)).not.toContain('bob');
			expect(sendGrid.writes()).toHaveLength(1);
		},
	);

	test.each<Name>(['getTeammateWith', 'getStatusWith', 'updatePermissionsWith', 'upsertWith'])(
		'is nothing to go by for %s',
		async (name) => {
			answerWith('GET', /countess$/, { ...BOB, scopes: ['mail.send'] });
			const { results, error } = await run(name, { teammate: by('username', 'countess') });
			expect(results).toEqual([]);
			expect(error?.message).toContain('the answer was about somebody or something else');
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('is neither one about the same person in another spelling nor one that names nobody', async () => {
		for (const name of [{ username: 'COUNTESS' }, {}]) {
			sendGrid.state.faults.clear();
			answerWith('GET', /countess$/, { ...name, scopes: ['mail.send'] });
			const { results } = await run('getTeammateWith');
			expect(results).toHaveLength(1);
		}
	});
});

describe('K6: a write with an undocumented answer', () => {
	const answerOnce = (method: string, path: RegExp, when: 'after' | 'before') =>
		sendGrid.state.faults.add({
			method,
			path,
			fault: { kind: 'status', status: 200, when, body: { message: 'OK' } },
		});
	const LOOKED_UP: Array<[Name, string, string, RegExp]> = [
		['deleteTeammateWith', 'ada@example.com', 'DELETE', /countess$/],
		['offboardWith', 'penny@example.com', 'DELETE', /pending/],
		['resendWith', 'paul@example.com', 'POST', /resend$/],
	];
	beforeEach(() => {
		sendGrid.state.addPending({ email: 'paul@example.com', expiresInSeconds: 3600 });
	});

	test.each(LOOKED_UP)('succeeds if it was carried out: %s of %s', async (name, email, ...call) => {
		answerOnce(...call, 'after');
		const { results, error } = await run(name, { options: {} }, email);
		expect(error).toBeUndefined();
		expect(results).toHaveLength(1);
		expect(sendGrid.writes()).toHaveLength(1);
	});

	test.each(LOOKED_UP)('stays unclear if it was not: %s of %s', async (name, email, ...call) => {
		answerOnce(...call, 'before');
		const { results, error } = await run(name, { options: {} }, email);
		expect(results).toEqual([]);
		expect(error?.message).toMatch(/^It is unclear whether .*: SendGrid says "OK" /);
		expect(sendGrid.writes()).toHaveLength(1);
	});
});

describe('K5: a list that does not name somebody', () => {
	const email = 'ada@example.com';
	const expired = Date.UTC(2026, 0, 1) / 1000;

	test.each<[Name, INodeParameters]>([
		['revokeWith', {}],
		['offboardWith', {}],
		['upsertWith', { ifPending: 'resend', access: 'scopes', scopes: ['mail.send'] }],
	])('makes %s leave the others there if an invitation has no token', async (name, changes) => {
		answerWith('GET', /pending$/, {
			result: [
				{ email, token: 'known', scopes: [], is_admin: false, expiration_date: expired },
				{ email, scopes: [], is_admin: false, expiration_date: expired },
			],
		});
		answerWith('GET', /teammates$/, { result: [] });
		const { error } = await run(name, changes);
		expect(error?.message).toContain("SendGrid's list doesn't show the token");
		expect(sendGrid.writes()).toEqual([]);
	});

	test('makes Offboard leave the others there if a teammate has no username', async () => {
		answerWithTeammates([
			{ email, username: 'countess', is_admin: false },
			{ email, username: '', is_admin: false },
		]);
		answerWith('GET', /pending$/, { result: [] });
		const { error } = await run('offboardWith');
		expect(error?.message).toContain("SendGrid's list doesn't show the username");
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each<[Name, RegExp]>([
		['offboardWith', /teammates$/],
		['offboardWith', /pending$/],
		['upsertWith', /teammates$/],
		['getStatusWith', /teammates$/],
	])(
		'makes %s treat nobody as gone or new if one record has no address: %s',
		async (name, path) => {
			answerWith('GET', path, {
				result: [{ username: 'duchess', token: 'hers', is_admin: false }],
			});
			const { results, error } = await run(name, {}, 'nobody@example.com');
			expect(results).toEqual([]);
			expect(error?.message).toContain("leaves out an address, which may be this person's");
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('does not hide the people whom it does name', async () => {
		answerWithTeammates([
			{ username: 'duchess', is_admin: false },
			{ username: 'countess', email, is_admin: false },
		]);
		const { results } = await run('deleteTeammateWith');
		expect(results).toMatchObject([{ json: { deleted: true, username: 'countess' } }]);
	});
});
