import {
	adviseToRemove,
	isGrantable,
	isPowerful,
	isPowerlessGroup,
	knownGrantableScopes,
	POWERFUL_SCOPES,
	scopeLabel,
	scopesNamed,
} from '../../nodes/SendGridTeammates/sendgrid/scopes';
import { ALL_SCOPES, LIVE_SCOPES, UNASSIGNABLE_SCOPES } from '../../sandbox/scopes.mts';
import { SCOPE_GROUPS } from '../support/scopeGroups';

/** In characters. A guess at what still fits beside its cross; labels had up to 86 before. */
const LONGEST_LABEL = 55;

test.each([
	['stats.read', 'Statistics (stats.read)'],
	['clients.phone.stats.read', 'Statistics (clients.phone.stats.read)'],
	['mail.send', 'Mail Send (mail.send)'],
	['mail_settings.footer.read', 'Mail Settings (mail_settings.footer.read)'],
	['asm.groups.create', 'Unsubscribe Groups (asm.groups.create)'],
	['whitelabel.read', 'Sender Authentication (whitelabel.read)'],
	['user.webhooks.parse.settings.read', 'Inbound Parse (user.webhooks.parse.settings.read)'],
	['user.timezone.read', 'User Account (user.timezone.read)'],
	['teammates.read', 'Teammates (teammates.read)'],
	['brand_new.thing.read', 'Brand New (brand_new.thing.read)'],
])('the label of %j is %j', (scope, label) => {
	expect(scopeLabel(scope)).toBe(label);
});

test('no label is long', () => {
	const longest = Math.max(...knownGrantableScopes().map((scope) => scopeLabel(scope).length));
	expect(longest).toBeLessThanOrEqual(LONGEST_LABEL);
});

test('what is known to be grantable is what SendGrid takes', () => {
	const known = knownGrantableScopes();
	expect(known).toEqual(expect.arrayContaining(LIVE_SCOPES.filter(isGrantable)));
	expect(known.filter((scope) => !ALL_SCOPES.includes(scope))).toEqual([]);
});

test.each([scopeLabel, (scope: string) => scopeLabel(scope).toUpperCase(), String])(
	'every scope of an account is recognised by its label in the list (%#)',
	(shown) => {
		expect(LIVE_SCOPES.flatMap((scope) => scopesNamed(shown(scope)))).toEqual(LIVE_SCOPES);
		expect(scopesNamed(LIVE_SCOPES.map(shown).join(' '))).toEqual(LIVE_SCOPES);
	},
);

test.each([
	['stats.read Mail Send (mail.send)', ['stats.read', 'mail.send']],
	['Mail Send(mail.send)  STATS.read', ['mail.send', 'stats.read']],
	['Statistics (stats.read) Statistics (stats.global.read)', ['stats.read', 'stats.global.read']],
	['Read stats (stats.read) and templates (templates.read)', undefined],
	['everything but stats (stats.read)', undefined],
	['(stats.read)', undefined],
	['Statistics (stats.read', undefined],
	['stats.read: all', undefined],
])('nothing is left out of %j', (text, scopes) => {
	expect(scopesNamed(text)).toEqual(scopes);
});

test('we refuse nothing that SendGrid would accept', () => {
	const refusedByUs = LIVE_SCOPES.filter((scope) => !isGrantable(scope));
	expect(refusedByUs.filter((scope) => !UNASSIGNABLE_SCOPES.has(scope))).toEqual([]);
	expect(refusedByUs).toContain('user.profile.update');
});

describe('scopes that let somebody create access', () => {
	const catalogue = Object.values(SCOPE_GROUPS).flat();
	const powerful = (group: string) => SCOPE_GROUPS[group].filter(isPowerful);

	test('are in groups that contain all known scopes', () => {
		expect([...catalogue].sort()).toEqual([...ALL_SCOPES].sort());
	});

	test('are all in these groups, and no others are', () => {
		expect(catalogue.filter(isPowerful).sort()).toEqual([...POWERFUL_SCOPES].sort());
	});

	/** What else these groups hold. Whoever adds a scope has to say which it is. */
	test.each([
		['API keys', 'api_keys.delete api_keys.read'],
		['Credentials', 'credentials.delete credentials.read'],
		['Single Sign-On', 'sso.settings.read'],
		[
			'Subusers',
			'subusers.credits.create subusers.credits.delete subusers.credits.read subusers.credits.remaining.create subusers.credits.remaining.delete subusers.credits.remaining.read subusers.credits.remaining.update subusers.credits.update subusers.delete subusers.monitor.create subusers.monitor.delete subusers.monitor.read subusers.monitor.update subusers.read subusers.reputations.read subusers.stats.monthly.read subusers.stats.read subusers.stats.sums.read subusers.summary.read subusers.update',
		],
		['Teammates', 'teammates.read'],
	])('are all of %s but these', (group, rest) => {
		expect(powerful(group).length).toBeGreaterThan(0);
		expect(SCOPE_GROUPS[group].filter((scope) => !isPowerful(scope)).sort()).toEqual(
			rest.split(' '),
		);
	});

	test.each(Object.keys(SCOPE_GROUPS))(
		'are in the group %s exactly if it creates access',
		(group) => {
			// In brackets stand remarks.
			const name = group.replace(/ \([^)]*\)/g, '');
			expect(isPowerlessGroup(name)).toBe(powerful(group).length === 0);
		},
	);

	test.each([
		'',
		'Something New',
		'teammates',
		'API-Keys',
		'Mail > Teammates',
		'Templates / Subusers',
		'Mail (Teammates)',
	])('may be in the group %j', (group) => {
		expect(isPowerlessGroup(group)).toBe(false);
	});

	test.each(['templates', 'Mail Settings', 'mail_settings', 'STATS'])(
		'are not in the group %j',
		(group) => {
			expect(isPowerlessGroup(group)).toBe(true);
		},
	);

	test.each([
		'sso.something.write',
		'teammates.invite',
		'Teammates.Create',
		' sso.teammates.delete ',
	])('include %j, although it is not known yet', (scope) => {
		expect(isPowerful(scope)).toBe(true);
	});
});

describe('a scope that cannot be granted', () => {
	const GRANTABLE = ['alerts.read', 'mail.send', 'stats.read', 'templates.read'];

	test.each([
		[['stats.raed'], "Did you mean 'stats.read'? Otherwise remove"],
		[['statsread', 'mail.sent'], "Did you mean 'stats.read' and 'mail.send'? Otherwise remove"],
		[['stats.raed', 'stat.read'], "Did you mean 'stats.read'? Otherwise remove"],
		[['cakes.bake', 'mail.semd'], "Did you mean 'mail.send'? Otherwise remove"],
	])('is taken for a typo if it is %j', (refused, advice) => {
		expect(adviseToRemove(refused, GRANTABLE)).toBe(advice);
	});

	test.each([
		['nothing is like it', ['cakes.bake']],
		['it is a scope, which this key cannot grant', ['alerts.create']],
		['it is like another one, and is a scope', ['ips.read']],
		['it is too long for a name', ['stats.read'.repeat(100)]],
	])('is not taken for a typo: %s', (_, refused) => {
		expect(adviseToRemove(refused, [...GRANTABLE, 'ip.read'])).toBe('Remove');
	});
});
