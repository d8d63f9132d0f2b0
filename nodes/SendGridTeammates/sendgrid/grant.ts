import { SendGridError, type Wording } from '../transport/errors';
import { formatList, toSingleLine } from '../transport/sanitize';
import { givesSomething, resolveAccess, type AccessChoice, type ResolvedAccess } from './access';
import type { Account } from './account';

/**
 * The access that a choice stands for, for somebody who has none yet or for a teammate.
 *
 * @param present what the person has
 * @throws SendGridError where nothing would be left of a persona but what everybody has
 */
export async function resolveFor(
	account: Account,
	choice: AccessChoice,
	wording: Wording,
	present: readonly string[] = [],
): Promise<ResolvedAccess> {
	if (choice.kind !== 'persona') return resolveAccess(choice);
	const resolved = resolveAccess(choice, await account.grantableScopes(wording), present);
	if (givesSomething(resolved.access)) return resolved;
	throw new SendGridError(
		`${wording.failureMessage}: this API key can grant nothing of the persona but what everybody has`,
		"Choose another 'Persona', or 'Selected Scopes'. A key can grant only what it has itself.",
	);
}

/**
 * Makes sure that scopes can be granted, before something is taken away for their sake.
 *
 * @throws SendGridError, which names those that cannot
 */
export async function checkGrantable(
	account: Account,
	scopes: readonly string[],
	wording: Wording,
): Promise<void> {
	if (scopes.length === 0) return;
	const grantable = await account.grantableScopes(wording);
	const refused = scopes.filter((scope) => !grantable.includes(scope));
	if (refused.length === 0) return;
	const names = formatList(refused.map((scope) => `'${toSingleLine(scope)}'`));
	throw new SendGridError(
		`${wording.failureMessage}: this API key cannot grant ${names}`,
		"Nothing was changed. Remove them from 'Scope Names or IDs', or use a key that has them.",
	);
}
