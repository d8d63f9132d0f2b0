import type { INodeProperties } from 'n8n-workflow';

import { deliver } from '../../execution/executeItem';
import { getAllFields, getAllInvitations } from './getAll';
import { invite, inviteFields } from './invite';
import { resend, resendFields } from './resend';
import { revoke, revokeFields } from './revoke';

/** https://www.twilio.com/docs/sendgrid/api-reference/teammates */
export const invitationOperation: INodeProperties = {
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
			routing: {
				request: { method: 'GET', url: '/v3/teammates/pending' },
				operations: { pagination: deliver(getAllInvitations) },
			},
		},
		{
			name: 'Invite',
			value: 'invite',
			action: 'Invite teammate',
			description: 'Send somebody an e-mail that lets them join the account',
			routing: {
				request: { method: 'POST', url: '/v3/teammates' },
				operations: { pagination: deliver(invite) },
			},
		},
		{
			name: 'Resend Invite',
			value: 'resend',
			action: 'Resend invitation',
			description: 'Send the e-mail again, and start its seven days anew',
			routing: {
				request: { method: 'POST', url: '/v3/teammates/pending/{token}/resend' },
				operations: { pagination: deliver(resend) },
			},
		},
		{
			name: 'Revoke',
			value: 'revoke',
			action: 'Revoke invitation',
			description: 'Withdraw an invitation, so that its link no longer works',
			routing: {
				request: { method: 'DELETE', url: '/v3/teammates/pending/{token}' },
				operations: { pagination: deliver(revoke) },
			},
		},
	],
};

export const invitationFields = {
	getAll: getAllFields,
	invite: inviteFields,
	resend: resendFields,
	revoke: revokeFields,
};
