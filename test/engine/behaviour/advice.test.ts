import type { INodeParameters } from 'n8n-workflow';

import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import {
	createSsoWith,
	getTeammateWith,
	inviteWith,
	offboardWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';

/** W7: advice names only fields that are shown and values that the item has, and what helps. */

const sendGrid = fakeSendGrid();

const { joined, fault, run } = aboutAda(sendGrid);

test.each([
	[
		'Update Permissions',
		(access: INodeParameters) => updatePermissionsWith({ mode: 'add', ...access }),
	],
	["Create or Update about a teammate's persona", upsertWith],
])('W7: the advice of %s names no hidden field', async (_, withAccess) => {
	joined({ scopes: ['alerts.read'] });
	const persona = { access: 'persona', persona: 'observer', additionalScopes: ['cakes.bake'] };
	const { error } = await run(withAccess(persona));
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

test("W7: the advice of Create or Update does not name 'By Email' if the change answers 404", async () => {
	joined({ scopes: ['alerts.read'] });
	fault({
		method: 'PATCH',
		times: Infinity,
		fault: { kind: 'status', status: 404, when: 'before' },
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: upsertWith() });
	expect(error?.description).not.toContain('By Email');
});

test("W7: the advice on scopes names 'Additional Scope Names or IDs' with a persona", async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({
			access: 'persona',
			persona: 'observer',
			additionalScopes: ['cakes.bake'],
		}),
	});
	expect(error?.message).toContain('cakes.bake');
	expect(error?.description).toContain("'Additional Scope Names or IDs'");
});

test("W7: the advice of 'Add' does not say to remove a scope that the item does not name", async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['old.scope'] });
	const { error } = await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ ifAccessDiffers: 'add' }),
	});
	expect(error?.message).toContain('old.scope');
	expect(error?.description).not.toContain('Remove them');
});

test('W7: the advice of Get by email about two teammates names this operation', async () => {
	joined();
	sendGrid.state.addTeammate({ email: ADA, username: 'lovelace' });
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: getTeammateWith() });
	expect(error?.description).not.toContain('Update Permissions');
});

test('W7: Offboard does not advise to invite somebody again who is still listed and answered 404', async () => {
	sendGrid.state.addPending({ email: ADA });
	fault({
		method: 'DELETE',
		times: Infinity,
		fault: { kind: 'status', status: 404, when: 'before' },
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: offboardWith() });
	expect(error?.description).not.toMatch(/no longer exists|Invite the person again/);
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
