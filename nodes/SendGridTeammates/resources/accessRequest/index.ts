import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../../execution/operation';
import { approve, approveFields } from './approve';
import { deny, denyFields } from './deny';
import { getAllAccessRequests, getAllFields } from './getAll';

/** SendGrid took these endpoints out of its public specification in January 2026. */
const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'getAll',
	displayOptions: { show: { resource: ['accessRequest'] } },
	options: [
		{
			name: 'Approve',
			value: 'approve',
			action: 'Approve access request',
			description: 'Give a teammate everything that belongs to the feature they asked for',
			routing: { request: { method: 'PATCH', url: '/v3/scopes/requests/{request_id}/approve' } },
		},
		{
			name: 'Deny',
			value: 'deny',
			action: 'Deny access request',
			description: 'Turn down what a teammate asked for',
			routing: { request: { method: 'DELETE', url: '/v3/scopes/requests/{request_id}' } },
		},
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many access requests',
			description: 'Retrieve a list of features that teammates asked for',
			routing: { request: { method: 'GET', url: '/v3/scopes/requests' } },
		},
	],
};

export const accessRequest: Resource = {
	operation,
	operations: {
		approve: { fields: approveFields, run: approve, ownAccountOnly: true },
		deny: { fields: denyFields, run: deny, ownAccountOnly: true },
		getAll: { fields: getAllFields, run: getAllAccessRequests, ownAccountOnly: true },
	},
};
