import type { INodeProperties } from 'n8n-workflow';

import type { ApiErrorDetail } from '../transport/responseErrors';
import type { Account } from '../sendgrid/account';
import { SendGridError, type Wording } from '../transport/errors';
import { isGrantable } from '../sendgrid/scopes';
import { formatList, toSingleLine } from '../transport/sanitize';

export const scopesField: INodeProperties = {
	displayName: 'Scope Names or IDs',
	name: 'scopes',
	type: 'multiOptions',
	default: [],
	typeOptions: {
		loadOptionsMethod: 'getScopes',
		loadOptionsDependsOn: ['region', 'options.onBehalfOf'],
	},
	displayOptions: { show: { access: ['scopes'] } },
	description:
		'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	hint: 'Type a part of a name to find it. An expression may give a list, or a text with commas.',
};

export const additionalScopesField: INodeProperties = {
	...scopesField,
	displayName: 'Additional Scope Names or IDs',
	name: 'additionalScopes',
	displayOptions: { show: { access: ['persona'] } },
	hint: 'On top of what the persona has',
};

/** Scopes as an item names them. */
export interface NamedScopes {
	scopes: string[];
	/** What SendGrid lets nobody grant, where the item wants it left out. */
	skipped: string[];
}

export const quoteList = (scopes: readonly string[]) =>
	formatList(scopes.map((scope) => `'${toSingleLine(scope)}'`));

function parsedList(text: string): unknown[] {
	const trimmed = text.trim();
	if (trimmed === '') return [undefined];
	if (!trimmed.startsWith('[')) return trimmed.split(',').filter((part) => part.trim() !== '');
	try {
		return JSON.parse(trimmed) as unknown[];
	} catch {
		return [undefined];
	}
}

/**
 * The names of scopes, each once: from a list, or from a text with commas (also a list written as JSON,
 * which AI agents like to send).
 *
 * Nothing at all is refused and an empty list is not: the one is an expression that found nothing, the
 * other a decision.
 *
 * @param field the field's display name, for the message
 * @param skipUngrantable leave out what SendGrid lets nobody grant, instead of refusing it
 * @throws SendGridError for what is no list of names, and for scopes that SendGrid lets nobody grant
 */
export function checkScopes(
	value: unknown,
	field = scopesField.displayName,
	skipUngrantable = false,
): NamedScopes {
	const entries: unknown[] = Array.isArray(value)
		? value
		: parsedList(typeof value === 'string' ? value : '');
	const named = entries.map((entry) => (typeof entry === 'string' ? entry.trim() : ''));
	if (named.includes('')) {
		throw new SendGridError(
			`'${field}' holds no list of scopes`,
			`Choose from the list in '${field}', or let its expression give a list such as ["stats.read", "templates.read"] or a text such as stats.read, templates.read. An empty list [] means no scopes.`,
		);
	}

	const unique = [...new Set(named)];
	const skipped = unique.filter((scope) => !isGrantable(scope));
	if (skipped.length > 0 && !skipUngrantable) {
		throw new SendGridError(
			`'${field}' holds what SendGrid lets nobody grant: ${quoteList(skipped)}`,
			"Remove it, or turn on 'Skip Scopes That Cannot Be Granted' in 'Options' where there is one. SendGrid gives every teammate the scopes for their own profile, password and sign-in by itself.",
		);
	}
	return { scopes: unique.filter(isGrantable), skipped };
}

/**
 * Advice that names the scopes which SendGrid refused: it says only that there are some.
 *
 * @param scopes what was sent
 */
export const adviseOnScopes =
	(
		account: Account,
		scopes: readonly string[],
		wording: Wording,
		displayName = scopesField.displayName,
	) =>
	async ({ field }: ApiErrorDetail): Promise<string | undefined> => {
		if (field !== 'scopes') return undefined;
		const grantable = await account.grantableScopes(wording).catch(() => scopes);
		const unknown = scopes.filter((scope) => !grantable.includes(scope));
		return unknown.length > 0
			? `Remove what this account cannot grant from '${displayName}': ${quoteList(unknown)}.`
			: `Remove scopes from '${displayName}' until SendGrid accepts the rest. It was sent ${quoteList(scopes)}.`;
	};
