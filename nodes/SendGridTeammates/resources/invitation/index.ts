import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../../execution/operation';
import { simplifiedInvitation } from '../../sendgrid/simplified';
import { getAllFields, getAllInvitations } from './getAll';
import { invite, inviteFields } from './invite';
import { resend, resendFields } from './resend';
import { revoke, revokeFields } from './revoke';

/** https://www.twilio.com/docs/sendgrid/api-reference/teammates */
const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	default: 'invite',
	displayOptions: { show: { resource: ['invitation'] } },
	options: [
		{
			name: 'Get Many',
			value: 'getAll',
			action: 'Get many invitations',
			description: 'Retrieve a list of invitations that have not been accepted',
			routing: { request: { method: 'GET', url: '/v3/teammates/pending' } },
		},
		{
			name: 'Invite',
			value: 'invite',
			action: 'Invite teammate',
			description: 'Send somebody an email that lets them join the account',
			routing: { request: { method: 'POST', url: '/v3/teammates' } },
		},
		{
			name: 'Resend Invite',
			value: 'resend',
			action: 'Resend invite',
			description: 'Send the email again, valid for another seven days',
			routing: { request: { method: 'POST', url: '/v3/teammates/pending/{token}/resend' } },
		},
		{
			name: 'Revoke',
			value: 'revoke',
			action: 'Revoke invitation',
			description: 'Withdraw an invitation, so that its link no longer works',
			routing: { request: { method: 'DELETE', url: '/v3/teammates/pending/{token}' } },
		},
	],
};

export const invitation: Resource = {
	operation,
	operations: {
		getAll: { fields: getAllFields, run: getAllInvitations, simplify: simplifiedInvitation },
		invite: { fields: inviteFields, run: invite },
		resend: { fields: resendFields, run: resend },
		revoke: { fields: revokeFields, run: revoke },
	},
};
