import { linkOf } from '../../support/link';
import { by, getInvitationsWith, resendWith } from '../../support/parameters';
import { searchInvitations } from '../../support/editor';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const byToken = (value: string) => ({ invitation: { __rl: true, mode: 'token', value } });

describe('Resend Invite by email', () => {
	test('finds the token, in upper or lower case', async () => {
		const { token } = sendGrid.state.addPending({ email: 'Ada@Example.com' });
		const { results, error } = await sendGrid.run({
			items: [{ email: ' ada@example.COM ' }],
			parameters: resendWith({}),
		});

		expect(error).toBeUndefined();
		expect(sendGrid.calls()).toEqual([
			// K1: to its end, which is an empty page.
			'GET /v3/teammates/pending',
			'GET /v3/teammates/pending',
			`POST /v3/teammates/pending/${token}/resend`,
		]);
		expect(sendGrid.state.sentEmails).toMatchObject([{ kind: 'resend', email: 'Ada@Example.com' }]);
		expect(results.map((item) => [item.json.email, item.json.token, linkOf(item)])).toEqual([
			['Ada@Example.com', token, 0],
		]);
	});

	test('finds it on any page, however the list treats limit and offset', async () => {
		sendGrid.state.addManyPending(510);
		sendGrid.state.addPending({ email: 'last@example.com' });
		for (const pendingPaging of ['honoured', 'ignored', 'capped-at-50'] as const) {
			sendGrid.state.behaviours.pendingPaging = pendingPaging;
			const { error } = await sendGrid.run({
				items: [{ email: 'last@example.com' }],
				parameters: resendWith({}),
			});
			expect(error).toBeUndefined();
		}
		expect(sendGrid.mailed()).toEqual(['last@example.com', 'last@example.com', 'last@example.com']);
	});

	test.each([{ inviteToken: 'pending_id' }, { listKey: 'results' }] as const)(
		'works with the other documented names: %j',
		async (behaviours) => {
			sendGrid.state.addPending({ email: 'ada@example.com' });
			Object.assign(sendGrid.state.behaviours, behaviours);
			const { error } = await sendGrid.run({
				items: [{ email: 'ada@example.com' }],
				parameters: resendWith({}),
			});
			expect(error).toBeUndefined();
			expect(sendGrid.mailed()).toEqual(['ada@example.com']);
		},
	);

	test('says that the address was never invited', async () => {
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: resendWith({}),
		});
		expect(error?.message).toBe(
			"The invitation of 'ada@example.com' was not sent again: there is no pending invitation for 'ada@example.com'",
		);
		expect(error?.description).toContain('Invitation > Invite');
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test('says that the person is already a teammate', async () => {
		sendGrid.state.addManyTeammates(60);
		sendGrid.state.addTeammate({ email: 'Ada@example.com', username: 'countess' });
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: resendWith({}),
		});
		expect(error?.message).toBe(
			"The invitation of 'ada@example.com' was not sent again: the person has already accepted and is a teammate",
		);
	});

	test.each([
		{ expiredStayListed: true, resendExpired: 'resent' },
		{ expiredStayListed: true, resendExpired: 'not-found' },
		{ expiredStayListed: false, resendExpired: 'not-found' },
	] as const)('resends an expired invitation, or fails plainly: %j', async (behaviours) => {
		sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: -60 });
		Object.assign(sendGrid.state.behaviours, behaviours);
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: resendWith({}),
		});
		const isSent = behaviours.resendExpired === 'resent';
		expect(sendGrid.mailed()).toEqual(isSent ? ['ada@example.com'] : []);
		expect(error?.message ?? '').toContain(isSent ? '' : 'was not sent again');
		expect(error?.description ?? '').toMatch(isSent ? /^$/ : /expired|Invitation > Invite/);
		const posts = sendGrid.calls().filter((call) => call.startsWith('POST'));
		expect(posts).toHaveLength(behaviours.expiredStayListed ? 1 : 0);
	});

	test.each([false, true])(
		'W8: answers two items with the same address from one email (token changes: %s)',
		async (tokenChangesOnResend) => {
			sendGrid.state.behaviours.tokenChangesOnResend = tokenChangesOnResend;
			sendGrid.state.addPending({ email: 'ada@example.com' });
			const { results, error } = await sendGrid.run({
				items: [{ email: 'ada@example.com' }, { email: 'ADA@example.com' }],
				parameters: resendWith({}),
			});
			expect(error).toBeUndefined();
			expect(results.map(linkOf)).toEqual([0, 1]);
			expect(results[1].json).toEqual(results[0].json);
			expect(sendGrid.mailed()).toEqual(['ada@example.com']);
		},
	);

	test('does not send again under the new token what may have been carried out', async () => {
		sendGrid.state.behaviours.tokenChangesOnResend = true;
		// Expires later than one that is sent now, so that no later date proves it.
		sendGrid.state.addPending({ email: 'ada@example.com', expiresInSeconds: 8 * 24 * 60 * 60 });
		sendGrid.state.faults.add({
			method: 'POST',
			fault: { kind: 'status', status: 500, when: 'after' },
		});
		const { error } = await sendGrid.run({
			items: [{ email: 'ada@example.com' }],
			parameters: resendWith({}),
		});
		expect(error?.message).toContain('HTTP 500)');
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test("W8: answers an item that n8n's batching starts later from the first one", async () => {
		sendGrid.state.behaviours.tokenChangesOnResend = true;
		sendGrid.state.addPending({ email: 'ada@example.com' });
		sendGrid.state.addPending({ email: 'bob@example.com' });
		const { results } = await sendGrid.run({
			items: [
				{ email: 'bob@example.com' },
				{ email: 'ada@example.com' },
				{ email: 'ada@example.com' },
			],
			parameters: resendWith({
				requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 200 } } },
			}),
		});
		expect(results).toHaveLength(3);
		expect(sendGrid.mailed()).toEqual(['bob@example.com', 'ada@example.com']);
		// K3: each batch reads for itself. The third item needs no reading.
		expect(sendGrid.calls().filter((call) => call.startsWith('GET'))).toHaveLength(4);
	});

	test('names the field if the address is missing', async () => {
		const { error } = await sendGrid.run({ items: [{}], parameters: resendWith({}) });
		expect(error?.message).toBe("'Invitation' is empty");
	});

	test('reads the list once for items that start together', async () => {
		const pending = sendGrid.state.addManyPending(40);
		const { results } = await sendGrid.run({
			items: pending.map(({ email }) => ({ email })),
			parameters: resendWith({}),
		});
		expect(results).toHaveLength(40);
		const reads = sendGrid.calls().filter((call) => call.startsWith('GET'));
		expect(reads).toEqual(['GET /v3/teammates/pending', 'GET /v3/teammates/pending']);
	});

	test('reads the list separately for items of another subuser', async () => {
		sendGrid.state.addSubuser({ username: 'acme-marketing' });
		sendGrid.state.addPending({ email: 'ada@example.com' });
		sendGrid.state.addPending({ email: 'bob@example.com', account: 'acme-marketing' });
		const { results } = await sendGrid.run({
			items: [
				{ email: 'ada@example.com', subuser: '' },
				{ email: 'bob@example.com', subuser: 'acme-marketing' },
			],
			parameters: resendWith({ options: { onBehalfOf: '={{ $json.subuser }}' } }),
		});
		expect(results).toHaveLength(2);
	});
});

describe('Resend Invite from the list', () => {
	test('resends an invitation that was chosen from the list', async () => {
		sendGrid.state.addPending({ email: 'Ada@example.com' });
		const [{ value }] = (await searchInvitations(sendGrid.credential)).results;
		expect(value).toBe('Ada@example.com');
		const { error } = await sendGrid.run({
			parameters: resendWith({ invitation: by('list', String(value)) }),
		});
		expect(error).toBeUndefined();
		expect(sendGrid.mailed()).toEqual(['Ada@example.com']);
	});

	test("respects the credential's limits", async () => {
		sendGrid.state.addPending({ email: 'ada@example.com' });
		const { error } = await sendGrid.run({
			parameters: resendWith({ invitation: by('list', 'ada@example.com') }),
			credential: { allowedEmailDomains: 'example.org' },
		});
		expect(error?.message).toContain("doesn't allow");
		expect(sendGrid.mailed()).toEqual([]);
	});
});

describe('Resend Invite by token', () => {
	test('W1: goes on working with a key that may not read', async () => {
		const { token } = sendGrid.state.addPending({ email: 'ada@example.com' });
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['teammates.create'] });
		const { results, error } = await sendGrid.run({ parameters: resendWith(byToken(token)) });
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { email: 'ada@example.com' } }]);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test('W8: sends one email for rows that name one person by token and by address', async () => {
		const { token } = sendGrid.state.addPending({ email: 'ada@example.com' });
		const { results } = await sendGrid.run({
			items: [
				{ mode: 'token', value: token },
				{ mode: 'email', value: 'ADA@example.com' },
				{ mode: 'list', value: token },
			],
			parameters: resendWith({
				invitation: { __rl: true, mode: '={{ $json.mode }}', value: '={{ $json.value }}' },
			}),
		});
		expect(results.map(linkOf)).toEqual([0, 1, 2]);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test('W8: sends two invitations whose tokens differ only in case', async () => {
		const people = [
			['ada@example.com', 'AbCdEfGhIj'],
			['bob@example.com', 'aBcDeFgHiJ'],
		];
		for (const [email, token] of people) sendGrid.state.addPending({ email, token });
		const { results } = await sendGrid.run({
			items: people.map(([, value]) => ({ value })),
			parameters: resendWith(byToken('={{ $json.value }}')),
		});
		expect(results.map(({ json }) => [json.email, json.token])).toEqual(people);
		expect(sendGrid.mailed()).toEqual(['ada@example.com', 'bob@example.com']);
	});

	test('accepts the token that an older workflow has saved from the list', async () => {
		const { token } = sendGrid.state.addPending({ email: 'ada@example.com' });
		const { results } = await sendGrid.run({
			parameters: resendWith({ invitation: { __rl: true, mode: 'list', value: token } }),
		});
		expect(results).toHaveLength(1);
		expect(sendGrid.mailed()).toEqual(['ada@example.com']);
	});

	test('reports an unknown token without showing it', async () => {
		const { error } = await sendGrid.run({ parameters: resendWith(byToken('gone-for-long-now')) });
		expect(error?.message).toBe(
			"The invitation of 'gone…' was not sent again: this invitation no longer exists (HTTP 404)",
		);
		expect(error?.description).toContain('was accepted or revoked, or has expired');
	});

	test('keeps a token that the answer repeats out of the message', async () => {
		sendGrid.state.faults.add({
			method: 'POST',
			fault: {
				kind: 'status',
				status: 400,
				when: 'before',
				body: { errors: [{ message: 'bad key gone-for-long-now' }] },
			},
		});
		const { error } = await sendGrid.run({
			parameters: resendWith(byToken(' gone-for-long-now ')),
		});
		expect(error?.message).toContain('SendGrid says "bad key …"');
	});

	test('gives the expiry date after seven days, as SendGrid documents, since the answer has none', async () => {
		const { token } = sendGrid.state.addPending({
			email: 'ada@example.com',
			expiresInSeconds: 24 * 60 * 60,
		});
		const { results } = await sendGrid.run({ parameters: resendWith(byToken(token)) });
		expect(Object.keys(results[0].json)).toEqual([
			'email',
			'expires_at',
			'is_admin',
			'scopes',
			'token',
		]);
		const [{ expiration_date }] = sendGrid.state.account().invitations;
		const shown = Date.parse(String(results[0].json.expires_at)) / 1000;
		expect(Math.abs(shown - expiration_date)).toBeLessThanOrEqual(2);
		expect(sendGrid.calls().at(-1)).toMatch(/^POST/);
	});

	test('gives an expiry date in ISO 8601 too', async () => {
		const { token } = sendGrid.state.addPending({ email: 'ada@example.com' });
		sendGrid.state.faults.add({
			method: 'POST',
			fault: {
				kind: 'status',
				status: 200,
				when: 'after',
				body: { token, email: 'ada@example.com', expiration_date: 1456424263 },
			},
		});
		const { results } = await sendGrid.run({ parameters: resendWith(byToken(token)) });
		expect(results[0].json).toEqual({
			token,
			email: 'ada@example.com',
			expiration_date: 1456424263,
			expires_at: '2016-02-25T18:17:43.000Z',
			is_admin: null,
		});
	});

	test.each(['.', '..', 'a/b', '../../scopes', 'a\\b', 'a\nb', '\ud800'])(
		'never puts %j into a path',
		async (token) => {
			const { error } = await sendGrid.run({
				items: [{ token }],
				parameters: resendWith(byToken('={{ $json.token }}')),
			});
			expect(error?.message).toMatch(
				/^'Invitation' (contains characters that can't be part of it|must be one line of text)/,
			);
			expect(sendGrid.state.requests).toEqual([]);
		},
	);

	test.each(['', '   ', undefined])('refuses %j', async (token) => {
		const { error } = await sendGrid.run({
			items: [token === undefined ? {} : { token }],
			parameters: resendWith(byToken('={{ $json.token }}')),
		});
		expect(error?.message).toBe("'Invitation' is empty");
		expect(sendGrid.state.requests).toEqual([]);
	});

	test('encodes characters that mean something in a path', async () => {
		await sendGrid.run({ parameters: resendWith(byToken('a?b#c%2e d')) });
		expect(sendGrid.calls()).toContain('POST /v3/teammates/pending/a%3Fb%23c%252e%20d/resend');
	});
});

test('200 items that resend by email in an account of 400 take 200 writes and at most 3 reads', async () => {
	sendGrid.state.addManyTeammates(200);
	const pending = sendGrid.state.addManyPending(200);
	const { results } = await sendGrid.run({
		items: pending.map(({ email }) => ({ email: email.toUpperCase() })),
		parameters: resendWith(),
	});
	expect(results).toHaveLength(200);
	const calls = sendGrid.calls();
	expect(calls.filter((call) => call.startsWith('POST'))).toHaveLength(200);
	expect(calls.filter((call) => call.startsWith('GET')).length).toBeLessThanOrEqual(3);
	expect(new Set(sendGrid.mailed()).size).toBe(200);
});

test('Resend Invite behind Get Many resends invitations that expire soon', async () => {
	sendGrid.state.addPending({ email: 'soon@example.com', expiresInSeconds: 3600 });
	sendGrid.state.addPending({ email: 'fresh@example.com' });
	const found = await sendGrid.run({
		parameters: getInvitationsWith({ filters: { expiresWithinDays: 2 } }),
	});
	await sendGrid.run({
		items: found.results.map(({ json }) => json),
		parameters: resendWith(),
	});
	expect(sendGrid.mailed()).toEqual(['soon@example.com']);
});
