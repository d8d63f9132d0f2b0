import type { IDataObject } from 'n8n-workflow';

import { OUTCOME, readRole, SCOPES } from '../transport/decode';
import { flagOf } from '../transport/sanitize';

const NAME = ['email', 'first_name', 'last_name'];
const STANDING = ['status', 'expires_at', 'days_left'];
const ROLE = ['username', 'user_type', 'is_admin', 'is_sso'];

/**
 * Whether a teammate must sign in with a second factor. Reported: exactly one of two scopes says so.
 *
 * @returns `null` if SendGrid doesn't say: admins and the owner often have both
 */
export function mfaOf(scopes: unknown): 'exempt' | 'required' | null {
	if (!Array.isArray(scopes)) return null;
	const isRequired = scopes.includes('2fa_required');
	if (isRequired === scopes.includes('2fa_exempt')) return null;
	return isRequired ? 'required' : 'exempt';
}

/** Whether somebody is an admin, in whatever form SendGrid says so; `undefined` if it doesn't. */
export function isAdminIn(record: IDataObject): boolean | undefined {
	const role = readRole(record);
	return flagOf(record.is_admin) ?? (role && role !== 'teammate');
}

const present = (record: IDataObject, fields: readonly string[]): IDataObject =>
	Object.fromEntries(
		fields.filter((field) => field in record).map((field) => [field, record[field]]),
	);

/** The same fields for every record, in this order; `null` if it has nothing. */
const simplified =
	(...fields: string[]) =>
	(record: IDataObject): IDataObject => {
		const all: IDataObject = {
			...record,
			is_admin: isAdminIn(record),
			is_sso: flagOf(record.is_sso),
			mfa: mfaOf(record.scopes),
		};
		return {
			...present(record, OUTCOME),
			...Object.fromEntries(fields.map((field) => [field, all[field] ?? null])),
			...present(record, SCOPES),
		};
	};

const simplifiedListed = simplified(...NAME, ...ROLE);

const simplifiedListedPerson = simplified(...NAME, ...STANDING, ...ROLE, 'scopes');

/** An entry of the list of teammates, or of everyone, without phone number, postal address and the like. */
export const simplifiedMember = (record: IDataObject): IDataObject =>
	'status' in record ? simplifiedListedPerson(record) : simplifiedListed(record);

/** A teammate's own record. */
export const simplifiedTeammate = simplified(...NAME, ...ROLE, 'mfa', 'scopes');

export const simplifiedSsoTeammate = simplified(
	...NAME,
	...ROLE,
	'mfa',
	'has_restricted_subuser_access',
	'scopes',
	'subuser_access',
);

/** An invitation, without the token. */
export const simplifiedInvitation = simplified('email', ...STANDING, 'is_admin', 'scopes');

/** A teammate's own record or an invitation, whichever the person has. */
export const simplifiedPerson = simplified(...NAME, ...STANDING, ...ROLE, 'mfa', 'scopes');
