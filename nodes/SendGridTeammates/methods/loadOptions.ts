import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { connectionForEditor } from '../execution/connection';
import { SendGridClient } from '../transport/client';
import { readGrantableScopes, scopeLabel } from '../sendgrid/scopes';
import { listError } from './listError';

/**
 * The scopes that the account can grant now, by their readable names. These include SendGrid's own names, because
 * the editor's search looks at nothing else.
 */
export async function getScopes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	try {
		const client = new SendGridClient(this, await connectionForEditor(this));
		const scopes = await readGrantableScopes(client, {
			failureMessage: 'The scopes could not be loaded',
		});
		return scopes
			.map((scope) => ({ name: `${scopeLabel(scope)} (${scope})`, value: scope }))
			.sort((one, other) => one.name.localeCompare(other.name));
	} catch (thrown) {
		throw listError(this, thrown);
	}
}
