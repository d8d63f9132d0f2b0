import { sleep, type INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	getTeammateWith,
	inviteWith,
	offboardWith,
	revokeWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

/** Cases from an outside review: each fails on the code that it was written against. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';
const CONTINUE = { onError: 'continueRegularOutput' } as const;

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });
const teammate = (username: string) =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === username);
const fault = (rule: object) => sendGrid.state.faults.add(rule as never);
const wait = sleep;

/** Waits until SendGrid has received a request like this. */
async function until(pattern: RegExp): Promise<void> {
	while (!sendGrid.calls().some((line) => pattern.test(line))) await wait(20);
}

jest.setTimeout(60_000);

test("W2: one email is sent if n8n's clock is ten seconds fast and the first request loses its answer", async () => {
	// As after a start of n8n: nothing is known of SendGrid's clock when the request leaves.
	sendGrid.state.advance(-10);
	fault({ method: 'POST', fault: { kind: 'drop', when: 'after' } });
	await sendGrid.run({ items: [{ email: ADA }], parameters: inviteWith() });
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test('W8/K3: the third row of Create or Update A, B, A in one run does not say A while B is true', async () => {
	joined({ scopes: ['alerts.read'] });
	const { results } = await sendGrid.run({
		items: [
			{ email: ADA, scopes: ['stats.read'] },
			{ email: ADA, scopes: ['mail.send'] },
			{ email: ADA, scopes: ['stats.read'] },
		],
		parameters: upsertWith({ scopes: '={{ $json.scopes }}', ifAccessDiffers: 'update' }),
	});
	expect(results).toHaveLength(3);
	expect(teammate('countess')?.scopes).toEqual(['stats.read']);
});

test('W8: a row with Allow Admins is not answered from one without', async () => {
	joined({ is_admin: true });
	const { results } = await sendGrid.run({
		items: [
			{ email: ADA, allow: false },
			{ email: ADA, allow: true },
		],
		parameters: upsertWith({ options: { allowAdmins: '={{ $json.allow }}' } as INodeParameters }),
	});
	expect(results[1].json).toMatchObject({ action: 'updated' });
	expect(teammate('countess')?.profile.is_admin).toBe(false);
});

test('W7: the message says that one of two invitations was revoked and the other was not', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['mail.send'] });
	// The second revocation is refused.
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 1 } });
	fault({ method: 'DELETE', fault: { kind: 'status', status: 403, when: 'before' } });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	expect(sendGrid.state.account().invitations).toHaveLength(1);
	expect(error?.message).toContain(' was revoked');
	expect(error?.message).not.toMatch(/was not invited or updated: SendGrid/);
});

test('W7: the advice after a 503 does not say that nothing was changed if one of two was revoked', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['mail.send'] });
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 1 } });
	fault({
		method: 'DELETE',
		times: Infinity,
		fault: { kind: 'status', status: 503, when: 'before' },
	});
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ options: { maxWait: 5.2 } }),
	});
	expect(sendGrid.state.account().invitations).toHaveLength(1);
	expect(`${error?.message} ${error?.description}`).not.toContain('nothing was changed');
});

test('D3/K5: If Access Differs "Add" takes nothing away, even from a second invitation', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'], expiresInSeconds: 500_000 });
	sendGrid.state.addPending({
		email: 'Ada@example.com',
		scopes: ['mail.send'],
		expiresInSeconds: 400_000,
	});
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ scopes: ['alerts.read'], ifAccessDiffers: 'add' }),
	});
	const [invitation] = sendGrid.state.account().invitations;
	expect(invitation.scopes).toEqual(expect.arrayContaining(['alerts.read', 'stats.read']));
	expect(invitation.scopes).toContain('mail.send');
});

test.each(['add', 'remove'])(
	'W6: Update Permissions, %s is no success if SendGrid dropped a scope on the way',
	async (mode) => {
		joined({ scopes: ['mail.send', 'alerts.read', 'templates.read'] });
		const record = (scopes: string[]) => ({
			kind: 'status',
			status: 200,
			when: 'before',
			body: { username: 'countess', email: ADA, is_admin: false, user_type: 'teammate', scopes },
		});
		// Before: three scopes. After: SendGrid has dropped a scope that nobody asked to remove.
		fault({
			method: 'GET',
			path: /teammates\/countess$/,
			fault: record(['mail.send', 'alerts.read', 'templates.read']),
		});
		fault({
			method: 'GET',
			path: /teammates\/countess$/,
			times: Infinity,
			fault: record(mode === 'add' ? ['mail.send', 'alerts.read', 'stats.read'] : ['mail.send']),
		});
		const { results, error } = await sendGrid.run({
			items: [{ email: ADA }],
			parameters: updatePermissionsWith({
				mode,
				scopes: mode === 'add' ? ['stats.read'] : ['alerts.read'],
			}),
		});
		expect(results).toEqual([]);
		expect(error?.message).toContain('templates.read');
	},
);

test('W7: Retry On Fail after "was created, but ..." does not end with "was not created"', async () => {
	sendGrid.state.addSubuser({ username: 'acme-marketing' });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: createSsoWith({
			access: 'subusers',
			subuserAccess: {
				subusers: [
					{
						username: 'acme-marketing',
						permission: 'restricted',
						scopes: ['templates.read', 'teammates.read'],
					},
				],
			},
		}),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(teammate(ADA)).toBeDefined();
	expect(error?.message).not.toContain('was not created');
});

const ssoAda = () =>
	sendGrid.state.addTeammate({
		email: ADA,
		username: ADA,
		first_name: 'Ada',
		last_name: 'Lovelace',
		is_sso: true,
		scopes: ['stats.read', 'mail.send'],
	});
const fewer = updateSsoWith({ access: 'scopes', scopes: ['stats.read'] });

test('W3: SSO Update to fewer scopes is no success if it got a 503 and was not carried out', async () => {
	ssoAda();
	fault({ method: 'PATCH', fault: { kind: 'status', status: 503, when: 'before' } });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: fewer });
	if (!error) expect(teammate(ADA)?.scopes).toEqual(['stats.read']);
});

test('W6: SSO Update is no success if it was answered 200 and dropped', async () => {
	ssoAda();
	fault({ method: 'PATCH', fault: { kind: 'not-applied' } });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: fewer });
	expect(error?.message).toBeDefined();
});

test('K3/D3: Delete spares somebody who becomes an admin while it waits for the rate limit', async () => {
	joined({ scopes: ['stats.read'] });
	fault({ method: 'DELETE', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 4 } });
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: deleteTeammateWith() });
	await wait(2000);
	Object.assign(teammate('countess')?.profile ?? {}, { is_admin: true, user_type: 'admin' });
	await running;
	expect(teammate('countess')).toBeDefined();
});

test('W4/W7: Offboard never says "changed: false" in a retry after a revocation and an unclear deletion', async () => {
	sendGrid.state.addPending({ email: ADA });
	joined();
	fault({
		method: 'DELETE',
		path: /countess/,
		fault: { kind: 'drop', when: 'after' },
	});
	fault({
		method: 'GET',
		path: /countess/,
		times: Infinity,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
	const { results, error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: offboardWith(),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(error ?? results).not.toMatchObject([{ json: { changed: false } }]);
});

test("A2: Max Wait of one item does not end another's shared reading", async () => {
	joined();
	sendGrid.state.addTeammate({ email: 'bob@example.com', username: 'bob' });
	fault({ method: 'GET', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 2 } });
	const { results } = await sendGrid.run({
		items: [
			{ email: ADA, wait: 0 },
			{ email: 'bob@example.com', wait: 60 },
		],
		parameters: getTeammateWith({ options: { maxWait: '={{ $json.wait }}' } as INodeParameters }),
		settings: CONTINUE,
	});
	expect(results[1].json.error).toBeUndefined();
});

test('W1: a request that is approved while Update Permissions works is not lost', async () => {
	joined({ scopes: ['alerts.read'] });
	const request = sendGrid.state.addAccessRequest({
		username: 'countess',
		scope_group_name: 'Mail',
		scopes: ['mail.send'],
	} as never) as unknown as { id: number };
	fault({ method: 'PATCH', path: /countess/, fault: { kind: 'slow', ms: 1 } });
	// The readings take a while: the approval falls between reading and writing.
	fault({
		method: 'GET',
		path: /countess$/,
		times: 2,
		fault: { kind: 'slow', ms: 1500 },
	});
	const [update, approval] = await Promise.all([
		sendGrid.run({
			items: [{ email: ADA }],
			parameters: updatePermissionsWith({ mode: 'add', scopes: ['stats.read'] }),
		}),
		wait(500).then(
			async () => await sendGrid.run({ items: [{ id: request.id }], parameters: approveWith() }),
		),
	]);
	expect([update.error, approval.error]).toEqual([undefined, undefined]);
	expect(teammate('countess')?.scopes).toEqual(
		expect.arrayContaining(['alerts.read', 'stats.read', 'mail.send']),
	);
});

test('Section 6: Approve gives something, so the guards hold', async () => {
	joined({ scopes: ['alerts.read'] });
	const request = sendGrid.state.addAccessRequest({
		username: 'countess',
		scope_group_name: 'Mail',
		scopes: ['mail.send'],
	} as never) as unknown as { id: number };
	const { error } = await sendGrid.run({
		items: [{ id: request.id }],
		parameters: approveWith(),
		credential: { allowedEmailDomains: 'acme.example' },
	});
	expect(error?.message).toContain("doesn't allow");
});

test.each([
	['objects', [{ name: 'mail.send' }, { name: 'alerts.read' }]],
	['a text among nulls', [null, 'mail.send']],
])('K6: a detail whose scopes are %s is no basis for a write', async (_what, scopes) => {
	joined({ scopes: ['mail.send', 'alerts.read'] });
	fault({
		method: 'GET',
		path: /countess$/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { username: 'countess', email: ADA, is_admin: false, user_type: 'teammate', scopes },
		},
	});
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({ mode: 'add', scopes: ['stats.read'] }),
	});
	expect(teammate('countess')?.scopes).toEqual(
		expect.arrayContaining(['mail.send', 'alerts.read']),
	);
});

test('K6: a teammate of whom the list says neither is_admin nor user_type is not deleted as no admin', async () => {
	joined({ is_admin: true });
	fault({
		method: 'GET',
		path: /teammates$/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { result: [{ username: 'countess', email: ADA }] },
		},
	});
	await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(teammate('countess')).toBeDefined();
});

test('K6: Offboard does not call a record "gone already" whose username is the address', async () => {
	sendGrid.state.addTeammate({ email: ADA, username: ADA });
	fault({
		method: 'GET',
		path: /teammates$/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: {
				result: [{ username: ADA, email: null, is_admin: false, user_type: 'teammate' }],
			},
		},
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.message).toContain("leaves out an address, which may be this person's");
});

test("W7: the advice of Create or Update does not name 'By Email' if the change answers 404", async () => {
	joined({ scopes: ['alerts.read'] });
	fault({
		method: 'PATCH',
		times: Infinity,
		fault: { kind: 'status', status: 404, when: 'before' },
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	expect(error?.description).not.toContain('By Email');
});

test("W7: the advice on scopes names 'Additional Scope Names or IDs' with a persona", async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({
			access: 'persona',
			persona: 'observer',
			additionalScopes: ['cakes.bake'],
		}),
	});
	expect(error?.message).toContain('cakes.bake');
	expect(error?.description).toContain("'Additional Scope Names or IDs'");
});

test("W7: the advice of 'Add' does not say to remove a scope that the item does not name", async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['old.scope'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ ifAccessDiffers: 'add' }),
	});
	expect(error?.message).toContain('old.scope');
	expect(error?.description).not.toContain('Remove them');
});

test('W7: the advice of Get by email about two teammates names this operation', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'lovelace' });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: getTeammateWith() });
	expect(error?.description).not.toContain('Update Permissions');
});

test('W4: nothing is sent if an agent calls SSO Create again after an unclear call', async () => {
	fault({ method: 'POST', fault: { kind: 'drop', when: 'before' } });
	fault({
		method: 'GET',
		times: Infinity,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
	const call = async () =>
		await sendGrid.run({
			items: [{ email: ADA }],
			parameters: createSsoWith(),
			asTool: 'asAnyNode',
		});
	const first = await call();
	expect(first.results[0].json.error).toMatch(/^It is unclear/);
	await call();
	expect(sendGrid.calls().filter((line) => line.startsWith('POST'))).toHaveLength(1);
});

test('W5: Offboard also deletes somebody who accepts the second invitation while the first is revoked', async () => {
	sendGrid.state.behaviours.inviteExistingTeammate = 'created';
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['mail.send'] });
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 1200 } });
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	await wait(700);
	const left = sendGrid.state.account().invitations[0];
	sendGrid.state.accept(left.email, { username: 'countess' } as never);
	const { results, error } = await running;
	expect({ mailed: sendGrid.mailed(), results, error: error?.message }).toMatchObject({
		mailed: [],
	});
});

test('V2: On Behalf Of that is null does not act on the parent account', async () => {
	joined();
	await sendGrid.run({
		items: [{ email: ADA, subuser: null }],
		parameters: offboardWith({
			options: { onBehalfOf: '={{ $json.subuser }}' } as INodeParameters,
		}),
	});
	expect(teammate('countess')).toBeDefined();
});

test('Failed items: an expression in Request Options that fails for one row fails that row only', async () => {
	const { results, error } = await sendGrid.run({
		items: [{ email: ADA }, { email: 'bob@example.com' }],
		parameters: inviteWith({
			requestOptions: {
				timeout: "={{ $json.email.startsWith('ada') ? $('Nowhere').first().json.x : 1000 }}",
			} as INodeParameters,
		}),
		settings: CONTINUE,
	});
	expect(error).toBeUndefined();
	expect(results).toHaveLength(2);
});

test("D2/D3: 'Leave' keeps the access even if an expired invitation cannot be resent", async () => {
	sendGrid.state.behaviours.resendExpired = 'not-found';
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'], expiresInSeconds: -1000 });
	const { results, error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ scopes: [], ifAccessDiffers: 'leave' }),
	});
	expect({ results, error: error?.message }).toBeDefined();
	expect(sendGrid.state.account().invitations[0]?.scopes).toEqual(['mail.send']);
});

test('K3/D3: Offboard spares somebody who becomes an admin while the second write waits for the rate limit', async () => {
	sendGrid.state.addPending({ email: ADA });
	joined();
	fault({
		method: 'DELETE',
		path: /countess/,
		fault: { kind: 'rate-limited', header: 'retry-after', seconds: 4 },
	});
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	await wait(2000);
	Object.assign(teammate('countess')?.profile ?? {}, { is_admin: true, user_type: 'admin' });
	await running;
	expect(teammate('countess')).toBeDefined();
});

test('W5/W2: Offboard removes a teammate with a left-over invitation whose revocation loses its answer', async () => {
	sendGrid.state.addPending({ email: ADA });
	joined();
	fault({ method: 'DELETE', path: /pending/, fault: { kind: 'drop', when: 'after' } });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.message).toBeUndefined();
	expect(teammate('countess')).toBeUndefined();
});

test('W7: Update Permissions done in part does not end with "were not updated" after Retry On Fail', async () => {
	joined({ scopes: ['alerts.read'] });
	const record = (scopes: string[]) => ({
		kind: 'status',
		status: 200,
		when: 'before',
		body: { username: 'countess', email: ADA, is_admin: false, user_type: 'teammate', scopes },
	});
	// SendGrid leaves out one of the two scopes.
	fault({ method: 'GET', path: /countess$/, fault: record(['alerts.read']) });
	fault({
		method: 'GET',
		path: /countess$/,
		times: Infinity,
		fault: record(['alerts.read', 'mail.send']),
	});
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({ mode: 'add', scopes: ['mail.send', 'stats.read'] }),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(error?.message).not.toContain('were not updated');
});

test('W7/W4: Delete by email of two teammates names both after a retry', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'lovelace' });
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 1 } });
	fault({ method: 'DELETE', fault: { kind: 'status', status: 403, when: 'before' } });
	const { results } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: deleteTeammateWith(),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
	});
	expect(sendGrid.state.account().teammates).toEqual([]);
	expect(JSON.stringify(results[0].json)).toContain('countess');
	expect(JSON.stringify(results[0].json)).toContain('lovelace');
});

test('W1: rows with the crossed usernames and addresses of two people do not wait for each other forever', async () => {
	sendGrid.state.addTeammate({ username: 'x@example.com', email: 'y@example.com' });
	sendGrid.state.addTeammate({ username: 'y@example.com', email: 'x@example.com' });
	const done = await Promise.race([
		sendGrid.run({
			items: [{ name: 'x@example.com' }, { name: 'y@example.com' }],
			parameters: updatePermissionsWith({
				teammate: by('username', '={{ $json.name }}'),
				mode: 'add',
				options: { maxWait: 3 },
			}),
			cancelAfter: 18_000,
		}),
		wait(15_000),
	]);
	expect(done).toBeDefined();
	await wait(5000);
});

test('W4/W8: a second row of SSO Create about one person sends nothing if the first is unclear', async () => {
	fault({ method: 'POST', fault: { kind: 'drop', when: 'after' } });
	fault({
		method: 'GET',
		times: Infinity,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
	const { results } = await sendGrid.run({
		items: [{ email: ADA }, { email: ADA }],
		parameters: createSsoWith(),
		settings: CONTINUE,
	});
	expect(sendGrid.calls().filter((line) => line.startsWith('POST'))).toHaveLength(1);
	expect(results[1].json.error).not.toContain('was not created');
});

test('K6/D3: is_admin as the number 1 is no basis for deleting somebody as no admin', async () => {
	joined({ is_admin: true });
	fault({
		method: 'GET',
		path: /teammates$/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { result: [{ email: ADA, username: 'countess', is_admin: 1 }] },
		},
	});
	await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(teammate('countess')).toBeDefined();
});

test('Section 6: a token that SendGrid repeats as it stood in the path is not shown', async () => {
	sendGrid.state.addPending({ email: ADA, token: 'a+token=of ada' });
	const inPath = encodeURIComponent('a+token=of ada');
	fault({
		method: 'DELETE',
		fault: {
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: `no route for /v3/teammates/pending/${inPath}` }] },
		},
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: revokeWith() });
	expect(error?.message).not.toContain(inPath);
});

test('W7: Offboard does not advise to invite somebody again who is still listed and answered 404', async () => {
	sendGrid.state.addPending({ email: ADA });
	fault({
		method: 'DELETE',
		times: Infinity,
		fault: { kind: 'status', status: 404, when: 'before' },
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.description).not.toMatch(/no longer exists|Invite the person again/);
});

test.each([
	['Offboard', offboardWith()],
	['Revoke', revokeWith()],
])(
	'W3: %s also revokes an invitation that another admin resends under a new token after a 503',
	async (_name, node) => {
		sendGrid.state.behaviours.tokenChangesOnResend = true;
		sendGrid.state.addPending({ email: ADA, token: 'old-token', scopes: ['stats.read'] });
		fault({ method: 'DELETE', fault: { kind: 'status', status: 503, when: 'before' } });
		const running = sendGrid.run({ items: [{ email: ADA }], parameters: node });
		await until(/^DELETE/);
		// What SendGrid does then, with this behaviour.
		sendGrid.state.account().invitations[0].token = 'new-token';
		const { error } = await running;
		expect(error).toBeUndefined();
		expect(sendGrid.state.account().invitations).toEqual([]);
	},
);
