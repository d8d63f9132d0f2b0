import {
	by,
	deleteTeammateWith,
	getSubuserAccessWith,
	getTeammateWith,
	revokeWith,
	updatePermissionsWith,
} from '../../support/parameters';
import { linkOf } from '../../support/link';
import { standIn } from '../../support/standIn';

const sendGrid = standIn();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => {
	const { state } = sendGrid;
	state.addTeammate({ username: 'the_owner', email: 'olga@example.com', user_type: 'owner' });
	state.addTeammate({ username: 'adam', email: 'adam@example.com', is_admin: true });
	state.addTeammate({
		username: 'countess',
		email: 'Ada@example.com',
		first_name: 'Ada',
		scopes: ['stats.read', 'templates.read'],
	});
	state.addPending({ email: 'penny@example.com' });
});

const scopesOfAda = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess')?.scopes;

describe('Get', () => {
	test.each([
		['by e-mail, whatever the case', by('email', ' ADA@example.com')],
		['by username', by('username', ' countess ')],
		['from the list', by('list', 'countess')],
	])('%s', async (_, teammate) => {
		const { results, error } = await sendGrid.run({ parameters: getTeammateWith({ teammate }) });
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { username: 'countess', first_name: 'Ada' } }]);
		expect(results[0].json.scopes).toEqual(expect.arrayContaining(['stats.read']));
		expect(sendGrid.calls().at(-1)).toBe('GET /v3/teammates/countess');
	});

	test('a username with signs in it stays one part of the path', async () => {
		sendGrid.state.addTeammate({ email: 'a+b@example.com' });
		const { results } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'a+b@example.com') }),
		});
		expect(results).toHaveLength(1);
		expect(sendGrid.calls()).toEqual(['GET /v3/teammates/a%2Bb%40example.com']);
	});

	test.each([
		['penny@example.com', 'the person has been invited and has not accepted yet'],
		['nobody@example.com', 'nobody in this account has this address'],
	])('%s', async (email, message) => {
		const { error } = await sendGrid.run({ items: [{ email }], parameters: getTeammateWith() });
		expect(error?.message).toBe(`The record of '${email}' could not be read: ${message}`);
	});

	test('an unknown username', async () => {
		const { error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'ghost') }),
		});
		expect(error?.message).toBe(
			'The record of \'ghost\' could not be read: SendGrid says "unable to get teammate data at this time" [HTTP 404]',
		);
		expect(error?.description).toContain('nobody in this account has this username');
	});

	test.each(['..', 'a/b', ' '])('the username %j sends nothing', async (username) => {
		const { error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', username) }),
		});
		expect(error?.message).toContain("'Teammate'");
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe('Delete', () => {
	test('removes the teammate and says whom', async () => {
		const { results } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, username: 'countess', email: 'Ada@example.com' },
		]);
		expect(scopesOfAda()).toBeUndefined();
	});

	test.each([by('email', 'olga@example.com'), by('username', 'the_owner')])(
		'refuses the owner: %j',
		async (teammate) => {
			const { error } = await sendGrid.run({ parameters: deleteTeammateWith({ teammate }) });
			expect(error?.message).toContain('was not deleted: this is the owner of the account');
			expect(sendGrid.calls().filter((call) => !call.startsWith('GET'))).toEqual([]);
		},
	);

	test('names the scope that the key needs', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['teammates.read'] });
		const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(error?.description).toContain("'teammates.delete'");
	});
});

describe('Update Permissions', () => {
	const update = async (parameters: object, email = 'ada@example.com') =>
		await sendGrid.run({
			items: [{ email }],
			parameters: updatePermissionsWith(parameters as Parameters<typeof updatePermissionsWith>[0]),
		});
	const patches = () =>
		sendGrid.state.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);

	test('replaces the scopes, and gives the record as it is then', async () => {
		const { results, error } = await update({ scopes: ['mail.send'] });
		expect(error).toBeUndefined();
		expect(scopesOfAda()).toEqual(['mail.send']);
		expect(results[0].json).toMatchObject({ username: 'countess', is_admin: false });
		expect(results[0].json.scopes).toEqual(expect.arrayContaining(['mail.send']));
		expect(results[0].json.scopes).not.toContain('stats.read');
	});

	test('adds scopes to what is there, without what nobody can assign', async () => {
		await update({ mode: 'add', scopes: ['mail.send', 'stats.read'] });
		const [{ scopes }] = patches() as Array<{ scopes: string[] }>;
		expect(scopes).toEqual(expect.arrayContaining(['stats.read', 'templates.read', 'mail.send']));
		expect(scopes.filter((scope) => /^(2fa|user\.profile\.update|ui\.)/.test(scope))).toEqual([]);
		expect(new Set(scopes).size).toBe(scopes.length);
	});

	test('removes scopes and keeps the rest', async () => {
		const { error } = await update({ mode: 'remove', scopes: ['stats.read'] });
		expect(error).toBeUndefined();
		expect(scopesOfAda()).toContain('templates.read');
		expect(scopesOfAda()).not.toContain('stats.read');
	});

	test('makes an admin', async () => {
		const { results } = await update({ access: 'admin' });
		expect(patches()).toEqual([{ scopes: [], is_admin: true }]);
		expect(results).toMatchObject([{ json: { is_admin: true } }]);
	});

	test('makes an admin an ordinary teammate only where that is what Replace says', async () => {
		const { error } = await update({ mode: 'replace' }, 'adam@example.com');
		expect(error).toBeUndefined();
		expect(patches()).toEqual([{ scopes: ['stats.read'], is_admin: false }]);
	});

	test.each(['add', 'remove'])('%s never turns an admin into one', async (mode) => {
		const { error } = await update({ mode }, 'adam@example.com');
		expect(error?.message).toContain(`an admin has every scope, so there is nothing to ${mode}`);
		expect(patches()).toEqual([]);
	});

	test('says which scopes SendGrid dropped without a word', async () => {
		sendGrid.state.faults.add({
			method: 'PATCH',
			fault: { kind: 'status', status: 200, when: 'before', body: { username: 'countess' } },
		});
		const { error } = await update({ scopes: ['mail.send', 'stats.read'] });
		expect(error?.message).toBe(
			"'ada@example.com' was not given 'mail.send', although SendGrid accepted the change",
		);
	});

	test('says which scopes are still there', async () => {
		const { error } = await update({ mode: 'remove', scopes: ['user.timezone.read'] });
		expect(error?.message).toContain("still has 'user.timezone.read'");
	});

	test('says when somebody did not become an admin', async () => {
		sendGrid.state.faults.add({
			method: 'PATCH',
			fault: { kind: 'status', status: 200, when: 'before', body: { username: 'countess' } },
		});
		const { error } = await update({ access: 'admin' });
		expect(error?.message).toContain('is still no admin, although SendGrid accepted');
	});

	test('says when somebody stayed an admin', async () => {
		sendGrid.state.faults.add({
			method: 'PATCH',
			fault: { kind: 'status', status: 200, when: 'before', body: { username: 'adam' } },
		});
		const { error } = await update({}, 'adam@example.com');
		expect(error?.message).toContain('is still an admin, although SendGrid accepted');
	});

	test('refuses the owner', async () => {
		const { error } = await update({}, 'olga@example.com');
		expect(error?.message).toContain('this is the owner of the account');
		expect(patches()).toEqual([]);
	});

	test('says that somebody has only been invited', async () => {
		const { error } = await update({}, 'penny@example.com');
		expect(error?.message).toContain('has been invited and has not accepted yet');
		expect(error?.description).toContain('An invitation cannot be changed');
	});

	test('names scopes that the account cannot grant', async () => {
		const { error } = await update({ scopes: ['stats.read', 'cakes.bake'] });
		expect(error?.message).toContain('one or more of given scopes are invalid');
		expect(error?.description).toContain("'cakes.bake'");
	});

	test.each([
		[{ mode: 'merge' }, "'Mode' is neither"],
		[{ scopes: [] }, 'a teammate has to keep at least one scope'],
		[{ scopes: [], mode: 'remove' }, 'a teammate has to keep at least one scope'],
		[{ access: 'king' }, "'Access' is neither"],
		[{ scopes: ['user.profile.update'] }, 'lets nobody grant'],
	])('%j is refused before any request', async (parameters, message) => {
		const { error } = await update(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe('Get Subuser Access', () => {
	const COUNT = 250;

	beforeEach(() => {
		const { state } = sendGrid;
		const ids = Array.from(
			{ length: COUNT },
			(_, i) => state.addSubuser({ username: `acme-${i}` }).id,
		);
		state.addTeammate({
			email: 'sam@example.com',
			is_sso: true,
			has_restricted_subuser_access: true,
			subuser_access: ids.map((id) => ({
				id,
				permission_type: 'restricted',
				scopes: ['templates.read'],
			})),
		});
	});

	test.each([
		['number', 'zero'],
		['string', 'null'],
		['number', 'absent'],
	] as const)(
		'reads all pages, with a cursor that is a %s and %s at the end',
		async (type, end) => {
			sendGrid.state.behaviours.subuserCursor = type;
			sendGrid.state.behaviours.subuserCursorEnd = end;
			const { results, error } = await sendGrid.run({
				items: [{ email: 'sam@example.com' }],
				parameters: getSubuserAccessWith(),
			});
			expect(error).toBeUndefined();
			expect(new Set(results.map(({ json }) => json.id)).size).toBe(COUNT);
			expect(results[0].json).toMatchObject({
				teammate: 'sam@example.com',
				has_restricted_subuser_access: true,
				permission_type: 'restricted',
			});
			expect(results.map(linkOf)).toEqual(results.map(() => 0));
		},
	);

	test('of one subuser', async () => {
		const { results } = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith({ filters: { subuser: ' acme-7 ' } }),
		});
		expect(results.map(({ json }) => json.username)).toEqual(['acme-7']);
	});

	test('of somebody without any: no items', async () => {
		const { results, error } = await sendGrid.run({
			items: ADA,
			parameters: getSubuserAccessWith(),
		});
		expect(error).toBeUndefined();
		expect(results).toEqual([]);
	});
});

test.each([
	['DELETE', deleteTeammateWith],
	['PATCH', updatePermissionsWith],
])('somebody who vanishes just before the %s is told as unknown', async (method, parameters) => {
	const fault = { kind: 'status', status: 404, when: 'before' } as const;
	sendGrid.state.faults.add({ method, fault });
	const { error } = await sendGrid.run({ items: ADA, parameters: parameters() });
	expect(error?.message).toContain('[HTTP 404]');
	expect(error?.description).toContain('nobody in this account has this username');
});

test('an address that is missing is told by the name of the field', async () => {
	const { error } = await sendGrid.run({ items: [{}], parameters: getTeammateWith() });
	expect(error?.message).toBe("'Teammate' is empty");
});

describe('Revoke', () => {
	test('by e-mail, and says whose invitation it was', async () => {
		const { results } = await sendGrid.run({
			items: [{ email: 'PENNY@example.com' }],
			parameters: revokeWith(),
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, email: 'penny@example.com' },
		]);
		expect(sendGrid.state.account().invitations).toEqual([]);
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test('by token, and says whose invitation it was', async () => {
		const [{ token }] = sendGrid.state.account().invitations;
		const { results } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', token) }),
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, email: 'penny@example.com' },
		]);
	});

	test('an unknown token', async () => {
		const { error } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', 'gone-for-long') }),
		});
		expect(error?.message).toContain("The invitation of 'gone…' was not revoked: SendGrid says");
	});

	test('an address that is a teammate already', async () => {
		const { error } = await sendGrid.run({ items: ADA, parameters: revokeWith() });
		expect(error?.message).toContain('is a teammate already');
	});
});
