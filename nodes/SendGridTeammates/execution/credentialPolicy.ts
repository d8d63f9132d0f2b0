import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { SendGridError } from '../transport/errors';
import { isAtDomain } from '../sendgrid/teammates';
import { formatList, toSingleLine } from '../transport/sanitize';
import type { Policy } from './operation';

const WHO_CAN_CHANGE_IT = 'Only somebody who may edit the credential can change this, under';

const refusal = (what: string, field: string) =>
	new SendGridError(what, `${WHO_CAN_CHANGE_IT} '${field}' in the credential.`, {
		cause: 'configuration-invalid',
	});

/** Older credentials lack this field and are unrestricted. Any value but `true` denies. */
const isAllowed = (value: unknown) => value === undefined || value === true;

/**
 * Limits that the credential's owner sets, and that whoever edits a workflow, or an AI agent, cannot lift.
 * They are checked before any request leaves.
 */
export class CredentialPolicy implements Policy {
	private readonly domains: string[] | undefined;

	constructor(private readonly credential: ICredentialDataDecryptedObject) {
		const text = credential.allowedEmailDomains;
		const isSet = text !== undefined && text !== '';
		this.domains = isSet
			? String(text)
					.split(',')
					.map((domain) => domain.trim())
					.filter(Boolean)
			: undefined;
	}

	/** @throws SendGridError for an address at a domain that is not on the list */
	checkEmail(email: string): void {
		const { domains } = this;
		if (!domains || domains.some((domain) => isAtDomain(email, domain))) return;
		throw refusal(
			`'${toSingleLine(email)}' is at a domain that this credential does not allow. Allowed: ${formatList(domains.map(toSingleLine)) || 'none'}`,
			'Allowed Email Domains',
		);
	}

	/** Whether the owner has set any limit on who may be given what. */
	get limitsGiving(): boolean {
		return this.domains !== undefined || !isAllowed(this.credential.allowAdminAccess);
	}

	/**
	 * For whatever gives something to somebody who is known by a record.
	 *
	 * @throws SendGridError
	 */
	checkGiving({ email, isAdmin }: { email: string; isAdmin: boolean }): void {
		this.checkEmail(email);
		if (isAdmin) this.checkAdmin();
	}

	/** @throws SendGridError where nobody may be made an admin */
	checkAdmin(): void {
		if (isAllowed(this.credential.allowAdminAccess)) return;
		throw refusal(
			'This credential does not allow admin access to be granted',
			'Allow Admin Access',
		);
	}

	/** @throws SendGridError where nobody may be deleted */
	checkDeletion(): void {
		if (isAllowed(this.credential.allowDeletion)) return;
		throw refusal('This credential does not allow teammates to be deleted', 'Allow Deletion');
	}
}
