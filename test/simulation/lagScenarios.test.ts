import { playScenario, type Outcome, type Scenario, type ScenarioRun } from './scenario.mts';
import type { Access } from './script.mts';

/**
 * One run right after another in the same n8n, while SendGrid's lists don't show yet what the first has done. It
 * counts all the same, and nobody waits for changes of other people.
 */

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';
const SECOND = 1000;

const STATS: Access = { kind: 'scopes', scopes: ['stats.read'] };
const behaviours = { readLagMs: 3000 } as const;

const adding = { access: STATS, ifPending: 'leave', ifAccessDiffers: 'add', expiresWithinDays: 2 };

type Person = NonNullable<Scenario['people']>[number];

const invited: Person = { email: ADA, state: 'pending', scopes: ['stats.read'], token: 'adas' };
const joined: Person = { email: ADA, scopes: ['stats.read'] };
const signedOn: Person = { ...joined, isSso: true, first_name: 'Ada', last_name: 'Lovelace' };

const invite: ScenarioRun = {
	operation: 'invitation.invite',
	items: [{ email: ADA, access: STATS }],
};
const revoke: ScenarioRun = { operation: 'invitation.revoke', items: [{ email: ADA }] };
const revokeByToken: ScenarioRun = { operation: 'invitation.revoke', items: [{ token: 'adas' }] };
const remove: ScenarioRun = { operation: 'teammate.delete', items: [{ email: ADA }] };
const removeByUsername: ScenarioRun = {
	operation: 'teammate.delete',
	items: [{ username: ADA }],
};
const offboard: ScenarioRun = { operation: 'teammate.offboard', items: [{ email: ADA }] };
const upsert: ScenarioRun = { operation: 'teammate.upsert', items: [{ email: ADA, ...adding }] };
const sync: ScenarioRun = {
	operation: 'teammate.sync',
	items: [
		{
			email: ADA,
			...adding,
			ifAccessDiffers: 'update',
			others: { most: 5 },
			parameters: { offboardOthers: true, maxOffboarded: 5 },
		},
	],
};
const createSso: ScenarioRun = {
	operation: 'ssoTeammate.create',
	items: [
		{
			email: ADA,
			access: STATS,
			parameters: { firstName: 'Ada', lastName: 'Lovelace', simplify: false },
		},
	],
};
const get: ScenarioRun = {
	operation: 'teammate.get',
	items: [{ email: ADA, parameters: { simplify: false } }],
};
const getStatus: ScenarioRun = { operation: 'teammate.getStatus', items: [{ email: ADA }] };
const getMany = (operation: string, includesInvitations = false): ScenarioRun => ({
	operation,
	items: [
		{
			returnAll: true,
			includesInvitations,
			parameters: { returnAll: true, includeInvitations: includesInvitations },
		},
	],
});

/** The second run begins one second after the first. */
async function playBoth(
	people: Person[],
	first: ScenarioRun,
	second: ScenarioRun,
	faults: Scenario['faults'] = [],
	lag: Scenario['behaviours'] = behaviours,
): Promise<Outcome & { last: unknown; tookMs: number }> {
	const outcome = await playScenario({
		behaviours: lag,
		people,
		faults,
		runs: [first, { ...second, startsAt: SECOND }],
	});
	expect(outcome.findings.filter(({ law }) => law !== 'secret')).toEqual([]);
	const { startedAt, endedAt = Infinity } = outcome.played[1];
	const last = outcome.answers.filter(({ run }) => run === 1)[0];
	return { ...outcome, last: last.records?.[0] ?? last.failure, tookMs: endedAt - startedAt };
}

describe('K3: who has just been removed is not there any more', () => {
	test.each([
		['Revoke', invited, revoke],
		['Revoke by token', invited, revokeByToken],
		['Delete', joined, remove],
		['Delete by username', joined, removeByUsername],
		['Offboard of somebody invited', invited, offboard],
		['Offboard of a teammate', joined, offboard],
	] as const)('K3: %s', async (_title, person, first) => {
		for (const second of [upsert, sync]) {
			const { left, mailsTo, last } = await playBoth([person], first, second);
			expect(last).toMatchObject({ action: 'invited', changed: true });
			expect(left()).toEqual([ADA]);
			expect(mailsTo(ADA)).toBe(1);
		}
		const again = await playBoth([person], first, offboard);
		expect(again.last).toMatchObject({ changed: false });
		const status = await playBoth([person], first, getStatus);
		expect(status.last).toMatchObject({ status: 'not_found' });
		for (const list of [getMany('teammate.getAll', true), getMany('invitation.getAll')]) {
			const { last } = await playBoth([person, { email: BOB, state: 'pending' }], first, list);
			expect(last).toMatchObject({ email: BOB });
		}
	});

	test('K3: Dry Run says so too', async () => {
		const dryRun = { dryRun: true, parameters: { options: { dryRun: true } } };
		const dry = (run: ScenarioRun): ScenarioRun => ({
			...run,
			items: run.items.map((item) => ({ ...item, ...dryRun })),
		});
		const created = await playBoth([joined], remove, dry(upsert));
		expect(created.last).toMatchObject({ would: 'invite' });
		const removed = await playBoth([joined], remove, dry(offboard));
		expect(removed.last).toMatchObject({ would: 'nothing' });
	});
});

describe('K3: who has just been added is there', () => {
	test('K3: Invite, then Get Status', async () => {
		expect((await playBoth([], invite, getStatus)).last).toMatchObject({ status: 'pending' });
	});

	test('K3: Invite, then Get Many', async () => {
		const { last } = await playBoth([], invite, getMany('invitation.getAll'));
		expect(last).toMatchObject({ email: ADA });
	});

	test('K3: Invite, then a list that Ada is not on', async () => {
		const list = { ...sync, items: [{ ...sync.items[0], email: BOB }] };
		expect((await playBoth([], invite, list)).left()).toEqual([BOB]);
	});

	test.each([
		['Delete by email', remove, { deleted: true }],
		['Delete by username', removeByUsername, { deleted: true }],
		['Get', get, { username: ADA }],
	])('K3: SSO Create, unseen, then %s', async (_title, second, expected) => {
		const { last } = await playBoth([], { ...createSso, maxWait: 0 }, second);
		expect(last).toMatchObject(expected);
	});

	test('K3: SSO Create, in doubt, does not take somebody for created who has just been deleted', async () => {
		const fault = { kind: 'status', status: 503, when: 'before' } as const;
		const { left, last } = await playBoth([signedOn], remove, createSso, [
			{ method: 'POST', fault },
		]);
		expect(last).toMatchObject({ email: ADA });
		expect(left()).toEqual([ADA]);
	});

	test('K3: Invite, in doubt, does not take somebody for a teammate who has just been offboarded', async () => {
		const fault = { kind: 'status', status: 503, when: 'before' } as const;
		const { mailsTo, last } = await playBoth([joined], offboard, invite, [
			{ method: 'POST', fault },
		]);
		expect(last).toMatchObject({ email: ADA });
		expect(mailsTo(ADA)).toBe(1);
	});

	test('K3: a persona from SSO Update stays with what is added to it', async () => {
		const { scopesOf } = await playBoth(
			[signedOn],
			{
				operation: 'ssoTeammate.update',
				items: [
					{
						email: ADA,
						parameters: { access: 'persona', persona: 'accountant', updateFields: {} },
					},
				],
			},
			{
				operation: 'teammate.updatePermissions',
				items: [{ email: ADA, access: { kind: 'scopes', scopes: ['mail.send'] }, mode: 'add' }],
			},
		);
		expect(scopesOf(ADA)).toEqual(expect.arrayContaining(['billing.read', 'mail.send']));
	});
});

describe('K3: somebody is what this n8n has just made of them, although only their own record shows it', () => {
	const lists = { ...behaviours, laggingReads: 'lists' } as const;
	const ADMIN: Access = { kind: 'admin', scopes: [] };
	const promotions: ReadonlyArray<readonly [string, ScenarioRun]> = [
		[
			'Update Permissions',
			{ operation: 'teammate.updatePermissions', items: [{ email: ADA, access: ADMIN }] },
		],
		['Create or Update', { ...upsert, items: [{ ...upsert.items[0], access: ADMIN }] }],
		[
			'SSO Update',
			{
				operation: 'ssoTeammate.update',
				items: [{ email: ADA, parameters: { access: 'admin', updateFields: {} } }],
			},
		],
	];
	const after = async (first: ScenarioRun, second: ScenarioRun, person = signedOn) =>
		await playBoth([person], first, second, [], lists);

	test.each(promotions)('K3, D3: an admin by %s is left alone', async (_title, promotion) => {
		const offboarded = await after(promotion, offboard);
		expect(offboarded.last).toContain('this person is an admin');
		expect(offboarded.left()).toEqual([ADA]);
		const others = { ...sync, items: [{ ...sync.items[0], email: BOB }] };
		expect((await after(promotion, others)).left()).toEqual([ADA, BOB]);
	});

	test.each(promotions)('K3: an admin by %s is called one', async (_title, promotion) => {
		expect((await after(promotion, getStatus)).last).toMatchObject({ is_admin: true });
		const [all] = getMany('teammate.getAll').items;
		const admins = {
			operation: 'teammate.getAll',
			items: [{ ...all, parameters: { ...all.parameters, filters: { role: 'admin' } } }],
		};
		expect((await after(promotion, admins)).last).toMatchObject({ email: ADA });
	});

	const demotion: ScenarioRun = {
		operation: 'teammate.updatePermissions',
		items: [{ email: ADA, access: STATS, mode: 'replace' }],
	};

	test('K3: somebody who is no admin any more can go', async () => {
		const { last, left } = await after(demotion, offboard, { ...joined, role: 'admin' });
		expect(last).toMatchObject({ deleted: true });
		expect(left()).toEqual([]);
	});

	test('K3: Dry Run of Offboard knows it too', async () => {
		const preview = { dryRun: true, parameters: { options: { dryRun: true } } };
		const dry = { ...offboard, items: [{ ...offboard.items[0], ...preview }] };
		const [[, promotion]] = promotions;
		expect((await after(promotion, dry)).last).toContain('this person is an admin');
		const { last } = await after(demotion, dry, { ...joined, role: 'admin' });
		expect(last).toMatchObject({ would: 'delete' });
	});

	test('K3: who only needs the record does not wait for the lists', async () => {
		const add = (scope: string) => ({ email: ADA, access: { kind: 'scopes', scopes: [scope] } });
		const scopes = ['mail.send', 'alerts.read', 'templates.read', 'stats.read'];
		const additions: ScenarioRun = {
			operation: 'teammate.updatePermissions',
			items: scopes.map((scope) => ({ ...add(scope), mode: 'add' }) as ScenarioRun['items'][0]),
		};
		const { scopesOf, played } = await playScenario({
			behaviours: lists,
			people: [joined],
			runs: [additions],
		});
		const [{ startedAt, endedAt = Infinity }] = played;
		expect(scopesOf(ADA)).toEqual(expect.arrayContaining(scopes));
		// Each would have to wait as long.
		expect(endedAt - startedAt).toBeLessThan(lists.readLagMs);
		expect((await after(additions, get)).tookMs).toBeLessThan(SECOND);
	});
});

describe('K3: nobody waits for what was done about other people', () => {
	const crowd = Array.from({ length: 50 }, (_, index) => ({ email: `p${index}@example.com` }));
	const leave = { operation: 'teammate.offboard', items: crowd };

	test('K3: in one run', async () => {
		const { played, left } = await playScenario({ behaviours, people: crowd, runs: [leave] });
		const [{ startedAt, endedAt = Infinity }] = played;
		expect(left()).toEqual([]);
		expect(endedAt - startedAt).toBeLessThan(SECOND);
	});

	test('K3: in another one', async () => {
		const { last, tookMs } = await playBoth(crowd, leave, upsert);
		expect(last).toMatchObject({ action: 'invited' });
		expect(tookMs).toBeLessThan(SECOND);
	});

	test('K3: the same people once more in the same run are answered at once', async () => {
		const twice = { ...leave, items: [...crowd, ...crowd] };
		const { said, played } = await playScenario({ behaviours, people: crowd, runs: [twice] });
		const [{ startedAt, endedAt = Infinity }] = played;
		expect(said.filter((record) => (record as { changed: boolean }).changed)).toHaveLength(50);
		expect(endedAt - startedAt).toBeLessThan(SECOND);
	});
});
