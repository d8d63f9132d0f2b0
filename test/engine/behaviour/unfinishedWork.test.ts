/** What an agent's call, or a try, leaves unfinished counts only until something else happens to the person. */
import { sleep, type IDataObject } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	by,
	deleteTeammateWith,
	inviteWith,
	offboardWith,
	revokeWith,
	updatePermissionsWith,
	upsertWith,
} from '../../support/parameters';

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const forbid = (method: string, path: RegExp) =>
	sendGrid.state.faults.add({
		method,
		path,
		fault: { kind: 'status', status: 403, when: 'before' },
	});
const joined = (username: string, ...scopes: string[]) =>
	sendGrid.state.addTeammate({ email: ADA, username, scopes });
const usernames = () => sendGrid.state.account().teammates.map(({ profile }) => profile.username);

const run = async (parameters: IDataObject, asTool?: true | 'asAnyNode') =>
	(await sendGrid.run({ items: [{ email: ADA }], parameters: parameters as never, asTool }))
		.results[0].json;
const call = async (parameters: IDataObject) => await run(parameters, 'asAnyNode');

jest.setTimeout(60_000);

describe('D2, W8: access that an agent has revoked, and could not give again,', () => {
	const adding = upsertWith({ ifAccessDiffers: 'add' });

	beforeEach(async () => {
		sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
		forbid('POST', /teammates$/);
		expect((await call(adding)).error).toMatch(/was revoked, but the new one was not sent/);
	});

	test.each([
		['Offboard', async () => await run(offboardWith())],
		[
			'Invite and Revoke',
			async () => {
				await run(inviteWith());
				return await run(revokeWith());
			},
		],
		[
			'Invite and Revoke by token',
			async () => {
				const { token } = await run(inviteWith());
				return await run(revokeWith({ invitation: by('token', token as string) }));
			},
		],
		[
			'a change of permissions and Delete by username',
			async () => {
				joined('countess', 'alerts.read');
				await run(updatePermissionsWith({ teammate: by('username', 'countess') }));
				return await run(deleteTeammateWith({ teammate: by('username', 'countess') }));
			},
		],
	])('is not given after %s of a workflow', async (_, settle) => {
		expect((await settle()).error).toBeUndefined();
		expect(await call(adding)).toMatchObject({ action: 'invited', scopes: ['stats.read'] });
	});

	test('is not given in place of an invitation that the agent has sent since', async () => {
		await call(inviteWith());
		expect(await call(adding)).toMatchObject({ action: 'unchanged', changed: false });
		expect(sendGrid.mailed()).toEqual([ADA]);
	});

	test('is not given to somebody whom an admin has invited to something else since', async () => {
		sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'] });
		forbid('POST', /teammates$/);
		const more = upsertWith({ ifAccessDiffers: 'add', scopes: ['stats.read', 'alerts.read'] });
		expect((await call(more)).error).toMatch(/was revoked, but the new one was not sent/);
		expect(await call(more)).toMatchObject({ scopes: ['stats.read', 'alerts.read'] });
	});

	test('is not given to somebody who has joined with something else since', async () => {
		joined('countess', 'stats.read');
		await call(adding);
		expect(sendGrid.state.account().teammates[0].scopes).not.toContain('mail.send');
		expect(sendGrid.calls().join()).not.toContain('PATCH');
	});
});

test('D2: what a try of a run has revoked is not given again after Offboard of another run', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'] });
	forbid('POST', /teammates$/);
	const running = sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ ifAccessDiffers: 'add' }),
		settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 2000 },
	});
	while (!sendGrid.calls().includes('POST /v3/teammates')) await sleep(20);
	await run(offboardWith());
	expect((await running).results[0].json).toMatchObject({ scopes: ['stats.read'] });
});

describe('K3, W3: Delete by an agent, after a call that deleted only one of two teammates,', () => {
	beforeEach(async () => {
		joined('countess');
		joined('lovelace');
		forbid('DELETE', /lovelace/);
		expect((await call(deleteTeammateWith())).error).toMatch(/'countess' was deleted, but/);
	});

	test('also deletes the first one if that name is there again', async () => {
		sendGrid.state.advance(60);
		joined('countess');
		expect(await call(deleteTeammateWith())).toMatchObject({
			deleted: true,
			usernames: ['lovelace', 'countess'],
		});
		expect(usernames()).not.toContain('countess');
	});

	test('does not call the first one deleted if that name is there again and nothing can be done', async () => {
		sendGrid.state.advance(60);
		joined('countess');
		forbid('DELETE', /lovelace/);
		expect((await call(deleteTeammateWith())).error).not.toMatch(/'countess' was deleted/);
	});

	test('counts the first one too', async () => {
		expect(await call(deleteTeammateWith())).toMatchObject({ usernames: ['countess', 'lovelace'] });
	});
});

describe('W7: what an agent has left unfinished with another operation', () => {
	const refuse = (path: RegExp) => forbid('DELETE', path);
	const invited = (days: number) =>
		sendGrid.state.addPending({ email: ADA, expiresInSeconds: days * 86_400 }).token;

	test.each([true, 'asAnyNode'] as const)(
		"is in no answer of Delete: a revoked invitation's token is nobody's username (as a tool: %s)",
		async (asTool) => {
			const [revoked, kept] = [invited(7), invited(1)];
			joined('countess');
			joined('lovelace');
			refuse(new RegExp(kept));
			await run(revokeWith(), asTool);
			refuse(/lovelace/);
			const { error } = await run(deleteTeammateWith(), asTool);
			expect(error).toMatch(/'countess' was deleted, but 'lovelace'/);
			const deleted = await run(deleteTeammateWith(), asTool);
			expect(deleted).toMatchObject({ usernames: ['countess', 'lovelace'] });
			expect(JSON.stringify([error, deleted])).not.toContain(revoked);
		},
	);

	test('is not what Revoke calls revoked', async () => {
		invited(7);
		joined('countess');
		joined('lovelace');
		refuse(/lovelace/);
		await call(deleteTeammateWith());
		refuse(/pending/);
		expect((await call(revokeWith())).error).toMatch(/^The invitation of .* was not revoked/);
	});
});
