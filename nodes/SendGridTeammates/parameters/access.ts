import type { INodeProperties } from 'n8n-workflow';

import type { OperationContext } from '../execution/executeItem';
import type { Access } from '../sendgrid/access';
import { SendGridError } from '../transport/errors';
import { PERSONA_SCOPES } from '../sendgrid/personas';
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

/** What an item wants somebody to have. */
export interface WantedAccess {
	access: Access;
	/** What was left out: scopes that nobody can grant, and those of a persona that the account lacks. */
	skipped: string[];
}

/**
 * What the item's person is to be allowed.
 *
 * A persona is cut down to what the account has, which is read from SendGrid once for all items.
 *
 * @param failureMessage start of the message where this needs a request and that fails
 * @throws SendGridError for an access, a persona or scopes that are none, and where the credential's
 *   owner does not allow it
 */
export async function readAccess(
	context: OperationContext,
	failureMessage: string,
): Promise<WantedAccess> {
	const { item, options, policy: guards, directory } = context;
	const kind = item.getNodeParameter('access', 'scopes');
	const skipUngrantable = options.skipUngrantableScopes === true;
	if (kind === 'admin') {
		guards.checkAdmin();
		// Documented: an admin is sent without scopes.
		return { access: { scopes: [], is_admin: true }, skipped: [] };
	}
	if (kind === 'scopes') {
		const { scopes, skipped } = checkScopes(
			item.getNodeParameter('scopes', []),
			scopesField.displayName,
			skipUngrantable,
		);
		return { access: { scopes, is_admin: false }, skipped };
	}
	if (kind === 'persona') {
		const persona = PERSONA_SCOPES[readPersona(item)];
		const more = checkScopes(
			item.getNodeParameter('additionalScopes', []),
			additionalScopesField.displayName,
			skipUngrantable,
		);
		const known = await directory.grantableScopes(failureMessage);
		const had = persona.filter((scope) => known.includes(scope));
		if (had.length + more.scopes.length === 0) {
			throw new SendGridError(
				`${failureMessage}: this account has none of the scopes that belong to the persona`,
				"Choose another 'Persona', or 'Selected Scopes'. The API key can grant only what it has itself.",
			);
		}
		return {
			access: { scopes: [...new Set([...had, ...more.scopes])], is_admin: false },
			skipped: [...persona.filter((scope) => !known.includes(scope)), ...more.skipped],
		};
	}
	throw new SendGridError(
		"'Access' is neither Admin, Persona nor Selected Scopes",
		"Set 'Access' to 'admin', 'persona' or 'scopes'.",
	);
}

/** For the output: what was left out, where there is something. */
export const skippedField = ({ skipped }: WantedAccess) =>
	skipped.length > 0 ? { skipped_scopes: skipped } : {};
