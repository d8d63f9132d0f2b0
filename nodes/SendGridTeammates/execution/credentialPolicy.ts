import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { isPowerful, isPowerlessGroup } from '../sendgrid/scopes';
import { isAtDomain } from '../sendgrid/teammates';
import { SendGridError } from '../transport/errors';
import { emailDomainsOf, isAllowed } from '../transport/limits';
import { formatList, toSingleLine } from '../transport/sanitize';
import type { Given, Policy } from './operation';

const WHO_CAN_CHANGE_IT = 'Ask the person who manages the credential to change this, under';

const refusal = (what: string, field: string) =>
	new SendGridError(what, `${WHO_CAN_CHANGE_IT} '${field}' in the credential.`, {
		cause: 'configuration-invalid',
	});

/**
 * Limits set in the credential, which neither people who edit a workflow nor AI agents can lift. They are
 * checked before any request leaves.
 */
export class CredentialPolicy implements Policy {
	private readonly domains: string[] | undefined;

	constructor(private readonly credential: ICredentialDataDecryptedObject) {
		this.domains = emailDomainsOf(credential);
	}

	/** @throws SendGridError for an address at a domain that is not on the list */
	checkEmail(email: string): void {
		const { domains } = this;
		if (!domains) return;
		if (email === '') {
			throw refusal(
				"This credential allows only some domains, and SendGrid doesn't say this person's email address",
				'Allowed Email Domains',
			);
		}
		if (domains.some((domain) => isAtDomain(email, domain))) return;
		throw refusal(
			`'${toSingleLine(email)}' is at a domain that this credential doesn't allow. Allowed: ${formatList(domains.map(toSingleLine)) || 'none'}`,
			'Allowed Email Domains',
		);
	}

	/** Whether the owner has limited who may be given what. */
	get limitsGiving(): boolean {
		return this.domains !== undefined || !this.allowsPower;
	}

	private get allowsPower(): boolean {
		return isAllowed(this.credential.allowAdminAccess);
	}

	/**
	 * For everything that gives something to a person known by a record.
	 *
	 * @throws SendGridError
	 */
	checkGiving({ email, isAdmin, isRoleKnown = true, scopes }: Given): void {
		this.checkEmail(email);
		if (isAdmin) this.checkAdmin();
		else this.checkScopes(isRoleKnown ? scopes : undefined);
	}

	/** @throws SendGridError if nobody may be made an admin */
	checkAdmin(): void {
		if (this.allowsPower) return;
		throw refusal("This credential doesn't allow granting admin access", 'Allow Admin Access');
	}

	/** Whether a scope may be given. */
	readonly mayGive = (scope: string): boolean => this.allowsPower || !isPowerful(scope);

	/**
	 * @param scopes left out if they are unknown
	 * @throws SendGridError for scopes that create access, if nobody may be made an admin
	 */
	checkScopes(scopes: readonly string[] | undefined): void {
		if (this.allowsPower) return;
		if (scopes === undefined) {
			throw refusal(
				"This credential doesn't allow granting admin access, and SendGrid's list doesn't show what access this gives",
				'Allow Admin Access',
			);
		}
		const refused = scopes.filter((scope) => !this.mayGive(scope));
		if (refused.length === 0) return;
		throw refusal(
			`This credential doesn't allow granting scopes that create access: ${formatList(refused.map((scope) => `'${toSingleLine(scope)}'`))}`,
			'Allow Admin Access',
		);
	}

	/** @throws SendGridError for a feature that may allow creating access, if nobody may be made an admin */
	checkGroup(name: string): void {
		if (this.allowsPower || isPowerlessGroup(name)) return;
		throw refusal(
			`This credential doesn't allow granting admin access, and '${toSingleLine(name)}' may allow creating access`,
			'Allow Admin Access',
		);
	}

	/** @throws SendGridError if no AI agent may use the credential */
	checkAgents(): void {
		if (isAllowed(this.credential.allowAgents)) return;
		throw refusal("This credential doesn't allow AI agents to use it", 'Allow AI Agents');
	}

	/** @throws SendGridError if nobody may be deleted */
	checkDeletion(): void {
		if (isAllowed(this.credential.allowDeletion)) return;
		throw refusal("This credential doesn't allow deleting teammates", 'Allow Deletion');
	}
}
