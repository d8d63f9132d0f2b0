import type { ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticate } from '../nodes/SendGridTeammates/transport/authenticate';

/** A choice, not a secret, although a linter may take its name for one. */
const certificateField: INodeProperties = {
	displayName: 'Ignore SSL Issues (Insecure)',
	name: 'allowUnauthorizedCerts',
	type: 'boolean',
	default: false,
	displayOptions: { show: { region: ['custom'] } },
	description:
		'Whether to connect to this address even if its certificate is not valid. Anybody in between can then read the API key.',
};

/** Tested by the node (`testedBy`), which can tell a wrong key from a wrong region. */
export class SendGridTeammatesApi implements ICredentialType {
	name = 'sendGridTeammatesApi';

	displayName = 'SendGrid Teammates API';

	icon = {
		light: 'file:../icons/sendGridTeammates.svg',
		dark: 'file:../icons/sendGridTeammates.dark.svg',
	} as const;

	/**
	 * n8n 2.x lets no other node use it, not even HTTP Request. n8n 1.x has no such rule; `authenticate` stands
	 * in.
	 */
	restrictToSupportedNodes = true as const;

	documentationUrl =
		'https://github.com/n8n-nodes-sendgrid-teammates/n8n-nodes-sendgrid-teammates#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. SG.…',
			description:
				'Created in SendGrid under Settings > API Keys. It can only grant scopes that it has itself.',
			hint: 'Scopes: teammates.read and teammates.create to invite and resend, teammates.update for permissions, teammates.delete to revoke and remove, and every scope that people should get',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			default: 'global',
			options: [
				{
					name: 'Global',
					value: 'global',
					description: 'SendGrid accounts, and subusers outside the EU region',
				},
				{
					name: 'EU',
					value: 'eu',
					description: "Subusers in SendGrid's EU region",
				},
				{
					name: 'Custom URL',
					value: 'custom',
					description: 'A gateway of your own, or a local test server',
				},
			],
		},
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://gateway.example.com',
			displayOptions: { show: { region: ['custom'] } },
			description:
				"Address to use in place of SendGrid's API. It must start with https, or with http on this machine.",
		},
		certificateField,
		{
			displayName: 'On Behalf Of',
			name: 'onBehalfOf',
			type: 'string',
			default: '',
			placeholder: 'e.g. acme-marketing',
			description:
				"Username of a subuser, or 'account-id' and the ID of a customer account. Leave empty to manage your own account. Once filled in, workflows can't choose another.",
		},
		{
			displayName: 'Allowed Email Domains',
			name: 'allowedEmailDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.com, example.org',
			description:
				'Restrict this credential to people at these domains. Applies to every workflow and AI agent. Leave empty to allow any domain.',
		},
		{
			displayName: 'Allow Admin Access',
			name: 'allowAdminAccess',
			type: 'boolean',
			default: true,
			description:
				'Whether this credential can grant admin access, and scopes that create access: for teammates, API keys, subusers and single sign-on',
		},
		{
			displayName: 'Allow Deletion',
			name: 'allowDeletion',
			type: 'boolean',
			default: true,
			description: 'Whether this credential can delete teammates',
		},
		{
			displayName: 'Allow AI Agents',
			name: 'allowAgents',
			type: 'boolean',
			default: true,
			description: 'Whether AI agents can use this credential, with the node as their tool',
		},
	];

	authenticate = authenticate;
}
