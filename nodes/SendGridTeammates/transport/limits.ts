import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

/** Older credentials lack this field and are unrestricted. Any value but `true` denies. */
export const isAllowed = (value: unknown): boolean => value === undefined || value === true;

/** Whether the owner has limited who can be given access. */
export const limitsDomains = ({ allowedEmailDomains }: ICredentialDataDecryptedObject): boolean =>
	allowedEmailDomains !== undefined && allowedEmailDomains !== '';

/** Whether the owner has limited the credential in any way. */
export const isLimited = (credential: ICredentialDataDecryptedObject): boolean =>
	limitsDomains(credential) ||
	!isAllowed(credential.allowAdminAccess) ||
	!isAllowed(credential.allowAgents) ||
	!isAllowed(credential.allowDeletion);
