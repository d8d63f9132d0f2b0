import { linkOf } from '../../support/link';
import { getStatusWith, offboardWith, updatePermissionsWith } from '../../support/parameters';
import { standIn } from '../../support/standIn';

const sendGrid = standIn();

const writes = () => sendGrid.calls().filter((call) => !call.startsWith('GET'));

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
		token: null,
	};

	test('of somebody who is not known', async () => {
		expect(await statusOf('ada@example.com')).toEqual({
			...NOBODY,
			email: 'ada@example.com',
			status: 'not_found',
		});
	});

	test('of somebody who is invited', async () => {
		const { token, expiration_date } = sendGrid.state.addPending({
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
			token,
		});
	});

	test('of somebody whose invitation has expired', async () => {
		sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: -60 });
		expect(await statusOf('ada@example.com')).toMatchObject({ status: 'expired', days_left: 0 });
	});

	test('of a teammate, whatever invitation is there beside', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess', is_sso: true });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		expect(await statusOf('Ada@example.com')).toEqual({
			...NOBODY,
			email: 'ada@example.com',
			status: 'active',
			username: 'countess',
			is_sso: true,
		});
	});

	test('of the owner', async () => {
		sendGrid.state.addTeammate({ email: 'olga@example.com', user_type: 'owner' });
		expect(await statusOf('olga@example.com')).toMatchObject({ status: 'active', is_owner: true });
	});

	test('of many costs one reading of each list', async () => {
		sendGrid.state.addManyTeammates(50);
		sendGrid.state.addManyPending(50);
		const items = Array.from({ length: 60 }, (_, i) => ({ email: `nobody${i}@example.com` }));
		const { results } = await sendGrid.run({ items, parameters: getStatusWith() });
		expect(results.map(linkOf)).toEqual(items.map((_, index) => index));
		// Each list: its page, and the empty one behind it.
		expect(sendGrid.state.requests).toHaveLength(4);
	});
});

describe('Offboard', () => {
	const offboard = async (options: object = {}, items = [{ email: 'ada@example.com' }]) =>
		await sendGrid.run({ items, parameters: offboardWith({ options: options as never }) });

	const here = {
		nobody: () => {},
		invitation: () => sendGrid.state.addPending({ email: 'Ada@example.com' }),
		expired: () => sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: -60 }),
		teammate: () => sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' }),
		both() {
			sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' });
			sendGrid.state.addPending({ email: 'ada@example.com' });
		},
	};

	test.each([
		['nobody', false, false, 'nothing'],
		['invitation', true, false, 'revoke'],
		['expired', true, false, 'revoke'],
		['teammate', false, true, 'delete'],
		['both', true, true, 'revoke and delete'],
	] as const)('%s', async (who, revoked, deleted, would) => {
		here[who]();
		const dry = await offboard({ dryRun: true });
		expect(dry.results).toMatchObject([
			{ json: { would, changed: false, revoked: false, deleted: false } },
		]);
		expect(writes()).toEqual([]);

		const { results, error } = await offboard();
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { changed: revoked || deleted, revoked, deleted } }]);
		const { invitations, teammates } = sendGrid.state.account();
		expect([...invitations, ...teammates]).toEqual([]);
		expect(sendGrid.state.sentEmails).toEqual([]);

		expect((await offboard()).results).toMatchObject([{ json: { changed: false } }]);
	});

	test('two items with the same address are both a success', async () => {
		here.both();
		const { results, error } = await offboard({}, [
			{ email: 'ada@example.com' },
			{ email: 'ADA@example.com' },
		]);
		expect(error).toBeUndefined();
		expect(results.map(({ json }) => json.changed)).toEqual([true, false]);
		expect(writes()).toHaveLength(2);
	});

	test('somebody who goes by another hand meanwhile is a success', async () => {
		here.both();
		sendGrid.state.faults.add({
			method: 'DELETE',
			times: 2,
			fault: { kind: 'status', status: 404, when: 'after' },
		});
		const { results, error } = await offboard();
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { changed: false } }]);
	});

	test('refuses the owner, and then does not even revoke', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', user_type: 'owner' });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		const { error } = await offboard({ allowAdmins: true });
		expect(error?.message).toContain('was not offboarded: this is the owner');
		expect(writes()).toEqual([]);
	});

	test('refuses admins, unless they are allowed', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', is_admin: true });
		const { error } = await offboard();
		expect(error?.message).toContain('was not offboarded: this person is an admin');
		expect(writes()).toEqual([]);
		expect((await offboard({ allowAdmins: true })).results).toMatchObject([
			{ json: { deleted: true } },
		]);
	});
});

describe('Update Permissions, dry', () => {
	test.each([
		[['stats.read'], 'unchanged'],
		[['mail.send'], 'updated'],
	])('%j would be %s', async (scopes, would) => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', scopes: ['stats.read'] });
		const { results } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: updatePermissionsWith({ scopes, options: { dryRun: true } }),
		});
		expect(results).toMatchObject([{ json: { would, changed: false } }]);
		expect(writes()).toEqual([]);
	});
});
