import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../../execution/operation';
import { getAllFields, getAllSubusers } from './getAll';

/** https://www.twilio.com/docs/sendgrid/api-reference/subusers-api */
const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'getAll',
	displayOptions: { show: { resource: ['subuser'] } },
	options: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many subusers',
			description: 'Retrieve a list of subusers, to act on behalf of each',
			routing: { request: { method: 'GET', url: '/v3/subusers' } },
		},
	],
};

export const subuser: Resource = {
	operation,
	operations: {
		getAll: { fields: getAllFields, run: getAllSubusers, ownAccountOnly: true },
	},
};
