import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { SendGridError } from './errors';

/** The credential's fields besides the key, by their names in the form. */
const FIELDS: Readonly<Record<string, string>> = {
	region: 'Region',
	apiUrl: 'API URL',
	onBehalfOf: 'On Behalf Of',
	allowedEmailDomains: 'Allowed Email Domains',
	allowAdminAccess: 'Allow Admin Access',
	allowDeletion: 'Allow Deletion',
	allowAgents: 'Allow AI Agents',
};

/**
 * n8n fills in what a credential leaves out, and evaluates expressions after that: a field without a value is one
 * whose expression found nothing. Treated as left out, it would lift a limit or act on the parent account.
 *
 * @throws SendGridError
 */
export function checkFieldsSet(credential: ICredentialDataDecryptedObject): void {
	// A limit that is null denies, wherever it is read.
	const isUnset = (name: string) =>
		name in credential &&
		(credential[name] === undefined || (name === 'onBehalfOf' && credential[name] === null));
	const unset = Object.keys(FIELDS).find(isUnset);
	if (unset === undefined) return;
	throw new SendGridError(
		`The credential's '${FIELDS[unset]}' has no value`,
		`Check the expression of '${FIELDS[unset]}' in the credential: it returned nothing.`,
		{ cause: 'credential-invalid' },
	);
}

/** Older credentials lack this field and are unrestricted. Any value but `true` denies. */
export const isAllowed = (value: unknown): boolean => value === undefined || value === true;

/** Whether the owner has limited who can be given access. */
export const limitsDomains = ({ allowedEmailDomains }: ICredentialDataDecryptedObject): boolean =>
	allowedEmailDomains !== undefined && allowedEmailDomains !== '';

/** The domains to which something can be given, `undefined` for all. `@example.com` counts as `example.com`. */
export const emailDomainsOf = (credential: ICredentialDataDecryptedObject): string[] | undefined =>
	limitsDomains(credential)
		? String(credential.allowedEmailDomains)
				.split(/[,;\s]+/)
				.map((domain) => domain.replace(/^@/, ''))
				.filter(Boolean)
		: undefined;

/** Whether the owner has limited the credential in any way. */
export const isLimited = (credential: ICredentialDataDecryptedObject): boolean =>
	limitsDomains(credential) ||
	!isAllowed(credential.allowAdminAccess) ||
	!isAllowed(credential.allowAgents) ||
	!isAllowed(credential.allowDeletion);
