/* eslint-disable @n8n/community-nodes/no-restricted-imports -- stands between n8n and the sandbox */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Fault } from '../../../sandbox/faults.mts';
import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	createSsoWith,
	deleteTeammateWith,
	offboardWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';

/** Messages say what was done before something failed: none says that nothing happened. */

const sendGrid = fakeSendGrid();

const { joined, teammate, fault, run, until } = aboutAda(sendGrid);

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } as const;
const forbidden = { kind: 'status', status: 403, when: 'before' } as const;

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

describe('Delete', () => {
	test('W7: reports that one of two teammates was deleted and the other has become an admin', async () => {
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

	test('W4: still reports one of two teammates as deleted if the next try cannot read', async () => {
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

	test('W4: stays unclear if an agent calls again after an unclear deletion', async () => {
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
});

describe('Create or Update', () => {
	test('W7: does not say that nothing was changed after a revocation and a refused connection', async () => {
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

	test('W7: reports that one of two invitations was revoked if the other is gone and looking is refused', async () => {
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
		settings: RETRY,
	});
	expect(teammate(ADA)).toBeDefined();
	expect(error?.message).not.toContain('was not created');
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
		settings: RETRY,
	});
	expect(error ?? results).not.toMatchObject([{ json: { changed: false } }]);
});

test('W7: Update Permissions done in part does not end with "were not updated" after Retry On Fail', async () => {
	joined({ scopes: ['alerts.read'] });
	const record = (scopes: string[]): Fault => ({
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
		settings: RETRY,
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
		settings: RETRY,
	});
	expect(sendGrid.state.account().teammates).toEqual([]);
	expect(JSON.stringify(results[0].json)).toContain('countess');
	expect(JSON.stringify(results[0].json)).toContain('lovelace');
});

test('W7: half a deletion is not called unhandled', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'ada2' });
	fault({
		method: 'DELETE',
		path: /ada2/,
		times: Infinity,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
	const { error } = await run(deleteTeammateWith());
	expect(error?.message).toMatch(/^'ada@example.com': 'countess' was deleted, but/);
});
