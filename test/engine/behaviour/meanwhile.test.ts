/** K3, W1, A2: what others do while an item waits or works, other items and executions among them. */
import { sleep, type INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	by,
	deleteTeammateWith,
	getTeammateWith,
	offboardWith,
	resendWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { asked, joined, teammate, fault, until } = aboutAda(sendGrid);

const CONTINUE = { onError: 'continueRegularOutput' } as const;

jest.setTimeout(60_000);

test('K3/D3: Delete spares somebody who becomes an admin while it waits for the rate limit', async () => {
	joined({ scopes: ['stats.read'] });
	fault({ method: 'DELETE', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 4 } });
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: deleteTeammateWith() });
	await sleep(2000);
	Object.assign(teammate('countess')?.profile ?? {}, { is_admin: true, user_type: 'admin' });
	await running;
	expect(teammate('countess')).toBeDefined();
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
	await sleep(2000);
	Object.assign(teammate('countess')?.profile ?? {}, { is_admin: true, user_type: 'admin' });
	await running;
	expect(teammate('countess')).toBeDefined();
});

test.each([
	['by token', ADA, by('token', 'a-token-of-ada')],
	['by the token of somebody without an address', '', by('token', 'a-token-of-ada')],
	['by email', ADA, by('email', ADA)],
])(
	"K3/Section 6: Resend Invite %s does not mail what has become an admin's invitation while it waits for the rate limit",
	async (_, email, invitation) => {
		const known = sendGrid.state.addPending({
			email,
			token: 'a-token-of-ada',
			scopes: ['stats.read'],
		});
		fault({ method: 'POST', fault: { kind: 'rate-limited', header: 'retry-after', seconds: 4 } });
		const running = sendGrid.run({
			items: [{}],
			parameters: resendWith({ invitation }),
			credential: { allowAdminAccess: false },
		});
		await until(/^POST/);
		// Another admin has invited the person again. The token stays.
		Object.assign(known, { is_admin: true, scopes: [] });
		const { error } = await running;
		expect(error?.message).toContain("doesn't allow granting admin access");
		expect(sendGrid.mailed()).toEqual([]);
	},
);

test('W1: a request that is approved while Update Permissions works is not lost', async () => {
	joined({ scopes: ['alerts.read'] });
	const request = asked();
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
		sleep(500).then(
			async () => await sendGrid.run({ items: [{ id: request.id }], parameters: approveWith() }),
		),
	]);
	expect([update.error, approval.error]).toEqual([undefined, undefined]);
	expect(teammate('countess')?.scopes).toEqual(
		expect.arrayContaining(['alerts.read', 'stats.read', 'mail.send']),
	);
});

test('W5: Offboard also deletes somebody who accepts the second invitation while the first is revoked', async () => {
	sendGrid.state.behaviours.inviteExistingTeammate = 'created';
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['mail.send'] });
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 1200 } });
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	await sleep(700);
	const left = sendGrid.state.account().invitations[0];
	sendGrid.state.accept(left.email, { username: 'countess' } as never);
	const { results, error } = await running;
	expect({ mailed: sendGrid.mailed(), results, error: error?.message }).toMatchObject({
		mailed: [],
	});
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
		sleep(15_000),
	]);
	expect(done).toBeDefined();
	await sleep(5000);
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
