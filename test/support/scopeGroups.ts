/**
 * Which scopes SendGrid's page "Teammate Permissions" lists under which heading (documented), including two groups
 * that it doesn't have. Access requests name such a group and give all of it.
 *
 * `mail.batch: create read` stands for `mail.batch.create` and `mail.batch.read`.
 */
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	Alerts: {
		alerts: 'create read update delete',
	},
	'API keys': {
		api_keys: 'create read update delete',
	},
	'ASM (unsubscribe groups and global suppressions)': {
		'asm.groups': 'create read update delete',
		'asm.groups.suppressions': 'create read update delete',
		'asm.suppressions.global': 'create read update delete',
	},
	Billing: {
		billing: 'create read update delete',
	},
	Credentials: {
		credentials: 'create read update delete',
	},
	'Deliverability Insights': {
		'di.bounce_block_classification': 'read',
	},
	'Domain Authentication (formerly Whitelabel)': {
		whitelabel: 'create read update delete',
	},
	'Email Testing': {
		email_testing: 'read write',
	},
	'Email validations': {
		'validations.email': 'read create',
	},
	'IP address management': {
		'ips.assigned': 'read',
		ips: 'create read update delete',
		'ips.pools': 'create read update delete',
		'ips.pools.ips': 'create read update delete',
		'ips.warmup': 'create read update delete',
	},
	Mail: {
		mail: 'send',
		'mail.batch': 'create read update delete',
	},
	'Mail > Scheduled sends': {
		'user.scheduled_sends': 'create read update delete',
	},
	'Mail settings': {
		mail_settings: 'read',
		'mail_settings.bcc': 'create read update delete',
		'mail_settings.address_whitelist': 'create read update delete',
		'mail_settings.footer': 'create read update delete',
		'mail_settings.forward_spam': 'create read update delete',
		'mail_settings.plain_content': 'create read update delete',
		'mail_settings.spam_check': 'create read update delete',
		'mail_settings.bounce_purge': 'create read update delete',
		'mail_settings.forward_bounce': 'create read update delete',
		'mail_settings.template': 'create read update delete',
	},
	'Marketing Campaigns': {
		marketing_campaigns: 'create read update delete',
		marketing: 'read',
	},
	'Marketing Campaigns > Automations': {
		'marketing.automation': 'read',
	},
	'Marketing Campaigns > Design Library': {
		design_library: 'create read update delete',
	},
	'Messages / Email Activity': {
		messages: 'read',
	},
	'Email Activity (legacy)': {
		email_activity: 'read',
	},
	'Newsletter (legacy)': {
		newsletter: 'create read update delete',
	},
	Partner: {
		partner_settings: 'read',
		'partner_settings.new_relic': 'create read update delete',
		'partner_settings.sendwithus': 'create read update delete',
	},
	'Reverse DNS (formerly Whitelist) / IP access': {
		'access_settings.activity': 'read',
		'access_settings.whitelist': 'create read update delete',
	},
	'Single Sign-On': {
		'sso.settings': 'create read update delete',
		'sso.teammates': 'create update',
	},
	Statistics: {
		stats: 'read',
		'stats.global': 'read',
		'browsers.stats': 'read',
		'geo.stats': 'read',
		'mailbox_providers.stats': 'read',
	},
	'Statistics > Categories': {
		categories: 'create read update delete',
		'categories.stats': 'read',
		'categories.stats.sums': 'read',
	},
	'Statistics > Clients': {
		'devices.stats': 'read',
		'clients.stats': 'read',
		'clients.desktop.stats': 'read',
		'clients.phone.stats': 'read',
		'clients.tablet.stats': 'read',
		'clients.webmail.stats': 'read',
	},
	Subusers: {
		subusers: 'create read update delete',
		'subusers.credits': 'create read update delete',
		'subusers.credits.remaining': 'create read update delete',
		'subusers.monitor': 'create read update delete',
		'subusers.stats': 'read',
		'subusers.stats.sums': 'read',
		'subusers.stats.monthly': 'read',
		'subusers.reputations': 'read',
		'subusers.summary': 'read',
	},
	Suppressions: {
		suppression: 'create read update delete',
		'suppression.bounces': 'create read update delete',
		'suppression.blocks': 'create read update delete',
		'suppression.invalid_emails': 'create read update delete',
		'suppression.spam_reports': 'create read update delete',
		'suppression.unsubscribes': 'create read update delete',
	},
	Teammates: {
		teammates: 'create read update delete',
	},
	Templates: {
		templates: 'create read update delete',
		'templates.versions': 'create read update delete',
		'templates.versions.activate': 'create read update delete',
	},
	Tracking: {
		tracking_settings: 'read',
		'tracking_settings.click': 'create read update delete',
		'tracking_settings.subscription': 'create read update delete',
		'tracking_settings.open': 'create read update delete',
		'tracking_settings.google_analytics': 'create read update delete',
	},
	'User settings': {
		'user.account': 'read',
		'user.credits': 'read',
		'user.email': 'create read update delete',
		'user.profile': 'create read update delete',
		'user.password': 'create read update delete',
		'user.timezone': 'create read update delete',
		'user.username': 'create read update delete',
		'user.settings.enforced_tls': 'read update',
		'user.multifactor_authentication': 'create read update delete',
	},
	'User settings (added automatically)': {
		'': '2fa_exempt 2fa_required sender_verification_eligible sender_verification_legacy sender_verification_exempt',
		ui: 'signup_complete provision confirm_email',
		signup: 'trigger_confirmation',
	},
	Webhook: {
		'user.webhooks.event.settings': 'create read update delete',
		'user.webhooks.event.test': 'create read update delete',
		'user.webhooks.parse.settings': 'create read update delete',
		'user.webhooks.parse.stats': 'read',
	},
	'Recipients data erasure (not on the page)': {
		'recipients.erasejob': 'create read',
	},
};

/** By the name of the group. */
export const SCOPE_GROUPS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
	Object.entries(TABLE).map(([group, actions]) => [
		group,
		Object.entries(actions).flatMap(([prefix, names]) =>
			names.split(' ').map((name) => (prefix ? `${prefix}.${name}` : name)),
		),
	]),
);
