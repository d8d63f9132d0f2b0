import type { SandboxState } from './state.mts';

/**
 * Keys of the default state, in SendGrid's format (SG., 22 characters, a dot, 43) and obviously not secret.
 * Assembled here so that no secret scanner mistakes them for one.
 */
const fakeKey = (name: string) =>
	`SG.${`sandbox-${name}-key-`.padEnd(22, '0')}.${'not-a-secret-'.repeat(3)}fake`;

export const SEED_KEYS = {
	/** The parent account, Full Access. */
	fullAccess: fakeKey('parent'),
	/** The parent account, stats.read only. */
	statsOnly: fakeKey('stats'),
	/** The parent account, the four teammates scopes only. */
	teammatesOnly: fakeKey('teams'),
	/** The parent account, Full Access, but the caller's address is not on its allow list. */
	ipBlocked: fakeKey('ipaddr'),
	/** Made inside the subuser acme-eu: works on the EU host only. */
	euSubuser: fakeKey('eu'),
} as const;

export type SeedKeys = typeof SEED_KEYS;

const DAY = 24 * 60 * 60;

/** Adds a small company to an empty state and returns its keys. */
export function seedDefault(state: SandboxState): SeedKeys {
	state.addAccount({ name: 'acme', email: 'mail@acme.example' });
	const marketing = state.addSubuser({
		username: 'acme-marketing',
		email: 'marketing@acme.example',
		accountId: 'acct-marketing',
	});
	state.addSubuser({ username: 'acme-eu', email: 'eu@acme.example', region: 'eu' });

	state.addKey({ key: SEED_KEYS.fullAccess });
	state.addKey({ key: SEED_KEYS.statsOnly, scopes: ['stats.read'] });
	state.addKey({
		key: SEED_KEYS.teammatesOnly,
		scopes: ['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete'],
	});
	state.addKey({ key: SEED_KEYS.ipBlocked, ipAllowed: false });
	state.addKey({ key: SEED_KEYS.euSubuser, account: 'acme-eu' });

	state.addTeammate({
		username: 'acme_owner',
		email: 'olivia@acme.example',
		first_name: 'Olivia',
		last_name: 'Owner',
		user_type: 'owner',
		company: 'Acme',
	});
	state.addTeammate({
		email: 'adam@acme.example',
		first_name: 'Adam',
		last_name: 'Admin',
		is_admin: true,
	});
	// An older teammate with a password: the username says nothing about the address.
	state.addTeammate({
		username: 'legacy_lee',
		email: 'lee@acme.example',
		first_name: 'Lee',
		last_name: 'Legacy',
		scopes: ['stats.read', 'templates.read', 'suppression.read'],
	});
	state.addTeammate({
		email: 'Mia.Marketer+news@acme.example',
		first_name: 'Mia',
		last_name: 'Marketer',
		scopes: ['marketing.read', 'design_library.read', 'design_library.update'],
	});
	state.addTeammate({
		email: 'dev@acme.example',
		first_name: 'Dev',
		last_name: 'Developer',
		scopes: ['mail.send', 'api_keys.read', 'user.webhooks.event.settings.read'],
	});
	state.addTeammate({
		email: 'sam@acme.example',
		first_name: 'Sam',
		last_name: 'Single',
		is_sso: true,
		has_restricted_subuser_access: true,
		subuser_access: [
			{ id: marketing.id, permission_type: 'restricted', scopes: ['templates.read'] },
		],
	});
	state.addTeammate({
		account: 'acme-eu',
		email: 'erika@acme.example',
		first_name: 'Erika',
		last_name: 'Europe',
		scopes: ['stats.read'],
	});

	state.addPending({
		email: 'Expiring.Soon@acme.example',
		scopes: ['stats.read'],
		expiresInSeconds: DAY + DAY / 2,
	});
	state.addPending({ email: 'fresh@acme.example', scopes: ['mail.send', 'stats.read'] });

	state.addAccessRequest({
		username: 'dev@acme.example',
		scope_group_name: 'Templates',
		scopes: ['templates.create', 'templates.read', 'templates.update', 'templates.delete'],
	});
	return SEED_KEYS;
}
