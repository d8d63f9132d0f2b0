import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../transport/responseErrors';
import type { SendGridClient } from '../transport/client';

/**
 * Observed: every teammate manages these for themselves once they have joined. At an invitation SendGrid
 * refuses them.
 */
const SELF_SERVICE_SCOPES = [
	'user.email.update',
	'user.multifactor_authentication.create',
	'user.multifactor_authentication.delete',
	'user.multifactor_authentication.read',
	'user.multifactor_authentication.update',
	'user.password.read',
	'user.password.update',
	'user.profile.update',
	'user.username.update',
];

/** Documented and observed: SendGrid adds these by itself, and does not take them from anybody. */
const AUTOMATIC_SCOPES = [
	'2fa_exempt',
	'2fa_required',
	'sender_verification_eligible',
	'sender_verification_exempt',
	'sender_verification_legacy',
	'signup.trigger_confirmation',
	'ui.confirm_email',
	'ui.provision',
	'ui.signup_complete',
];

const UNGRANTABLE_SCOPES = new Set([...SELF_SERVICE_SCOPES, ...AUTOMATIC_SCOPES]);

/** Whether SendGrid takes the scope at an invitation at all, whatever the account has. */
export const isGrantable = (scope: string): boolean => !UNGRANTABLE_SCOPES.has(scope);

/**
 * What the account can grant at an invitation now: the scopes of the API key, since nobody can give away
 * more than they have.
 *
 * @param failureMessage what does not happen where this fails
 * @throws SendGridError
 */
export async function grantableScopes(
	client: SendGridClient,
	failureMessage: string,
): Promise<string[]> {
	const body = await client.send<IDataObject>({
		method: 'GET',
		path: '/v3/scopes',
		isArray: true,
		context: { failureMessage, scope: 'any' },
	});
	const scopes = isRecord(body) && Array.isArray(body.scopes) ? body.scopes : [];
	return scopes.filter((scope): scope is string => typeof scope === 'string').filter(isGrantable);
}

/**
 * Inferred from several clients: what every teammate has anyway. Documented is only that there is such a
 * minimum.
 */
const MINIMUM_SCOPES = new Set([
	'mail_settings.read',
	'partner_settings.read',
	'tracking_settings.read',
	'user.account.read',
	'user.credits.read',
	'user.email.read',
	'user.profile.read',
	'user.settings.enforced_tls.read',
	'user.timezone.read',
	'user.username.read',
]);

/** Whether SendGrid gives the scope to every teammate, asked or not. */
export const isGivenToEverybody = (scope: string): boolean => MINIMUM_SCOPES.has(scope);

/** Parts of scope names that are no ordinary words. */
const SPELLINGS: Readonly<Record<string, string>> = {
	'2fa': '2FA',
	api: 'API',
	asm: 'ASM',
	bcc: 'BCC',
	di: 'DI',
	erasejob: 'Erase Job',
	ip: 'IP',
	ips: 'IPs',
	sendwithus: 'SendWithUs',
	sso: 'SSO',
	tls: 'TLS',
	ui: 'UI',
};

const words = (part: string) =>
	part
		.split('_')
		.map((word) => SPELLINGS[word] ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
		.join(' ');

/**
 * A scope's name for people: `mail_settings.footer.read` reads `Mail Settings Footer: Read`.
 * SendGrid has no texts of its own for them.
 */
export function scopeLabel(scope: string): string {
	const parts = scope.split('.').map(words);
	const action = parts.pop() ?? '';
	return parts.length > 0 ? `${parts.join(' ')}: ${action}` : action;
}
