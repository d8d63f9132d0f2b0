import type { INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { NAMES, sampleParameters, seedExampleCompany } from '../../support/operations';
import {
	by,
	createSsoWith,
	deleteTeammateWith,
	getStatusWith,
	inviteWith,
	offboardWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

/** Cases from a second outside review: each fails on the code that it was written against. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });
const invited = (details: object = {}) => sendGrid.state.addPending({ email: ADA, ...details });
const teammate = (username = 'countess') =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === username);
const fault = (rule: object) => sendGrid.state.faults.add(rule as never);
const answerOnce = (method: string, path: RegExp, status: number, body: unknown) =>
	fault({ method, path, fault: { kind: 'status', status, when: 'before', body } });
const writes = () => sendGrid.calls().filter((call) => !call.startsWith('GET'));
const run = async (parameters: INodeParameters, items: object[] = [{ email: ADA }]) =>
	await sendGrid.run({ items: items as never, parameters });

/** What somebody else does as soon as a change has been carried out. */
function afterPatch(act: () => void): void {
	const { requests } = sendGrid.state;
	jest.spyOn(requests, 'push').mockImplementation((...entries) => {
		if (requests.some(({ method }) => method === 'PATCH')) act();
		for (const entry of entries) requests[requests.length] = entry;
		return requests.length;
	});
}

afterEach(() => jest.restoreAllMocks());

describe('W6/W7: what somebody else changes right after our change is not blamed on SendGrid', () => {
	test.each([
		['Add', updatePermissionsWith({ mode: 'add', scopes: ['mail.send'] })],
		['Create or Update', upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' })],
	])('%s says that a scope is gone, not that it was left out', async (_, parameters) => {
		joined({ scopes: ['stats.read', 'alerts.read'] });
		afterPatch(() => {
			const ada = teammate();
			if (ada) ada.scopes = ada.scopes.filter((scope) => scope !== 'alerts.read');
		});
		const { error } = await run(parameters);
		expect(error?.message).toMatch(
			/updated, but not completely: SendGrid accepted the change, but 'alerts.read' is gone$/,
		);
	});

	test('Replace says that a scope is new, not that it was left in place', async () => {
		joined({ scopes: ['stats.read', 'alerts.read'] });
		afterPatch(() => {
			const ada = teammate();
			if (ada && !ada.scopes.includes('templates.read')) ada.scopes.push('templates.read');
		});
		const { error } = await run(updatePermissionsWith({ mode: 'replace', scopes: ['mail.send'] }));
		expect(error?.message).toContain("but 'templates.read' is new");
	});

	test('an admin whose scopes were not known does not lose any by it', async () => {
		joined({ scopes: ['stats.read'] });
		const ada = { username: 'countess', email: ADA, user_type: 'admin', is_admin: true };
		answerOnce('GET', /teammates\/countess$/, 200, ada);
		answerOnce('GET', /teammates\/countess$/, 200, ada);
		fault({ method: 'PATCH', fault: { kind: 'not-applied' } });
		const parameters = updatePermissionsWith({ mode: 'replace', scopes: ['mail.send'] });
		const { error } = await run({ ...parameters, teammate: by('username', 'countess') });
		expect(error?.message).toMatch(/'mail.send' is missing and 'stats.read' is still there$/);
	});

	test('SSO Update does not call a name ignored that the item did not want to change', async () => {
		const names = { first_name: 'Ada', last_name: 'Byron' };
		joined({ username: ADA, is_sso: true, ...names, scopes: ['stats.read'] });
		afterPatch(() => {
			const ada = teammate(ADA);
			if (ada) ada.profile.last_name = 'Lovelace';
		});
		const parameters = updateSsoWith({ access: 'scopes', scopes: ['mail.send'] });
		const { error, results } = await run(parameters);
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { last_name: 'Lovelace' } }]);
	});
});

test('K6: Create or Update revokes no invitation that may be an admin invitation already', async () => {
	sendGrid.state.behaviours.adminFlag = 'hidden';
	invited({ is_admin: true });
	const { error } = await run(upsertWith({ access: 'admin', ifPending: 'leave' }));
	expect(error?.message).toContain(
		"SendGrid doesn't say whether this person was invited as an admin",
	);
	expect(writes()).toEqual([]);
});

test.each([
	['Create or Update', upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' })],
	['Update Permissions', updatePermissionsWith({ mode: 'add', scopes: ['mail.send'] })],
])('K6: %s takes nothing away because one answer shows no scopes at all', async (_, parameters) => {
	joined({ scopes: ['stats.read', 'alerts.read'] });
	const ada = { username: 'countess', email: ADA, user_type: 'teammate', is_admin: false };
	answerOnce('GET', /teammates\/countess$/, 200, { ...ada, scopes: [] });
	await run(parameters);
	expect(teammate()?.scopes).toEqual(
		expect.arrayContaining(['stats.read', 'alerts.read', 'mail.send']),
	);
});

describe('an expired invitation beside a valid one gives nothing:', () => {
	const expired = (details: object) =>
		invited({ email: 'Ada@example.com', expiresInSeconds: -90 * 24 * 3600, ...details });

	test('its scopes are not given again', async () => {
		invited({ scopes: ['stats.read'] });
		expired({ scopes: ['api_keys.create'] });
		await run(upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' }));
		const [{ scopes }] = sendGrid.state.account().invitations;
		expect([...scopes].sort()).toEqual(['mail.send', 'stats.read']);
	});

	test('nobody is an admin by it', async () => {
		invited({ scopes: ['stats.read'] });
		expired({ is_admin: true });
		const { results } = await run(upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' }));
		expect(results).toMatchObject([{ json: { action: 'reinvited' } }]);
	});
});

test.each([
	['Create or Update', upsertWith],
	['Invite', inviteWith],
])('D5: each row of %s lists the scopes that it has skipped itself', async (_, withChanges) => {
	const options = { skipUngrantableScopes: true };
	const rows = [['stats.read'], ['stats.read', '2fa_required'], ['stats.read', 'ui.confirm_email']];
	const { results } = await run(
		withChanges({ scopes: '={{ $json.scopes }}', options } as never),
		rows.map((scopes) => ({ email: ADA, scopes })),
	);
	expect(results.map(({ json }) => json.skipped_scopes)).toEqual([
		[],
		['2fa_required'],
		['ui.confirm_email'],
	]);
	expect(sendGrid.mailed()).toEqual([ADA]);
});

test.each(NAMES)(
	'%s changes nothing with a Dry Run that was left on for another operation',
	async (name) => {
		const item = seedExampleCompany(sendGrid);
		const parameters = sampleParameters(name, { options: { dryRun: true } });
		const { error } = await run(parameters, [{ email: ADA, ...item }]);
		expect(writes()).toEqual([]);
		// These have a Dry Run, or only read.
		if (/^(get|offboard|sync|updatePermissions|upsert)/.test(name)) {
			expect(error).toBeUndefined();
			return;
		}
		expect(error?.message).toContain("This operation doesn't support 'Dry Run', which is on");
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test.each([' ', '\t', '\u00a0'])(
	'V2: %j as On Behalf Of in the credential does not act on the parent account',
	async (onBehalfOf) => {
		const { error } = await sendGrid.run({
			items: [{ email: ADA }],
			parameters: inviteWith(),
			credential: { onBehalfOf },
		});
		expect(error?.message).toContain("'On Behalf Of' ");
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test.each(['ada@example.com\ufe0f', 'a\u034fda@example.com', 'ada@exa\u3164mple.com'])(
	'V3: an address with an invisible character is refused: %j',
	async (email) => {
		const { error } = await run(inviteWith(), [{ email }]);
		expect(error?.message).toContain('it has an invisible character');
		expect(sendGrid.state.requests).toEqual([]);
	},
);

test('V3: an address in full-width letters is refused', async () => {
	const { error } = await run(inviteWith(), [{ email: 'ａda@example.com' }]);
	expect(error?.message).toContain('it has a letter in a special form');
	expect(sendGrid.state.requests).toEqual([]);
});

test('a subuser in another case is found', async () => {
	sendGrid.state.addSubuser({ username: 'acme-eu' });
	const subuserAccess = { subusers: [{ username: 'Acme-EU', permission: 'admin' }] };
	const { error } = await run(createSsoWith({ access: 'subusers', subuserAccess } as never));
	expect(error).toBeUndefined();
	expect(sendGrid.calls()).toContain('POST /v3/sso/teammates');
});

test('K6: a record without an address is not judged by the username, by the domains that a credential allows', async () => {
	joined({ email: 'eve@evil.example', username: 'eve@example.com', scopes: ['stats.read'] });
	const record = { username: 'eve@example.com', user_type: 'teammate', is_admin: false };
	fault({
		method: 'GET',
		path: /teammates\/eve/,
		times: Infinity,
		fault: {
			kind: 'status',
			status: 200,
			when: 'before',
			body: { ...record, scopes: ['stats.read'] },
		},
	});
	const { error } = await sendGrid.run({
		parameters: updatePermissionsWith({
			teammate: by('username', 'eve@example.com'),
			scopes: ['mail.send'],
		}),
		credential: { allowedEmailDomains: 'example.com' },
	});
	expect(error?.message).toContain("SendGrid doesn't say this person's email address");
	expect(writes()).toEqual([]);
});

test.each(['null', 0, 'x'])('K6: an address of %j may be that of anybody', async (email) => {
	invited({ scopes: ['stats.read'] });
	answerOnce('GET', /teammates\/pending$/, 200, { result: [{ email, token: 'a-token-12345' }] });
	const { error } = await run(upsertWith());
	expect(error?.message).toContain("leaves out an address, which may be this person's");
	expect(sendGrid.mailed()).toEqual([]);
});

test('K1: a part of a list (HTTP 206) is not taken for the whole', async () => {
	invited({ scopes: ['stats.read'] });
	answerOnce('GET', /teammates\/pending$/, 206, { result: [] });
	const { error } = await run(upsertWith({ ifPending: 'leave' }));
	expect(error?.message ?? '').not.toContain('invited:');
	expect(sendGrid.mailed()).toEqual([]);
});

test.each([true, false])(
	'Offboard does not call an address gone that is a username (dry run: %j)',
	async (dryRun) => {
		joined({ email: 'ada@new.example', username: ADA });
		const { error } = await run(offboardWith({ dryRun }));
		expect(error?.message).toBe(
			`'${ADA}' was not offboarded: this is the username of a teammate with another email address, 'ada@new.example'`,
		);
		expect(writes()).toEqual([]);
	},
);

describe('SSO Update, which names people by address,', () => {
	test.each([
		['one of two who share it', { email: ADA }],
		['somebody whose address is another', { email: 'old@example.com' }],
	])('does not change %s', async (_, { email }) => {
		const sso = { is_sso: true, first_name: 'A', last_name: 'B', scopes: ['stats.read'] };
		sendGrid.state.addTeammate({ ...sso, email: ADA, username: 'adax' });
		sendGrid.state.addTeammate({ ...sso, email, username: ADA });
		const parameters = updateSsoWith({ teammate: by('username', 'adax'), access: 'admin' });
		const { error } = await run(parameters);
		expect(error?.message).toBe(
			`'adax' was not updated: SendGrid updates SSO teammates by email address, and '${ADA}' is the username of another teammate`,
		);
		expect(writes()).toEqual([]);
	});
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

test('K5: Get Status of two who share an address is all about one, whoever can do more', async () => {
	joined({ is_sso: true });
	sendGrid.state.addTeammate({ email: ADA, username: 'ada2', is_admin: true, is_sso: false });
	const { results } = await run(getStatusWith());
	expect(results).toMatchObject([{ json: { username: 'ada2', is_admin: true, is_sso: false } }]);
});

test.each([302, 409])(
	'W7: no value of the item is blamed for a list that answers %d',
	async (status) => {
		fault({
			method: 'GET',
			times: Infinity,
			fault: { kind: 'status', status, when: 'before' },
		});
		const { error } = await run(upsertWith());
		expect(error?.description).not.toContain('Check the values of this item');
	},
);

test('W8/K3: a row is not answered from an earlier one if the row between has revoked the invitation and failed', async () => {
	const rows = [['stats.read'], ['mail.send'], ['stats.read']];
	// The first email is sent; the second is refused, after the invitation was revoked.
	fault({ method: 'POST', fault: { kind: 'slow', ms: 1 } });
	fault({ method: 'POST', fault: { kind: 'status', status: 403, when: 'before' } });
	const { results } = await sendGrid.run({
		items: rows.map((scopes) => ({ email: ADA, scopes })),
		parameters: upsertWith({ scopes: '={{ $json.scopes }}', ifAccessDiffers: 'update' } as never),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(sendGrid.calls()).toContainEqual(expect.stringMatching(/^DELETE/));
	expect(results[2].json).not.toMatchObject({ action: 'unchanged' });
});
