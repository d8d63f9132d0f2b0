import type { INodeProperties } from 'n8n-workflow';

import { deliver } from '../../delivery';
import { invite, inviteFields } from './invite';
import { resend, resendFields } from './resend';

/** https://www.twilio.com/docs/sendgrid/api-reference/teammates */
export const invitation: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'invite',
		displayOptions: { show: { resource: ['invitation'] } },
		options: [
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
		],
	},
	...inviteFields,
	...resendFields,
];
