import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { connectionForEditor, undecidedField } from '../execution/connection';
import { knownGrantableScopes, readGrantableScopes, scopeLabel } from '../sendgrid/scopes';
import { CREDENTIAL_TYPE, SendGridClient } from '../transport/client';
import { SendGridError } from '../transport/errors';
import { listErrorInOneLine } from './listError';

/** @param description whose these are, where that is not plain */
const listed = (scopes: readonly string[], description?: string): INodePropertyOptions[] =>
	scopes
		.map((scope) => ({ name: scopeLabel(scope), value: scope, description }))
		.sort((one, other) => one.name.localeCompare(other.name));

/** @param why the account's own are not listed */
const allKnown = (why: string): INodePropertyOptions[] =>
	listed(knownGrantableScopes(), `One of all known scopes: ${why}`);

/** Whether n8n hands out a credential: not before one has been chosen, nor where it has been deleted. */
const hasCredential = async (editor: ILoadOptionsFunctions): Promise<boolean> =>
	await editor.getCredentials(CREDENTIAL_TYPE).then(
		() => true,
		() => false,
	);

/**
 * The scopes that the account can grant now, grouped. Where it is not known yet which account that is, all that are
 * known.
 */
export async function getScopes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const undecided = undecidedField(this);
	if (undecided !== undefined) return allKnown(`'${undecided}' has no value yet`);
	if (!(await hasCredential(this))) {
		return allKnown('with a credential chosen, open the node again to see what it can grant');
	}
	try {
		const connection = await connectionForEditor(this);
		const scopes = await readGrantableScopes(new SendGridClient(this, connection), {
			failureMessage: 'The scopes could not be loaded',
		});
		const { onBehalfOf } = connection;
		return listed(scopes, onBehalfOf && `What ${onBehalfOf} can grant`);
	} catch (thrown) {
		// n8n's editor keeps the list that it got with a wrong key after the key has been corrected.
		if (thrown instanceof SendGridError && thrown.status === 401) {
			return allKnown(
				'SendGrid rejected the API key. Correct it and open the node again to see what it can grant',
			);
		}
		throw listErrorInOneLine(this, thrown);
	}
}
