/* eslint-disable @n8n/community-nodes/no-restricted-imports -- stands between n8n and the sandbox */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sleep } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	createSsoWith,
	deleteTeammateWith,
	getInvitationsWith,
	inviteWith,
	offboardWith,
	resendWith,
	revokeWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

/** Cases of a second outside judge: each fails on the code that it was written against. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });
const teammate = (username: string) =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === username);
const fault = (rule: object) => sendGrid.state.faults.add(rule as never);
const unavailable = { kind: 'status', status: 503, when: 'before' };
const wait = sleep;

/** Waits until SendGrid has got a request like this. */
async function until(pattern: RegExp): Promise<void> {
	while (!sendGrid.calls().some((line) => pattern.test(line))) await wait(20);
}

const servers: Server[] = [];

/** Stands between n8n and SendGrid: forwards everything, and drops the header `Date`. */
async function proxy(onAnswered: (line: string, server: Server) => void = () => {}) {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			void (async () => {
				const { method = 'GET', url = '' } = request;
				const headers = Object.fromEntries(
					Object.entries(request.headers).filter(
						([name]) => !['host', 'connection', 'content-length'].includes(name),
					),
				) as Record<string, string>;
				response.sendDate = false;
				try {
					const answer = await fetch(`${sendGrid.url}${url}`, {
						method,
						headers,
						...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
					});
					response.statusCode = answer.status;
					response.setHeader('content-type', 'application/json');
					response.setHeader('connection', 'close');
					response.end(answer.status === 204 ? '' : await answer.text(), () =>
						onAnswered(`${method} ${url}`, server),
					);
				} catch {
					request.socket.destroy();
				}
			})();
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	servers.push(server);
	return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

jest.setTimeout(60_000);

test.each([
	['Offboard', offboardWith()],
	['Revoke', revokeWith()],
])(
	'W3: %s, the revocation 503 and not carried out, while another admin sends it again under a new token',
	async (_name, node) => {
		sendGrid.state.behaviours.tokenChangesOnResend = true;
		sendGrid.state.addPending({ email: ADA, token: 'old-token', scopes: ['stats.read'] });
		fault({ method: 'DELETE', fault: unavailable });
		const running = sendGrid.run({ items: [{ email: ADA }], parameters: node });
		await until(/^DELETE/);
		// What SendGrid does then, in this candidate.
		sendGrid.state.account().invitations[0].token = 'new-token';
		const { error } = await running;
		const canJoin = sendGrid.state.account().invitations.length > 0;
		expect({ canJoin, success: error === undefined }).not.toEqual({ canJoin: true, success: true });
	},
);

test('K6: Invitation > Get Many, first request of the process, n8n clock ten minutes slow: an expired one is not pending', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'], expiresInSeconds: 300 });
	sendGrid.state.advance(600);
	const { results } = await sendGrid.run({
		items: [{}],
		parameters: getInvitationsWith({ returnAll: true }),
	});
	expect(results[0].json).toMatchObject({ email: ADA, status: 'expired' });
});

const answer = (body: object, status = 200) => ({ kind: 'status', status, when: 'after', body });

const ssoAda = (details = {}) =>
	sendGrid.state.addTeammate({
		email: ADA,
		username: ADA,
		first_name: 'Ada',
		last_name: 'Lovelace',
		is_sso: true,
		scopes: ['stats.read', 'mail.send'],
		...details,
	});

test('K6/D3: a pending invitation that says admin by user_type is not revoked without Allow Admins', async () => {
	sendGrid.state.addPending({ email: ADA, is_admin: true, token: 'the-token' });
	fault({
		method: 'GET',
		path: /pending$/,
		times: Infinity,
		fault: answer({
			result: [{ email: ADA, token: 'the-token', user_type: 'admin', scopes: [] }],
		}),
	});
	await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(sendGrid.state.account().invitations).toHaveLength(1);
});

test('K6: teammates whose records say no address: the person is not "gone already"', async () => {
	joined();
	fault({
		method: 'GET',
		path: /teammates$/,
		times: Infinity,
		fault: answer({ result: [{ username: 'countess', is_admin: false, user_type: 'teammate' }] }),
	});
	const { results } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(results.map(({ json }) => json)).not.toMatchObject([{ changed: false }]);
});

/** A detail that says neither `is_admin` nor `user_type`. */
const hideRole = (scopes: string[]) =>
	fault({
		method: 'GET',
		path: /countess$/,
		times: Infinity,
		fault: answer({ username: 'countess', email: ADA, scopes }),
	});

test('K6/D3: Delete: of somebody of whom the record says neither is_admin nor user_type, an admin is not deleted', async () => {
	joined({ is_admin: true });
	hideRole([]);
	await sendGrid.run({ items: [{ email: ADA }], parameters: deleteTeammateWith() });
	expect(teammate('countess')).toBeDefined();
});

test.each([
	['Create or Update', upsertWith({ ifAccessDiffers: 'add' })],
	['Update Permissions', updatePermissionsWith({ mode: 'add' })],
])('K6/D3: %s, Add: of such a person an admin is not demoted', async (_name, node) => {
	joined({ is_admin: true });
	hideRole([]);
	await sendGrid.run({ items: [{ email: ADA }], parameters: node });
	expect(teammate('countess')?.profile.is_admin).toBe(true);
});

test('Section 6: without admin access, scopes that make new power are not given', async () => {
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: inviteWith({ scopes: ['teammates.update'] }),
		credential: { allowAdminAccess: false },
	});
	expect(sendGrid.mailed()).toEqual([]);
});
