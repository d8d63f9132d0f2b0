import type { Behaviours } from '../../../sandbox/behaviours.mts';
import { linkOf } from '../../support/link';
import { upsertWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const EMAIL = 'ada@example.com';
const DAY = 24 * 60 * 60;

/** How the person stands before the item runs; "same" and "other": the access, compared with the wanted one. */
const STATES = {
	'not known': () => {},
	'pending, same': () =>
		sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['stats.read'] }),
	'pending, same, expiring': () =>
		sendGrid.state.addPending({ email: EMAIL, scopes: ['stats.read'], expiresInSeconds: DAY }),
	'pending, other': () => sendGrid.state.addPending({ email: EMAIL, scopes: ['mail.send'] }),
	'pending, admin': () => sendGrid.state.addPending({ email: EMAIL, is_admin: true }),
	'expired, same': () =>
		sendGrid.state.addPending({ email: EMAIL, scopes: ['stats.read'], expiresInSeconds: -DAY }),
	'expired, other': () =>
		sendGrid.state.addPending({ email: EMAIL, scopes: ['mail.send'], expiresInSeconds: -DAY }),
	'active, same': () =>
		sendGrid.state.addTeammate({
			email: 'Ada@example.com',
			username: 'countess',
			scopes: ['stats.read'],
		}),
	'active, other': () => sendGrid.state.addTeammate({ email: EMAIL, scopes: ['mail.send'] }),
	'active, more': () =>
		sendGrid.state.addTeammate({ email: EMAIL, scopes: ['stats.read', 'mail.send'] }),
	'active, admin': () => sendGrid.state.addTeammate({ email: EMAIL, is_admin: true }),
	owner: () => sendGrid.state.addTeammate({ email: EMAIL, user_type: 'owner' }),
} as const;

type State = keyof typeof STATES;
const states = Object.keys(STATES) as State[];

/** What the live API does in these respects is unknown, so the whole table holds for each candidate. */
const WORLDS: Array<Partial<Behaviours>> = [
	{},
	{ tokenChangesOnResend: true },
	{ expiredStayListed: false },
	{ resendExpired: 'not-found' },
	{ resendExpired: 'not-found', tokenChangesOnResend: true },
	{ duplicateInvite: 'bad-request' },
	{ duplicateInvite: 'same-invitation' },
	{ inviteToken: 'pending_id', listKey: 'results', pendingPaging: 'capped-at-50' },
];

/** The plan, with Update and Leave for other access, and for each choice of what to do while pending. */
function planned(
	state: State,
	ifPending: string,
	ifAccessDiffers: string,
	{ expiredStayListed = true }: Partial<Behaviours>,
): string {
	const mayUpdate = ifAccessDiffers === 'update';
	if (state.startsWith('expired') && !expiredStayListed) return 'invited';
	switch (state) {
		case 'not known':
			return 'invited';
		case 'pending, same':
			return ifPending === 'resend' ? 'resent' : 'unchanged';
		case 'pending, same, expiring':
			return ifPending === 'leave' ? 'unchanged' : 'resent';
		case 'pending, other':
		case 'pending, admin':
			return mayUpdate ? 'reinvited' : 'unchanged';
		case 'expired, same':
			return 'resent';
		case 'expired, other':
			return mayUpdate ? 'reinvited' : 'resent';
		case 'active, same':
		case 'owner':
			return 'unchanged';
		default:
			return mayUpdate ? 'updated' : 'unchanged';
	}
}

/** Of an expired invitation that SendGrid lists and does not send again, a new one comes. */
const carriedOut = (plan: string, state: State, { resendExpired }: Partial<Behaviours>) =>
	state.startsWith('expired') && plan === 'resent' && resendExpired === 'not-found'
		? 'reinvited'
		: plan;

const cells = states.flatMap((state) =>
	['leave', 'resend', 'resendIfExpiring'].flatMap((ifPending) =>
		['leave', 'update'].map((ifAccessDiffers) => ({ state, ifPending, ifAccessDiffers })),
	),
);

const upsert = async (parameters: object = {}, items: object[] = [{ email: EMAIL }]) =>
	await sendGrid.run({
		items: items as never,
		parameters: upsertWith(parameters as never),
	});

const writes = () => sendGrid.calls().filter((call) => !call.startsWith('GET'));

describe.each(WORLDS)('in a world with %j:', (behaviours) => {
	beforeEach(() => {
		Object.assign(sendGrid.state.behaviours, behaviours);
	});

	describe.each(cells)(
		'$state, if pending $ifPending, if access differs $ifAccessDiffers',
		(cell) => {
			const { state, ...choices } = cell;
			const plan = planned(state, cell.ifPending, cell.ifAccessDiffers, behaviours);
			const action = carriedOut(plan, state, behaviours);
			const mails = { invited: 1, resent: 1, reinvited: 1, updated: 0, unchanged: 0 }[action];

			test(`is ${action}, and says so`, async () => {
				STATES[state]();
				const { results, error } = await upsert(choices);
				expect(error).toBeUndefined();
				expect(results).toMatchObject([
					{ json: { action, changed: action !== 'unchanged' }, pairedItem: { item: 0 } },
				]);
				expect(String(results[0].json.email).toLowerCase()).toBe(EMAIL);
				expect(sendGrid.mailed()).toHaveLength(mails ?? -1);

				// The final state: wanted access, or what was to be left.
				const account = sendGrid.state.account();
				const invitations = sendGrid.state.pending(account);
				expect(invitations.length + account.teammates.length).toBe(1);
				if (['invited', 'reinvited'].includes(action)) {
					expect(invitations).toMatchObject([{ scopes: ['stats.read'], is_admin: false }]);
				}
				if (action === 'updated') {
					expect(account.teammates).toMatchObject([
						{ scopes: ['stats.read'], profile: { is_admin: false } },
					]);
				}
			});

			test('writes nothing in a dry run, and says what it would do', async () => {
				STATES[state]();
				const { results } = await upsert({ ...choices, options: { dryRun: true } });
				expect(results).toMatchObject([{ json: { would: plan, changed: false } }]);
				expect(writes()).toEqual([]);
			});

			test('sends nothing the second time', async () => {
				STATES[state]();
				await upsert({ ...choices, ifPending: 'resendIfExpiring' });
				const before = sendGrid.mailed().length;
				const again = await upsert({ ...choices, ifPending: 'resendIfExpiring' });
				expect(again.results).toMatchObject([{ json: { action: 'unchanged', changed: false } }]);
				expect(sendGrid.mailed()).toHaveLength(before);
			});
		},
	);
});

describe('two items with the same address', () => {
	const TWICE = [{ email: EMAIL }, { email: ' ADA@example.com' }];

	test.each(states)('act once and are both answered: %s', async (state) => {
		STATES[state]();
		const { results, error } = await upsert({ ifPending: 'resend' }, TWICE);
		expect(error).toBeUndefined();
		expect(results.map(linkOf)).toEqual([0, 1]);
		expect(results[1].json).toMatchObject({ action: 'unchanged', changed: false });
		expect(sendGrid.mailed().length).toBeLessThanOrEqual(1);
	});

	test.each([
		['at once', {}],
		["by n8n's batching", { batching: { batch: { batchSize: 1, batchInterval: 200 } } }],
	])('and different wishes are served one after the other: %s', async (_, requestOptions) => {
		const { results } = await upsert({ scopes: '={{ $json.scopes }}', requestOptions }, [
			{ email: EMAIL, scopes: ['stats.read'] },
			{ email: EMAIL, scopes: ['mail.send'] },
		]);
		expect(results.map(({ json }) => json.action)).toEqual(['invited', 'reinvited']);
		expect(sendGrid.state.account().invitations).toMatchObject([{ scopes: ['mail.send'] }]);
	});
});

test('items that start together share the readings', async () => {
	sendGrid.state.addManyTeammates(100, { scopes: ['stats.read'] });
	const items = Array.from({ length: 30 }, (_, i) => ({ email: `new${i}@example.com` }));
	await upsert({}, items);
	const lists = sendGrid.calls().filter((call) => /GET \/v3\/teammates(\/pending)?$/.test(call));
	// Two lists, each read to its empty last page.
	expect(lists.length).toBeLessThanOrEqual(4);
});

describe('where SendGrid answers otherwise', () => {
	test.each([
		{ expiredStayListed: false },
		{ resendExpired: 'not-found' },
		{ resendExpired: 'not-found', tokenChangesOnResend: true },
		{ tokenChangesOnResend: true },
	] as const)(
		'an expired invitation is sent again, by one way or the other: %j',
		async (behaviours) => {
			Object.assign(sendGrid.state.behaviours, behaviours);
			STATES['expired, same']();
			const { results, error } = await upsert();
			expect(error).toBeUndefined();
			expect(results[0].json.changed).toBe(true);
			expect(sendGrid.mailed()).toEqual([EMAIL]);
			expect((await upsert()).results).toMatchObject([{ json: { action: 'unchanged' } }]);
		},
	);

	test.each(['created-again', 'bad-request', 'same-invitation'] as const)(
		'somebody invited by another hand meanwhile (%s)',
		async (duplicateInvite) => {
			sendGrid.state.behaviours.duplicateInvite = duplicateInvite;
			// The first reading of the list does not have the invitation yet.
			sendGrid.state.faults.add({
				path: '/pending$',
				fault: { kind: 'status', status: 200, when: 'before', body: { result: [] } },
			});
			STATES['pending, same']();
			const { results, error } = await upsert();
			expect(error).toBeUndefined();
			expect(results[0].json.action).toBe(
				duplicateInvite === 'bad-request' ? 'unchanged' : 'invited',
			);
		},
	);
});

test.each([{}, { options: { dryRun: true } }])(
	'an empty choice of scopes takes nothing away from a teammate: %j',
	async (parameters) => {
		STATES['active, other']();
		const { error } = await upsert({ ...parameters, scopes: [] });
		expect(error?.message).toContain('a teammate has to keep at least one scope');
		expect(writes()).toEqual([]);
	},
);

describe('what is refused before any request', () => {
	test.each([
		[{ ifPending: 'maybe' }, "'If Pending' is not one of its choices"],
		[{ ifAccessDiffers: 'maybe' }, "'If Access Differs' is not one of its choices"],
		[{ expiresWithinDays: 'soon' }, "'Expires Within Days' is not a number"],
		[{ email: 'nobody' }, 'which is no e-mail address'],
	])('%j', async (parameters, message) => {
		const { error } = await upsert(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});
