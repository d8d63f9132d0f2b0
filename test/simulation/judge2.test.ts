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
