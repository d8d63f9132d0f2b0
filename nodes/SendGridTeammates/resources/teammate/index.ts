import type { INodeProperties } from 'n8n-workflow';

import { deliver } from '../../delivery';
import { deleteFields, deleteTeammate } from './delete';
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
			name: 'Delete',
			value: 'delete',
			action: 'Delete teammate',
			description: 'Remove somebody from the account permanently',
			routing: {
				request: { method: 'DELETE', url: '/v3/teammates/{username}' },
				operations: { pagination: deliver(deleteTeammate) },
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
	getSubuserAccess: getSubuserAccessFields,
	updatePermissions: updatePermissionsFields,
};
