import {
	changeBehaviours,
	defaultBehaviours,
	BEHAVIOUR_CANDIDATES,
} from '../../sandbox/behaviours.mts';
import type { BehaviourName, Behaviours } from '../../sandbox/behaviours.mts';
import { BAD_KEY, FORBIDDEN, NOT_FOUND, itemsOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();
const { call, mailed } = sandbox;

const FRESH = 'fresh@acme.example';
const PENDING = '/v3/teammates/pending';

const set = (changes: Partial<Behaviours>) => changeBehaviours(sandbox.state.behaviours, changes);
const invite = async (body: object) => await call('POST', '/v3/teammates', { body });
const pendingOf = (email: string) =>
	sandbox.state.account().invitations.filter((invitation) => invitation.email === email);
const resend = async (token: string) => await call('POST', `${PENDING}/${token}/resend`);

/** One check per candidate: a candidate without one does not compile. */
type Checks = {
	[Name in BehaviourName]: Record<`${Behaviours[Name]}`, () => Promise<void>>;
};

const CHECKS: Checks = {
	duplicateInvite: {
		'created-again': async () => {
			const [{ token }] = pendingOf(FRESH);
			sandbox.state.advance(3600);
			const reply = await invite({ email: FRESH, scopes: ['alerts.read'] });
			expect(reply.status).toBe(201);
			expect(reply.json).toEqual({ token, email: FRESH, scopes: ['alerts.read'], is_admin: false });
			expect(mailed()).toEqual([FRESH]);
			expect(pendingOf(FRESH)).toHaveLength(1);
			expect(pendingOf(FRESH)[0].expiration_date).toBe(sandbox.state.expiry());
		},
		'bad-request': async () => {
			const reply = await invite({ email: FRESH.toUpperCase(), scopes: ['alerts.read'] });
			expect(reply.status).toBe(400);
			expect(reply.json).toMatchObject({ errors: [{ field: 'email' }] });
			expect(mailed()).toEqual([]);
			expect(pendingOf(FRESH)[0].scopes).toEqual(['mail.send', 'stats.read']);
		},
		'same-invitation': async () => {
			const [{ token, expiration_date }] = pendingOf(FRESH);
			sandbox.state.advance(3600);
			const reply = await invite({ email: FRESH, scopes: ['alerts.read'] });
			expect(reply.status).toBe(201);
			expect(reply.json).toMatchObject({ token, scopes: ['mail.send', 'stats.read'] });
			expect(mailed()).toEqual([]);
			expect(pendingOf(FRESH)[0].expiration_date).toBe(expiration_date);
		},
		conflict: async () => {
			expect((await invite({ email: FRESH })).status).toBe(409);
			expect(mailed()).toEqual([]);
		},
	},
	maxPage: {
		500: async () => expect(await pageSizes()).toEqual([60, 60]),
		50: async () => expect(await pageSizes()).toEqual([50, 50]),
		5: async () => expect(await pageSizes()).toEqual([5, 5]),
		3: async () => expect(await pageSizes()).toEqual([3, 3]),
		2: async () => expect(await pageSizes()).toEqual([2, 2]),
		1: async () => expect(await pageSizes()).toEqual([1, 1]),
	},
	readLagMs: {
		0: async () => expect(await seenAfterInvite(0)).toBe(true),
		700: async () => {
			expect(await seenAfterInvite(0)).toBe(false);
			sandbox.state.advance(0.8);
			expect(await isListed(ADA)).toBe(true);
		},
		3000: async () => {
			expect(await seenAfterInvite(2)).toBe(false);
			sandbox.state.advance(1.1);
			expect(await isListed(ADA)).toBe(true);
		},
	},
	laggingReads: {
		'lists and details': async () => expect(await detailAfterDelete()).toBe(200),
		lists: async () => expect(await detailAfterDelete()).toBe(404),
	},
	detailScopes: {
		present: async () => expect(await detail()).toHaveProperty('scopes'),
		absent: async () => expect(await detail()).not.toHaveProperty('scopes'),
	},
	mfaScopes: {
		required: async () => expect(await mfaScopes()).toEqual(['2fa_required']),
		exempt: async () => expect(await mfaScopes()).toEqual(['2fa_exempt']),
		both: async () => expect(await mfaScopes()).toEqual(['2fa_exempt', '2fa_required']),
		none: async () => expect(await mfaScopes()).toEqual([]),
	},
	adminFlag: {
		boolean: async () => expect(await detail()).toMatchObject({ is_admin: false }),
		text: async () => expect(await detail()).toMatchObject({ is_admin: 'false' }),
		absent: async () => {
			expect(await detail()).not.toHaveProperty('is_admin');
			expect(await detail()).toHaveProperty('user_type', 'teammate');
		},
		hidden: async () => {
			expect(await detail()).not.toHaveProperty('is_admin');
			expect(await detail()).not.toHaveProperty('user_type');
		},
	},
	expiryForm: {
		seconds: async () => expect(await shownExpiry()).toBe(trueExpiry()),
		milliseconds: async () => expect(await shownExpiry()).toBe(trueExpiry() * 1000),
		iso: async () => expect(Date.parse(String(await shownExpiry()))).toBe(trueExpiry() * 1000),
		zero: async () => expect(await shownExpiry()).toBe(0),
	},
	emptyAnswers: {
		documented: async () => {
			const [{ token }] = pendingOf(FRESH);
			expect((await resend(token)).json).toMatchObject({ email: FRESH });
			expect((await call('DELETE', `${PENDING}/${token}`)).status).toBe(204);
		},
		'no-body': async () => {
			const [{ token }] = pendingOf(FRESH);
			expect(await resend(token)).toMatchObject({ status: 200, text: '' });
			expect(await call('DELETE', `${PENDING}/${token}`)).toMatchObject({ status: 200, text: '' });
			expect(pendingOf(FRESH)).toEqual([]);
		},
	},
	inviteExistingTeammate: {
		'bad-request': async () => {
			const reply = await invite({ email: 'LEE@acme.example' });
			expect(reply.status).toBe(400);
			expect(mailed()).toEqual([]);
		},
		created: async () => {
			expect((await invite({ email: 'lee@acme.example' })).status).toBe(201);
			expect(mailed()).toEqual(['lee@acme.example']);
			expect(sandbox.teammate('legacy_lee')).toBeDefined();
		},
	},
	tokenChangesOnResend: {
		false: async () => {
			const [{ token }] = pendingOf(FRESH);
			expect((await resend(token)).json).toMatchObject({ token });
			expect((await resend(token)).status).toBe(200);
		},
		true: async () => {
			const [{ token }] = pendingOf(FRESH);
			const reply = await resend(token);
			const [renewed] = pendingOf(FRESH);
			expect(reply.json).toMatchObject({ token: renewed.token });
			expect(renewed.token).not.toBe(token);
			expect(sandbox.state.sentEmails.at(-1)?.token).toBe(renewed.token);
			expect((await resend(token)).status).toBe(404);
		},
	},
	expiredStayListed: {
		true: async () => {
			const { token } = sandbox.state.expire(FRESH);
			expect(itemsOf(await call('GET', PENDING))).toHaveLength(2);
			expect((await call('DELETE', `${PENDING}/${token}`)).status).toBe(204);
		},
		false: async () => {
			const { token } = sandbox.state.expire(FRESH);
			expect(itemsOf(await call('GET', PENDING))).toHaveLength(1);
			expect((await call('DELETE', `${PENDING}/${token}`)).status).toBe(404);
			set({ duplicateInvite: 'bad-request' });
			expect((await invite({ email: FRESH })).status).toBe(201);
			expect(pendingOf(FRESH)).toHaveLength(1);
		},
	},
	resendExpired: {
		resent: async () => {
			const { token } = sandbox.state.expire(FRESH);
			expect((await resend(token)).status).toBe(200);
			expect(mailed()).toEqual([FRESH]);
			expect(sandbox.state.hasExpired(pendingOf(FRESH)[0])).toBe(false);
		},
		'not-found': async () => {
			const { token } = sandbox.state.expire(FRESH);
			expect((await resend(token)).status).toBe(404);
			expect(mailed()).toEqual([]);
			expect((await resend(pendingOf('Expiring.Soon@acme.example')[0].token)).status).toBe(200);
		},
	},
	pendingPaging: {
		honoured: async () => {
			await expectPendingPages({ all: 50, limit500: 102, limit10: 10, last: 2 });
			for (let i = 0; i < 5; i += 1) sandbox.state.addManyPending(100);
			expect(itemsOf(await call('GET', `${PENDING}?limit=1000`))).toHaveLength(500);
		},
		ignored: async () =>
			await expectPendingPages({ all: 102, limit500: 102, limit10: 102, last: 102 }),
		'capped-at-50': async () =>
			await expectPendingPages({ all: 50, limit500: 50, limit10: 10, last: 2 }),
	},
	teammatesLimitAbove500: {
		capped: async () => {
			sandbox.state.addManyTeammates(510);
			const reply = await call('GET', '/v3/teammates?limit=10000');
			expect(itemsOf(reply)).toHaveLength(500);
		},
		rejected: async () => {
			expect((await call('GET', '/v3/teammates?limit=501')).status).toBe(400);
			expect((await call('GET', '/v3/teammates?limit=500')).status).toBe(200);
		},
	},
	badOnBehalfOf: {
		401: async () => await expectBadOnBehalfOf(401, BAD_KEY),
		403: async () => await expectBadOnBehalfOf(403, FORBIDDEN),
		404: async () => await expectBadOnBehalfOf(404, NOT_FOUND),
		ignored: async () => {
			const reply = await call('GET', PENDING, { onBehalfOf: 'subuser_acme-marketing' });
			expect(reply.status).toBe(200);
			expect(itemsOf(reply)).toHaveLength(2);
			expect(sandbox.state.requests.at(-1)?.account).toBe('acme');
			// Then it is the parent account on the wrong host.
			expect((await call('GET', PENDING, { onBehalfOf: 'nobody', host: 'eu' })).status).toBe(401);
		},
	},
	onBehalfOfWhereUndocumented: {
		ignored: async () => await expectUndocumented(200, 'acme'),
		rejected: async () => await expectUndocumented(403, null),
		honoured: async () => await expectUndocumented(200, 'acme-marketing'),
	},
	accessRequests: {
		available: async () => {
			expect((await call('GET', '/v3/scopes/requests')).status).toBe(200);
		},
		gone: async () => {
			const [{ id }] = sandbox.state.account().accessRequests;
			for (const [method, path] of [
				['GET', ''],
				['PATCH', `/${id}/approve`],
				['DELETE', `/${id}`],
			]) {
				expect((await call(method, `/v3/scopes/requests${path}`)).json).toEqual(NOT_FOUND);
			}
			expect(sandbox.state.account().accessRequests).toHaveLength(1);
		},
	},
	seatLimit: {
		403: async () => await expectSeatLimit(403),
		400: async () => await expectSeatLimit(400),
	},
	inviteToken: {
		token: async () => await expectTokenNames('token', 'token'),
		pending_id: async () => await expectTokenNames('pending_id', 'pending_id'),
		absent: async () => await expectTokenNames(undefined, 'token'),
	},
	listKey: {
		result: async () => await expectEnvelope('result'),
		results: async () => await expectEnvelope('results'),
	},
	adminWithScopes: {
		'bad-request': async () => {
			const body = { scopes: ['stats.read'], is_admin: true };
			expect((await invite({ email: 'ada@new.example', ...body })).status).toBe(400);
			expect((await call('PATCH', '/v3/teammates/legacy_lee', { body })).status).toBe(400);
			expect(sandbox.teammate('legacy_lee').profile.is_admin).toBe(false);
			expect(mailed()).toEqual([]);
		},
		ignored: async () => {
			const body = { scopes: ['stats.read'], is_admin: true };
			expect((await invite({ email: 'ada@new.example', ...body })).json).toMatchObject({
				scopes: [],
				is_admin: true,
			});
			expect((await call('PATCH', '/v3/teammates/legacy_lee', { body })).status).toBe(200);
			expect(sandbox.teammate('legacy_lee')).toMatchObject({
				profile: { is_admin: true },
				scopes: [],
			});
		},
	},
	subuserCursor: {
		number: async () => {
			const { id } = sandbox.state.account('acme-marketing');
			expect(await cursorOf('?limit=1')).toEqual({ limit: 1, username: '', after_subuser_id: id });
		},
		string: async () => {
			const after_subuser_id = String(sandbox.state.account('acme-marketing').id);
			expect(await cursorOf('?limit=1')).toEqual({ limit: 1, username: '', after_subuser_id });
		},
	},
	subuserCursorEnd: {
		zero: async () =>
			expect(await cursorOf('')).toEqual({ limit: 100, username: '', after_subuser_id: 0 }),
		null: async () =>
			expect(await cursorOf('')).toEqual({ limit: 100, username: '', after_subuser_id: null }),
		absent: async () => expect(await cursorOf('')).toEqual({ limit: 100, username: '' }),
	},
	marketingOnRestricted: {
		kept: async () => await expectRestricted(['marketing.read', 'templates.read']),
		dropped: async () => await expectRestricted(['templates.read']),
	},
};

async function expectPendingPages(sizes: {
	all: number;
	limit500: number;
	limit10: number;
	last: number;
}) {
	sandbox.state.addManyPending(100);
	const size = async (query: string) => itemsOf(await call('GET', `${PENDING}${query}`)).length;
	expect({
		all: await size(''),
		limit500: await size('?limit=500'),
		limit10: await size('?limit=10'),
		last: await size('?limit=50&offset=100'),
	}).toEqual(sizes);
}

async function expectBadOnBehalfOf(status: number, body: object) {
	for (const onBehalfOf of ['nobody', 'subuser_acme-marketing', 'account-id nobody']) {
		const reply = await call('POST', '/v3/teammates', {
			onBehalfOf,
			body: { email: 'a@b.example' },
		});
		expect(reply.status).toBe(status);
		expect(reply.json).toEqual(body);
	}
	expect(mailed()).toEqual([]);
}

async function expectUndocumented(status: number, account: string | null) {
	for (const path of ['/v3/subusers', '/v3/scopes/requests']) {
		expect((await call('GET', path, { onBehalfOf: 'acme-marketing' })).status).toBe(status);
		expect(sandbox.state.requests.at(-1)?.account).toBe(account);
	}
}

async function expectSeatLimit(status: number) {
	const account = sandbox.state.account();
	// Five teammates besides the owner, two invitations, and room for one more.
	account.seats = 8;
	expect((await invite({ email: 'eighth@new.example' })).status).toBe(201);
	expect((await invite({ email: 'ninth@new.example' })).status).toBe(status);
	const body = { email: 'x@new.example', first_name: 'X', last_name: 'Y', is_admin: true };
	expect((await call('POST', '/v3/sso/teammates', { body })).status).toBe(status);
	expect(mailed()).toEqual(['eighth@new.example']);
	sandbox.state.expire('eighth@new.example');
	expect((await invite({ email: 'ninth@new.example' })).status).toBe(201);
}

async function expectTokenNames(inAnswers: string | undefined, inList: string) {
	const names = (value: unknown) =>
		['token', 'pending_id'].filter((name) => Object.hasOwn(Object(value), name));
	const expected = inAnswers === undefined ? [] : [inAnswers];
	expect(names((await invite({ email: 'ada@new.example' })).json)).toEqual(expected);
	expect(names((await resend(pendingOf(FRESH)[0].token)).json)).toEqual(expected);
	for (const item of itemsOf(await call('GET', PENDING))) expect(names(item)).toEqual([inList]);
}

async function expectEnvelope(key: string) {
	for (const path of ['/v3/teammates', PENDING]) {
		expect(Object.keys(Object((await call('GET', path)).json))).toEqual([key]);
	}
}

async function cursorOf(query: string) {
	const path = `/v3/teammates/adam@acme.example/subuser_access${query}`;
	const { json } = await call('GET', path);
	return (json as { _metadata: { next_params: object } })._metadata.next_params;
}

const ADA = 'ada@new.example';
const isListed = async (email: string) =>
	itemsOf(await call('GET', PENDING)).some((invitation) => invitation.email === email);

/** Whether an invitation is in the list this many seconds after it was sent. */
async function seenAfterInvite(seconds: number): Promise<boolean> {
	await invite({ email: ADA });
	sandbox.state.advance(seconds);
	return await isListed(ADA);
}

/** The status of somebody's detail right after they were deleted, while the list still has them. */
async function detailAfterDelete(): Promise<number> {
	sandbox.state.behaviours.readLagMs = 3000;
	await call('DELETE', '/v3/teammates/legacy_lee');
	const listed = itemsOf(await call('GET', '/v3/teammates'));
	expect(listed.map(({ username }) => username)).toContain('legacy_lee');
	return (await call('GET', '/v3/teammates/legacy_lee')).status;
}

/** Lengths of the first page of each list, of 60 people and more. */
async function pageSizes(): Promise<number[]> {
	sandbox.state.addManyPending(70);
	sandbox.state.addManyTeammates(70);
	const pages = [
		await call('GET', `${PENDING}?limit=60`),
		await call('GET', '/v3/teammates?limit=60'),
	];
	return pages.map((page) => itemsOf(page).length);
}

const detail = async () => (await call('GET', '/v3/teammates/legacy_lee')).json;
const mfaScopes = async () =>
	((await detail()) as { scopes: string[] }).scopes.filter((scope) => scope.startsWith('2fa'));
const trueExpiry = () => pendingOf(FRESH)[0].expiration_date;
const shownExpiry = async () =>
	itemsOf(await call('GET', PENDING)).find(({ email }) => email === FRESH)?.expiration_date;

async function expectRestricted(scopes: string[]) {
	const { id } = sandbox.state.account('acme-marketing');
	const given = { id, permission_type: 'restricted', scopes: ['marketing.read', 'templates.read'] };
	const body = {
		first_name: 'Sam',
		last_name: 'Single',
		has_restricted_subuser_access: true,
		subuser_access: [given],
	};
	await call('PATCH', '/v3/sso/teammates/sam@acme.example', { body });
	expect(sandbox.teammate('sam@acme.example').subuser_access).toEqual([{ ...given, scopes }]);
	await call('POST', '/v3/sso/teammates', { body: { ...body, email: 'ada@acme.example' } });
	expect(sandbox.teammate('ada@acme.example').subuser_access).toEqual([{ ...given, scopes }]);
}

const EVERY = Object.entries(BEHAVIOUR_CANDIDATES).flatMap(([name, candidates]) =>
	candidates.map((candidate) => ({ name: name as BehaviourName, candidate })),
);

test.each(EVERY)('the behaviour $name can be $candidate', async ({ name, candidate }) => {
	set({ [name]: candidate });
	const checks: Record<string, () => Promise<void>> = CHECKS[name];
	await checks[String(candidate)]();
});

test('the first candidates are the default, even after a reset', () => {
	for (const [name, [first]] of Object.entries(BEHAVIOUR_CANDIDATES)) {
		expect(defaultBehaviours()[name as BehaviourName]).toBe(first);
	}
	set({ listKey: 'results', badOnBehalfOf: 'ignored' });
	sandbox.state.reset();
	expect(sandbox.state.behaviours).toEqual(defaultBehaviours());
});

test('a misspelt name or candidate changes nothing', () => {
	const change = (changes: Record<string, unknown>) => () =>
		changeBehaviours(sandbox.state.behaviours, changes);
	expect(change({ listKey: 'results', listKeys: 'result' })).toThrow('no such unknown: listKeys');
	expect(change({ listKey: 'items' })).toThrow('listKey must be one of ["result","results"]');
	expect(change({ tokenChangesOnResend: 'true' })).toThrow('[false,true]');
	expect(sandbox.state.behaviours).toEqual(defaultBehaviours());
});
