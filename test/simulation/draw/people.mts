import type { Random } from '../random.mts';
import type { AccountPlan, KeyPlan, PersonPlan } from '../script.mts';
import type { Mix } from './mix.mts';

const NAMES = ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana', 'ivo', 'june'];

/** Scopes that an ordinary account can give. */
export const SCOPES = [
	'stats.read',
	'templates.read',
	'templates.update',
	'mail.send',
	'alerts.read',
	'api_keys.read',
	'suppression.read',
];

const DOMAIN = 'example.com';
export const OTHER_DOMAIN = 'elsewhere.example';

/** What each name gets: nothing, or one or two records. */
function recordsOf(random: Random, mix: Mix, email: string, token: () => string): PersonPlan[] {
	const scopes = random.some(SCOPES, random.whole(0, 3));
	const teammate: PersonPlan = { email, state: 'teammate', scopes, role: 'teammate', isSso: false };
	const pending: PersonPlan = {
		email,
		state: 'pending',
		scopes,
		role: 'teammate',
		isSso: false,
		expiresInSeconds: random.weighted([
			[6, 5 * 86_400],
			[3, 86_400],
			[1, random.whole(1, 8)],
			[2, -86_400],
		]),
		token: token(),
	};
	return random.weighted<() => PersonPlan[]>([
		[6, () => []],
		[6, () => [pending]],
		[6, () => [teammate]],
		[2, () => [{ ...teammate, username: `legacy_${email.split('@')[0].toLowerCase()}` }]],
		[1, () => [{ ...teammate, role: 'admin', scopes: [] }]],
		[1, () => [{ ...pending, role: 'admin', scopes: [] }]],
		[
			1,
			() => [
				{
					...teammate,
					isSso: true,
					first_name: 'Sam',
					last_name: 'Single',
					scopes: ['stats.read'],
				},
			],
		],
		[mix.doubles, () => [{ ...pending, email: spelled(random, email), token: token() }, pending]],
		[0.5 * mix.doubles, () => [teammate, { ...teammate, username: `second_${nameOf(email)}` }]],
		[0.5 * mix.doubles, () => [teammate, pending]],
		...(mix.isVaried
			? [[2, () => [pending, otherInvitation(random, pending, token())]] as const]
			: []),
	])();
}

const nameOf = (email: string) => email.split('@')[0];

/** A second invitation, in another spelling and with other access. */
const otherInvitation = (random: Random, pending: PersonPlan, token: string): PersonPlan => ({
	...pending,
	email: spelled(random, pending.email),
	token,
	scopes: random.some(SCOPES, 2),
	role: random.chance(0.2) ? 'admin' : 'teammate',
	expiresInSeconds: random.pick([5 * 86_400, 4 * 86_400, -86_400]),
});

/** Another spelling of an address, which is the same person for SendGrid. */
export const spelled = (random: Random, email: string): string =>
	random.pick([
		email.toUpperCase(),
		email[0].toUpperCase() + email.slice(1),
		email.replace('@example', '@Example'),
	]);

/** Addresses that histories are about: some known to the account, some not. */
export const addressesOf = ({ names }: Mix): string[] => [
	...NAMES.slice(0, names).map((name) => `${name}@${DOMAIN}`),
	`zoe@${OTHER_DOMAIN}`,
];

export function drawAccount(random: Random, mix: Mix, name: string): AccountPlan {
	const token = () => random.id();
	const known = addressesOf(mix).flatMap((email) => recordsOf(random, mix, email, token));
	const owner: PersonPlan = {
		email: 'olivia@example.com',
		username: 'the_owner',
		state: 'teammate',
		scopes: [],
		role: 'owner',
		isSso: false,
	};
	const people = [owner, ...known, ...crowd(random)];
	const askers = known.filter(
		({ state, role, isSso }) => state === 'teammate' && role === 'teammate' && !isSso,
	);
	const requests = random.some(askers, random.whole(0, 2)).map(({ email, username }) => ({
		username: username ?? email,
		group: 'Templates',
		scopes: ['templates.read', 'templates.update'],
	}));
	return { name, people, requests };
}

/** People whom no item names, but who fill pages. */
function crowd(random: Random): PersonPlan[] {
	const count = random.weighted([
		[6, 0],
		[3, 8],
		[1, 60],
	]);
	return Array.from({ length: count }, (_, index) => ({
		email: `crowd${index}@example.com`,
		state: index % 2 === 0 ? 'pending' : 'teammate',
		scopes: ['stats.read'],
		role: 'teammate',
		isSso: false,
		expiresInSeconds: 3 * 86_400,
		token: index % 2 === 0 ? random.id() : undefined,
	}));
}

const NO_GUARDS = { allowedEmailDomains: '', allowAdminAccess: true, allowDeletion: true };

/** Keys of an account: mostly full access, sometimes less, sometimes behind limits. */
export function drawKey(random: Random, name: string, account: string): KeyPlan {
	const scopes = random.weighted<KeyPlan['scopes']>([
		[12, 'all'],
		[
			1,
			['teammates.create', 'teammates.read', 'teammates.update', 'teammates.delete', 'stats.read'],
		],
		[1, ['teammates.create']],
		[1, ['teammates.create', 'teammates.read', 'stats.read', 'templates.read']],
	]);
	if (!random.chance(0.2)) return { name, account, scopes, ...NO_GUARDS };
	return {
		name,
		account,
		scopes,
		allowedEmailDomains: random.chance(0.5) ? DOMAIN : '',
		allowAdminAccess: random.chance(0.5),
		allowDeletion: random.chance(0.5),
	};
}
