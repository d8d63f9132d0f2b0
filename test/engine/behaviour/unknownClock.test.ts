/* eslint-disable @n8n/community-nodes/no-restricted-imports -- stands between n8n and the sandbox */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { inviteWith, resendWith, upsertWith } from '../../support/parameters';

/** SendGrid's clock is ten minutes behind n8n's, and no response shows it: a gateway drops the header `Date`. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const servers: Server[] = [];

async function withoutDate() {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			void forward(
				request.method ?? 'GET',
				request.url ?? '',
				request.headers.authorization,
				chunks,
			)
				.then(({ status, text }) => {
					response.sendDate = false;
					response.statusCode = status;
					response.setHeader('content-type', 'application/json');
					response.end(text);
				})
				.catch(() => request.socket.destroy());
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	servers.push(server);
	return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function forward(method: string, url: string, authorization = '', chunks: Buffer[] = []) {
	const answer = await fetch(`${sendGrid.url}${url}`, {
		method,
		headers: { authorization, 'content-type': 'application/json' },
		...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
	});
	return { status: answer.status, text: await answer.text() };
}

beforeEach(() => {
	sendGrid.state.advance(-600);
	sendGrid.state.faults.add({ method: 'POST', fault: { kind: 'drop', when: 'after' } });
});

afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

jest.setTimeout(30_000);

test('W2: Create or Update sends one email if its answer is lost, since nobody was invited before', async () => {
	const { results, error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith(),
		credential: await withoutDate(),
	});
	expect(error).toBeUndefined();
	expect(results).toMatchObject([{ json: { action: 'invited' } }]);
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test('W2: Invite, which does not look before, sends one email and says that it is unclear', async () => {
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: inviteWith(),
		credential: await withoutDate(),
	});
	expect(error?.message).toContain('It is unclear whether');
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test('W2: Resend Invite sends one email, since the expiry date is later than before', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'], expiresInSeconds: 86_400 });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: resendWith(),
		credential: await withoutDate(),
	});
	expect(error).toBeUndefined();
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test('W2: Resend Invite sends one email and says that it is unclear if it was sent only a moment before', async () => {
	// As after a resend by somebody else in the same second: the expiry date can't get any later.
	sendGrid.state.addPending({
		email: ADA,
		scopes: ['mail.send'],
		expiresInSeconds: 7 * 86_400 + 1,
	});
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: resendWith(),
		credential: await withoutDate(),
	});
	expect(error?.message).toContain('It is unclear whether');
	expect(sendGrid.mailed()).toEqual([ADA]);
});
