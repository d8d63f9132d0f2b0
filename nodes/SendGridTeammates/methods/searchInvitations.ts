import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connectEditor } from '../connect';
import { nodeErrorOf } from '../nodeError';
import { SendGridClient } from '../sendgrid/client';
import { pendingInvitations, tokenOf } from '../sendgrid/directory';
import { expiryOf } from '../sendgrid/invitation';
import { readPages } from '../sendgrid/pages';

/** Where SendGrid's own pages show teammates and invitations. */
const TEAMMATES_PAGE = 'https://app.sendgrid.com/settings/teammates';

/** `ada@example.com (expires 2026-12-01)` */
function nameOf(invitation: IDataObject): string {
	const expiry = expiryOf(invitation.expiration_date);
	if (!expiry) return String(invitation.email);
	const tense = Date.parse(expiry) > Date.now() ? 'expires' : 'expired';
	return `${String(invitation.email)} (${tense} ${expiry.slice(0, 10)})`;
}

/** Pending invitations whose address contains the search text, in any case. */
export async function searchInvitations(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	try {
		const client = new SendGridClient(this, await connectEditor(this));
		const wanted = filter.trim().toLowerCase();
		const results: INodeListSearchResult['results'] = [];
		for await (const page of readPages(
			client,
			pendingInvitations('The pending invitations could not be loaded'),
		)) {
			for (const invitation of page) {
				if (!String(invitation.email).toLowerCase().includes(wanted)) continue;
				results.push({ name: nameOf(invitation), value: tokenOf(invitation), url: TEAMMATES_PAGE });
			}
		}
		return { results };
	} catch (thrown) {
		throw nodeErrorOf(this.getNode(), thrown);
	}
}
