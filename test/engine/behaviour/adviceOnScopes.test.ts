import type { INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { updatePermissionsWith, upsertWith } from '../../support/parameters';

/** Advice on scopes that SendGrid refuses names only fields that are shown, and only what the item names. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });

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
