import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { isPersona, type Persona } from '../sendgrid/personas';

export const personaField: INodeProperties = {
	displayName: 'Persona',
	name: 'persona',
	type: 'options',
	default: 'observer',
	options: [
		{ name: 'Accountant', value: 'accountant', description: 'Billing, and reading statistics' },
		{
			name: 'Developer',
			value: 'developer',
			description: 'Sending, API keys, webhooks, templates',
		},
		{ name: 'Marketer', value: 'marketer', description: 'Campaigns, templates, suppressions' },
		{ name: 'Observer', value: 'observer', description: 'Reading only' },
	],
	displayOptions: { show: { access: ['persona'] } },
	description: "SendGrid's own set of scopes for this role",
};

/** @throws SendGridError for a persona that is none */
export function readPersona(item: IExecuteSingleFunctions): Persona {
	const persona: unknown = item.getNodeParameter('persona', '');
	if (isPersona(persona)) return persona;
	throw new SendGridError(
		"'Persona' is not one of SendGrid's four",
		"Set 'Persona' to 'accountant', 'developer', 'marketer' or 'observer'.",
	);
}
