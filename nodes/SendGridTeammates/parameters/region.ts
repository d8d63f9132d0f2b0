import type { INodeProperties, NodeHint } from 'n8n-workflow';

import { readChoice } from './choice';
import type { Fields } from './field';

export const regionField: INodeProperties = {
	displayName: 'Region',
	name: 'region',
	type: 'options',
	default: 'credential',
	options: [
		{
			name: 'Same as Credential',
			value: 'credential',
			description: 'The region set in the credential',
		},
		{
			name: 'Global',
			value: 'global',
			description: 'The account itself, and subusers outside the EU region',
		},
		{
			name: 'EU',
			value: 'eu',
			description: "Subusers in SendGrid's EU region",
		},
	],
	description:
		"Where SendGrid keeps the account or subuser. An expression can choose for each item: 'credential', 'global' or 'eu'.",
};

const REGIONS = ['credential', 'global', 'eu'] as const;

/** @throws SendGridError for a region that SendGrid does not have */
export const readRegion = (fields: Fields): (typeof REGIONS)[number] =>
	readChoice(fields, regionField, REGIONS);

export const euRegionHint: NodeHint = {
	message:
		"SendGrid's EU region holds subusers only: name one under <b>On Behalf Of</b> in the options or in the credential, unless the API key was created inside it. Operations that don't offer On Behalf Of need such a key.",
	displayCondition: '={{ $parameter["region"] === "eu" && !$parameter["options"]["onBehalfOf"] }}',
	whenToDisplay: 'beforeExecution',
	location: 'ndv',
};
