import { isGrantable, scopeLabel, scopeNamed } from '../../nodes/SendGridTeammates/sendgrid/scopes';
import { LIVE_SCOPES, UNASSIGNABLE_SCOPES } from '../../sandbox/scopes.mts';

test.each([
	['stats.read', 'Stats: Read'],
	['api_keys.create', 'API Keys: Create'],
	['mail_settings.bounce_purge.update', 'Mail Settings Bounce Purge: Update'],
	['user.settings.enforced_tls.read', 'User Settings Enforced TLS: Read'],
	['ips.pools.ips.read', 'IPs Pools IPs: Read'],
	['recipients.erasejob.create', 'Recipients Erase Job: Create'],
	['2fa_required', '2FA Required'],
	['', ''],
])('%j reads %j', (scope, label) => {
	expect(scopeLabel(scope)).toBe(label);
});

test('every scope of an account has a label of its own', () => {
	const labels = LIVE_SCOPES.map(scopeLabel);
	expect(new Set(labels).size).toBe(LIVE_SCOPES.length);
});

test.each([scopeLabel, (scope: string) => `${scopeLabel(scope)} (${scope})`, String])(
	'every scope of an account is known by what the list shows (%#)',
	(shown) => {
		expect(LIVE_SCOPES.map((scope) => scopeNamed(shown(scope)))).toEqual(LIVE_SCOPES);
	},
);

test('we refuse nothing that SendGrid would take', () => {
	const refusedByUs = LIVE_SCOPES.filter((scope) => !isGrantable(scope));
	expect(refusedByUs.filter((scope) => !UNASSIGNABLE_SCOPES.has(scope))).toEqual([]);
	expect(refusedByUs).toContain('user.profile.update');
});
