import { LIVE_SCOPES, UNASSIGNABLE_SCOPES } from '../../sandbox/scopes.mts';
import { BAD_KEY, errorOf, itemsOf, seededSandbox } from './seeded';

const sandbox = seededSandbox();
const { call, invited, mailed } = sandbox;

const WEEK = 7 * 24 * 60 * 60;
const UNASSIGNABLE = errorOf('invalid or unassignable scopes were given', { field: 'scopes' });

const nowInSeconds = () => sandbox.state.now() / 1000;
const pendingOf = (email: string) => {
	const found = sandbox.state.account().invitations.find((pending) => pending.email === email);
	if (!found) throw new Error(`nothing pending for ${email}`);
	return found;
};
const invite = async (body: unknown) => await call('POST', '/v3/teammates', { body });

describe('POST /v3/teammates', () => {
	test('invites, keeps the case of the address and answers with the token', async () => {
		const reply = await invite({
			email: 'Ada@New.example',
			scopes: ['stats.read'],
			is_admin: false,
		});

		const pending = pendingOf('Ada@New.example');
		expect(reply.status).toBe(201);
		expect(reply.json).toEqual({
			token: pending.token,
			email: 'Ada@New.example',
			scopes: ['stats.read'],
			is_admin: false,
		});
		expect(pending.token).toMatch(/^[0-9a-f-]{36}$/);
		expect(pending.expiration_date).toBeCloseTo(nowInSeconds() + WEEK, -1);
		expect(Number.isInteger(pending.expiration_date)).toBe(true);
		expect(sandbox.state.sentEmails).toEqual([
			{
				kind: 'invitation',
				email: 'Ada@New.example',
				account: 'acme',
				region: 'global',
				token: pending.token,
				at: expect.any(Number),
			},
		]);
	});

	test('accepts a body without scopes and is_admin, as clients send it', async () => {
		const reply = await invite({ email: 'ada@new.example' });
		expect(reply.status).toBe(201);
		expect(reply.json).toMatchObject({ scopes: [], is_admin: false });
	});

	test('invites an admin', async () => {
		const reply = await invite({ email: 'ada@new.example', scopes: [], is_admin: true });
		expect(reply.json).toMatchObject({ scopes: [], is_admin: true });
		expect(pendingOf('ada@new.example').is_admin).toBe(true);
	});

	test.each([
		['no address', {}, 'email'],
		['too short', { email: 'a@b.' }, 'email'],
		['too long', { email: `${'a'.repeat(250)}@b.com` }, 'email'],
		['no @', { email: 'ada.example' }, 'email'],
		['no dot', { email: 'ada@example' }, 'email'],
		['not a text', { email: 5 }, 'email'],
		['scopes as text', { email: 'ada@new.example', scopes: 'stats.read' }, 'scopes'],
		['scopes of numbers', { email: 'ada@new.example', scopes: [1] }, 'scopes'],
		['is_admin as text', { email: 'ada@new.example', is_admin: 'true' }, 'is_admin'],
		['a list', [], null],
	])('refuses %s', async (_, body, field) => {
		const reply = await invite(body);
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual({ errors: [{ field, message: expect.any(String) }] });
		expect(mailed()).toEqual([]);
		expect(invited()).toHaveLength(2);
	});

	test('accepts addresses of 5 and of 255 characters', async () => {
		expect((await invite({ email: 'a@b.c' })).status).toBe(201);
		expect((await invite({ email: `${'a'.repeat(249)}@b.com` })).status).toBe(201);
	});

	test('refuses a body that is not JSON', async () => {
		const body = '{"email":';
		const response = await fetch(`${sandbox.globalUrl}/v3/teammates`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${sandbox.keys.fullAccess}` },
			body,
		});
		expect(response.status).toBe(400);
		expect(sandbox.state.requests.at(-1)?.body).toBe(body);
	});

	test.each([...UNASSIGNABLE_SCOPES])('refuses the unassignable %s', async (scope) => {
		sandbox.state.account().scopes.push(scope);
		const reply = await invite({ email: 'ada@new.example', scopes: ['stats.read', scope] });
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual(UNASSIGNABLE);
		expect(mailed()).toEqual([]);
	});

	test.each(['no.such.scope', 'marketing_campaigns.read', 'user.password.create'])(
		'refuses %s, which the account does not have',
		async (scope) => {
			expect((await invite({ email: 'ada@new.example', scopes: [scope] })).json).toEqual(
				UNASSIGNABLE,
			);
		},
	);

	test('accepts every other live scope', async () => {
		const scopes = LIVE_SCOPES.filter((scope) => !UNASSIGNABLE_SCOPES.has(scope));
		expect(scopes).toHaveLength(254);
		expect((await invite({ email: 'ada@new.example', scopes })).status).toBe(201);
	});
});

describe('GET /v3/teammates/pending', () => {
	test('lists under result, with token and expiry in epoch seconds', async () => {
		const reply = await call('GET', '/v3/teammates/pending');
		const { token, expiration_date } = pendingOf('Expiring.Soon@acme.example');
		expect(reply.status).toBe(200);
		expect(itemsOf(reply)[0]).toEqual({
			email: 'Expiring.Soon@acme.example',
			scopes: ['stats.read'],
			is_admin: false,
			token,
			expiration_date,
		});
		expect(itemsOf(reply)).toHaveLength(2);
		expect(expiration_date - nowInSeconds()).toBeLessThan(2 * 24 * 60 * 60);
	});
});

describe('POST /v3/teammates/pending/{token}/resend', () => {
	test('sends again and restarts the 7 days', async () => {
		const { token } = pendingOf('Expiring.Soon@acme.example');
		const reply = await call('POST', `/v3/teammates/pending/${token}/resend`);

		expect(reply.status).toBe(200);
		expect(reply.json).toEqual({
			token,
			email: 'Expiring.Soon@acme.example',
			scopes: ['stats.read'],
			is_admin: false,
		});
		expect(pendingOf('Expiring.Soon@acme.example').expiration_date).toBeCloseTo(
			nowInSeconds() + WEEK,
			-1,
		);
		expect(sandbox.state.sentEmails).toMatchObject([
			{ kind: 'resend', email: 'Expiring.Soon@acme.example', token },
		]);
	});

	test('answers 404 for an unknown token', async () => {
		const reply = await call('POST', '/v3/teammates/pending/no-such-token/resend');
		expect(reply.status).toBe(404);
		expect(reply.json).toEqual(errorOf('invalid pending key', { field: 'pending_key' }));
		expect(mailed()).toEqual([]);
	});

	test('finds no endpoint for an empty token', async () => {
		expect((await call('POST', '/v3/teammates/pending//resend')).status).toBe(404);
		expect(mailed()).toEqual([]);
	});
});

describe('DELETE /v3/teammates/pending/{token}', () => {
	test('revokes once only', async () => {
		const path = `/v3/teammates/pending/${pendingOf('fresh@acme.example').token}`;
		const reply = await call('DELETE', path);
		expect(reply.status).toBe(204);
		expect(reply.text).toBe('');
		expect(invited()).toEqual(['Expiring.Soon@acme.example']);

		const again = await call('DELETE', path);
		expect(again.status).toBe(404);
		expect(again.json).toEqual(errorOf('unable to find pending invite', { field: null }));
	});

	test('leaves other accounts alone', async () => {
		const { token } = sandbox.state.addPending({ account: 'acme-eu', email: 'eve@acme.example' });
		expect((await call('DELETE', `/v3/teammates/pending/${token}`)).status).toBe(404);
		expect(sandbox.state.account('acme-eu').invitations).toHaveLength(1);
	});
});

test('an EU subuser has invitations of its own, mailed from its region', async () => {
	const eu = { host: 'eu', onBehalfOf: 'acme-eu' } as const;
	const body = { email: 'eve@new.example', scopes: [], is_admin: false };
	expect((await call('POST', '/v3/teammates', { ...eu, body })).status).toBe(201);

	expect(sandbox.state.sentEmails).toMatchObject([{ account: 'acme-eu', region: 'eu' }]);
	expect(itemsOf(await call('GET', '/v3/teammates/pending', eu))).toHaveLength(1);
	expect(itemsOf(await call('GET', '/v3/teammates/pending'))).toHaveLength(2);
});

test('authentication comes before any complaint about the body', async () => {
	const reply = await call('POST', '/v3/teammates', { key: 'SG.wrong', body: [] });
	expect(reply.status).toBe(401);
	expect(reply.json).toEqual(BAD_KEY);
});
