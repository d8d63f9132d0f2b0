import type { IDataObject } from 'n8n-workflow';

import { isGivenToEverybody, isGrantable } from './scopes';
import { scopesOf } from './teammates';

/** What SendGrid's requests say about somebody's access. */
export interface Access {
	scopes: string[];
	is_admin: boolean;
}

/**
 * Whether a record already has the wanted access: compared is what can be assigned. SendGrid adds scopes of
 * its own to everybody, which would otherwise look like a difference forever.
 */
export function hasAccess(record: IDataObject, { scopes, is_admin }: Access): boolean {
	if ((record.is_admin === true) !== is_admin) return false;
	if (is_admin) return true;
	const present = scopesOf(record);
	const isComplete = scopes.every((scope) => present.includes(scope));
	const superfluous = present.filter(
		(scope) => isGrantable(scope) && !isGivenToEverybody(scope) && !scopes.includes(scope),
	);
	return isComplete && superfluous.length === 0;
}
