import type { IDataObject, INodeProperties, NodeHint } from 'n8n-workflow';

import type { AccessChoice } from '../sendgrid/access';
import type { Account } from '../sendgrid/account';
import {
	adviseToRemove,
	isGrantable,
	PERSONAS,
	scopesNamed,
	type Persona,
} from '../sendgrid/scopes';
import { SendGridError, type Wording } from '../transport/errors';
import type { ApiErrorDetail } from '../transport/responseErrors';
import { formatQuoted } from '../transport/sanitize';
import { readChoice } from './choice';
import { readTeammateChoice, teammateLocator } from './emailAddress';
import { nameOf, wrongValue, type Field, type Fields } from './field';
import { readTexts } from './text';

const ACCESS = ['admin', 'persona', 'scopes', 'teammate'] as const;

/** Of all operations: an SSO teammate's can also be these. */
const EVERY_ACCESS = [...ACCESS, 'keep', 'subusers'] as const;

/**
 * Hides a field for every choice of Access but one. n8n compares literally and throws away what it doesn't show: if the
 * field were shown for its choice alone, it would be lost beside one in other words, which `readChoice` understands.
 */
export const onlyForAccess = (
	shown: (typeof EVERY_ACCESS)[number],
): INodeProperties['displayOptions'] => ({
	hide: { access: EVERY_ACCESS.filter((access) => access !== shown) },
});

export const scopesField: INodeProperties = {
	displayName: 'Scope Names or IDs',
	name: 'scopes',
	type: 'multiOptions',
	default: [],
	typeOptions: {
		loadOptionsMethod: 'getScopes',
		// In brackets, since n8n's editor loads no list while a field named here without them is an expression that has no
		// value yet.
		loadOptionsDependsOn: ['[region]', 'options.onBehalfOf'],
	},
	displayOptions: onlyForAccess('scopes'),
	description:
		'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	hint: 'Type to search. An expression can return an array or a comma-separated string.',
};

export const additionalScopesField: INodeProperties = {
	...scopesField,
	displayName: 'Additional Scope Names or IDs',
	name: 'additionalScopes',
	displayOptions: onlyForAccess('persona'),
	hint: 'In addition to the scopes of the persona',
};

export const personaField: INodeProperties = {
	displayName: 'Persona',
	name: 'persona',
	type: 'options',
	default: 'observer',
	options: [
		{ name: 'Accountant', value: 'accountant', description: 'Billing and read-only statistics' },
		{
			name: 'Developer',
			value: 'developer',
			description: 'Sending, API keys, webhooks, templates',
		},
		{ name: 'Marketer', value: 'marketer', description: 'Campaigns, templates, suppressions' },
		{ name: 'Observer', value: 'observer', description: 'Read-only' },
	],
	displayOptions: onlyForAccess('persona'),
	description: "SendGrid's own set of scopes for this role",
};

const sameAsField: INodeProperties = {
	...teammateLocator,
	displayName: 'Same As',
	name: 'sameAs',
	displayOptions: onlyForAccess('teammate'),
	description: 'The teammate whose scopes are used',
};

const accessField: INodeProperties = {
	displayName: 'Access',
	name: 'access',
	type: 'options',
	default: 'scopes',
	options: [
		{
			name: 'Admin',
			value: 'admin',
			description: 'Full access to the account, including managing teammates',
		},
		{
			name: 'Persona',
			value: 'persona',
			description: "SendGrid's own set of scopes for a role",
		},
		{
			name: 'Same as Teammate',
			value: 'teammate',
			description: 'The scopes that somebody else has now',
		},
		{
			name: 'Selected Scopes',
			value: 'scopes',
			description: 'The scopes you choose below',
		},
	],
	description: 'Admin access, or a set of scopes',
};

export const noScopesHint: NodeHint = {
	message:
		'No scopes are chosen. The person can still join, and then sees only what SendGrid shows everybody: their own profile, and a few settings they cannot change.',
	displayCondition:
		'={{ $parameter["operation"] === "invite" && $parameter["access"] === "scopes" && $parameter["scopes"].length === 0 }}',
	whenToDisplay: 'beforeExecution',
	location: 'ndv',
};

export const accessFields: INodeProperties[] = [
	accessField,
	scopesField,
	personaField,
	additionalScopesField,
	sameAsField,
];

/** Scopes as an item names them. */
export interface NamedScopes {
	scopes: string[];
	/** Scopes that SendGrid lets nobody grant, if the item wants them left out. */
	skipped: string[];
}

/**
 * The scopes of a field, each once, by name or as the editor's list shows them.
 *
 * @param skipUngrantable leaves out scopes that SendGrid lets nobody grant, instead of refusing them
 * @throws SendGridError for anything but a list of scopes, and for scopes that SendGrid lets nobody grant
 */
export function readScopes(
	fields: Fields,
	field: Field = scopesField,
	skipUngrantable = false,
): NamedScopes {
	const scopes = readTexts(fields, field, true).flatMap((text) => {
		const named = scopesNamed(text);
		if (named) return named;
		throw wrongValue(
			fields,
			field,
			text,
			'a list of scopes',
			`Use names such as stats.read, or labels from the list of '${field.displayName}'.`,
		);
	});

	const unique = [...new Set(scopes)];
	const skipped = unique.filter((scope) => !isGrantable(scope));
	if (skipped.length > 0 && !skipUngrantable) {
		throw new SendGridError(
			`${nameOf(fields, field)} has scopes that can't be granted to anyone: ${formatQuoted(skipped)}`,
			'Remove them or, where this operation has it, turn on Options > Skip Scopes That Cannot Be Granted. SendGrid gives everybody access to their own profile automatically.',
		);
	}
	return { scopes: unique.filter(isGrantable), skipped };
}

/** @throws SendGridError for an unknown persona */
export const readPersona = (fields: Fields): Persona => readChoice(fields, personaField, PERSONAS);

/**
 * What the item's person should be able to do.
 *
 * @param skipUngrantable leaves out scopes that nobody can grant, instead of refusing them
 * @throws SendGridError for invalid access, personas, scopes or teammates
 */
export function readAccess(fields: Fields, skipUngrantable: boolean): AccessChoice {
	const kind = readChoice(fields, accessField, ACCESS);
	switch (kind) {
		case 'admin':
			return { kind, skipped: [] };
		case 'scopes':
			return { kind, ...readScopes(fields, scopesField, skipUngrantable) };
		case 'persona': {
			const persona = readPersona(fields);
			const { scopes, skipped } = readScopes(fields, additionalScopesField, skipUngrantable);
			return { kind, persona, additional: scopes, skipped };
		}
		case 'teammate':
			return { kind, sameAs: readTeammateChoice(fields, sameAsField), skipped: [] };
	}
}

/** Scopes that an item names itself, and the display name of the field that holds them. */
export interface ScopesIn {
	scopes: readonly string[];
	field: string;
}

/** The field in which a choice names scopes. Those of a persona or a colleague are in no field. */
export function namedIn(choice: AccessChoice): ScopesIn {
	switch (choice.kind) {
		case 'admin':
			return { scopes: [], field: accessField.displayName };
		case 'scopes':
			return { scopes: choice.scopes, field: scopesField.displayName };
		case 'persona':
			return { scopes: choice.additional, field: additionalScopesField.displayName };
		case 'teammate':
			return { scopes: [], field: sameAsField.displayName };
	}
}

/** How a message says that an item names no scopes: those that it skips don't count. */
export const noScopes = ({ skipUngrantableScopes }: { skipUngrantableScopes: boolean }): string =>
	`'${scopesField.displayName}' ${skipUngrantableScopes ? 'has no scopes that can be granted' : 'is empty'} for this item`;

/** For the output: the scopes that were left out. */
export const skippedField = (skipped: readonly string[]) => ({ skipped_scopes: [...skipped] });

/** Further items with the same wish share a record, but each lists what it has left out itself. */
export const withSkipped =
	({ skipped }: AccessChoice) =>
	(record: IDataObject): IDataObject => ({
		...record,
		...skippedField([...new Set([...((record.skipped_scopes ?? []) as string[]), ...skipped])]),
	});

/**
 * Advice that names the scopes SendGrid refused. SendGrid itself says only that there are some.
 *
 * @param scopes what was sent
 * @param named those of them that the item names, and its field; the person already has the rest
 */
export const adviseOnScopes =
	(
		account: Account,
		scopes: readonly string[],
		wording: Wording,
		named: ScopesIn = { scopes, field: scopesField.displayName },
	) =>
	async ({ field }: ApiErrorDetail): Promise<string | undefined> => {
		// A persona, or admin access, is sent without any.
		if (field !== 'scopes' || scopes.length === 0) return undefined;
		const grantable = await account.grantableScopes(wording).catch(() => scopes);
		const refused = scopes.filter((scope) => !grantable.includes(scope));
		const isNamed = (scope: string) => named.scopes.includes(scope);
		const own = refused.filter(isNamed);
		if (own.length > 0)
			return `${adviseToRemove(own, grantable)} what this account cannot grant from '${named.field}': ${formatQuoted(own)}.`;
		if (refused.length > 0)
			return `This account cannot grant ${formatQuoted(refused)}, which this person already has: use a key that can, or leave the access as it is.`;
		return scopes.some(isNamed)
			? `SendGrid does not say which scope it rejects. Remove scopes from '${named.field}' one at a time. It was sent ${formatQuoted(scopes)}.`
			: `SendGrid was sent ${formatQuoted(scopes)}.`;
	};
