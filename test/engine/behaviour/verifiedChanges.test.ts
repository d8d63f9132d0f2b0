/** W6, W7: a change is a success once SendGrid shows it; what it does not show, the message names. */
import type { Fault } from '../../../sandbox/faults.mts';
import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { by, updatePermissionsWith, updateSsoWith, upsertWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { joined, teammate, fault, answerOnce, run } = aboutAda(sendGrid);

test.each(['add', 'remove'])(
	'W6: Update Permissions, %s is no success if SendGrid dropped a scope on the way',
	async (mode) => {
		joined({ scopes: ['mail.send', 'alerts.read', 'templates.read'] });
		const record = (scopes: string[]): Fault => ({
			kind: 'status',
			status: 200,
			when: 'before',
			body: { username: 'countess', email: ADA, is_admin: false, user_type: 'teammate', scopes },
		});
		// Before: three scopes. After: SendGrid has dropped a scope that nobody asked to remove.
		fault({
			method: 'GET',
			path: /teammates\/countess$/,
			fault: record(['mail.send', 'alerts.read', 'templates.read']),
		});
		fault({
			method: 'GET',
			path: /teammates\/countess$/,
			times: Infinity,
			fault: record(mode === 'add' ? ['mail.send', 'alerts.read', 'stats.read'] : ['mail.send']),
		});
		const { results, error } = await sendGrid.run({
			items: [{ email: ADA }],
			parameters: updatePermissionsWith({
				mode,
				scopes: mode === 'add' ? ['stats.read'] : ['alerts.read'],
			}),
		});
		expect(results).toEqual([]);
		expect(error?.message).toContain('templates.read');
	},
);

test('W6: SSO Update is no success if it was answered 200 and dropped', async () => {
	const sso = { is_sso: true, first_name: 'Ada', last_name: 'Lovelace' };
	joined({ username: ADA, ...sso, scopes: ['stats.read', 'mail.send'] });
	fault({ method: 'PATCH', fault: { kind: 'not-applied' } });
	const { error } = await run(updateSsoWith({ access: 'scopes', scopes: ['stats.read'] }));
	expect(error?.message).toContain("SendGrid silently ignored the change of 'mail.send'");
});

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
