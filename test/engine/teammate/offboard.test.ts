import type { INodeParameters } from 'n8n-workflow';

import { offboardWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

describe('Offboard', () => {
	const offboard = async (
		{ dryRun = false, ...options }: INodeParameters = {},
		items = [{ email: 'ada@example.com' }],
	) => await sendGrid.run({ items, parameters: offboardWith({ dryRun, options }) });

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
	] as const)('removes what is there: %s', async (who, revoked, deleted, would) => {
		here[who]();
		const dry = await offboard({ dryRun: true });
		expect(dry.results).toMatchObject([
			{ json: { would, dry_run: true, username: deleted ? 'countess' : null } },
		]);
		expect(dry.results[0].json).not.toHaveProperty('changed');
		expect(sendGrid.writes()).toEqual([]);

		const { results, error } = await offboard();
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { changed: revoked || deleted, revoked, deleted } }]);
		const { invitations, teammates } = sendGrid.state.account();
		expect([...invitations, ...teammates]).toEqual([]);
		expect(sendGrid.state.sentEmails).toEqual([]);

		expect((await offboard()).results).toMatchObject([{ json: { changed: false } }]);
	});

	test('names the same of several teammates in a dry run', async () => {
		for (const username of ['countess', 'duchess'])
			sendGrid.state.addTeammate({ email: 'ada@example.com', username });
		const [dry, wet] = [await offboard({ dryRun: true }), await offboard()];
		expect(dry.results[0].json.username).toBe('countess');
		expect(wet.results[0].json.username).toBe('countess');
	});

	test('removes nobody either where Dry Run is left over in the options', async () => {
		here.both();
		const { results } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: offboardWith({ options: { dryRun: true } }),
		});
		expect(results).toMatchObject([{ json: { would: 'revoke and delete', dry_run: true } }]);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('answers both of two items with the same address with success', async () => {
		here.both();
		const { results, error } = await offboard({}, [
			{ email: 'ada@example.com' },
			{ email: 'ADA@example.com' },
		]);
		expect(error).toBeUndefined();
		expect(results.map(({ json }) => json.changed)).toEqual([true, false]);
		expect(sendGrid.writes()).toHaveLength(2);
	});

	test('K5: removes all records of an address, in any spelling', async () => {
		for (const email of ['ada@example.com', 'Ada@Example.com', 'ADA@example.com']) {
			sendGrid.state.addPending({ email });
		}
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' });
		sendGrid.state.addTeammate({ email: 'Ada@example.com', username: 'lovelace' });
		const { results, error } = await offboard();
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { changed: true, revoked: true, deleted: true } }]);
		const { invitations, teammates } = sendGrid.state.account();
		expect([...invitations, ...teammates]).toEqual([]);
	});

	test('K5: removes none of the records if one of them is protected', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', username: 'countess' });
		sendGrid.state.addTeammate({ email: 'Ada@example.com', username: 'queen', is_admin: true });
		const { error } = await offboard();
		expect(error?.message).toContain('was not offboarded: this person is an admin');
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each(['boolean', 'text', 'absent'] as const)(
		'D3, K6: refuses an admin, in whatever form SendGrid says so: %s',
		async (adminFlag) => {
			sendGrid.state.behaviours.adminFlag = adminFlag;
			sendGrid.state.addTeammate({ email: 'ada@example.com', is_admin: true });
			expect((await offboard()).error?.message).toContain('this person is an admin');
			expect((await offboard({ dryRun: true })).error?.message).toContain('is an admin');
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('D3: refuses a pending admin unless that is allowed', async () => {
		sendGrid.state.addPending({ email: 'ada@example.com', is_admin: true });
		const { error } = await offboard();
		expect(error?.message).toContain('was not offboarded: this person was invited as an admin');
		expect(error?.description).toContain("'Allow Admins'");
		expect(sendGrid.writes()).toEqual([]);
		expect((await offboard({ allowAdmins: true })).results).toMatchObject([
			{ json: { changed: true, revoked: true } },
		]);
	});

	test('succeeds if somebody else removes the person in the meantime', async () => {
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

	test('refuses the owner without even revoking', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', user_type: 'owner' });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		const { error } = await offboard({ allowAdmins: true });
		expect(error?.message).toContain("was not offboarded: 'ada@example.com' owns the account");
		expect(sendGrid.writes()).toEqual([]);
	});

	test('refuses admins, unless they are allowed', async () => {
		sendGrid.state.addTeammate({ email: 'ada@example.com', is_admin: true });
		const { error } = await offboard();
		expect(error?.message).toContain('was not offboarded: this person is an admin');
		expect(sendGrid.writes()).toEqual([]);
		expect((await offboard({ allowAdmins: true })).results).toMatchObject([
			{ json: { deleted: true } },
		]);
	});
});
