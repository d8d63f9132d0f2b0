import type { INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../playground/run.mts';
import * as parameters from '../support/parameters';
import { runOnce, sharedN8n } from './sharedN8n';

const on = sharedN8n('operations');

const { by } = parameters;

/** On the example company of the sandbox: operation, what to do, and what has to come out. */
const CASES: Array<[keyof typeof parameters, INodeParameters, object]> = [
	[
		'getInvitationsWith',
		{ filters: { expiresWithinDays: 2 } },
		{ status: 'pending', days_left: 1 },
	],
	['inviteWith', { email: 'new@acme.example' }, { email: 'new@acme.example', is_admin: false }],
	[
		'resendWith',
		{ invitation: by('email', 'FRESH@acme.example') },
		{ email: 'fresh@acme.example' },
	],
	['revokeWith', { invitation: by('email', 'fresh@acme.example') }, { deleted: true }],
	['getTeammateWith', { teammate: by('email', 'lee@acme.example') }, { username: 'legacy_lee' }],
	['getTeammatesWith', { filters: { role: 'owner' } }, { email: 'olivia@acme.example' }],
	[
		'updatePermissionsWith',
		{ teammate: by('username', 'legacy_lee'), mode: 'add', scopes: ['mail.send'] },
		{ username: 'legacy_lee', is_admin: false },
	],
	['deleteTeammateWith', { teammate: by('list', 'legacy_lee') }, { deleted: true }],
	[
		'getSubuserAccessWith',
		{ teammate: by('email', 'sam@acme.example') },
		{ username: 'acme-marketing', permission_type: 'restricted' },
	],
	['getStatusWith', { email: 'FRESH@acme.example' }, { status: 'pending', days_left: 6 }],
	['offboardWith', { email: 'fresh@acme.example' }, { changed: true, revoked: true }],
	['upsertWith', { email: 'new@acme.example' }, { action: 'invited', changed: true }],
	['getAccessRequestsWith', {}, { scope_group_name: 'Templates', email: 'dev@acme.example' }],
	['approveWith', {}, { approved: true, scope_group_name: 'Templates' }],
	['denyWith', {}, { denied: true }],
	[
		'createSsoWith',
		{
			email: 'sso@acme.example',
			access: 'subusers',
			subuserAccess: {
				subusers: [
					{ username: 'acme-marketing', permission: 'restricted', scopes: ['stats.read'] },
				],
			},
		},
		{ email: 'sso@acme.example', is_sso: true },
	],
	[
		'updateSsoWith',
		{ teammate: by('email', 'sam@acme.example'), updateFields: { lastName: 'Sole' } },
		{ last_name: 'Sole' },
	],
];

test('every operation is here', () => {
	const all = Object.keys(parameters).filter((name) => name.endsWith('With'));
	expect(CASES.map(([name]) => name).sort()).toEqual(all.sort());
});

test.each(CASES)('%s does its work in a real n8n', async (name, changes, expected) => {
	const [{ id }] = on.sandbox.state.account().accessRequests;
	const make = parameters[name] as (changes: INodeParameters) => INodeParameters;
	const run = await runOnce(on, [{ id }], make(changes));
	expect(run.error).toBeUndefined();
	expect(outputItems(run, 'SendGrid Teammates').map(({ json }) => json)).toEqual([
		expect.objectContaining(expected),
	]);
});
