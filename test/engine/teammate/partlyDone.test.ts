/* eslint-disable @n8n/community-nodes/no-restricted-imports -- stands between n8n and the sandbox */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sleep } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { deleteTeammateWith, upsertWith } from '../../support/parameters';

/** Messages say what was done before something failed: none says that nothing happened. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } as const;

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });
const teammate = (username: string) =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === username);
const fault = (rule: object) => sendGrid.state.faults.add(rule as never);
const forbidden = { kind: 'status', status: 403, when: 'before' };

/** Waits until SendGrid has received a request like this. */
async function until(pattern: RegExp): Promise<void> {
	while (!sendGrid.calls().some((line) => pattern.test(line))) await sleep(20);
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
