/** K6, D3: what SendGrid does not say about access is unknown: no basis for a write. */
import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { offboardWith, updatePermissionsWith, upsertWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { joined, invited, teammate, answerAlways, answerOnce, run } = aboutAda(sendGrid);

test.each([
	['objects', [{ name: 'mail.send' }, { name: 'alerts.read' }]],
	['a text among nulls', [null, 'mail.send']],
])('K6: a detail whose scopes are %s is no basis for a write', async (_what, scopes) => {
	joined({ scopes: ['mail.send', 'alerts.read'] });
	const ada = { username: 'countess', email: ADA, is_admin: false, user_type: 'teammate' };
	answerAlways('GET', /countess$/, 200, { ...ada, scopes });
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({ mode: 'add', scopes: ['stats.read'] }),
	});
	expect(teammate('countess')?.scopes).toEqual(
		expect.arrayContaining(['mail.send', 'alerts.read']),
	);
});

test.each([
	['says neither is_admin nor user_type', {}],
	['gives is_admin as the number 1', { is_admin: 1 }],
])('K6/D3: a teammate of whom the list %s is not deleted as no admin', async (_, role) => {
	joined({ is_admin: true });
	const result = [{ email: ADA, username: 'countess', ...role }];
	answerAlways('GET', /teammates$/, 200, { result });
	await run(offboardWith());
	expect(teammate()).toBeDefined();
});

test('K6: Create or Update revokes no invitation that may be an admin invitation already', async () => {
	sendGrid.state.behaviours.adminFlag = 'hidden';
	invited({ is_admin: true });
	const { error } = await run(upsertWith({ access: 'admin', ifPending: 'leave' }));
	expect(error?.message).toContain(
		"SendGrid doesn't say whether this person was invited as an admin",
	);
	expect(sendGrid.writes()).toEqual([]);
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
