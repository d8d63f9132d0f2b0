/** W1 to W5: after a lost answer, nothing is sent a second time on a guess, and nobody is forgotten. */
import type { INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	inviteWith,
	offboardWith,
	resendWith,
	revokeWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { joined, invited, teammate, fault, run, until } = aboutAda(sendGrid);

const CONTINUE = { onError: 'continueRegularOutput' } as const;

jest.setTimeout(60_000);

test("W2: one email is sent if n8n's clock is ten seconds fast and the first request loses its answer", async () => {
	// As after a start of n8n: nothing is known of SendGrid's clock when the request leaves.
	sendGrid.state.advance(-10);
	fault({ method: 'POST', fault: { kind: 'drop', when: 'after' } });
	await sendGrid.run({ items: [{ email: ADA }], parameters: inviteWith() });
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test('W3: SSO Update to fewer scopes is sent again after a 503 that did not carry it out', async () => {
	const sso = { is_sso: true, first_name: 'Ada', last_name: 'Lovelace' };
	joined({ username: ADA, ...sso, scopes: ['stats.read', 'mail.send'] });
	fault({ method: 'PATCH', fault: { kind: 'status', status: 503, when: 'before' } });
	const { error } = await run(updateSsoWith({ access: 'scopes', scopes: ['stats.read'] }));
	expect(error).toBeUndefined();
	expect(teammate(ADA)?.scopes).toEqual(['stats.read']);
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

test("W4, W7: an agent's Invite says what is unclear if an earlier call has changed permissions", async () => {
	joined();
	fault({ method: 'PATCH', fault: { kind: 'late', ms: 20_000 } });
	const call = async (parameters: INodeParameters) =>
		(await run(parameters, undefined, { asTool: 'asAnyNode' })).results[0].json;
	const first = await call(upsertWith({ options: { maxWait: 0 } }));
	expect(first.error).toMatch(/^It is unclear whether the permissions of 'ada@example.com'/);
	expect(await call(inviteWith())).toEqual(first);
	expect(sendGrid.mailed()).toEqual([]);
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

test('W5/W2: Offboard removes a teammate with a left-over invitation whose revocation loses its answer', async () => {
	sendGrid.state.addPending({ email: ADA });
	joined();
	fault({ method: 'DELETE', path: /pending/, fault: { kind: 'drop', when: 'after' } });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.message).toBeUndefined();
	expect(teammate('countess')).toBeUndefined();
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

describe('nothing is sent while another write about the person is in doubt', () => {
	const TOKEN = 'a-token-of-ada';
	const options = { maxWait: 1 };
	const writes = () => sendGrid.calls().filter((call) => !call.startsWith('GET'));

	/** Another execution, whose request may be carried out later. */
	async function leaveInDoubt(method: string, parameters: INodeParameters) {
		fault({ method, fault: { kind: 'late', ms: 20_000 } });
		const { error } = await run(parameters);
		expect(error?.message).toMatch(/^It is unclear/);
	}

	async function expectNothingSent(parameters: INodeParameters) {
		const before = writes();
		const { error } = await run({ ...parameters, options });
		expect(error?.message).toMatch(/: an earlier change of this person may still be carried out/);
		expect(writes()).toEqual(before);
	}

	test.each([
		['Approve', approveWith({ requestId: '={{ $json.id }}' })],
		[
			'Update Permissions by username',
			updatePermissionsWith({ teammate: by('username', 'countess') }),
		],
		['SSO Update by username', updateSsoWith({ teammate: by('username', 'countess') })],
		['Delete by username', deleteTeammateWith({ teammate: by('username', 'countess') })],
		['Delete by email', deleteTeammateWith()],
		['Offboard', offboardWith()],
		['Create or Update', upsertWith()],
	])('W1: %s waits for a change of permissions', async (_, parameters) => {
		joined({ scopes: ['stats.read'] });
		const { id } = sendGrid.state.addAccessRequest({
			username: 'countess',
			scope_group_name: 'Mail',
			scopes: ['mail.send'],
		});
		await leaveInDoubt('PATCH', updatePermissionsWith({ scopes: ['templates.read'], options }));
		await expectNothingSent({
			...parameters,
			...('requestId' in parameters && { requestId: String(id) }),
		});
	});

	test.each([
		['Revoke by token', revokeWith({ invitation: by('token', TOKEN) })],
		['Revoke by email', revokeWith()],
		['Resend by token', resendWith({ invitation: by('token', TOKEN) })],
		['Resend by email', resendWith()],
		['Invite', inviteWith({ scopes: ['mail.send'] })],
		['SSO Create', createSsoWith()],
	])('W1: %s waits for an invitation', async (_, parameters) => {
		invited({ token: TOKEN, expiresInSeconds: 86_400 });
		await leaveInDoubt('POST', inviteWith({ options }));
		await expectNothingSent(parameters);
	});
});
