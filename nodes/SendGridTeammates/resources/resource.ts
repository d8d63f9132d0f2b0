import type { INodeProperties } from 'n8n-workflow';

/**
 * Always visible, so `paginate` counts for every operation: it makes n8n hand each item to the operation's
 * own context (`operations.pagination`) instead of sending the request by itself.
 */
export const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	default: 'invitation',
	options: [
		{ name: 'Access Request', value: 'accessRequest' },
		{ name: 'Invitation', value: 'invitation' },
		{ name: 'SSO Teammate', value: 'ssoTeammate' },
		{ name: 'Teammate', value: 'teammate' },
	],
	routing: { send: { paginate: true } },
};
