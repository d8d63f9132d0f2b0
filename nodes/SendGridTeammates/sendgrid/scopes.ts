import type { SendGridClient } from '../transport/client';
import { decodeObject } from '../transport/decode';
import type { Wording } from '../transport/errors';

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
 * What the key can grant, `GET /v3/scopes`: its own scopes, since nobody can give away more than they have.
 *
 * @throws RequestError
 */
export async function readGrantableScopes(
	client: SendGridClient,
	wording: Wording,
): Promise<string[]> {
	return await client.send({
		method: 'GET',
		path: '/v3/scopes',
		decode: (body) => {
			const scopes: unknown = decodeObject(body)?.scopes;
			return Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')
				? (scopes as string[]).filter(isGrantable)
				: undefined;
		},
		context: { ...wording, scope: 'any' },
	});
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

/** Whether a scope can be taken from a teammate: not one that SendGrid gives by itself. */
export const canBeTaken = (scope: string): boolean =>
	isGrantable(scope) && !isGivenToEverybody(scope);

/**
 * What lets somebody create access, for themselves or for others: new teammates, keys and passwords, subusers, other
 * ways to sign in. A credential that does not allow admin access gives none of these.
 */
export const POWERFUL_SCOPES: readonly string[] = [
	'api_keys.create',
	'api_keys.update',
	'credentials.create',
	'credentials.update',
	'sso.settings.create',
	'sso.settings.delete',
	'sso.settings.update',
	'sso.teammates.create',
	'sso.teammates.update',
	'subusers.create',
	'teammates.create',
	'teammates.delete',
	'teammates.update',
];

/** Also what SendGrid may add to these later. */
const WRITES_ACCESS = /^(sso|teammates)\..*(?<!\.read)$/;

/** Whether a scope lets somebody create access. */
export function isPowerful(scope: string): boolean {
	const name = scope.trim().toLowerCase();
	return POWERFUL_SCOPES.includes(name) || WRITES_ACCESS.test(name);
}

/**
 * Features that somebody can ask for, `scope_group_name` of an access request, and that create no access. Documented:
 * the headings of SendGrid's page "Teammate Permissions". Unknown: whether its API writes them in the same way.
 */
const POWERLESS_GROUPS = new Set(
	[
		'Alerts',
		'ASM',
		'Automations',
		'Billing',
		'Categories',
		'Clients',
		'Deliverability Insights',
		'Design Library',
		'Domain Authentication',
		'Email Activity',
		'Email Testing',
		'Email Validations',
		'IP Access',
		'IP Access Management',
		'IP Address Management',
		'Mail',
		'Mail Settings',
		'Marketing',
		'Marketing Campaigns',
		'Messages',
		'Newsletter',
		'Partner',
		'Recipients Data Erasure',
		'Reverse DNS',
		'Scheduled Sends',
		'Statistics',
		'Stats',
		'Suppressions',
		'Templates',
		'Tracking',
		'Unsubscribe Groups',
		'User Settings',
		'Webhook',
	].map(groupKey),
);

/** Upper and lower case, blanks and the like tell no two apart. */
function groupKey(name: string): string {
	return name.toLowerCase().replace(/[ _-]/g, '');
}

/** Whether a feature is known to create no access. One that nobody knows is not. */
export const isPowerlessGroup = (name: string): boolean =>
	name.split(/[>/]/).every((part) => POWERLESS_GROUPS.has(groupKey(part)));

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
