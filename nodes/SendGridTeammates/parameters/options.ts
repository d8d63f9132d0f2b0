import type { INodeProperties } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';

/** Seconds that an item may wait after its first refusal or fault. */
const DEFAULT_MAX_WAIT = 300;

export const onBehalfOfOption: INodeProperties = {
	displayName: 'On Behalf Of',
	name: 'onBehalfOf',
	type: 'string',
	default: '',
	placeholder: 'e.g. acme-marketing',
	description:
		"Username of the subuser to act for, or 'account-ID 12345' for a customer account. Only possible while the credential leaves this open.",
};

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	default: {},
	placeholder: 'Add option',
	options: [
		{
			displayName: 'Allow Admins',
			name: 'allowAdmins',
			type: 'boolean',
			default: false,
			displayOptions: { show: { '/operation': ['delete', 'offboard', 'upsert'] } },
			description: 'Whether admins can be removed, or lose admin access, too',
		},
		{
			displayName: 'Dry Run',
			name: 'dryRun',
			type: 'boolean',
			default: false,
			displayOptions: { show: { '/operation': ['offboard', 'updatePermissions', 'upsert'] } },
			description:
				'Whether to change nothing, and only tell in the field would what would have happened',
		},
		{
			displayName: 'Max Wait',
			name: 'maxWait',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: DEFAULT_MAX_WAIT,
			description:
				'How many seconds an item may wait for the rate limit of SendGrid and after faults, from its first refusal on. Defaults to 300.',
		},
		onBehalfOfOption,
		{
			displayName: 'Skip Scopes That Cannot Be Granted',
			name: 'skipUngrantableScopes',
			type: 'boolean',
			default: false,
			displayOptions: { show: { '/operation': ['invite', 'updatePermissions', 'upsert'] } },
			description:
				'Whether to leave out scopes that SendGrid lets nobody grant, and report them in skipped_scopes, instead of failing',
		},
	],
};

/**
 * How long an item may wait for rate limits, in milliseconds.
 *
 * @param seconds the option, where it is set
 * @throws SendGridError for what is no number of seconds
 */
export function checkMaxWait(seconds: unknown = DEFAULT_MAX_WAIT): number {
	const number = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds;
	if (typeof number !== 'number' || !(number >= 0) || number === Infinity) {
		throw new SendGridError(
			"'Max Wait' is not a number of seconds",
			"Set 'Max Wait' to a number such as 300, or remove it from 'Options'.",
		);
	}
	return number * 1000;
}
