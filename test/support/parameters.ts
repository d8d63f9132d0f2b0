import type { IDataObject, INodeParameters } from 'n8n-workflow';

/**
 * How an operation is shown in the example company (`sandbox/seed.mts`), for an item with the `id` of its access
 * request.
 */
interface Sample {
	/** Fields with which it succeeds. */
	fields: INodeParameters;
	/** What the one output item has, among other things. */
	gives: IDataObject;
	/** Whether an item may be answered with any number of items. */
	isList?: true;
	/** It takes all items of a run together, and isn't for AI agents. */
	takesAll?: true;
	/** SendGrid documents no `on-behalf-of` for it: if that were ignored, it would act on the parent account. */
	ownAccountOnly?: true;
}

/** Makes parameters of an operation, including those that every operation has. */
interface Make {
	(changes?: INodeParameters): INodeParameters;
	resource: string;
	operation: string;
	sample: Sample;
}

/** @param own the operation's own fields, as the editor shows them: names that stay, in the order of the panel */
const operation = (resource: string, name: string, own: INodeParameters, sample: Sample): Make => {
	const make = (changes: INodeParameters = {}): INodeParameters => ({
		resource,
		operation: name,
		...own,
		region: 'credential',
		options: {},
		...changes,
	});
	return Object.assign(make, { resource, operation: name, sample });
};

/** A resource locator. */
export const by = (mode: string, value: string) => ({ __rl: true, mode, value });

export const inviteWith = operation(
	'invitation',
	'invite',
	{ email: '={{ $json.email }}', access: 'scopes', scopes: ['stats.read'] },
	{
		fields: { email: 'new@acme.example' },
		gives: { email: 'new@acme.example', is_admin: false },
	},
);

const invitationByEmail = { invitation: by('email', '={{ $json.email }}') };

export const resendWith = operation('invitation', 'resend', invitationByEmail, {
	fields: { invitation: by('email', 'FRESH@acme.example') },
	gives: { email: 'fresh@acme.example' },
});

export const revokeWith = operation('invitation', 'revoke', invitationByEmail, {
	fields: { invitation: by('email', 'fresh@acme.example') },
	gives: { deleted: true },
});

export const getInvitationsWith = operation(
	'invitation',
	'getAll',
	{ returnAll: true, simplify: true, filters: {} },
	{
		fields: { filters: { expiresWithinDays: 2 } },
		gives: { status: 'pending', days_left: 1 },
		isList: true,
	},
);

const teammateByEmail = { teammate: by('email', '={{ $json.email }}') };

export const getTeammateWith = operation(
	'teammate',
	'get',
	{ ...teammateByEmail, simplify: true },
	{
		fields: { teammate: by('email', 'lee@acme.example') },
		gives: { username: 'legacy_lee' },
	},
);

export const deleteTeammateWith = operation('teammate', 'delete', teammateByEmail, {
	fields: { teammate: by('list', 'legacy_lee') },
	gives: { deleted: true },
});

export const getTeammatesWith = operation(
	'teammate',
	'getAll',
	{ returnAll: true, includeInvitations: false, simplify: true, filters: {} },
	{
		fields: { includeInvitations: true, filters: { role: 'owner' } },
		gives: { email: 'olivia@acme.example' },
		isList: true,
	},
);

export const getSubuserAccessWith = operation(
	'teammate',
	'getSubuserAccess',
	{ ...teammateByEmail, filters: {} },
	{
		fields: { teammate: by('email', 'sam@acme.example') },
		gives: { username: 'acme-marketing', permission_type: 'restricted' },
		isList: true,
		ownAccountOnly: true,
	},
);

export const updatePermissionsWith = operation(
	'teammate',
	'updatePermissions',
	{ ...teammateByEmail, access: 'scopes', mode: 'replace', scopes: ['stats.read'], simplify: true },
	{
		fields: { teammate: by('username', 'legacy_lee'), mode: 'add', scopes: ['mail.send'] },
		gives: { changed: true, username: 'legacy_lee', is_admin: false },
	},
);

const byEmail = { email: '={{ $json.email }}' };

export const getStatusWith = operation('teammate', 'getStatus', byEmail, {
	fields: { email: 'FRESH@acme.example' },
	gives: { status: 'pending', days_left: 6 },
});

export const offboardWith = operation(
	'teammate',
	'offboard',
	{ ...byEmail, dryRun: false },
	{
		fields: { email: 'fresh@acme.example' },
		gives: { changed: true, revoked: true },
	},
);

export const upsertWith = operation(
	'teammate',
	'upsert',
	{
		...byEmail,
		access: 'scopes',
		scopes: ['stats.read'],
		ifPending: 'resendIfExpiring',
		expiresWithinDays: 2,
		ifAccessDiffers: 'update',
		simplify: true,
	},
	{
		fields: { email: 'new@acme.example' },
		gives: { action: 'invited', changed: true },
	},
);

export const syncWith = operation(
	'teammate',
	'sync',
	{
		...byEmail,
		access: 'scopes',
		scopes: ['stats.read'],
		ifPending: 'resendIfExpiring',
		expiresWithinDays: 2,
		offboardOthers: false,
	},
	{
		fields: { email: 'new@acme.example' },
		gives: { action: 'invited', changed: true },
		takesAll: true,
	},
);

export const getAccessRequestsWith = operation(
	'accessRequest',
	'getAll',
	{ returnAll: true },
	{
		fields: {},
		gives: { scope_group_name: 'Templates', email: 'dev@acme.example' },
		isList: true,
		ownAccountOnly: true,
	},
);

const requestOfItem = { requestId: by('id', '={{ $json.id }}') };

export const approveWith = operation('accessRequest', 'approve', requestOfItem, {
	fields: {},
	gives: { approved: true, scope_group_name: 'Templates' },
	ownAccountOnly: true,
});

export const denyWith = operation('accessRequest', 'deny', requestOfItem, {
	fields: {},
	gives: { denied: true },
	ownAccountOnly: true,
});

export const getSubusersWith = operation(
	'subuser',
	'getAll',
	{ returnAll: true, filters: {} },
	{
		fields: { filters: { region: 'eu' } },
		gives: { username: 'acme-eu', region: 'eu' },
		isList: true,
		ownAccountOnly: true,
	},
);

const toSubuser = {
	access: 'subusers',
	subuserAccess: {
		subusers: [{ username: 'acme-marketing', permission: 'restricted', scopes: ['stats.read'] }],
	},
};

export const createSsoWith = operation(
	'ssoTeammate',
	'create',
	{
		email: '={{ $json.email }}',
		firstName: 'Ada',
		lastName: 'Lovelace',
		access: 'scopes',
		scopes: ['stats.read'],
		simplify: true,
	},
	{
		fields: { email: 'sso@acme.example', ...toSubuser },
		gives: { email: 'sso@acme.example', is_sso: true },
		ownAccountOnly: true,
	},
);

export const updateSsoWith = operation(
	'ssoTeammate',
	'update',
	{ ...teammateByEmail, access: 'keep', simplify: true, updateFields: {} },
	{
		fields: {
			teammate: by('email', 'sam@acme.example'),
			...toSubuser,
			updateFields: { lastName: 'Sole' },
		},
		gives: { last_name: 'Sole' },
		ownAccountOnly: true,
	},
);
