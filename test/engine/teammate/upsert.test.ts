import { sleep, type IDataObject } from 'n8n-workflow';

import type { Behaviours } from '../../../sandbox/behaviours.mts';
import { LIVE_SCOPES } from '../../../sandbox/scopes.mts';
import { movableClock } from '../../support/clock';
import { linkOf } from '../../support/link';
import { upsertWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();
const clock = movableClock();

/** The node waits until SendGrid's lists must show an email that was just sent. */
const LATER = 10;

const EMAIL = 'ada@example.com';
const DAY = 24 * 60 * 60;

const WANTED = ['stats.read'];
const MORE = ['stats.read', 'mail.send'];
const OTHER = ['mail.send'];
const EXPIRING = { expiresInSeconds: DAY };
const EXPIRED = { expiresInSeconds: -DAY };

const invited = (details: object = {}) => {
	sendGrid.state.addPending({ email: 'Ada@example.com', ...details });
};
const joined = (details: object = {}) => {
	sendGrid.state.addTeammate({ email: 'Ada@example.com', username: 'countess', ...details });
};

/** The person's state before the item runs; "same", "more" and "other": the access, against `stats.read`. */
const STATES = {
	'not known': () => {},
	'pending, same': () => invited({ scopes: WANTED }),
	'pending, same, expiring': () => invited({ scopes: WANTED, ...EXPIRING }),
	'pending, more': () => invited({ scopes: MORE }),
	'pending, other': () => invited({ scopes: OTHER }),
	'pending, other, expiring': () => invited({ scopes: OTHER, ...EXPIRING }),
	'pending, admin': () => invited({ is_admin: true }),
	'expired, same': () => invited({ scopes: WANTED, ...EXPIRED }),
	'expired, more': () => invited({ scopes: MORE, ...EXPIRED }),
	'expired, other': () => invited({ scopes: OTHER, ...EXPIRED }),
	'expired, admin': () => invited({ is_admin: true, ...EXPIRED }),
	'active, same': () => joined({ scopes: WANTED }),
	'active, more': () => joined({ scopes: MORE }),
	'active, other': () => joined({ scopes: OTHER }),
	'active, admin': () => joined({ is_admin: true }),
	'active, owner': () => joined({ user_type: 'owner' }),
} as const;

type State = keyof typeof STATES;
const states = Object.keys(STATES) as State[];

const IF_PENDING = ['leave', 'resend', 'resendIfExpiring'] as const;
const IF_DIFFERS = ['add', 'leave', 'update'] as const;
type IfDiffers = (typeof IF_DIFFERS)[number];

/**
 * What is expected: a row for each state, a column for each value of If Access Differs. Three words in a cell are
 * for If Pending: Leave, Resend, Resend If Expiring.
 */
const TABLE = `
                         | add                        | leave                      | update
not known                | invited                    | invited                    | invited
pending, same            | unchanged resent unchanged | unchanged resent unchanged | unchanged resent unchanged
pending, same, expiring  | unchanged resent resent    | unchanged resent resent    | unchanged resent resent
pending, more            | unchanged resent unchanged | unchanged                  | reinvited
pending, other           | reinvited                  | unchanged                  | reinvited
pending, other, expiring | reinvited                  | unchanged                  | reinvited
pending, admin           | unchanged                  | unchanged                  | unchanged
expired, same            | resent                     | resent                     | resent
expired, more            | resent                     | resent                     | reinvited
expired, other           | reinvited                  | resent                     | reinvited
expired, admin           | unchanged                  | unchanged                  | unchanged
active, same             | unchanged                  | unchanged                  | unchanged
active, more             | unchanged                  | unchanged                  | updated
active, other            | updated                    | unchanged                  | updated
active, admin            | unchanged                  | unchanged                  | unchanged
active, owner            | unchanged                  | unchanged                  | unchanged`;

/** The same with Allow Admins, if that makes a difference. */
const WITH_ADMINS_ALLOWED = `
                         | add                        | leave                      | update
pending, admin           | unchanged                  | unchanged                  | reinvited
expired, admin           | unchanged                  | unchanged                  | reinvited
active, admin            | unchanged                  | unchanged                  | updated
active, owner            | unchanged                  | unchanged                  | unchanged`;

/** The same if admin access is wanted. */
const ADMIN_WANTED = `
                         | add                        | leave                      | update
not known                | invited                    | invited                    | invited
pending, other           | reinvited                  | unchanged                  | reinvited
pending, admin           | unchanged resent unchanged | unchanged resent unchanged | unchanged resent unchanged
expired, admin           | resent                     | resent                     | resent
active, other            | updated                    | unchanged                  | updated
active, admin            | unchanged                  | unchanged                  | unchanged
active, owner            | unchanged                  | unchanged                  | unchanged`;

interface Cell {
	state: State;
	ifPending: (typeof IF_PENDING)[number];
	ifAccessDiffers: IfDiffers;
	expected: string;
}

const cellsOf = (table: string): Cell[] =>
	table
		.trim()
		.split('\n')
		.slice(1)
		.flatMap((line) => {
			const [state, ...columns] = line.split('|').map((text) => text.trim());
			return columns.flatMap((column, at) => {
				const words = column.split(' ');
				return IF_PENDING.map((ifPending, index) => ({
					state: state as State,
					ifPending,
					ifAccessDiffers: IF_DIFFERS[at],
					expected: words[index] ?? words[0],
				}));
			});
		});

const cells = cellsOf(TABLE);

const upsert = async (parameters: object = {}, items: object[] = [{ email: EMAIL }]) =>
	await sendGrid.run({
		items: items as IDataObject[],
		parameters: upsertWith(parameters as never),
	});

/** The account's record of the person: at most one invitation or teammate, with its access. */
function accessNow() {
	const account = sendGrid.state.account();
	const found = [
		...sendGrid.state.pending(account),
		...account.teammates.map(({ scopes, profile }) => ({ ...profile, scopes })),
	];
	expect(found.length).toBeLessThanOrEqual(1);
	return found.map(({ email, scopes, is_admin }) => ({
		email: email.toLowerCase(),
		scopes: [...scopes].sort(),
		is_admin,
	}))[0];
}

/** The access after an action: unchanged, everything that was wanted, or exactly that. */
function expectAccess(
	action: string,
	ifAccessDiffers: IfDiffers,
	before: ReturnType<typeof accessNow>,
	wanted: string[] | 'admin',
) {
	const after = accessNow();
	if (action === 'unchanged' || action === 'resent') return expect(after).toEqual(before);
	if (wanted === 'admin') return expect(after).toMatchObject({ is_admin: true });
	expect(after).toMatchObject({ email: EMAIL, is_admin: false });
	if (ifAccessDiffers !== 'add') return expect(after.scopes).toEqual(wanted);
	// It may include what SendGrid gives everybody.
	expect(after.scopes).toEqual(expect.arrayContaining([...(before?.scopes ?? []), ...wanted]));
}

const MAILS: Record<string, number> = { invited: 1, resent: 1, reinvited: 1 };

const WOULD: Record<string, string> = {
	invited: 'invite',
	resent: 'resend',
	reinvited: 'reinvite',
	updated: 'update',
	unchanged: 'nothing',
};

/** Runs a cell as a dry run, for real, and once more. */
async function playCell(cell: Cell, changes: object = {}, wanted: string[] | 'admin' = WANTED) {
	const { state, expected, ifAccessDiffers, ifPending } = cell;
	const choices = { ifPending, ifAccessDiffers, ...changes };
	STATES[state]();
	const before = accessNow();

	const dry = await upsert({ ...choices, options: { ...Object(choices).options, dryRun: true } });
	expect(dry.results).toMatchObject([{ json: { would: WOULD[expected], dry_run: true } }]);
	expect(String(dry.results[0].json.email).toLowerCase()).toBe(EMAIL);
	expect(dry.results[0].json).not.toHaveProperty('changed');
	expect(sendGrid.writes()).toEqual([]);

	const { results, error } = await upsert(choices);
	expect(error).toBeUndefined();
	expect(results).toMatchObject([
		{ json: { action: expected, changed: expected !== 'unchanged' }, pairedItem: { item: 0 } },
	]);
	expect(String(results[0].json.email).toLowerCase()).toBe(EMAIL);
	expect(results[0].json).not.toHaveProperty('token');
	expect(sendGrid.mailed()).toHaveLength(MAILS[expected] ?? 0);
	expectAccess(expected, ifAccessDiffers, before, wanted);

	if (ifPending !== 'resendIfExpiring') return results[0].json;
	clock.advance(LATER);
	const again = await upsert(choices);
	expect(again.results).toMatchObject([{ json: { action: 'unchanged', changed: false } }]);
	expect(sendGrid.mailed()).toHaveLength(MAILS[expected] ?? 0);
	return results[0].json;
}

function reasonExpected({ state, ifAccessDiffers }: Cell): RegExp {
	if (state.endsWith('owner')) return /owns the account/;
	if (state.endsWith('admin'))
		return state.startsWith('active') ? /^This person is an admin/ : /^This person was invited/;
	const isOther = /more|other/.test(state);
	return isOther && ifAccessDiffers === 'leave' ? /other access, which is left as it is/ : /^$/;
}

describe('$state, if pending $ifPending, if access differs $ifAccessDiffers', () => {
	test('every state is in the table', () => {
		expect([...new Set(cells.map(({ state }) => state))]).toEqual(states);
	});

	test.each(cells)(
		'$state, if pending $ifPending, if access differs $ifAccessDiffers: $expected',
		async (cell) => {
			const { reason } = await playCell(cell);
			// D3: if somebody is left alone because of who they are, or of what they have, the answer says why.
			expect(reason ?? '').toMatch(reasonExpected(cell));
		},
	);

	test.each(cellsOf(WITH_ADMINS_ALLOWED))(
		'D3: with Allow Admins: $state, if pending $ifPending, if access differs $ifAccessDiffers: $expected',
		async (cell) => {
			await playCell(cell, { options: { allowAdmins: true } });
		},
	);

	test.each(cellsOf(ADMIN_WANTED))(
		'admin access wanted: $state, if pending $ifPending, if access differs $ifAccessDiffers: $expected',
		async (cell) => {
			await playCell(cell, { access: 'admin' }, 'admin');
		},
	);
});

/** How the live API behaves here is unknown, so the table holds for each candidate. */
const WORLDS: Array<Partial<Behaviours>> = [
	{ tokenChangesOnResend: true },
	{ expiredStayListed: false },
	{ resendExpired: 'not-found' },
	{ resendExpired: 'not-found', tokenChangesOnResend: true },
	{ duplicateInvite: 'bad-request' },
	{ duplicateInvite: 'same-invitation' },
	{ inviteToken: 'pending_id', listKey: 'results', pendingPaging: 'capped-at-50' },
	{ expiryForm: 'iso', adminFlag: 'text', emptyAnswers: 'no-body' },
];

/** Pairwise: each state with each of both choices, another third of the table in each world. */
const someCells = (world: number) =>
	cells.filter(
		({ state, ifPending, ifAccessDiffers }) =>
			(states.indexOf(state) +
				IF_PENDING.indexOf(ifPending) +
				IF_DIFFERS.indexOf(ifAccessDiffers) +
				world) %
				3 ===
			0,
	);

describe.each(WORLDS.map((behaviours, world) => ({ behaviours, world })))(
	'in a world with $behaviours',
	({ behaviours, world }) => {
		test.each(someCells(world))(
			'$state, if pending $ifPending, if access differs $ifAccessDiffers: $expected, or the nearest to it',
			async (cell) => {
				const { state, expected, ...choices } = cell;
				Object.assign(sendGrid.state.behaviours, behaviours);
				STATES[state]();
				const before = accessNow();
				const isExpired = state.startsWith('expired');
				const isHidden = isExpired && behaviours.expiredStayListed === false;
				// An expired invitation that SendGrid doesn't resend is replaced by one with the same access.
				const isReplaced =
					isExpired && expected === 'resent' && behaviours.resendExpired === 'not-found';
				const action = isHidden ? 'invited' : isReplaced ? 'reinvited' : expected;

				const { results, error } = await upsert(choices);
				expect(error).toBeUndefined();
				expect(results).toMatchObject([{ json: { action, changed: action !== 'unchanged' } }]);
				if (isReplaced) expect(results[0].json.reason ?? '').toMatch(reasonExpected(cell));
				expect(sendGrid.mailed()).toHaveLength(MAILS[action] ?? 0);
				expectAccess(
					isReplaced ? 'resent' : action,
					choices.ifAccessDiffers,
					isHidden ? accessNow() : before,
					WANTED,
				);
			},
		);
	},
);

describe('two items with the same address', () => {
	const TWICE = [{ email: EMAIL }, { email: ' ADA@example.com' }];

	test.each(states)('W8: act once and are both answered: %s', async (state) => {
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
	])('are handled one after the other if their wishes differ: %s', async (_, requestOptions) => {
		const { results } = await upsert({ scopes: '={{ $json.scopes }}', requestOptions }, [
			{ email: EMAIL, scopes: ['stats.read'] },
			{ email: EMAIL, scopes: ['mail.send'] },
		]);
		expect(results.map(({ json }) => json.action)).toEqual(['invited', 'reinvited']);
		expect(sendGrid.state.account().invitations).toMatchObject([{ scopes: ['mail.send'] }]);
	});

	test('W8: send one email in three rows with one fixed address', async () => {
		const { results } = await upsert({ email: EMAIL, ifPending: 'resend' }, [{}, {}, {}]);
		expect(results.map(({ json }) => json.action)).toEqual(['invited', 'unchanged', 'unchanged']);
		expect(sendGrid.mailed()).toEqual([EMAIL]);
	});
});

test.each([
	['leave', 'unchanged'],
	['resendIfExpiring', 'unchanged'],
	['resend', 'resent'],
])(
	'a second run with If Pending at %s leaves the invitation of the first %s',
	async (ifPending, action) => {
		const items = [{ email: EMAIL }];
		await upsert({ ifPending }, items);
		clock.advance(LATER);
		const { results } = await upsert({ ifPending }, items);
		expect(results.map(({ json }) => json.action)).toEqual([action]);
	},
);

test('share the readings if they start together', async () => {
	sendGrid.state.addManyTeammates(100, { scopes: ['stats.read'] });
	const items = Array.from({ length: 30 }, (_, i) => ({ email: `new${i}@example.com` }));
	await upsert({}, items);
	const lists = sendGrid.calls().filter((call) => /GET \/v3\/teammates(\/pending)?$/.test(call));
	// Two lists, each read to its empty last page.
	expect(lists.length).toBeLessThanOrEqual(4);
});

describe('Create or Update with unusual answers', () => {
	test.each([
		{ expiredStayListed: false },
		{ resendExpired: 'not-found' },
		{ resendExpired: 'not-found', tokenChangesOnResend: true },
		{ tokenChangesOnResend: true },
	] as const)('resends an expired invitation, one way or another: %j', async (behaviours) => {
		Object.assign(sendGrid.state.behaviours, behaviours);
		STATES['expired, same']();
		const { results, error } = await upsert();
		expect(error).toBeUndefined();
		expect(results[0].json.changed).toBe(true);
		expect(sendGrid.mailed().map((email) => email.toLowerCase())).toEqual([EMAIL]);
		clock.advance(LATER);
		expect((await upsert()).results).toMatchObject([{ json: { action: 'unchanged' } }]);
	});

	test.each(['created-again', 'bad-request', 'same-invitation', 'conflict'] as const)(
		'handles somebody whom another admin invites in the meantime (%s)',
		async (duplicateInvite) => {
			sendGrid.state.behaviours.duplicateInvite = duplicateInvite;
			// The first reading of the list doesn't have the invitation yet.
			sendGrid.state.faults.add({
				path: '/pending$',
				fault: { kind: 'status', status: 200, when: 'before', body: { result: [] } },
			});
			STATES['pending, same']();
			const { results, error } = await upsert();
			expect(error).toBeUndefined();
			expect(results[0].json.action).toBe(
				['bad-request', 'conflict'].includes(duplicateInvite) ? 'unchanged' : 'invited',
			);
		},
	);

	test("W7: does not blame a 404 on 'Teammate', a field that it does not have", async () => {
		STATES['active, other']();
		sendGrid.state.faults.add({
			path: /countess$/,
			times: Infinity,
			fault: { kind: 'status', status: 404, when: 'before' },
		});
		const { error } = await upsert();
		expect(error?.message).toMatch(/^'ada@example.com' was not invited or updated: /);
		expect(error?.description).not.toContain("'Teammate'");
	});

	test('K6: leaves an invitation alone if SendGrid does not say its access', async () => {
		STATES['pending, other']();
		sendGrid.state.faults.add({
			path: /pending$/,
			times: Infinity,
			fault: { kind: 'rename', from: 'scopes', to: 'permissions' },
		});
		const { error } = await upsert();
		expect(error?.message).toContain("doesn't show what access the pending invitation gives");
		expect(sendGrid.writes()).toEqual([]);
	});
});

test('K5: Update with Allow Admins removes a second invitation that would make the person an admin', async () => {
	sendGrid.state.addPending({ email: EMAIL, scopes: ['stats.read'], expiresInSeconds: 500_000 });
	sendGrid.state.addPending({
		email: 'Ada@example.com',
		is_admin: true,
		expiresInSeconds: 400_000,
	});
	await sendGrid.run({
		items: [{ email: EMAIL }],
		parameters: upsertWith({
			scopes: ['stats.read'],
			ifAccessDiffers: 'update',
			options: { allowAdmins: true },
		}),
	});
	expect(sendGrid.state.account().invitations.some(({ is_admin }) => is_admin)).toBe(false);
});

test('W3: Create or Update does not claim an admin invitation of another admin that SendGrid answers with', async () => {
	sendGrid.state.behaviours.duplicateInvite = 'same-invitation';
	sendGrid.state.faults.add({
		method: 'GET',
		path: /teammates$/,
		fault: { kind: 'slow', ms: 1000 },
	});
	const running = sendGrid.run({ items: [{ email: EMAIL }], parameters: upsertWith() });
	while (!sendGrid.calls().some((line) => /^GET .*teammates$/.test(line))) await sleep(20);
	sendGrid.state.addPending({ email: EMAIL, is_admin: true });
	const { results } = await running;
	expect(results.map(({ json }) => json)).not.toMatchObject([
		{ action: 'invited', is_admin: true },
	]);
});

describe('D2: no scopes at all', () => {
	test.each([
		['active, other', {}],
		['active, other', { options: { dryRun: true } }],
		['active, admin', { options: { allowAdmins: true } }],
		['pending, other', {}],
		['expired, other', {}],
		['pending, admin', { options: { allowAdmins: true } }],
	] as const)('take nothing away: %s, %j', async (state, parameters) => {
		STATES[state]();
		const before = accessNow();
		const { error } = await upsert({ ...parameters, scopes: [] });
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Scope Names or IDs' is empty for this item, and this person has access",
		);
		expect(sendGrid.writes()).toEqual([]);
		expect(accessNow()).toEqual(before);
	});

	test('are not called empty where all of them were skipped', async () => {
		STATES['active, other']();
		const { error } = await upsert({
			scopes: ['2fa_required'],
			options: { skipUngrantableScopes: true },
		});
		expect(error?.message).toContain(
			"'Scope Names or IDs' has no scopes that can be granted for this item, and this person",
		);
		expect(sendGrid.writes()).toEqual([]);
	});

	test.each(['active, other', 'pending, other'] as const)(
		'leave nothing to add: %s',
		async (state) => {
			STATES[state]();
			const { results } = await upsert({ scopes: [], ifAccessDiffers: 'add' });
			expect(results).toMatchObject([{ json: { action: 'unchanged' } }]);
			expect(sendGrid.writes()).toEqual([]);
		},
	);
});

describe("D3: by the form's defaults nobody loses anything", () => {
	const byDefault = async () =>
		await sendGrid.run({
			items: [{ email: EMAIL }],
			parameters: {
				resource: 'teammate',
				operation: 'upsert',
				email: EMAIL,
				scopes: ['stats.read'],
			},
		});

	test('a teammate with five scopes keeps them when given one', async () => {
		const five = [
			'mail.send',
			'templates.read',
			'suppression.read',
			'alerts.read',
			'categories.read',
		];
		joined({ scopes: five });
		const { results } = await byDefault();
		expect(results).toMatchObject([{ json: { action: 'updated' } }]);
		expect(accessNow().scopes).toEqual(expect.arrayContaining([...five, 'stats.read']));
	});

	test('an admin is not demoted by filling in a form', async () => {
		STATES['active, admin']();
		const { results } = await byDefault();
		expect(results).toMatchObject([
			{ json: { action: 'unchanged', reason: expect.stringContaining("'Allow Admins'") } },
		]);
		expect(sendGrid.writes()).toEqual([]);
	});

	test('an admin whom SendGrid marks as such in text is one too', async () => {
		sendGrid.state.behaviours.adminFlag = 'text';
		STATES['active, admin']();
		const { results } = await upsert();
		expect(results).toMatchObject([{ json: { action: 'unchanged' } }]);
		expect(sendGrid.writes()).toEqual([]);
	});
});

describe('D4: what replaces is checked before what is replaced goes', () => {
	test.each(['add', 'update'])(
		'nothing is revoked if a scope cannot be granted (if access differs: %s)',
		async (ifAccessDiffers) => {
			STATES['pending, other']();
			const before = accessNow();
			const { error } = await upsert({ scopes: ['stats.read', 'cakes.bake'], ifAccessDiffers });
			expect(error?.message).toBe(
				"'ada@example.com' was not invited or updated: this API key cannot grant 'cakes.bake'",
			);
			expect(error?.description).toBe(
				"Remove them from 'Scope Names or IDs', or use a key that has them.",
			);
			expect(sendGrid.writes()).toEqual([]);
			expect(accessNow()).toEqual(before);
		},
	);

	test.each([
		['scopes', { scopes: ['stats.read'] }],
		['admin', { access: 'admin' }],
	])('nothing is revoked with a key that may not invite: %s', async (_, access) => {
		STATES['pending, other']();
		const before = accessNow();
		const scopes = LIVE_SCOPES.filter((scope) => scope !== 'teammates.create');
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes });
		const { error } = await upsert({ ...access, ifAccessDiffers: 'update' });
		expect(error).toMatchObject({
			message:
				"'ada@example.com' was not invited or updated: this API key may revoke the pending invitation, but not send a new one",
			description: 'Add the scope teammates.create to the API key, or use another key.',
		});
		expect(sendGrid.writes()).toEqual([]);
		expect(accessNow()).toEqual(before);
	});

	test("an admin's invitation is replaced if SendGrid does not say what the key may do", async () => {
		STATES['pending, other']();
		sendGrid.state.faults.add({
			path: /scopes$/,
			times: 9,
			fault: { kind: 'status', status: 403, when: 'before' },
		});
		const { results } = await upsert({ access: 'admin', ifAccessDiffers: 'update' });
		expect(results).toMatchObject([{ json: { action: 'reinvited' } }]);
	});

	test('W7: a failure of the new invitation says that the earlier one is revoked', async () => {
		STATES['pending, other']();
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 400, when: 'before', body: { error: 'no seat left' } },
		});
		const { error } = await upsert();
		expect(error?.message).toBe(
			'The earlier invitation of \'ada@example.com\' was revoked, but the new one was not sent: SendGrid says "no seat left" (HTTP 400)',
		);
		expect(accessNow()).toBeUndefined();
	});
});

describe('D5: a persona with a key that can grant little', () => {
	const PERSONA = { access: 'persona', persona: 'observer' };
	const EVERYDAY = ['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete'];
	const keyWith = (...scopes: string[]) =>
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: [...EVERYDAY, ...scopes] });

	test.each(IF_DIFFERS)(
		'takes away nothing of it that a teammate has (if access differs: %s)',
		async (ifAccessDiffers) => {
			const has = ['alerts.read', 'billing.read', 'messages.read'];
			joined({ scopes: has });
			keyWith('stats.read');
			const { results, error } = await upsert({ ...PERSONA, ifAccessDiffers });
			expect(error).toBeUndefined();
			expect(results).toMatchObject([
				{
					json: {
						action: ifAccessDiffers === 'leave' ? 'unchanged' : 'updated',
						skipped_scopes: expect.arrayContaining(['templates.read', 'ips.read']),
					},
				},
			]);
			expect(results[0].json.skipped_scopes).not.toEqual(expect.arrayContaining(['alerts.read']));
			expect(accessNow().scopes).toEqual(expect.arrayContaining(has));
		},
	);

	test('is reduced to what the key can grant for somebody new, and says so', async () => {
		keyWith('stats.read', 'alerts.read');
		const { results } = await upsert(PERSONA);
		expect(results).toMatchObject([
			{ json: { action: 'invited', skipped_scopes: expect.arrayContaining(['billing.read']) } },
		]);
		expect(accessNow().scopes).toEqual(['alerts.read', 'stats.read']);
	});

	test('is refused if nothing of it remains but what everybody has', async () => {
		keyWith('user.profile.read', 'user.account.read', 'user.timezone.read');
		const { error } = await upsert(PERSONA);
		expect(error?.message).toBe(
			"'ada@example.com' was not invited or updated: this API key can't grant anything of the persona beyond what everybody has",
		);
		expect(sendGrid.writes()).toEqual([]);
	});
});

describe('K5: two teammates with one address', () => {
	test('get nothing, and both are named', async () => {
		joined({ scopes: OTHER });
		sendGrid.state.addTeammate({ email: EMAIL, username: 'lovelace', scopes: OTHER });
		const { error } = await upsert();
		expect(error?.message).toBe(
			"'ada@example.com' was not invited or updated: 2 teammates have this address, 'countess' and 'lovelace'",
		);
		expect(sendGrid.writes()).toEqual([]);
	});
});

describe('before any request,', () => {
	test.each([
		[
			{ ifPending: 'maybe' },
			"'If Pending' must be Leave, Resend or Resend if Expiring, not 'maybe'",
		],
		[{ ifAccessDiffers: 'maybe' }, "'If Access Differs' must be Add, Leave or Update, not 'maybe'"],
		[{ expiresWithinDays: 'soon' }, "'Expires Within Days' must be a number of days"],
		[{ expiresWithinDays: -1 }, "'Expires Within Days' must be a number of days"],
		[
			{ expiresWithinDays: 7 },
			"'Expires Within Days' must be a number of days from 0 to less than 7, not 7",
		],
		[{ email: 'nobody' }, 'must be an email address'],
	])('D6, V1: Create or Update refuses %j', async (parameters, message) => {
		const { error } = await upsert(parameters);
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('D6: 7 days are accepted if they decide nothing', async () => {
		const { error } = await upsert({ expiresWithinDays: 7, ifPending: 'leave' });
		expect(error).toBeUndefined();
	});
});

test.each([
	['with admin access', { is_admin: true }],
	['without any scope', { is_admin: false, scopes: [] }],
])(
	"W3: Create or Update is unclear if it is answered 201 with another admin's invitation %s",
	async (_access, theirs) => {
		sendGrid.state.behaviours.duplicateInvite = 'same-invitation';
		sendGrid.state.faults.add({
			method: 'GET',
			path: /teammates$/,
			fault: { kind: 'slow', ms: 1000 },
		});
		const running = upsert();
		while (!sendGrid.calls().some((call) => /^GET .*teammates$/.test(call))) await sleep(20);
		sendGrid.state.addPending({ email: EMAIL, ...theirs });
		const { results, error } = await running;
		expect(results).toEqual([]);
		expect(error?.message).toBe(
			"It is unclear whether 'ada@example.com' was invited: SendGrid answered with an invitation that gives other access; somebody else may have just invited this person",
		);
	},
);

test("fields of SendGrid's own with our names do not count as ours", async () => {
	joined({ scopes: WANTED });
	const [{ profile }] = sendGrid.state.account().teammates.slice(-1);
	const theirs = { action: 'deleted', changed: true, reason: 'x', status: 'inactive' };
	Object.assign(profile, { ...theirs, would: 'x', dry_run: false, skipped_scopes: ['x'] });
	const run = async (options = {}) =>
		await sendGrid.run({
			items: [{ email: EMAIL }],
			parameters: upsertWith({ simplify: false, options }),
		});
	const [{ json }] = (await run()).results;
	const ours = { reason: null, status: 'active', skipped_scopes: [] };
	expect(json).toMatchObject({ ...ours, action: 'unchanged', changed: false });
	expect(Object.keys(json)).not.toEqual(expect.arrayContaining(['would']));
	const [dry] = (await run({ dryRun: true })).results;
	expect(dry.json).toMatchObject({ ...ours, would: 'nothing', dry_run: true });
	expect(Object.keys(dry.json)).not.toEqual(expect.arrayContaining(['action']));
});

test('an invitation is not replaced for a scope that everybody has', async () => {
	invited({ scopes: WANTED });
	const { results } = await sendGrid.run({
		items: [{ email: EMAIL }],
		parameters: upsertWith({ scopes: [...WANTED, 'user.email.read'] }),
	});
	expect(results).toMatchObject([{ json: { action: 'unchanged' } }]);
	expect(sendGrid.mailed()).toEqual([]);
});

test.each([
	['ifPending', ['resendIfExpiring', 'resend']],
	['ifAccessDiffers', ['add', 'update']],
])(
	'W8: another value of %s in a second row with the same access sends no second email',
	async (field, values) => {
		const { results } = await sendGrid.run({
			items: values.map((value) => ({ email: EMAIL, value })),
			parameters: upsertWith({ ifPending: 'resend', [field]: '={{ $json.value }}' }),
		});
		expect(results.map(({ json }) => json.action)).toEqual(['invited', 'unchanged']);
		expect(sendGrid.mailed()).toEqual([EMAIL]);
	},
);
