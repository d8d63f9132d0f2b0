import { updatePermissionsWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

beforeEach(() => addPeople(sendGrid.state));

const scopesOfAda = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess')?.scopes;

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

	test('somebody who vanishes just before the change is told as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'PATCH', fault });
		const { error } = await update({});
		expect(error?.message).toContain('[HTTP 404]');
		expect(error?.description).toContain('nobody in this account has this username');
	});
});

const writes = () => sendGrid.calls().filter((call) => !call.startsWith('GET'));

describe('Update Permissions, dry', () => {
	test.each([
		[['stats.read'], 'unchanged'],
		[['mail.send'], 'updated'],
	])('%j would be %s', async (scopes, would) => {
		sendGrid.state.addTeammate({ email: 'dora@example.com', scopes: ['stats.read'] });
		const { results } = await sendGrid.run({
			items: [{ email: 'dora@example.com' }],
			parameters: updatePermissionsWith({ scopes, options: { dryRun: true } }),
		});
		expect(results).toMatchObject([{ json: { would, changed: false } }]);
		expect(writes()).toEqual([]);
	});
});
