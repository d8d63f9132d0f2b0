import type { IDataObject } from 'n8n-workflow';

import { textOf } from '../transport/sanitize';

/** What is left of a teammate's record when it is simplified, in this order. */
const ESSENTIALS = [
	'username',
	'email',
	'first_name',
	'last_name',
	'user_type',
	'is_admin',
	'is_sso',
] as const;

/** A teammate's record without telephone number, address and the like. */
export function essentialsOf(teammate: IDataObject): IDataObject {
	const essentials = ESSENTIALS.filter((field) => field in teammate);
	return Object.fromEntries(essentials.map((field) => [field, teammate[field]]));
}

/** Documented: the account's owner is in the list of teammates, marked by the type only. */
export const isOwner = ({ user_type }: IDataObject): boolean => user_type === 'owner';

/** Whether somebody may do everything in the account, as its owner or as an admin. */
export const isAdmin = (teammate: IDataObject): boolean =>
	teammate.is_admin === true || teammate.user_type === 'admin' || isOwner(teammate);

/** A record's `scopes`, which only the record of a single teammate has. */
export function scopesOf({ scopes }: IDataObject): string[] {
	const entries: unknown[] = Array.isArray(scopes) ? scopes : [];
	return entries.filter((scope): scope is string => typeof scope === 'string');
}

/** Whether an address is at this domain, in any case. `@example.com` counts as `example.com`. */
export function isAtDomain({ email }: IDataObject, domain: string): boolean {
	const wanted = domain.trim().toLowerCase().replace(/^@/, '');
	return textOf(email).trim().toLowerCase().endsWith(`@${wanted}`);
}
