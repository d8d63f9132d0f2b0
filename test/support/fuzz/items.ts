import fc, { type Arbitrary } from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { by } from '../parameters';
import { INVITED, OLD_USERNAME, PEOPLE, REQUEST_IDS, SUBUSER, TOKENS } from './account';
import { mostly, nastyText, nastyValue } from './values';

/** What could be an address, however ugly. */
const email = fc.oneof(
	fc.constantFrom(...PEOPLE, ...INVITED, 'new@example.com', 'OLD@EXAMPLE.COM'),
	fc.nat({ max: 999 }).map((number) => `new${number}@example.com`),
	fc.constantFrom(
		'a/b?x=y#z&c@example.com',
		'%0d%0a@example.com',
		"o'neil+tag@example.com",
		'{{$json}}@example.com',
		'ünïcödé@exämple.com',
		' padded@example.com ',
		`${'l'.repeat(240)}@example.com`,
	),
);

/** What is nearly an address. */
const badEmail = fc.oneof(
	{ weight: 3, arbitrary: nastyValue },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			'a/../../b@example.com',
			'"x&y?z#"@example.com',
			'<ada@example.com>',
			'ada@example.com,',
			'\ud800@example.com',
			'\u202ea@example.com',
		),
	},
);

const scopes = fc.oneof(
	fc.constantFrom<unknown>(
		['stats.read'],
		['stats.read', 'mail.send'],
		'stats.read, templates.read',
		'["stats.read"]',
		[],
		['2fa_required'],
		['cakes.bake'],
		['a\nb', 'stats.read'],
	),
	fc.subarray(['stats.read', 'mail.send', 'templates.read', 'user.profile.read']),
);
export const badScopes = fc.oneof(
	nastyValue,
	fc.array(nastyValue, { maxLength: 5 }),
	fc.array(nastyText, { maxLength: 5 }),
	fc
		.integer({ min: 200, max: 3000 })
		.map((size) => Array.from({ length: size }, (_, i) => `s${i}`)),
);

const flag = fc.constantFrom<unknown>(true, false, 'true', 'FALSE', ' True ');

/** Never a number that a test would have to wait for. */
const badWait = fc.constantFrom<unknown>(
	-1,
	'-0.1',
	'',
	' ',
	'1e999',
	'five',
	'0x',
	null,
	true,
	[],
	[0],
	{},
	'\n',
	'__proto__',
);

/** One item: every field of every operation, each with a right or a wrong value. */
export const fuzzedItem = fc.record({
	email: mostly(4, email, badEmail),
	invitedEmail: mostly(
		3,
		fc.oneof(fc.constantFrom(...INVITED), email),
		// A token where an address belongs is an easy mistake to make.
		fc.oneof(badEmail, fc.constantFrom(...TOKENS)),
	),
	token: mostly(2, fc.constantFrom(...TOKENS)),
	username: mostly(2, fc.oneof(fc.constantFrom(...PEOPLE, OLD_USERNAME, 'pending'), email)),
	id: mostly(
		2,
		fc.oneof(
			fc.constantFrom<number | string>(...REQUEST_IDS, String(REQUEST_IDS[0])),
			fc.nat({ max: 5000 }),
			fc.nat({ max: 5000 }).map(String),
		),
	),
	access: mostly(
		9,
		fc.constantFrom(
			'scopes',
			'Selected Scopes',
			'Admin',
			'persona',
			'Same as Teammate',
			'subusers',
			'KEEP',
		),
	),
	scopes: mostly(4, scopes, badScopes),
	persona: mostly(6, fc.constantFrom('observer', 'developer', 'accountant', 'marketer')),
	additionalScopes: mostly(6, scopes, badScopes),
	mode: mostly(9, fc.constantFrom('add', 'remove', 'replace')),
	region: mostly(
		14,
		fc.constant('credential'),
		fc.oneof(nastyValue, fc.constantFrom('global', 'eu', 'EU', 'custom', 'https://evil.example')),
	),
	onBehalfOf: fc.oneof(
		{ weight: 9, arbitrary: fc.constant<unknown>('') },
		{
			weight: 2,
			arbitrary: fc.constantFrom<unknown>(
				SUBUSER.username,
				` ${SUBUSER.username} `,
				`account-id ${SUBUSER.accountId}`,
				`Account-ID \t ${SUBUSER.accountId}`.replace('\t', ''),
				'acme: x, y; z="1"',
				'o'.repeat(2000),
			),
		},
		{ weight: 1, arbitrary: nastyValue },
		{ weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }) },
	),
	maxWait: mostly(12, fc.constantFrom<unknown>(0, '0'), badWait),
	limit: mostly(6, fc.constantFrom<unknown>(1, 2, 500, 501, '3')),
	returnAll: mostly(6, flag),
	simplify: mostly(6, flag),
	emailDomain: mostly(
		6,
		fc.constantFrom<unknown>('example.com', '@EXAMPLE.com', 'a.com; example.com', ['example.com']),
	),
	expiresWithinDays: mostly(6, fc.constantFrom<unknown>(0, 2, 8, '3')),
	status: mostly(6, fc.constantFrom('all', 'expired', 'pending')),
	role: mostly(6, fc.constantFrom('admin', 'owner', 'teammate')),
	sso: mostly(6, flag),
	subuser: mostly(6, fc.constant(SUBUSER.username)),
	permission: mostly(6, fc.constantFrom('admin', 'restricted')),
	firstName: mostly(6, fc.constantFrom('Ada', ' Ada\u0301 ')),
	lastName: mostly(6, fc.constantFrom('Lovelace', 'O\u2019Neil')),
	lift: mostly(9, flag),
	dryRun: mostly(19, fc.constantFrom<unknown>(false, 'false', ' FALSE ', 'True')),
	allowAdmins: mostly(19, flag),
	skip: mostly(19, flag),
	ifPending: mostly(9, fc.constantFrom('leave', 'resend', 'resendIfExpiring')),
	ifAccessDiffers: mostly(9, fc.constantFrom('add', 'leave', 'update')),
}) as Arbitrary<IDataObject>;

/** Ways in which an item may name an invitation or a teammate. */
export type Naming = 'email' | 'id' | 'list';

/** All fields come from the item: each operation takes its own. */
export const fieldsFromItem = (naming: Naming): INodeParameters => ({
	email: '={{ $json.email }}',
	invitation:
		naming === 'email'
			? by('email', '={{ $json.invitedEmail }}')
			: by(naming === 'id' ? 'token' : 'list', '={{ $json.token }}'),
	teammate:
		naming === 'email'
			? by('email', '={{ $json.email }}')
			: by(naming === 'id' ? 'username' : 'list', '={{ $json.username }}'),
	requestId: '={{ $json.id }}',
	access: '={{ $json.access }}',
	scopes: '={{ $json.scopes }}',
	persona: '={{ $json.persona }}',
	additionalScopes: '={{ $json.additionalScopes }}',
	sameAs: '={{ $json.username }}',
	subuserAccess: {
		subusers: [
			{
				username: '={{ $json.subuser }}',
				permission: '={{ $json.permission }}',
				scopes: '={{ $json.scopes }}',
			},
		],
	},
	mode: '={{ $json.mode }}',
	region: '={{ $json.region }}',
	limit: '={{ $json.limit }}',
	returnAll: '={{ $json.returnAll }}',
	simplify: '={{ $json.simplify }}',
	firstName: '={{ $json.firstName }}',
	lastName: '={{ $json.lastName }}',
	ifPending: '={{ $json.ifPending }}',
	ifAccessDiffers: '={{ $json.ifAccessDiffers }}',
	expiresWithinDays: '={{ $json.expiresWithinDays }}',
	updateFields: {
		firstName: '={{ $json.firstName }}',
		lastName: '={{ $json.lastName }}',
		liftSubuserRestriction: '={{ $json.lift }}',
	},
	options: {
		onBehalfOf: '={{ $json.onBehalfOf }}',
		maxWait: '={{ $json.maxWait }}',
		dryRun: '={{ $json.dryRun }}',
		allowAdmins: '={{ $json.allowAdmins }}',
		skipUngrantableScopes: '={{ $json.skip }}',
	},
});

/** Filters of the lists: each has its own, and a filter that is there counts. */
export const filtersFromItem: Record<string, INodeParameters> = {
	getInvitationsWith: {
		emailDomain: '={{ $json.emailDomain }}',
		expiresWithinDays: '={{ $json.expiresWithinDays }}',
		status: '={{ $json.status }}',
	},
	getTeammatesWith: {
		emailDomain: '={{ $json.emailDomain }}',
		role: '={{ $json.role }}',
		sso: '={{ $json.sso }}',
	},
	getSubuserAccessWith: { subuser: '={{ $json.subuser }}' },
	getSubusersWith: { region: '={{ $json.region }}', username: '={{ $json.subuser }}' },
};
