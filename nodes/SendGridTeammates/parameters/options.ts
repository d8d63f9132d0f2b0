import type { INodeProperties } from 'n8n-workflow';

import { checkOnBehalfOf } from '../transport/onBehalfOf';
import { readCollection, valueOf, type Collection, type Fields } from './field';
import { readFlag } from './flag';
import { readNumber } from './number';
import { readText } from './text';

/** Seconds that an item may wait after its first refused or failed request. */
const DEFAULT_MAX_WAIT = 300;

export const onBehalfOfOption: INodeProperties = {
	displayName: 'On Behalf Of',
	name: 'onBehalfOf',
	type: 'string',
	default: '',
	placeholder: 'e.g. acme-marketing',
	description:
		"Username of the subuser to act for, or 'account-ID 12345' for a customer account. Only if the credential leaves it empty.",
};

/** It is not offered where it is always refused. */
const offeredOnBehalfOfOption: INodeProperties = {
	...onBehalfOfOption,
	displayOptions: {
		hide: {
			'/resource': ['accessRequest', 'ssoTeammate', 'subuser'],
			'/operation': ['getSubuserAccess'],
		},
	},
};

/**
 * The same, left over from another operation or written by hand. n8n throws away what a node does not show, and the
 * item would act on the key's own account; what is hidden it hands over.
 */
const hiddenOnBehalfOfOption: INodeProperties = { ...onBehalfOfOption, type: 'hidden' };

const allowAdminsOption: INodeProperties = {
	displayName: 'Allow Admins',
	name: 'allowAdmins',
	type: 'boolean',
	default: false,
	displayOptions: { show: { '/operation': ['delete', 'offboard'] } },
	description: 'Whether to also remove admins',
};

const COPIES = "With Same as Teammate, also whether to give an admin's access.";

const allowAdminsToDemoteOption: INodeProperties = {
	...allowAdminsOption,
	displayOptions: { show: { '/operation': ['upsert'] } },
	description: `Whether to also take admin access away. ${COPIES}`,
};

const allowAdminsInListOption: INodeProperties = {
	...allowAdminsOption,
	displayOptions: { show: { '/operation': ['sync'] } },
	description: `Whether to also remove admins, or take admin access away. ${COPIES}`,
};

/** For operations that remove or demote nobody, the option is about giving admin access. */
const allowAdminsToCopyOption: INodeProperties = {
	...allowAdminsOption,
	displayOptions: {
		show: { '/operation': ['invite', 'updatePermissions'] },
		hide: { '/access': ['admin', 'persona', 'scopes'] },
	},
	description: "Whether to also give an admin's access",
};

/** In sight where people are removed for good. */
export const dryRunField: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: false,
	description:
		'Whether to make no changes and only report, in the field "would", what would be done',
};

/** A value left from Offboard must not be thrown away elsewhere, where it would change something. */
export const leftDryRunField: INodeProperties = {
	...dryRunField,
	type: 'hidden',
	displayOptions: {
		hide: { operation: ['get', 'getAll', 'getStatus', 'getSubuserAccess', 'offboard'] },
	},
};

const dryRunOption: INodeProperties = {
	...dryRunField,
	displayOptions: { show: { '/operation': ['sync', 'updatePermissions', 'upsert'] } },
};

/** A value left from another operation must not change anything either. */
const hiddenDryRunOption: INodeProperties = {
	...dryRunField,
	type: 'hidden',
	displayOptions: {
		show: {
			'/operation': [
				'approve',
				'create',
				'delete',
				'deny',
				'invite',
				'offboard',
				'resend',
				'revoke',
				'update',
			],
		},
	},
};

const maxWaitOption: INodeProperties = {
	displayName: 'Max Wait',
	name: 'maxWait',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: DEFAULT_MAX_WAIT,
	description:
		"Maximum number of seconds an item may spend waiting for SendGrid's rate limit or retrying, counted from its first rejected request. Defaults to 300.",
};

const skipUngrantableScopesOption: INodeProperties = {
	displayName: 'Skip Scopes That Cannot Be Granted',
	name: 'skipUngrantableScopes',
	type: 'boolean',
	default: false,
	displayOptions: { show: { '/operation': ['invite', 'sync', 'updatePermissions', 'upsert'] } },
	description:
		'Whether to skip scopes that SendGrid never lets anyone grant, and list them in skipped_scopes, instead of failing',
};

export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	default: {},
	placeholder: 'Add option',
	options: [
		allowAdminsOption,
		allowAdminsToDemoteOption,
		allowAdminsInListOption,
		allowAdminsToCopyOption,
		dryRunOption,
		hiddenDryRunOption,
		maxWaitOption,
		offeredOnBehalfOfOption,
		hiddenOnBehalfOfOption,
		skipUngrantableScopesOption,
	],
};

/**
 * The account to act for, or `undefined` for the key's own: if none is named, or if the text is empty. An
 * expression that found nothing must not act on the parent account.
 *
 * @throws SendGridError for no value, and for values that SendGrid would misread
 */
export function readOnBehalfOf(options: Collection): string | undefined {
	if (!options.has(onBehalfOfOption) || valueOf(options, onBehalfOfOption) === '') return undefined;
	return checkOnBehalfOf(readText(options, onBehalfOfOption));
}

/** All options of an item. @throws SendGridError */
export function readOptions(fields: Fields) {
	const options = readCollection(fields, optionsField);
	return {
		allowAdmins: readFlag(options, allowAdminsOption),
		dryRun: readFlag(options, dryRunOption),
		/** Milliseconds. */
		maxWait: 1000 * readNumber(options, maxWaitOption, { min: 0, noun: 'number of seconds' }),
		onBehalfOf: readOnBehalfOf(options),
		skipUngrantableScopes: readFlag(options, skipUngrantableScopesOption),
	};
}
