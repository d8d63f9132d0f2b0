/* eslint-disable @n8n/community-nodes/no-restricted-imports -- stands between n8n and the sandbox */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sleep, type INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	deleteTeammateWith,
	getInvitationsWith,
	inviteWith,
	offboardWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';

/** Cases of a second outside judge: each fails on the code that it was written against. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } as const;

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });
const teammate = (username: string) =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === username);
const fault = (rule: object) => sendGrid.state.faults.add(rule as never);
const forbidden = { kind: 'status', status: 403, when: 'before' };
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

test('W7: Delete, two teammates: one deleted, the other an admin by then: no "was not deleted: this person is an admin"', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'lovelace' });
	fault({
		method: 'DELETE',
		path: /lovelace/,
		fault: { kind: 'rate-limited', header: 'retry-after', seconds: 4 },
	});
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: deleteTeammateWith() });
	await until(/^DELETE .*lovelace/);
	Object.assign(teammate('lovelace')?.profile ?? {}, { is_admin: true, user_type: 'admin' });
	const { error } = await running;
	expect(teammate('countess')).toBeUndefined();
	expect(error?.message).not.toMatch(/^'ada@example.com' was not deleted/);
});

test('W7/W4: Delete, two teammates: one deleted, the other refused, the next try cannot read: not "was not deleted"', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'lovelace' });
	fault({ method: 'DELETE', path: /lovelace/, fault: forbidden });
	const running = sendGrid.run({
		items: [{ email: ADA }],
		parameters: deleteTeammateWith(),
		settings: { ...RETRY, waitBetweenTries: 300 },
	});
	await until(/^DELETE .*lovelace/);
	fault({ method: 'GET', times: Infinity, fault: forbidden });
	const { error } = await running;
	expect(teammate('countess')).toBeUndefined();
	expect(error?.message).not.toMatch(/^'ada@example.com' was not deleted/);
});

test('W7: Update Permissions with a persona: advice names no field that is not shown', async () => {
	joined({ scopes: ['alerts.read'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({
			mode: 'add',
			access: 'persona',
			persona: 'observer',
			additionalScopes: ['cakes.bake'],
		} as INodeParameters),
	});
	expect(error?.description).toContain('cakes.bake');
	expect(error?.description).toContain("'Additional Scope Names or IDs'");
});

test('W7: Create or Update with a persona, a teammate: advice names no field that is not shown', async () => {
	joined({ scopes: ['alerts.read'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({
			access: 'persona',
			persona: 'observer',
			additionalScopes: ['cakes.bake'],
		} as INodeParameters),
	});
	expect(error?.description).toContain('cakes.bake');
	expect(error?.description).toContain("'Additional Scope Names or IDs'");
});

test('W7: Update Permissions, Add: no advice to remove a scope that the item does not name', async () => {
	joined({ scopes: ['old.scope'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({ mode: 'add', scopes: ['stats.read'] }),
	});
	expect(error?.description ?? '').not.toMatch(/Remove .*'old.scope'/);
});

test('W7: the earlier invitation is revoked, then the connection is refused: no "Nothing was changed"', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	const credential = await proxy((line, server) => {
		if (!line.startsWith('DELETE')) return;
		server.close();
		server.closeAllConnections();
	});
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ options: { maxWait: 5 } }),
		credential,
	});
	expect(sendGrid.state.account().invitations).toEqual([]);
	expect(error?.message).toContain('was revoked, but');
	expect(error?.description).not.toContain('Nothing was changed');
});

test('W7: of two invitations one was revoked, the other is gone, looking is refused: not "was not invited or updated"', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	sendGrid.state.addPending({ email: 'Ada@example.com', scopes: ['mail.send'] });
	fault({ method: 'DELETE', fault: { kind: 'slow', ms: 300 } });
	fault({ method: 'DELETE', fault: { kind: 'status', status: 404, when: 'before' } });
	const running = sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	await until(/^DELETE/);
	fault({ method: 'GET', times: Infinity, fault: forbidden });
	const { error } = await running;
	expect(sendGrid.state.account().invitations).toHaveLength(1);
	expect(error?.message).not.toMatch(/^'ada@example.com' was not invited or updated/);
});

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

test('W4: an agent calls Delete again after an unclear one: not "was not deleted"', async () => {
	joined();
	fault({ method: 'DELETE', fault: { kind: 'drop', when: 'after' } });
	const rule = fault({ method: 'GET', path: /countess$/, times: Infinity, fault: forbidden });
	sendGrid.state.faults.remove(rule);
	fault({ method: 'GET', path: /countess$/, fault: { kind: 'slow', ms: 1 } });
	fault({ method: 'GET', path: /countess$/, times: 12, fault: forbidden });
	const call = async () =>
		await sendGrid.run({
			items: [{ email: ADA }],
			parameters: deleteTeammateWith(),
			asTool: 'asAnyNode',
		});
	const first = await call();
	expect(first.results[0].json.error).toMatch(/^It is unclear/);
	const second = await call();
	expect(second.results[0].json.error).not.toMatch(/was not deleted/);
});

test('D3/K5: Update with Allow Admins: a second invitation that makes the person an admin does not stay', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'], expiresInSeconds: 500_000 });
	sendGrid.state.addPending({
		email: 'Ada@example.com',
		is_admin: true,
		expiresInSeconds: 400_000,
	});
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({
			scopes: ['stats.read'],
			ifAccessDiffers: 'update',
			options: { allowAdmins: true },
		}),
	});
	expect(sendGrid.state.account().invitations.some(({ is_admin }) => is_admin)).toBe(false);
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
