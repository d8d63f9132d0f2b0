import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Complaint } from '../sendgrid/answer';
import type { SendGridClient } from '../sendgrid/client';
import { SendGridFailure } from '../sendgrid/failure';
import { grantableScopes, isGrantable } from '../sendgrid/scopes';
import { enumerate, quotable } from '../sendgrid/text';

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
	hint: 'With none chosen, the person gets the minimum that SendGrid gives everybody',
};

export const accessFields: INodeProperties[] = [
	{
		displayName: 'Access',
		name: 'access',
		type: 'options',
		default: 'scopes',
		options: [
			{
				name: 'Selected Scopes',
				value: 'scopes',
				description: 'Only what you choose below',
			},
			{
				name: 'Admin',
				value: 'admin',
				description: 'Everything in the account, managing teammates included',
			},
		],
		description: 'What the person may do in SendGrid',
	},
	scopesField,
];

/** What SendGrid's requests say about somebody's access. */
export interface Access {
	scopes: string[];
	is_admin: boolean;
}

const FIELD = 'Scope Names or IDs';

const HOW_TO_WRITE_THEM = `Choose from the list in '${FIELD}', or let its expression give a list such as ["stats.read", "templates.read"] or a text such as stats.read, templates.read. An empty list [] means no scopes.`;

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
 * @throws SendGridFailure for what is no list of names, and for scopes that SendGrid lets nobody grant
 */
export function checkScopes(value: unknown): string[] {
	const entries: unknown[] = Array.isArray(value)
		? value
		: parsedList(typeof value === 'string' ? value : '');
	const scopes = entries.map((entry) => (typeof entry === 'string' ? entry.trim() : ''));
	if (scopes.includes('')) {
		throw new SendGridFailure(`'${FIELD}' holds no list of scopes`, HOW_TO_WRITE_THEM);
	}

	const unique = [...new Set(scopes)];
	const refused = unique.filter((scope) => !isGrantable(scope));
	if (refused.length > 0) {
		const names = enumerate(refused.map((scope) => `'${quotable(scope)}'`));
		throw new SendGridFailure(
			`'${FIELD}' holds what SendGrid lets nobody grant: ${names}`,
			'Remove it. SendGrid gives every teammate the scopes for their own profile, password and sign-in by itself.',
		);
	}
	return unique;
}

/**
 * What the item's person is to be allowed.
 *
 * @throws SendGridFailure for an access or scopes that are none
 */
export function readAccess(item: IExecuteSingleFunctions): Access {
	const access = item.getNodeParameter('access', 'scopes');
	// Documented: an admin is sent without scopes.
	if (access === 'admin') return { scopes: [], is_admin: true };
	if (access !== 'scopes') {
		throw new SendGridFailure(
			"'Access' is neither Selected Scopes nor Admin",
			"Set 'Access' to 'scopes' or 'admin'.",
		);
	}
	return { scopes: checkScopes(item.getNodeParameter('scopes', [])), is_admin: false };
}

/** Advice that names the scopes which SendGrid refused: it says only that there are some. */
export async function fixScopes(
	{ field }: Complaint,
	scopes: string[],
	client: SendGridClient,
): Promise<string | undefined> {
	if (field !== 'scopes') return undefined;
	const known = await grantableScopes(client, '').catch(() => scopes);
	const unknown = scopes.filter((scope) => !known.includes(scope));
	const suspects = unknown.length > 0 ? unknown : scopes;
	const names = enumerate(suspects.map((scope) => `'${quotable(scope)}'`));
	return unknown.length > 0
		? `Remove what this account cannot grant from '${FIELD}': ${names}.`
		: `Remove scopes from '${FIELD}' until SendGrid takes the rest. It was sent ${names}.`;
}
