import { playScenario, type Outcome, type ScenarioItem } from './scenario.mts';

/** Cases of a second outside judge: each fails on the code that it was written against. */

const ADA = 'ada@example.com';
const SECOND = 1000;

const scopes = (...names: string[]) => ({ kind: 'scopes', scopes: names }) as const;
const STATS = scopes('stats.read');

const upsert = {
	access: STATS,
	ifPending: 'leave',
	ifAccessDiffers: 'add',
	expiresWithinDays: 2,
};

const unavailable = { kind: 'status', status: 503, when: 'before' } as const;

const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com` }));

const failuresOf = ({ said }: Outcome) => said.filter((one) => typeof one === 'string');

describe('K3, D3: what a probe shows counts before a write is sent again', () => {
	/** Another admin does something while our write, answered 503 and not carried out, is in doubt. */
	const meanwhile = async (
		operation: string,
		method: string,
		what: { kind: 'promote' } | { kind: 'grant'; scopes: string[] },
		ask: Partial<ScenarioItem> = {},
	) =>
		await playScenario({
			people: [{ email: ADA, scopes: ['mail.send'] }],
			faults: [{ method, fault: unavailable }],
			acts: [{ at: 500, after: { method, path: /ada/ }, account: 'acme', email: ADA, what }],
			runs: [{ operation, items: [{ email: ADA, ...ask }] }],
		});
	const isAdmin = ({ history }: Outcome) =>
		history.truth.latest('acme').teammates.some((one) => one.email === ADA && one.isAdmin);

	test('Delete: an admin by then is not deleted', async () => {
		expect(isAdmin(await meanwhile('teammate.delete', 'DELETE', { kind: 'promote' }))).toBe(true);
	});

	test('Offboard: an admin by then is not deleted', async () => {
		expect(isAdmin(await meanwhile('teammate.offboard', 'DELETE', { kind: 'promote' }))).toBe(true);
	});

	test('Create or Update: an admin by then is not demoted', async () => {
		expect(isAdmin(await meanwhile('teammate.upsert', 'PATCH', { kind: 'promote' }, upsert))).toBe(
			true,
		);
	});

	test('Update Permissions, Add: an admin by then is not demoted', async () => {
		const ask = { access: STATS, mode: 'add' };
		const outcome = await meanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'promote' },
			ask,
		);
		expect(isAdmin(outcome)).toBe(true);
	});

	test('Update Permissions, Add: a scope that another admin gave meanwhile stays', async () => {
		const ask = { access: STATS, mode: 'add' };
		const { scopesOf } = await meanwhile(
			'teammate.updatePermissions',
			'PATCH',
			{ kind: 'grant', scopes: ['alerts.read'] },
			ask,
		);
		expect(scopesOf(ADA)).toContain('alerts.read');
	});

	test('Create or Update, the change carried out and its answer lost: a scope given meanwhile stays', async () => {
		const { scopesOf } = await playScenario({
			people: [{ email: ADA, scopes: ['mail.send'] }],
			faults: [{ method: 'PATCH', fault: { kind: 'drop', when: 'after' } }],
			acts: [
				{
					at: 120,
					after: { method: 'PATCH', path: /ada/ },
					account: 'acme',
					email: ADA,
					what: { kind: 'grant', scopes: ['alerts.read'] },
				},
			],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(scopesOf(ADA)).toContain('alerts.read');
	});
});

describe('K1: pages of one record', () => {
	const behaviours = { maxPage: 1 } as never;

	test('Offboard finds somebody beyond the first page', async () => {
		const outcome = await playScenario({
			weather: 'undisturbed',
			behaviours,
			people: [...people(3), { email: ADA }],
			runs: [{ operation: 'teammate.offboard', items: [{ email: ADA }] }],
		});
		expect(outcome.left()).not.toContain(ADA);
	});

	test('Create or Update sends no second email', async () => {
		const { mailsTo } = await playScenario({
			weather: 'undisturbed',
			behaviours,
			people: [...people(3), { email: ADA }].map((one) => ({
				...one,
				state: 'pending' as const,
				scopes: ['stats.read'],
			})),
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(mailsTo(ADA)).toBe(0);
	});
});

describe('W7: what a success says is so', () => {
	test('Create or Update, an expired invitation sent again and answered without a body, is not "expired"', async () => {
		const { said, mailsTo } = await playScenario({
			weather: 'undisturbed',
			behaviours: { emptyAnswers: 'no-body' },
			people: [{ email: ADA, state: 'pending', expiresInSeconds: -86_400, scopes: ['stats.read'] }],
			runs: [{ operation: 'teammate.upsert', items: [{ email: ADA, ...upsert }] }],
		});
		expect(mailsTo(ADA)).toBe(1);
		expect(said).toMatchObject([{ action: 'resent' }]);
		expect(said).not.toMatchObject([{ status: 'expired' }]);
	});

	test('Resend Invite, answered without a body, gives out no token that is dead and no date that is past', async () => {
		const { said, history } = await playScenario({
			weather: 'undisturbed',
			behaviours: { emptyAnswers: 'no-body', tokenChangesOnResend: true },
			people: [
				{
					email: ADA,
					state: 'pending',
					token: 'old-token',
					expiresInSeconds: -86_400,
					scopes: ['stats.read'],
				},
			],
			runs: [{ operation: 'invitation.resend', items: [{ email: ADA }] }],
		});
		const [{ token }] = history.truth.latest('acme').invitations;
		expect(token).not.toBe('old-token');
		expect(JSON.stringify(said)).not.toContain('old-token');
	});
});

test('W8: Resend Invite by email, then by the token from before, which has changed: answered from the first', async () => {
	const outcome = await playScenario({
		weather: 'undisturbed',
		behaviours: { tokenChangesOnResend: true },
		people: [{ email: ADA, state: 'pending', token: 'old-token', scopes: ['stats.read'] }],
		runs: [
			{
				operation: 'invitation.resend',
				items: [{ email: ADA }, { token: 'old-token' }],
				batching: { batchSize: 1, batchInterval: 1000 },
			},
		],
	});
	expect(outcome.mailsTo(ADA)).toBe(1);
	expect(failuresOf(outcome)).toEqual([]);
});

test('W2: a row while the email of an earlier row is in doubt (504, twenty seconds late) sends no second one', async () => {
	const { mailsTo } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{
				operation: 'teammate.upsert',
				maxWait: 5,
				items: [
					{ email: ADA, ...upsert },
					{ email: ADA, ...upsert, access: scopes('stats.read', 'mail.send') },
				],
			},
		],
	});
	expect(mailsTo(ADA)).toBe(1);
});

test('W2: nor does another execution, after the first was cancelled in doubt', async () => {
	const { mailsTo } = await playScenario({
		faults: [{ method: 'POST', fault: { kind: 'late', ms: 20 * SECOND } }],
		runs: [
			{ operation: 'teammate.upsert', cancelAfter: 2000, items: [{ email: ADA, ...upsert }] },
			{ operation: 'teammate.upsert', startsAt: 6000, items: [{ email: ADA, ...upsert }] },
		],
	});
	expect(mailsTo(ADA)).toBe(1);
});
