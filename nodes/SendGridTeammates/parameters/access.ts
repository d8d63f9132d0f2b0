import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { AccessChoice } from '../sendgrid/access';
import { SendGridError } from '../transport/errors';
import { textOf, toSingleLine } from '../transport/sanitize';
import { personaField, readPersona } from './persona';
import { additionalScopesField, checkScopes, scopesField } from './scopes';

export const accessFields: INodeProperties[] = [
	{
		displayName: 'Access',
		name: 'access',
		type: 'options',
		default: 'scopes',
		options: [
			{
				name: 'Admin',
				value: 'admin',
				description: 'Everything in the account, managing teammates included',
			},
			{
				name: 'Persona',
				value: 'persona',
				description: 'What SendGrid thinks a role needs',
			},
			{
				name: 'Selected Scopes',
				value: 'scopes',
				description: 'Only what you choose below',
			},
		],
		description: 'What the person may do in SendGrid',
	},
	scopesField,
	personaField,
	additionalScopesField,
];

/**
 * What the item's person should be able to do.
 *
 * @param skipUngrantable leave out scopes that nobody can grant, instead of refusing them
 * @throws SendGridError for an access, a persona or scopes that are not valid
 */
export function readAccess(item: IExecuteSingleFunctions, skipUngrantable: boolean): AccessChoice {
	const kind = item.getNodeParameter('access', 'scopes');
	if (kind === 'admin') return { kind, skipped: [] };
	if (kind === 'scopes') {
		const value: unknown = item.getNodeParameter('scopes', []);
		return { kind, ...checkScopes(value, scopesField.displayName, skipUngrantable) };
	}
	if (kind === 'persona') {
		const persona = readPersona(item);
		const { scopes, skipped } = checkScopes(
			item.getNodeParameter('additionalScopes', []),
			additionalScopesField.displayName,
			skipUngrantable,
		);
		return { kind, persona, additional: scopes, skipped };
	}
	throw new SendGridError(
		`'${toSingleLine(textOf(kind))}' isn't a valid value for 'Access'`,
		'Use admin, persona or scopes.',
	);
}

/** Display name of the field that holds the scopes of a choice. */
export const scopesFieldOf = ({ kind }: AccessChoice): string =>
	(kind === 'persona' ? additionalScopesField : scopesField).displayName;

/** For the output: what was left out, where there is something. */
export const skippedField = (skipped: readonly string[]) =>
	skipped.length > 0 ? { skipped_scopes: [...skipped] } : {};
