/** W1, W8, D5: a row is answered from an earlier one about the same person only while that is true of it. */
import type { INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { createSsoWith, inviteWith, updateSsoWith, upsertWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { joined, teammate, fault, run } = aboutAda(sendGrid);

test('W8/K3: the third row of Create or Update A, B, A in one run does not say A while B is true', async () => {
	joined({ scopes: ['alerts.read'] });
	const { results } = await sendGrid.run({
		items: [
			{ email: ADA, scopes: ['stats.read'] },
			{ email: ADA, scopes: ['mail.send'] },
			{ email: ADA, scopes: ['stats.read'] },
		],
		parameters: upsertWith({ scopes: '={{ $json.scopes }}', ifAccessDiffers: 'update' }),
	});
	expect(results).toHaveLength(3);
	expect(teammate('countess')?.scopes).toEqual(['stats.read']);
});

test('W8: a row with Allow Admins is not answered from one without', async () => {
	joined({ is_admin: true });
	const { results } = await sendGrid.run({
		items: [
			{ email: ADA, allow: false },
			{ email: ADA, allow: true },
		],
		parameters: upsertWith({ options: { allowAdmins: '={{ $json.allow }}' } as INodeParameters }),
	});
	expect(results[1].json).toMatchObject({ action: 'updated' });
	expect(teammate('countess')?.profile.is_admin).toBe(false);
});

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

describe('W1: rows about one SSO teammate are handled in their order, whether they name subusers or not', () => {
	const fields = {
		access: '={{ $json.access }}',
		scopes: ['templates.read'],
		subuserAccess: {
			subusers: [{ username: 'acme-eu', permission: 'restricted', scopes: ['stats.read'] }],
		},
	} as INodeParameters;
	const settings = { onError: 'continueErrorOutput' } as const;

	beforeEach(() => {
		sendGrid.state.addSubuser({ username: 'acme-eu' });
	});

	test('Update', async () => {
		const sso = { is_sso: true, first_name: 'Ada', last_name: 'Lovelace' };
		joined({ username: ADA, ...sso, scopes: ['mail.send'] });
		const rows = [
			{ email: ADA, access: 'subusers', lift: false },
			{ email: ADA, access: 'scopes', lift: true },
		];
		const updateFields = { liftSubuserRestriction: '={{ $json.lift }}' };
		const { results } = await run(updateSsoWith({ ...fields, updateFields }), rows, { settings });
		expect(results).toHaveLength(2);
		expect(teammate(ADA)).toMatchObject({
			has_restricted_subuser_access: false,
			scopes: expect.arrayContaining(['templates.read']) as unknown,
		});
	});

	test('Create', async () => {
		const rows = [
			{ email: ADA, access: 'subusers' },
			{ email: ADA, access: 'scopes' },
		];
		const { results } = await run(createSsoWith(fields), rows, { settings });
		expect(results.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
		expect(teammate(ADA)?.has_restricted_subuser_access).toBe(true);
	});
});
