import type { INodeParameters } from 'n8n-workflow';

import { LIVE_SCOPES } from '../../../sandbox/scopes.mts';
import { failureOfKind } from '../../support/engine';
import * as parameters from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const { by } = parameters;
const sam = { teammate: by('username', 'sam@example.com') };

let id: number;

beforeEach(() => {
	const { state } = sendGrid;
	state.addSubuser({ username: 'acme-marketing' });
	state.addTeammate({ email: 'sam@example.com', is_sso: true });
	id = state.addAccessRequest({
		username: 'sam@example.com',
		scope_group_name: 'Templates',
	}).id;
	state.addPending({ email: 'penny@example.com', token: 'a-token' });
});

test.each<[keyof typeof parameters, INodeParameters, string]>([
	['approveWith', { requestId: '={{ $json.id }}' }, 'teammates.update'],
	['createSsoWith', { email: 'new@example.com' }, 'sso.teammates.create'],
	[
		'createSsoWith',
		{
			email: 'new@example.com',
			access: 'subusers',
			subuserAccess: { subusers: [{ username: 'acme-marketing', permission: 'admin' }] },
		},
		'subusers.read',
	],
	['deleteTeammateWith', sam, 'teammates.delete'],
	['denyWith', { requestId: '={{ $json.id }}' }, 'teammates.update'],
	['getAccessRequestsWith', {}, 'teammates.read'],
	['getInvitationsWith', {}, 'teammates.read'],
	['getSubuserAccessWith', sam, 'teammates.read'],
	['getSubusersWith', {}, 'subusers.read'],
	['getTeammateWith', sam, 'teammates.read'],
	['getTeammatesWith', {}, 'teammates.read'],
	['inviteWith', { email: 'new@example.com' }, 'teammates.create'],
	['resendWith', { invitation: by('token', 'a-token') }, 'teammates.create'],
	['revokeWith', { invitation: by('token', 'a-token') }, 'teammates.delete'],
	['updatePermissionsWith', sam, 'teammates.update'],
	['updateSsoWith', sam, 'sso.teammates.update'],
])('%s %j names %s if the key lacks it', async (name, changes, missing) => {
	const scopes = LIVE_SCOPES.filter((scope) => scope !== missing);
	sendGrid.state.addKey({ key: sendGrid.apiKey, scopes });
	const make = parameters[name] as (changes: INodeParameters) => INodeParameters;
	const { error } = await sendGrid.run({ items: [{ id }], parameters: make(changes) });
	expect(error).toMatchObject({
		message: expect.stringContaining('HTTP 403)'),
		description: expect.stringContaining(`the scope ${missing} `),
		...failureOfKind('credential-invalid'),
		httpCode: '403',
	});
});
