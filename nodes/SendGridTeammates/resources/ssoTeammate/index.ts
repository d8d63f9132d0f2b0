import type { INodeProperties } from 'n8n-workflow';

import { deliver } from '../../execution/executeItem';
import { createFields, createSsoTeammate } from './create';
import { updateFields, updateSsoTeammate } from './update';

/** https://www.twilio.com/docs/sendgrid/api-reference/single-sign-on-teammates */
export const ssoTeammateOperation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'create',
	displayOptions: { show: { resource: ['ssoTeammate'] } },
	options: [
		{
			name: 'Create',
			value: 'create',
			action: 'Create SSO teammate',
			description: 'Add somebody who signs in by single sign-on, without an invitation',
			routing: {
				request: { method: 'POST', url: '/v3/sso/teammates' },
				operations: { pagination: deliver(createSsoTeammate, { ownAccountOnly: true }) },
			},
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update SSO teammate',
			description: 'Change the name or the access of somebody who signs in by single sign-on',
			routing: {
				request: { method: 'PATCH', url: '/v3/sso/teammates/{username}' },
				operations: { pagination: deliver(updateSsoTeammate, { ownAccountOnly: true }) },
			},
		},
	],
};

export const ssoTeammateFields = {
	create: createFields,
	update: updateFields,
};
