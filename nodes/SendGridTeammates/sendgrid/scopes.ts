import type { SendGridClient } from '../transport/client';
import { decodeObject } from '../transport/decode';
import type { Wording } from '../transport/errors';
import { formatQuoted } from '../transport/sanitize';

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
	onSend?: () => void,
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
		onSend,
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

/** SendGrid's own sets of scopes for a role. */
export const PERSONAS = ['accountant', 'developer', 'marketer', 'observer'] as const;

export type Persona = (typeof PERSONAS)[number];

/** `{ 'mail.batch': 'create read' }` -> `['mail.batch.create', 'mail.batch.read']` */
const expanded = (actions: Readonly<Record<string, string>>): readonly string[] =>
	Object.entries(actions).flatMap(([prefix, names]) =>
		names.split(' ').map((name) => `${prefix}.${name}`),
	);

/**
 * What each persona is made of. Documented on SendGrid's page "Teammate Permissions"; its API knows personas
 * for single sign-on only.
 *
 * What SendGrid gives to everybody is in it as far as that page lists it. The page lists the update of
 * `mail_settings.bounce_purge` for the observer, who otherwise only reads: taken for a slip, and read here.
 */
export const PERSONA_SCOPES: Readonly<Record<Persona, readonly string[]>> = {
	accountant: expanded({
		billing: 'create delete read update',
		'browsers.stats': 'read',
		categories: 'read',
		'categories.stats': 'read',
		'categories.stats.sums': 'read',
		'clients.desktop.stats': 'read',
		'clients.phone.stats': 'read',
		'clients.stats': 'read',
		'clients.tablet.stats': 'read',
		'clients.webmail.stats': 'read',
		'devices.stats': 'read',
		'geo.stats': 'read',
		mail_settings: 'read',
		'mailbox_providers.stats': 'read',
		partner_settings: 'read',
		stats: 'read',
		'stats.global': 'read',
		'subusers.stats': 'read',
		'subusers.stats.monthly': 'read',
		'subusers.stats.sums': 'read',
		tracking_settings: 'read',
		'user.account': 'read',
		'user.credits': 'read',
		'user.email': 'read',
		'user.profile': 'read',
		'user.settings.enforced_tls': 'read',
		'user.timezone': 'read',
		'user.username': 'read',
		'user.webhooks.parse.stats': 'read',
	}),
	developer: expanded({
		'access_settings.activity': 'read',
		'access_settings.whitelist': 'create delete read update',
		alerts: 'create delete read update',
		api_keys: 'create delete read update',
		'asm.groups': 'create delete read update',
		'browsers.stats': 'read',
		categories: 'create delete read update',
		'categories.stats': 'read',
		'categories.stats.sums': 'read',
		'clients.desktop.stats': 'read',
		'clients.phone.stats': 'read',
		'clients.stats': 'read',
		'clients.tablet.stats': 'read',
		'clients.webmail.stats': 'read',
		'devices.stats': 'read',
		email_testing: 'read write',
		'geo.stats': 'read',
		ips: 'create delete read update',
		'ips.assigned': 'read',
		'ips.pools': 'create delete read update',
		'ips.pools.ips': 'create delete read update',
		'ips.warmup': 'create delete read update',
		mail: 'send',
		'mail.batch': 'create delete read update',
		mail_settings: 'read',
		'mail_settings.address_whitelist': 'read update',
		'mail_settings.bcc': 'read update',
		'mail_settings.bounce_purge': 'read update',
		'mail_settings.footer': 'read update',
		'mail_settings.forward_bounce': 'read update',
		'mail_settings.forward_spam': 'read update',
		'mail_settings.plain_content': 'read update',
		'mail_settings.spam_check': 'read update',
		'mail_settings.template': 'read update',
		'mailbox_providers.stats': 'read',
		marketing_campaigns: 'create delete read update',
		partner_settings: 'read',
		stats: 'read',
		'stats.global': 'read',
		'subusers.stats': 'read',
		'subusers.stats.monthly': 'read',
		'subusers.stats.sums': 'read',
		suppression: 'create delete read update',
		templates: 'create delete read update',
		'templates.versions': 'create delete read update',
		'templates.versions.activate': 'create',
		tracking_settings: 'read',
		'tracking_settings.click': 'read update',
		'tracking_settings.google_analytics': 'read update',
		'tracking_settings.open': 'read update',
		'tracking_settings.subscription': 'read update',
		'user.account': 'read',
		'user.credits': 'read',
		'user.email': 'read',
		'user.profile': 'read',
		'user.scheduled_sends': 'create delete read update',
		'user.settings.enforced_tls': 'read',
		'user.timezone': 'read',
		'user.username': 'read',
		'user.webhooks.event.settings': 'read update',
		'user.webhooks.event.test': 'create read update',
		'user.webhooks.parse.settings': 'create delete read update',
		'user.webhooks.parse.stats': 'read',
	}),
	marketer: expanded({
		alerts: 'create delete read update',
		'asm.groups': 'create delete read update',
		'browsers.stats': 'read',
		categories: 'read',
		'categories.stats': 'read',
		'categories.stats.sums': 'read',
		'clients.desktop.stats': 'read',
		'clients.phone.stats': 'read',
		'clients.stats': 'read',
		'clients.tablet.stats': 'read',
		'clients.webmail.stats': 'read',
		'devices.stats': 'read',
		email_testing: 'read write',
		'geo.stats': 'read',
		'mail.batch': 'read',
		mail_settings: 'read',
		'mail_settings.spam_check': 'read update',
		'mailbox_providers.stats': 'read',
		marketing_campaigns: 'create delete read update',
		partner_settings: 'read',
		'stats.global': 'read',
		'subusers.stats': 'read',
		'subusers.stats.monthly': 'read',
		'subusers.stats.sums': 'read',
		suppression: 'create delete read update',
		templates: 'create delete read update',
		'templates.versions': 'create delete read update',
		'templates.versions.activate': 'create',
		tracking_settings: 'read',
		'tracking_settings.click': 'read update',
		'tracking_settings.google_analytics': 'read update',
		'tracking_settings.open': 'read update',
		'tracking_settings.subscription': 'read update',
		'user.account': 'read',
		'user.credits': 'read',
		'user.email': 'read',
		'user.profile': 'read',
		'user.scheduled_sends': 'read',
		'user.settings.enforced_tls': 'read',
		'user.timezone': 'read',
		'user.username': 'read',
		'user.webhooks.parse.stats': 'read',
	}),
	observer: expanded({
		'access_settings.activity': 'read',
		'access_settings.whitelist': 'read',
		alerts: 'read',
		api_keys: 'read',
		'asm.groups': 'read',
		billing: 'read',
		'browsers.stats': 'read',
		categories: 'read',
		'categories.stats': 'read',
		'categories.stats.sums': 'read',
		'clients.desktop.stats': 'read',
		'clients.phone.stats': 'read',
		'clients.stats': 'read',
		'clients.tablet.stats': 'read',
		'clients.webmail.stats': 'read',
		'devices.stats': 'read',
		email_testing: 'read',
		'geo.stats': 'read',
		ips: 'read',
		'ips.assigned': 'read',
		'ips.pools': 'read',
		'ips.pools.ips': 'read',
		'ips.warmup': 'read',
		'mail.batch': 'read',
		mail_settings: 'read',
		'mail_settings.address_whitelist': 'read',
		'mail_settings.bcc': 'read',
		'mail_settings.bounce_purge': 'read',
		'mail_settings.footer': 'read',
		'mail_settings.forward_bounce': 'read',
		'mail_settings.forward_spam': 'read',
		'mail_settings.plain_content': 'read',
		'mail_settings.spam_check': 'read',
		'mail_settings.template': 'read',
		'mailbox_providers.stats': 'read',
		messages: 'read',
		partner_settings: 'read',
		'partner_settings.new_relic': 'read',
		'partner_settings.sendwithus': 'read',
		stats: 'read',
		'stats.global': 'read',
		subusers: 'read',
		'subusers.credits': 'read',
		'subusers.credits.remaining': 'read',
		'subusers.monitor': 'read',
		'subusers.reputations': 'read',
		'subusers.stats': 'read',
		'subusers.stats.monthly': 'read',
		'subusers.stats.sums': 'read',
		'subusers.summary': 'read',
		suppression: 'read',
		templates: 'read',
		'templates.versions': 'read',
		tracking_settings: 'read',
		'tracking_settings.click': 'read',
		'tracking_settings.google_analytics': 'read',
		'tracking_settings.open': 'read',
		'tracking_settings.subscription': 'read',
		'user.account': 'read',
		'user.credits': 'read',
		'user.email': 'read',
		'user.profile': 'read',
		'user.scheduled_sends': 'read',
		'user.settings.enforced_tls': 'read',
		'user.timezone': 'read',
		'user.username': 'read',
		'user.webhooks.event.settings': 'read',
		'user.webhooks.event.test': 'read',
		'user.webhooks.parse.settings': 'read',
		'user.webhooks.parse.stats': 'read',
	}),
};

/** Documented and observed: what there is beside the scopes of personas. */
const OTHER_SCOPES = expanded({
	'asm.groups.suppressions': 'create delete read update',
	'asm.suppressions.global': 'create delete read update',
	credentials: 'create delete read update',
	design_library: 'create delete read update',
	'di.bounce_block_classification': 'read',
	email_activity: 'read',
	'mail_settings.address_whitelist': 'create delete',
	'mail_settings.bcc': 'create delete',
	'mail_settings.bounce_purge': 'create delete',
	'mail_settings.footer': 'create delete',
	'mail_settings.forward_bounce': 'create delete',
	'mail_settings.forward_spam': 'create delete',
	'mail_settings.plain_content': 'create delete',
	'mail_settings.spam_check': 'create delete',
	'mail_settings.template': 'create delete',
	marketing: 'read',
	'marketing.automation': 'read',
	newsletter: 'create delete read update',
	'partner_settings.new_relic': 'create delete update',
	'partner_settings.sendwithus': 'create delete update',
	'recipients.erasejob': 'create read',
	'sso.settings': 'create delete read update',
	'sso.teammates': 'create update',
	subusers: 'create delete update',
	'subusers.credits': 'create delete update',
	'subusers.credits.remaining': 'create delete update',
	'subusers.monitor': 'create delete update',
	'suppression.blocks': 'create delete read update',
	'suppression.bounces': 'create delete read update',
	'suppression.invalid_emails': 'create delete read update',
	'suppression.spam_reports': 'create delete read update',
	'suppression.unsubscribes': 'create delete read update',
	teammates: 'create delete read update',
	'templates.versions.activate': 'delete read update',
	'tracking_settings.click': 'create delete',
	'tracking_settings.google_analytics': 'create delete',
	'tracking_settings.open': 'create delete',
	'tracking_settings.subscription': 'create delete',
	'user.email': 'create delete',
	'user.password': 'create delete',
	'user.profile': 'create delete',
	'user.settings.enforced_tls': 'update',
	'user.timezone': 'create delete update',
	'user.username': 'create delete',
	'user.webhooks.event.settings': 'create delete',
	'user.webhooks.event.test': 'delete',
	'validations.email': 'create read',
	whitelabel: 'create delete read update',
});

/** All known scopes by their labels, in small letters. */
const SCOPE_BY_LABEL: ReadonlyMap<string, string> = new Map(
	[
		...Object.values(PERSONA_SCOPES).flat(),
		...OTHER_SCOPES,
		...UNGRANTABLE_SCOPES,
		...MINIMUM_SCOPES,
	].map((scope) => [scopeLabel(scope).toLowerCase(), scope]),
);

/**
 * The scope that a text stands for: its name, or what the editor's list shows, `Stats: Read (stats.read)` or
 * `Stats: Read`, in any case. `undefined` where it is neither. A name need not be a known one: SendGrid adds some.
 */
export function scopeNamed(text: string): string | undefined {
	const [, inBrackets] = /\(([\w.-]+)\)$/.exec(text) ?? [];
	const name = inBrackets ?? SCOPE_BY_LABEL.get(text.toLowerCase().replace(/\s+/g, ' ')) ?? text;
	return /^[\w.-]+$/.test(name) ? name.toLowerCase() : undefined;
}

/** Two names that are further apart than this are not one name and a typo. */
const MAX_TYPO = 2;

/**
 * How many characters have to be inserted, deleted or replaced to turn one name into the other (Levenshtein); more
 * than `MAX_TYPO` where that is sure to be too many.
 */
function editDistance(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (const [index, character] of [...from].entries()) {
		const next = [index + 1];
		for (let column = 1; column <= to.length; column += 1) {
			const replaced = row[column - 1] + (character === to[column - 1] ? 0 : 1);
			next.push(Math.min(row[column] + 1, next[column - 1] + 1, replaced));
		}
		row = next;
		if (Math.min(...row) > MAX_TYPO) break;
	}
	return row[to.length];
}

/** No scope's name is longer, and no account has more of them: a gateway may send anything. */
const MAX_NAME_LENGTH = 60;
const MAX_COMPARED = 500;

function nearestScope(typed: string, grantable: readonly string[]): string | undefined {
	if (typed.length > MAX_NAME_LENGTH) return undefined;
	let nearest: string | undefined;
	let shortest = MAX_TYPO + 1;
	for (const scope of grantable.slice(0, MAX_COMPARED)) {
		// Most names differ too much in length to be looked at more closely.
		if (Math.abs(scope.length - typed.length) >= shortest) continue;
		const distance = editDistance(typed, scope);
		if (distance < shortest) [nearest, shortest] = [scope, distance];
	}
	return nearest;
}

const KNOWN_SCOPES = new Set(SCOPE_BY_LABEL.values());

/** How many typos are answered: a whole list of wrong names has another cause. */
const MAX_CORRECTED = 5;

/** `Did you mean 'stats.read'? Otherwise remove`, or `Remove`: how to mend scopes that cannot be granted. */
export function adviseToRemove(refused: readonly string[], grantable: readonly string[]): string {
	const meant = refused
		.filter((scope) => !KNOWN_SCOPES.has(scope))
		.slice(0, MAX_CORRECTED)
		.flatMap((scope) => nearestScope(scope, grantable) ?? []);
	if (meant.length === 0) return 'Remove';
	return `Did you mean ${formatQuoted([...new Set(meant)])}? Otherwise remove`;
}
