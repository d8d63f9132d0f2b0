import type { INodeParameters } from 'n8n-workflow';

/** Parameters of an operation, with what every operation has. */
const operation =
	(resource: string, name: string, defaults: INodeParameters = {}) =>
	(parameters: INodeParameters = {}): INodeParameters => ({
		resource,
		operation: name,
		...defaults,
		region: 'credential',
		options: {},
		...parameters,
	});

/** A resource locator. */
export const by = (mode: string, value: string) => ({ __rl: true, mode, value });

export const inviteWith = operation('invitation', 'invite', {
	email: '={{ $json.email }}',
	access: 'scopes',
	scopes: ['stats.read'],
});

const invitationByEmail = { invitation: by('email', '={{ $json.email }}') };
export const resendWith = operation('invitation', 'resend', invitationByEmail);
export const revokeWith = operation('invitation', 'revoke', invitationByEmail);
export const getInvitationsWith = operation('invitation', 'getAll', {
	returnAll: true,
	filters: {},
});

const teammateByEmail = { teammate: by('email', '={{ $json.email }}') };
export const getTeammateWith = operation('teammate', 'get', teammateByEmail);
export const deleteTeammateWith = operation('teammate', 'delete', teammateByEmail);
export const getTeammatesWith = operation('teammate', 'getAll', {
	returnAll: true,
	simplify: true,
	filters: {},
});
export const getSubuserAccessWith = operation('teammate', 'getSubuserAccess', {
	...teammateByEmail,
	filters: {},
});
export const updatePermissionsWith = operation('teammate', 'updatePermissions', {
	...teammateByEmail,
	access: 'scopes',
	scopes: ['stats.read'],
	mode: 'replace',
});

const byEmail = { email: '={{ $json.email }}' };
export const getStatusWith = operation('teammate', 'getStatus', byEmail);
export const offboardWith = operation('teammate', 'offboard', byEmail);
export const upsertWith = operation('teammate', 'upsert', {
	...byEmail,
	access: 'scopes',
	scopes: ['stats.read'],
	ifPending: 'resendIfExpiring',
	expiresWithinDays: 2,
	ifAccessDiffers: 'update',
});

export const getAccessRequestsWith = operation('accessRequest', 'getAll', { returnAll: true });
export const approveWith = operation('accessRequest', 'approve', {
	requestId: '={{ $json.id }}',
});
export const denyWith = operation('accessRequest', 'deny', { requestId: '={{ $json.id }}' });

export const createSsoWith = operation('ssoTeammate', 'create', {
	email: '={{ $json.email }}',
	firstName: 'Ada',
	lastName: 'Lovelace',
	access: 'scopes',
	scopes: ['stats.read'],
});
export const updateSsoWith = operation('ssoTeammate', 'update', {
	...teammateByEmail,
	access: 'keep',
	updateFields: {},
});
