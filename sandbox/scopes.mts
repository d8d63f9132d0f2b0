/**
 * The permissions of a SendGrid account, as far as they are publicly known: 283 scopes.
 *
 * One line per scope: its name, then its marks.
 * - `live`: GET /v3/scopes of a full-access key lists it (observed: a client's copy of that list).
 * - `self-service`: refused at invitation and update, shown for password teammates (observed).
 * - `automatic`: given by SendGrid itself and refused from outside (documented and observed).
 * - `minimum`: part of the set that every teammate has (inferred; SendGrid documents only that one exists).
 * - `subuser`: may stand in an SSO teammate's restricted access to a subuser (observed).
 * - `accountant`, `developer`, `marketer`, `observer`: listed for that persona (documented).
 */
const TABLE = `
alerts.create                             live subuser developer marketer
alerts.read                               live subuser developer marketer observer
alerts.update                             live subuser developer marketer
alerts.delete                             live subuser developer marketer
api_keys.create                           live subuser developer
api_keys.read                             live subuser developer observer
api_keys.update                           live subuser developer
api_keys.delete                           live subuser developer
asm.groups.create                         live subuser developer marketer
asm.groups.read                           live subuser developer marketer observer
asm.groups.update                         live subuser developer marketer
asm.groups.delete                         live subuser developer marketer
asm.groups.suppressions.create            live subuser
asm.groups.suppressions.read              live subuser
asm.groups.suppressions.update            live subuser
asm.groups.suppressions.delete            live subuser
asm.suppressions.global.create            live subuser
asm.suppressions.global.read              live subuser
asm.suppressions.global.update            live subuser
asm.suppressions.global.delete            live subuser
billing.create                            live accountant
billing.read                              live accountant observer
billing.update                            live accountant
billing.delete                            live accountant
credentials.create                        live subuser
credentials.read                          live subuser
credentials.update                        live subuser
credentials.delete                        live subuser
di.bounce_block_classification.read       live subuser
whitelabel.create                         live subuser
whitelabel.read                           live subuser
whitelabel.update                         live subuser
whitelabel.delete                         live subuser
email_testing.read                        live subuser developer marketer observer
email_testing.write                       live subuser developer marketer
validations.email.read                    live
validations.email.create                  live
ips.assigned.read                         live subuser developer observer
ips.create                                live developer
ips.read                                  live developer observer
ips.update                                live developer
ips.delete                                live developer
ips.pools.create                          live subuser developer
ips.pools.read                            live subuser developer observer
ips.pools.update                          live subuser developer
ips.pools.delete                          live subuser developer
ips.pools.ips.create                      live subuser developer
ips.pools.ips.read                        live subuser developer observer
ips.pools.ips.update                      live subuser developer
ips.pools.ips.delete                      live subuser developer
ips.warmup.create                         live subuser developer
ips.warmup.read                           live subuser developer observer
ips.warmup.update                         live subuser developer
ips.warmup.delete                         live subuser developer
mail.send                                 live subuser developer
mail.batch.create                         live subuser developer
mail.batch.read                           live subuser developer marketer observer
mail.batch.update                         live subuser developer
mail.batch.delete                         live subuser developer
user.scheduled_sends.create               live subuser developer
user.scheduled_sends.read                 live subuser developer marketer observer
user.scheduled_sends.update               live subuser developer
user.scheduled_sends.delete               live subuser developer
mail_settings.read                        live minimum subuser accountant developer marketer observer
mail_settings.bcc.create                  live subuser
mail_settings.bcc.read                    live subuser developer observer
mail_settings.bcc.update                  live subuser developer
mail_settings.bcc.delete                  live subuser
mail_settings.address_whitelist.create    live subuser
mail_settings.address_whitelist.read      live subuser developer observer
mail_settings.address_whitelist.update    live subuser developer
mail_settings.address_whitelist.delete    live subuser
mail_settings.footer.create               live subuser
mail_settings.footer.read                 live subuser developer observer
mail_settings.footer.update               live subuser developer
mail_settings.footer.delete               live subuser
mail_settings.forward_spam.create         live subuser
mail_settings.forward_spam.read           live subuser developer observer
mail_settings.forward_spam.update         live subuser developer
mail_settings.forward_spam.delete         live subuser
mail_settings.plain_content.create        live subuser
mail_settings.plain_content.read          live subuser developer observer
mail_settings.plain_content.update        live subuser developer
mail_settings.plain_content.delete        live subuser
mail_settings.spam_check.create           live subuser
mail_settings.spam_check.read             live subuser developer marketer observer
mail_settings.spam_check.update           live subuser developer marketer
mail_settings.spam_check.delete           live subuser
mail_settings.bounce_purge.create         live subuser
mail_settings.bounce_purge.read           live subuser developer
mail_settings.bounce_purge.update         live subuser developer observer
mail_settings.bounce_purge.delete         live subuser
mail_settings.forward_bounce.create       live subuser
mail_settings.forward_bounce.read         live subuser developer observer
mail_settings.forward_bounce.update       live subuser developer
mail_settings.forward_bounce.delete       live subuser
mail_settings.template.create             live subuser
mail_settings.template.read               live subuser developer observer
mail_settings.template.update             live subuser developer
mail_settings.template.delete             live subuser
marketing_campaigns.create                subuser developer marketer
marketing_campaigns.read                  subuser developer marketer
marketing_campaigns.update                subuser developer marketer
marketing_campaigns.delete                subuser developer marketer
marketing.read                            live subuser
marketing.automation.read                 live subuser
design_library.create                     live subuser
design_library.read                       live subuser
design_library.update                     live subuser
design_library.delete                     live subuser
messages.read                             live subuser observer
email_activity.read                       
newsletter.create                         live
newsletter.read                           live
newsletter.update                         live
newsletter.delete                         live
partner_settings.read                     live minimum subuser accountant developer marketer observer
partner_settings.new_relic.create         live subuser
partner_settings.new_relic.read           live subuser observer
partner_settings.new_relic.update         live subuser
partner_settings.new_relic.delete         live subuser
partner_settings.sendwithus.create        live subuser
partner_settings.sendwithus.read          live subuser observer
partner_settings.sendwithus.update        live subuser
partner_settings.sendwithus.delete        live subuser
access_settings.activity.read             live subuser developer observer
access_settings.whitelist.create          live subuser developer
access_settings.whitelist.read            live subuser developer observer
access_settings.whitelist.update          live subuser developer
access_settings.whitelist.delete          live subuser developer
sso.settings.create                       live
sso.settings.read                         live
sso.settings.update                       live
sso.settings.delete                       live
sso.teammates.create                      live
sso.teammates.update                      live
stats.read                                live subuser accountant developer observer
stats.global.read                         live subuser accountant developer marketer observer
browsers.stats.read                       live subuser accountant developer marketer observer
geo.stats.read                            live subuser accountant developer marketer observer
mailbox_providers.stats.read              live subuser accountant developer marketer observer
categories.create                         live subuser developer
categories.read                           live subuser accountant developer marketer observer
categories.update                         live subuser developer
categories.delete                         live subuser developer
categories.stats.read                     live subuser accountant developer marketer observer
categories.stats.sums.read                live subuser accountant developer marketer observer
devices.stats.read                        live subuser accountant developer marketer observer
clients.stats.read                        live subuser accountant developer marketer observer
clients.desktop.stats.read                live subuser accountant developer marketer observer
clients.phone.stats.read                  live subuser accountant developer marketer observer
clients.tablet.stats.read                 live subuser accountant developer marketer observer
clients.webmail.stats.read                live subuser accountant developer marketer observer
subusers.create                           live
subusers.read                             live observer
subusers.update                           live
subusers.delete                           live
subusers.credits.create                   live
subusers.credits.read                     live observer
subusers.credits.update                   live
subusers.credits.delete                   live
subusers.credits.remaining.create         live
subusers.credits.remaining.read           live observer
subusers.credits.remaining.update         live
subusers.credits.remaining.delete         live
subusers.monitor.create                   live
subusers.monitor.read                     live observer
subusers.monitor.update                   live
subusers.monitor.delete                   live
subusers.stats.read                       live accountant developer marketer observer
subusers.stats.sums.read                  live accountant developer marketer observer
subusers.stats.monthly.read               live accountant developer marketer observer
subusers.reputations.read                 live observer
subusers.summary.read                     live observer
suppression.create                        live subuser developer marketer
suppression.read                          live subuser developer marketer observer
suppression.update                        live subuser developer marketer
suppression.delete                        live subuser developer marketer
suppression.bounces.create                live subuser
suppression.bounces.read                  live subuser
suppression.bounces.update                live subuser
suppression.bounces.delete                live subuser
suppression.blocks.create                 live subuser
suppression.blocks.read                   live subuser
suppression.blocks.update                 live subuser
suppression.blocks.delete                 live subuser
suppression.invalid_emails.create         live subuser
suppression.invalid_emails.read           live subuser
suppression.invalid_emails.update         live subuser
suppression.invalid_emails.delete         live subuser
suppression.spam_reports.create           live subuser
suppression.spam_reports.read             live subuser
suppression.spam_reports.update           live subuser
suppression.spam_reports.delete           live subuser
suppression.unsubscribes.create           live subuser
suppression.unsubscribes.read             live subuser
suppression.unsubscribes.update           live subuser
suppression.unsubscribes.delete           live subuser
teammates.create                          live
teammates.read                            live
teammates.update                          live
teammates.delete                          live
templates.create                          live subuser developer marketer
templates.read                            live subuser developer marketer observer
templates.update                          live subuser developer marketer
templates.delete                          live subuser developer marketer
templates.versions.create                 live subuser developer marketer
templates.versions.read                   live subuser developer marketer observer
templates.versions.update                 live subuser developer marketer
templates.versions.delete                 live subuser developer marketer
templates.versions.activate.create        live subuser developer marketer
templates.versions.activate.read          live subuser
templates.versions.activate.update        live subuser
templates.versions.activate.delete        live subuser
tracking_settings.read                    live minimum subuser accountant developer marketer observer
tracking_settings.click.create            live subuser
tracking_settings.click.read              live subuser developer marketer observer
tracking_settings.click.update            live subuser developer marketer
tracking_settings.click.delete            live subuser
tracking_settings.subscription.create     live subuser
tracking_settings.subscription.read       live subuser developer marketer observer
tracking_settings.subscription.update     live subuser developer marketer
tracking_settings.subscription.delete     live subuser
tracking_settings.open.create             live subuser
tracking_settings.open.read               live subuser developer marketer observer
tracking_settings.open.update             live subuser developer marketer
tracking_settings.open.delete             live subuser
tracking_settings.google_analytics.create live subuser
tracking_settings.google_analytics.read   live subuser developer marketer observer
tracking_settings.google_analytics.update live subuser developer marketer
tracking_settings.google_analytics.delete live subuser
user.account.read                         live minimum subuser accountant developer marketer observer
user.credits.read                         live minimum subuser accountant developer marketer observer
user.email.create                         
user.email.read                           live minimum subuser accountant developer marketer observer
user.email.update                         self-service
user.email.delete                         
user.profile.create                       live
user.profile.read                         live minimum accountant developer marketer observer
user.profile.update                       live automatic minimum accountant developer marketer observer
user.profile.delete                       live
user.password.create                      
user.password.read                        self-service
user.password.update                      self-service
user.password.delete                      
user.timezone.create                      live subuser
user.timezone.read                        live minimum subuser accountant developer marketer observer
user.timezone.update                      live subuser
user.timezone.delete                      live subuser
user.username.create                      
user.username.read                        live minimum subuser accountant developer marketer observer
user.username.update                      self-service
user.username.delete                      
user.settings.enforced_tls.read           live minimum subuser accountant developer marketer observer
user.settings.enforced_tls.update         live subuser
user.multifactor_authentication.create    self-service
user.multifactor_authentication.read      self-service
user.multifactor_authentication.update    self-service
user.multifactor_authentication.delete    self-service
2fa_exempt                                automatic accountant developer marketer observer
2fa_required                              automatic accountant developer marketer observer
sender_verification_eligible              live automatic accountant developer marketer observer
sender_verification_legacy                automatic accountant developer marketer observer
ui.signup_complete                        live automatic
ui.provision                              live automatic
ui.confirm_email                          live automatic
signup.trigger_confirmation               live automatic
user.webhooks.event.settings.create       live subuser
user.webhooks.event.settings.read         live subuser developer observer
user.webhooks.event.settings.update       live subuser developer
user.webhooks.event.settings.delete       live subuser
user.webhooks.event.test.create           live subuser developer
user.webhooks.event.test.read             live subuser developer observer
user.webhooks.event.test.update           live subuser developer
user.webhooks.event.test.delete           live subuser
user.webhooks.parse.settings.create       live subuser developer
user.webhooks.parse.settings.read         live subuser developer observer
user.webhooks.parse.settings.update       live subuser developer
user.webhooks.parse.settings.delete       live subuser developer
user.webhooks.parse.stats.read            live subuser accountant developer marketer observer
recipients.erasejob.create                live subuser
recipients.erasejob.read                  live subuser
sender_verification_exempt                automatic
`;

export type Persona = 'accountant' | 'developer' | 'marketer' | 'observer';

const rows = TABLE.trim()
	.split('\n')
	.map((line) => line.trim().split(/\s+/))
	.map(([scope, ...marks]) => ({ scope, marks: new Set(marks) }));

const marked = (mark: string): readonly string[] =>
	rows.filter(({ marks }) => marks.has(mark)).map(({ scope }) => scope);

export const ALL_SCOPES: readonly string[] = rows.map(({ scope }) => scope);
export const LIVE_SCOPES = marked('live');
export const SELF_SERVICE_SCOPES = marked('self-service');
export const AUTOMATIC_SCOPES = marked('automatic');
export const MINIMUM_SCOPES = marked('minimum');

/** Documented for SSO teammates only; includes scopes that cannot be given by name. */
export const PERSONA_SCOPES: Readonly<Record<Persona, readonly string[]>> = {
	accountant: marked('accountant'),
	developer: marked('developer'),
	marketer: marked('marketer'),
	observer: marked('observer'),
};

/** Refused when given by name, at invitation and at update, whatever the account has. */
export const UNASSIGNABLE_SCOPES: ReadonlySet<string> = new Set([
	...SELF_SERVICE_SCOPES,
	...AUTOMATIC_SCOPES,
]);

/** What one restricted SSO teammate may be given in one subuser. */
export const SUBUSER_SCOPES: ReadonlySet<string> = new Set(marked('subuser'));
