/** Past the limits of a credential: only example.com, no admins, no deletion. Through the engine, on the sandbox. */
import type { INodeParameters } from 'n8n-workflow';

import type { SandboxState } from '../../../sandbox/state.mts';
import { withFakeSendGrid, type FakeSendGrid } from '../../support/fakeSendGrid';
import {
	approveWith,
	by,
	createSsoWith,
	deleteTeammateWith,
	inviteWith,
	offboardWith,
	resendWith,
	syncWith,
	updatePermissionsWith,
	updateSsoWith,
	upsertWith,
} from '../../support/parameters';
import { refused, through, type Attack } from '../attack';

const GUARDS = {
	allowedEmailDomains: 'example.com',
	allowAdminAccess: false,
	allowDeletion: false,
};

const INSIDER = 'ada@example.com';
const OUTSIDER = 'mallory@evil.example';

/** Prepares names that depend on the account. */
type Make = (sendGrid: FakeSendGrid) => INodeParameters;

const tokenOf = ({ state }: FakeSendGrid, email: string) =>
	state.account().invitations.find((invitation) => invitation.email === email)?.token ?? '';

function prepare({ state }: FakeSendGrid): void {
	state.addSubuser({ username: 'acme-marketing' });
	state.addTeammate({ email: INSIDER, username: 'ada' });
	state.addTeammate({ email: OUTSIDER, username: 'mallory' });
	state.addTeammate({ email: 'sso@evil.example', is_sso: true });
	state.addTeammate({ email: 'sso@example.com', is_sso: true });
	state.addPending({ email: 'pending@evil.example' });
	state.addPending({ email: 'boss@example.com', is_admin: true });
	state.addAccessRequest({
		username: 'ada',
		scope_group_name: 'Teammates',
		scopes: ['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete'],
	});
}

/** Who may do what, who is invited, and who got an email. */
const powers = (state: SandboxState): string =>
	JSON.stringify([
		state.account().teammates,
		state.account().invitations,
		state.account().accessRequests,
		state.sentEmails,
	]);

const guarded = (attack: string, make: Make, credential: object = GUARDS): Attack => ({
	attack: `${attack}, past the limits of the credential`,
	expected: 'refused, nothing has changed',
	attempt: async () =>
		await withFakeSendGrid(async (sendGrid) => {
			prepare(sendGrid);
			const before = powers(sendGrid.state);
			const { error } = await sendGrid.run({
				parameters: make(sendGrid),
				credential: credential as Record<string, string>,
			});
			const after = powers(sendGrid.state);
			return before === after ? refused(error?.message) : through('it is done');
		}),
});

const POWERFUL = ['teammates.create', 'api_keys.create', 'sso.settings.update'];

const adminOfSubuser = {
	access: 'subusers',
	subuserAccess: { subusers: [{ username: 'acme-marketing', permission: 'admin', scopes: [] }] },
};

export const guards: Attack[] = [
	guarded('Invite an outsider', () => inviteWith({ email: OUTSIDER })),
	guarded('Invite somebody as admin', () =>
		inviteWith({ email: 'new@example.com', access: 'admin' }),
	),
	guarded('Create or Update with an outsider', () => upsertWith({ email: 'new@evil.example' })),
	guarded('Create or Update to admin', () => upsertWith({ email: INSIDER, access: 'admin' })),
	guarded('Resend to an outsider, by email', () =>
		resendWith({ invitation: by('email', 'pending@evil.example') }),
	),
	guarded('Resend to an outsider, by token', (on) =>
		resendWith({ invitation: by('token', tokenOf(on, 'pending@evil.example')) }),
	),
	guarded('Resend to an outsider, from the list', () =>
		resendWith({ invitation: by('list', 'pending@evil.example') }),
	),
	guarded('Resend to an outsider, from a list saved with its token', (on) =>
		resendWith({ invitation: by('list', tokenOf(on, 'pending@evil.example')) }),
	),
	...(['email', 'list'] as const).map((mode) =>
		guarded(`Resend of a pending admin invitation, by ${mode}`, () =>
			resendWith({ invitation: by(mode, 'boss@example.com') }),
		),
	),
	guarded('Resend of a pending admin invitation, by token', (on) =>
		resendWith({ invitation: by('token', tokenOf(on, 'boss@example.com')) }),
	),
	guarded('Update Permissions of an outsider', () =>
		updatePermissionsWith({
			teammate: by('username', 'mallory'),
			mode: 'add',
			scopes: ['mail.send'],
		}),
	),
	guarded('Update Permissions of an outsider, to admin', () =>
		updatePermissionsWith({ teammate: by('email', OUTSIDER), access: 'admin' }),
	),
	guarded('SSO Update of an outsider', () =>
		updateSsoWith({
			teammate: by('email', 'sso@evil.example'),
			access: 'scopes',
			scopes: ['mail.send'],
		}),
	),
	guarded('SSO Create, with a subuser to be admin of', () =>
		createSsoWith({ email: 'new@example.com', ...adminOfSubuser }),
	),
	guarded('SSO Update, with a subuser to be admin of', () =>
		updateSsoWith({ teammate: by('email', 'sso@example.com'), ...adminOfSubuser }),
	),
	...POWERFUL.flatMap((scope) => [
		guarded(`Invite with ${scope}`, () =>
			inviteWith({ email: 'new@example.com', scopes: [scope] }),
		),
		guarded(`Update Permissions with ${scope}`, () =>
			updatePermissionsWith({ teammate: by('username', 'ada'), mode: 'add', scopes: [scope] }),
		),
		guarded(`Create or Update with ${scope}`, () =>
			upsertWith({ email: 'new@example.com', scopes: [scope] }),
		),
	]),
	guarded('Approve of an access request for Teammates', ({ state }) =>
		approveWith({ requestId: state.account().accessRequests[0].id }),
	),
	guarded('Delete', () => deleteTeammateWith({ teammate: by('username', 'mallory') })),
	guarded('Offboard', () => offboardWith({ email: OUTSIDER })),
	guarded('A list with an outsider', () => syncWith({ email: 'new@evil.example' })),
	guarded('A list with an admin', () => syncWith({ email: INSIDER, access: 'admin' })),
	guarded('A list without everybody else', () =>
		syncWith({ email: 'new@example.com', offboardOthers: true, maxOffboarded: 100 }),
	),
	guarded(
		'Act in another subuser than the credential names',
		() => inviteWith({ email: 'new@example.com', options: { onBehalfOf: '' } }),
		{ onBehalfOf: 'acme-marketing', allowedEmailDomains: 'example.org' },
	),
];
