import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../../execution/operation';
import { simplifiedSsoTeammate } from '../../sendgrid/simplified';
import { create, createFields } from './create';
import { update, updateFields } from './update';

/** https://www.twilio.com/docs/sendgrid/api-reference/single-sign-on-teammates */
const operation: INodeProperties = {
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
			description:
				'Add somebody who signs in with single sign-on, without an invitation. Requires a SendGrid plan with single sign-on.',
			routing: { request: { method: 'POST', url: '/v3/sso/teammates' } },
		},
		{
			name: 'Update',
			value: 'update',
			action: 'Update SSO teammate',
			description: 'Change the name or the access of somebody who signs in with single sign-on',
			routing: { request: { method: 'PATCH', url: '/v3/sso/teammates/{username}' } },
		},
	],
};

export const ssoTeammate: Resource = {
	operation,
	operations: {
		create: {
			fields: createFields,
			run: create,
			simplify: simplifiedSsoTeammate,
			ownAccountOnly: true,
		},
		update: {
			fields: updateFields,
			run: update,
			simplify: simplifiedSsoTeammate,
			ownAccountOnly: true,
		},
	},
};
