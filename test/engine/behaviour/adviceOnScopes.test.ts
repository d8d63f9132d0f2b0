import type { INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import { updatePermissionsWith, upsertWith } from '../../support/parameters';

/** Advice on scopes that SendGrid refuses names only fields that are shown, and only what the item names. */

const sendGrid = fakeSendGrid();

const ADA = 'ada@example.com';

const joined = (details: object = {}) =>
	sendGrid.state.addTeammate({ email: ADA, username: 'countess', ...details });

test('W7: the advice of Update Permissions with a persona names no hidden field', async () => {
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

test("W7: the advice of Create or Update about a teammate's persona names no hidden field", async () => {
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

test('W7: the advice of Update Permissions, Add names no scope that the item does not name', async () => {
	joined({ scopes: ['old.scope'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updatePermissionsWith({ mode: 'add', scopes: ['stats.read'] }),
	});
	expect(error?.description ?? '').not.toMatch(/Remove .*'old.scope'/);
});
