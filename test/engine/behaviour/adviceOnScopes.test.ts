import type { INodeParameters } from 'n8n-workflow';

import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	createSsoWith,
	inviteWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

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

test.each([
	['Invite as an admin', 'POST', inviteWith({ access: 'admin' })],
	['Invite without scopes', 'POST', inviteWith({ scopes: [] })],
	['SSO Create with a persona', 'POST', createSsoWith({ access: 'persona', persona: 'observer' })],
])('W7: %s gets no advice on scopes that were not sent', async (_title, method, parameters) => {
	const body = { errors: [{ field: 'scopes', message: 'invalid scopes were given' }] };
	sendGrid.state.faults.add({
		method,
		fault: { kind: 'status', status: 400, when: 'before', body },
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters });
	expect(error?.description).toContain('Check the values of this item.');
	expect(error?.description).not.toContain('was sent');
});

test('W7: SSO Update says how to lift a restriction if SendGrid refuses scopes because of it', async () => {
	joined({ username: ADA, is_sso: true, first_name: 'A', last_name: 'L' });
	const message = 'cannot specify scopes for a restricted subuser access teammate';
	const body = { errors: [{ field: 'scopes', message }] };
	sendGrid.state.faults.add({
		method: 'PATCH',
		fault: { kind: 'status', status: 400, when: 'before', body },
	});
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: updateSsoWith({ access: 'scopes', scopes: ['stats.read'] }),
	});
	expect(error?.description).toContain("'Lift Subuser Restriction'");
});
