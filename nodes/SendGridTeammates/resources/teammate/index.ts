import type { INodeProperties } from 'n8n-workflow';

import { deliver } from '../../execution/executeItem';
import { getStatus, getStatusFields } from './getStatus';
import { offboard, offboardFields } from './offboard';
import { upsert, upsertFields } from './upsert';
import { deleteFields, deleteTeammateOperation } from './delete';
import { getFields, getTeammate } from './get';
import { getAllFields, getAllTeammates } from './getAll';
import { getSubuserAccess, getSubuserAccessFields } from './getSubuserAccess';
import { updatePermissions, updatePermissionsFields } from './updatePermissions';

/** https://www.twilio.com/docs/sendgrid/api-reference/teammates */
export const teammateOperation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'getAll',
	displayOptions: { show: { resource: ['teammate'] } },
	options: [
		{
			name: 'Create or Update',
			value: 'upsert',
			action: 'Invite or update teammate',
			description: 'Create a new teammate, or update the current one if it already exists (upsert)',
			routing: { operations: { pagination: deliver(upsert) } },
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete teammate',
			description: 'Remove somebody from the account permanently',
			routing: {
				request: { method: 'DELETE', url: '/v3/teammates/{username}' },
				operations: { pagination: deliver(deleteTeammateOperation) },
			},
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get teammate',
			description: 'Retrieve a teammate, scopes included',
			routing: {
				request: { method: 'GET', url: '/v3/teammates/{username}' },
				operations: { pagination: deliver(getTeammate) },
			},
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many teammates',
			description: 'Retrieve a list of teammates',
			routing: {
				request: { method: 'GET', url: '/v3/teammates' },
				operations: { pagination: deliver(getAllTeammates) },
			},
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get status of teammate',
			description: 'Find out whether somebody is unknown, invited or a teammate',
			routing: { operations: { pagination: deliver(getStatus) } },
		},
		{
			name: 'Get Subuser Access',
			value: 'getSubuserAccess',
			action: 'Get subuser access of teammate',
			description: 'Retrieve a list of subusers that a teammate may work in',
			routing: {
				request: { method: 'GET', url: '/v3/teammates/{teammate_name}/subuser_access' },
				operations: { pagination: deliver(getSubuserAccess, { ownAccountOnly: true }) },
			},
		},
		{
			name: 'Offboard',
			value: 'offboard',
			action: 'Offboard teammate',
			description: 'Revoke the invitation and delete the teammate, whichever there is',
			routing: { operations: { pagination: deliver(offboard) } },
		},
		{
			name: 'Update Permissions',
			value: 'updatePermissions',
			action: 'Update permissions of teammate',
			description: 'Replace, extend or cut down what a teammate may do',
			routing: {
				request: { method: 'PATCH', url: '/v3/teammates/{username}' },
				operations: { pagination: deliver(updatePermissions) },
			},
		},
	],
};

export const teammateFields = {
	delete: deleteFields,
	get: getFields,
	getAll: getAllFields,
	getStatus: getStatusFields,
	getSubuserAccess: getSubuserAccessFields,
	offboard: offboardFields,
	upsert: upsertFields,
	updatePermissions: updatePermissionsFields,
};
