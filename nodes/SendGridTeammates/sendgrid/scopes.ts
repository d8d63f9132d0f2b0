import type { SendGridClient } from '../transport/client';
import { decodeObject } from '../transport/decode';
import type { Wording } from '../transport/errors';
import { formatQuoted } from '../transport/sanitize';

/**
 * Observed: every teammate controls these for themselves once they have joined. SendGrid refuses them in an
 * invitation.
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

/** Documented and observed: SendGrid adds these automatically and never takes them away. */
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

/** Whether SendGrid ever accepts the scope in an invitation, whatever the account has. */
export const isGrantable = (scope: string): boolean => !UNGRANTABLE_SCOPES.has(scope);

/**
 * What the key can grant, `GET /v3/scopes`: its own scopes, since a key can't grant more than it has.
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
 * Inferred from several clients: what every teammate has anyway. It is only documented that there is such a
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

/** Whether SendGrid gives the scope to every teammate, requested or not. */
export const isGivenToEverybody = (scope: string): boolean => MINIMUM_SCOPES.has(scope);

/** Whether a scope can be taken from a teammate: not one that SendGrid gives automatically. */
export const canBeTaken = (scope: string): boolean =>
	isGrantable(scope) && !isGivenToEverybody(scope);

/**
 * Scopes that let a person create access, for themselves or others: new teammates, keys and passwords, subusers,
 * other ways to sign in. A credential that does not allow admin access gives none of these.
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

/** Includes scopes that SendGrid may add to these later. */
const WRITES_ACCESS = /^(sso|teammates)\..*(?<!\.read)$/;

/** Whether a scope lets somebody create access. */
export function isPowerful(scope: string): boolean {
	const name = scope.trim().toLowerCase();
	return POWERFUL_SCOPES.includes(name) || WRITES_ACCESS.test(name);
}

/**
 * Features that a teammate can ask for (`scope_group_name` of an access request) and that create no access.
 * Documented: the headings of SendGrid's page "Teammate Permissions". Unknown: whether its API writes them in the
 * same way.
 */
const POWERLESS_GROUPS = new Set(
	`
	Alerts, ASM, Automations, Billing, Categories, Clients, Deliverability Insights, Design
	Library, Domain Authentication, Email Activity, Email Testing, Email Validations, IP Access,
	IP Access Management, IP Address Management, Mail, Mail Settings, Marketing, Marketing
	Campaigns, Messages, Newsletter, Partner, Recipients Data Erasure, Reverse DNS, Scheduled
	Sends, Statistics, Stats, Suppressions, Templates, Tracking, Unsubscribe Groups, User
	Settings, Webhook`
		.split(',')
		.map(groupKey),
);

/** No two differ only in upper and lower case, spaces and the like. */
function groupKey(name: string): string {
	return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** Whether a feature is known to create no access. Unknown features are not. */
export const isPowerlessGroup = (name: string): boolean =>
	name.split(/[>/]/).every((part) => POWERLESS_GROUPS.has(groupKey(part)));

/**
 * What scopes are about, in the words of SendGrid's web pages, by how their names begin. The first that fits counts.
 * Short, since n8n's editor cuts off the cross of a long choice.
 */
const GROUPS: Readonly<Record<string, string>> = {
	access_settings: 'IP Access',
	api_keys: 'API Keys',
	asm: 'Unsubscribe Groups',
	categories: 'Categories',
	design_library: 'Design Library',
	di: 'Deliverability',
	email_activity: 'Email Activity',
	email_testing: 'Email Testing',
	ips: 'IP Addresses',
	mail: 'Mail Send',
	mail_settings: 'Mail Settings',
	marketing: 'Marketing',
	marketing_campaigns: 'Marketing',
	messages: 'Email Activity',
	partner_settings: 'Partners',
	recipients: 'Data Erasure',
	sso: 'Single Sign-On',
	suppression: 'Suppressions',
	tracking_settings: 'Tracking',
	'user.scheduled_sends': 'Scheduled Sends',
	'user.webhooks.event': 'Event Webhook',
	'user.webhooks.parse': 'Inbound Parse',
	user: 'User Account',
	validations: 'Email Validation',
	whitelabel: 'Sender Authentication',
};

/** `new_thing.read` -> `New Thing` */
const firstWords = (scope: string): string =>
	scope
		.split('.')[0]
		.split('_')
		.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
		.join(' ');

const BEGINNINGS = Object.entries(GROUPS).map(([first, name]) => [`${first}.`, name] as const);

function groupOf(scope: string): string {
	if (/(^|\.)stats\./.test(scope)) return 'Statistics';
	const known = BEGINNINGS.find(([beginning]) => scope.startsWith(beginning));
	return known ? known[1] : firstWords(scope);
}

/** How the editor's list shows a scope: `Unsubscribe Groups (asm.groups.read)`. One can search nothing else there. */
export const scopeLabel = (scope: string): string => `${groupOf(scope)} (${scope})`;

/** SendGrid's own sets of scopes for a role. */
export const PERSONAS = ['accountant', 'developer', 'marketer', 'observer'] as const;

export type Persona = (typeof PERSONAS)[number];

/** `each('create read', 'mail.batch')` -> `['mail.batch.create', 'mail.batch.read']`, for each of the names. */
const each = (actions: string, names: string): string[] =>
	names
		.trim()
		.split(/\s+/)
		.flatMap((name) => actions.split(' ').map((action) => `${name}.${action}`));

/** In every persona. */
const COMMON_SCOPES = each(
	'read',
	`
	browsers.stats categories categories.stats categories.stats.sums clients.desktop.stats
	clients.phone.stats clients.stats clients.tablet.stats clients.webmail.stats devices.stats
	geo.stats mail_settings mailbox_providers.stats partner_settings stats.global
	subusers.stats.monthly subusers.stats subusers.stats.sums tracking_settings user.account
	user.credits user.email user.profile user.settings.enforced_tls user.timezone user.username
	user.webhooks.parse.stats`,
);

/**
 * The scopes of each persona. Documented on SendGrid's page "Teammate Permissions"; its API knows personas for
 * single sign-on only.
 *
 * Scopes that everybody has are included if that page lists them. The page lists the update of
 * `mail_settings.bounce_purge` for the observer, who otherwise only reads: we take that for a mistake and use
 * `read`.
 */
export const PERSONA_SCOPES: Readonly<Record<Persona, readonly string[]>> = {
	accountant: [
		...COMMON_SCOPES,
		...each('create delete read update', 'billing'),
		...each('read', 'stats'),
	],
	developer: [
		...COMMON_SCOPES,
		...each(
			'create delete read update',
			`
			access_settings.whitelist alerts api_keys asm.groups ips ips.pools ips.pools.ips
			ips.warmup mail.batch marketing_campaigns suppression templates templates.versions
			user.scheduled_sends user.webhooks.parse.settings`,
		),
		...each('create delete update', 'categories'),
		...each('create read update', 'user.webhooks.event.test'),
		...each(
			'read update',
			`
			mail_settings.address_whitelist mail_settings.bcc mail_settings.bounce_purge
			mail_settings.footer mail_settings.forward_bounce mail_settings.forward_spam
			mail_settings.plain_content mail_settings.spam_check mail_settings.template
			tracking_settings.click tracking_settings.google_analytics tracking_settings.open
			tracking_settings.subscription user.webhooks.event.settings`,
		),
		...each('read write', 'email_testing'),
		...each('create', 'templates.versions.activate'),
		...each('read', 'access_settings.activity ips.assigned stats'),
		...each('send', 'mail'),
	],
	marketer: [
		...COMMON_SCOPES,
		...each(
			'create delete read update',
			`
			alerts asm.groups marketing_campaigns suppression templates templates.versions`,
		),
		...each(
			'read update',
			`
			mail_settings.spam_check tracking_settings.click tracking_settings.google_analytics
			tracking_settings.open tracking_settings.subscription`,
		),
		...each('read write', 'email_testing'),
		...each('create', 'templates.versions.activate'),
		...each('read', 'mail.batch user.scheduled_sends'),
	],
	observer: [
		...COMMON_SCOPES,
		...each(
			'read',
			`
			access_settings.activity access_settings.whitelist alerts api_keys asm.groups billing
			email_testing ips ips.assigned ips.pools ips.pools.ips ips.warmup mail.batch
			mail_settings.address_whitelist mail_settings.bcc mail_settings.bounce_purge
			mail_settings.footer mail_settings.forward_bounce mail_settings.forward_spam
			mail_settings.plain_content mail_settings.spam_check mail_settings.template messages
			partner_settings.new_relic partner_settings.sendwithus stats subusers subusers.credits
			subusers.credits.remaining subusers.monitor subusers.reputations subusers.summary
			suppression templates templates.versions tracking_settings.click
			tracking_settings.google_analytics tracking_settings.open tracking_settings.subscription
			user.scheduled_sends user.webhooks.event.settings user.webhooks.event.test
			user.webhooks.parse.settings`,
		),
	],
};

/**
 * Whether scopes look like those of a persona: most of it is there, and they are no nearer to another one. Unknown:
 * what exactly SendGrid makes of a persona, which depends on the account.
 */
export function resemblesPersona(scopes: readonly string[], persona: Persona): boolean {
	const present = scopes.filter(canBeTaken);
	const of = (one: Persona) => {
		const all = PERSONA_SCOPES[one].filter(canBeTaken);
		const shared = all.filter((scope) => present.includes(scope)).length;
		return { size: all.length, shared, distance: all.length + present.length - 2 * shared };
	};
	const { size, shared, distance } = of(persona);
	return 2 * shared >= size && PERSONAS.every((other) => of(other).distance >= distance);
}

/** Documented and observed: further scopes that no persona has. */
const OTHER_SCOPES = [
	...each(
		'create delete read update',
		`
		asm.groups.suppressions asm.suppressions.global credentials design_library newsletter
		sso.settings suppression.blocks suppression.bounces suppression.invalid_emails
		suppression.spam_reports suppression.unsubscribes teammates whitelabel`,
	),
	...each(
		'create delete update',
		`
		partner_settings.new_relic partner_settings.sendwithus subusers subusers.credits
		subusers.credits.remaining subusers.monitor user.timezone`,
	),
	...each('delete read update', 'templates.versions.activate'),
	...each(
		'create delete',
		`
		mail_settings.address_whitelist mail_settings.bcc mail_settings.bounce_purge
		mail_settings.footer mail_settings.forward_bounce mail_settings.forward_spam
		mail_settings.plain_content mail_settings.spam_check mail_settings.template
		tracking_settings.click tracking_settings.google_analytics tracking_settings.open
		tracking_settings.subscription user.email user.password user.profile user.username
		user.webhooks.event.settings`,
	),
	...each('create read', 'recipients.erasejob validations.email'),
	...each('create update', 'sso.teammates'),
	...each('delete', 'user.webhooks.event.test'),
	...each('read', 'di.bounce_block_classification email_activity marketing marketing.automation'),
	...each('update', 'user.settings.enforced_tls'),
];

/** Documented and observed. SendGrid adds some from time to time. */
const KNOWN_SCOPES = new Set([
	...Object.values(PERSONA_SCOPES).flat(),
	...OTHER_SCOPES,
	...UNGRANTABLE_SCOPES,
	...MINIMUM_SCOPES,
]);

/** What can be granted as far as anybody knows, where no account says so itself. */
export const knownGrantableScopes = (): string[] => [...KNOWN_SCOPES].filter(isGrantable);

/**
 * The scopes that a text stands for: names and what the editor's list shows, `Statistics (stats.read)`, in any case and
 * with spaces in between. `undefined` where it has anything else, so that nothing is left out by mistake. A name need
 * not be a known one: SendGrid adds some.
 */
export function scopesNamed(text: string): string[] | undefined {
	let names = ` ${text.toLowerCase().replace(/\(/g, ' (')} `.replace(/\s+/g, ' ');
	for (const inBrackets of names.match(/\([\w.-]+\)/g) ?? []) {
		const scope = inBrackets.slice(1, -1);
		names = names.replace(` ${scopeLabel(scope).toLowerCase()} `, ` ${scope} `);
	}
	return /^( [\w.-]+)+ $/.test(names) ? names.trim().split(' ') : undefined;
}

/** Two names that differ by more than this are not a name and its typo. */
const MAX_TYPO = 2;

/**
 * How many characters must be inserted, deleted or replaced to turn one name into the other (Levenshtein distance);
 * more than `MAX_TYPO` as soon as that is certain to be exceeded.
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
		// Most names differ too much in length to be worth comparing.
		if (Math.abs(scope.length - typed.length) >= shortest) continue;
		const distance = editDistance(typed, scope);
		if (distance < shortest) [nearest, shortest] = [scope, distance];
	}
	return nearest;
}

/** How many typos are corrected: a whole list of wrong names has another cause. */
const MAX_CORRECTED = 5;

/** `Did you mean 'stats.read'? Otherwise remove`, or `Remove`: what to do about scopes that can't be granted. */
export function adviseToRemove(refused: readonly string[], grantable: readonly string[]): string {
	const meant = refused
		.filter((scope) => !KNOWN_SCOPES.has(scope))
		.slice(0, MAX_CORRECTED)
		.flatMap((scope) => nearestScope(scope, grantable) ?? []);
	if (meant.length === 0) return 'Remove';
	return `Did you mean ${formatQuoted([...new Set(meant)])}? Otherwise remove`;
}
