import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../../execution/operation';
import { simplifyField } from '../../parameters/simplify';
import { simplifiedMember, simplifiedPerson, simplifiedTeammate } from '../../sendgrid/simplified';
import { deleteFields, deleteOne } from './delete';
import { get, getFields } from './get';
import { getAllFields, getAllTeammates } from './getAll';
import { getStatus, getStatusFields } from './getStatus';
import { getSubuserAccess, getSubuserAccessFields } from './getSubuserAccess';
import { offboard, offboardFields } from './offboard';
import { sync } from './sync';
import { updatePermissions, updatePermissionsFields } from './updatePermissions';
import { upsert, upsertFields } from './upsert';

/** https://www.twilio.com/docs/sendgrid/api-reference/teammates */
const operation: INodeProperties = {
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
			action: 'Create or update teammate',
			description: 'Create a new teammate, or update the current one if it already exists (upsert)',
		},
		{
			name: 'Delete',
			value: 'delete',
			action: 'Delete teammate',
			description: 'Remove somebody from the account permanently',
			routing: { request: { method: 'DELETE', url: '/v3/teammates/{username}' } },
		},
		{
			name: 'Get',
			value: 'get',
			action: 'Get teammate',
			description: 'Retrieve a teammate, scopes included',
			routing: { request: { method: 'GET', url: '/v3/teammates/{username}' } },
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many teammates',
			description: 'Retrieve a list of teammates',
			routing: { request: { method: 'GET', url: '/v3/teammates' } },
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			action: 'Get status of teammate',
			description:
				'Find out whether somebody is a teammate, has a pending or an expired invitation, or neither',
		},
		{
			name: 'Get Subuser Access',
			value: 'getSubuserAccess',
			action: 'Get subuser access of teammate',
			description: 'Retrieve a list of subusers that a teammate can work in',
			routing: { request: { method: 'GET', url: '/v3/teammates/{teammate_name}/subuser_access' } },
		},
		{
			name: 'Offboard',
			value: 'offboard',
			action: 'Offboard teammate',
			description: 'Remove somebody: revoke their invitations and delete them as a teammate',
		},
		{
			name: 'Sync With List',
			value: 'sync',
			action: 'Sync teammates with list',
			description:
				'Make the account match the incoming items: invite and update people, and optionally offboard everybody else',
		},
		{
			name: 'Update Permissions',
			value: 'updatePermissions',
			action: 'Update permissions of teammate',
			description: "Add, remove or replace a teammate's scopes",
			routing: { request: { method: 'PATCH', url: '/v3/teammates/{username}' } },
		},
	],
};

export const teammate: Resource = {
	operation,
	operations: {
		delete: { fields: deleteFields, run: deleteOne },
		get: { fields: getFields, run: get, simplify: simplifiedTeammate },
		getAll: { fields: getAllFields, run: getAllTeammates, simplify: simplifiedMember },
		getStatus: { fields: getStatusFields, run: getStatus },
		getSubuserAccess: {
			fields: getSubuserAccessFields,
			run: getSubuserAccess,
			ownAccountOnly: true,
		},
		offboard: { fields: offboardFields, run: offboard, hasDryRun: true },
		sync,
		updatePermissions: {
			fields: updatePermissionsFields,
			run: updatePermissions,
			hasDryRun: true,
			simplify: simplifiedTeammate,
		},
		upsert: {
			fields: [...upsertFields, simplifyField],
			run: upsert,
			hasDryRun: true,
			simplify: simplifiedPerson,
		},
	},
};
