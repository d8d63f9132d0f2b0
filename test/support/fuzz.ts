import fc, { type Arbitrary } from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { FaultRule } from '../../sandbox/faults.mts';
import { by } from './parameters';

/** People of the state that fuzzed items and answers are about. */
export const PEOPLE = ['ada@example.com', 'bob@example.com', 'Cleo@Example.com'];
export const INVITED = ['dan@example.com', 'Eve@example.com', 'old@example.com'];
export const OLD_USERNAME = 'legacy_lee';
export const TOKENS = INVITED.map((_, i) => `7c3e9f1${i}-2b4d-4a6c-8e0f-1a3b5c7d9e2${i}`);
export const SUBUSER = { username: 'acme-marketing', id: 77, accountId: 'acct-1' };

/** Texts that mean something to somebody on the way: paths, queries, headers, templates, prototypes. */
const NASTY_TEXTS = [
	'',
	' ',
	'.',
	'..',
	' .. ',
	'../..',
	'..%2f..',
	'%2e%2e',
	'%',
	'%zz',
	'/',
	'\\',
	'/v3/api_keys',
	'..;/v3/api_keys',
	'//evil.example/',
	'https://evil.example/v3/teammates',
	'@evil.example',
	'pending',
	'requests',
	'?limit=1&x=y',
	'#fragment',
	'a&username=b',
	'a;b=c',
	'\r\nx-injected: 1',
	'a\nx-injected: 1',
	'a\rb',
	'%0d%0ax-injected:%201',
	'a\0b',
	'a\tb',
	'\u2028a\u2029',
	'\u0085',
	'\u010d\u010a',
	'\u202egnp.exe',
	'\ud800',
	'a\udfff',
	'\ufeff',
	'e\u0301',
	'\u2024\u2024',
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'undefined',
	'null',
	'[object Object]',
	'NaN',
	'={{ $json }}',
	'{{ 1 + 1 }}',
	"' OR 1=1 --",
	'<img src=x>',
	'subuser_acme',
	'account-id',
	'account-id 1 2',
	'stats.read,,templates.read',
	'["stats.read"',
	'[["stats.read"]]',
	'[1, null]',
];

export const nastyText: Arbitrary<string> = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
	{ weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
	{ weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
	{ weight: 1, arbitrary: fc.webUrl() },
	{ weight: 1, arbitrary: fc.integer({ min: 250, max: 20_000 }).map((size) => 'x'.repeat(size)) },
);

/** Whatever JSON can hold, and what breaks those who take it for a text. */
export const nastyValue: Arbitrary<unknown> = fc.oneof(
	{ weight: 4, arbitrary: nastyText },
	{
		weight: 4,
		arbitrary: fc.constantFrom<unknown>(
			null,
			true,
			false,
			0,
			-1,
			1e308,
			0.5,
			{},
			[],
			[[]],
			[null],
			{ toString: null, valueOf: null },
			[{ toString: 1 }],
			{ length: 3 },
			{ constructor: { prototype: {} } },
			{ toJSON: 1 },
			{ then: 1 },
		),
	},
	{ weight: 1, arbitrary: fc.array(nastyText, { maxLength: 4 }) },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const mostly = <T>(weight: number, good: Arbitrary<T>, bad: Arbitrary<unknown> = nastyValue) =>
	fc.oneof<Array<{ weight: number; arbitrary: Arbitrary<unknown> }>>(
		{ weight, arbitrary: good },
		{ weight: 1, arbitrary: bad },
	);

/** What could be somebody's address, however ugly. */
const email = fc.oneof(
	fc.constantFrom(...PEOPLE, ...INVITED, 'new@example.com', 'OLD@EXAMPLE.COM'),
	fc.nat({ max: 999 }).map((number) => `new${number}@example.com`),
	fc.constantFrom(
		'a/../../b@example.com',
		'%0d%0a@example.com',
		'"x&y?z#"@example.com',
		"o'neil+tag@example.com",
		'{{$json}}@example.com',
		'\ud800@example.com',
		'ünïcödé@exämple.com',
		'\u202ea@example.com',
		' padded@example.com ',
		`${'l'.repeat(240)}@example.com`,
	),
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
const badScopes = fc.oneof(
	nastyValue,
	fc.array(nastyValue, { maxLength: 5 }),
	fc.array(nastyText, { maxLength: 5 }),
	fc
		.integer({ min: 200, max: 3000 })
		.map((size) => Array.from({ length: size }, (_, i) => `s${i}`)),
);

/** Never a number that would be waited for. */
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

/** One item: every field of every operation, each well or badly. */
export const fuzzedItem = fc.record({
	email: mostly(3, email),
	invitedEmail: mostly(
		3,
		fc.oneof(fc.constantFrom(...INVITED), email),
		// A token where an address belongs is an easy mistake to make.
		fc.oneof(nastyValue, fc.constantFrom(...TOKENS)),
	),
	token: mostly(2, fc.constantFrom(...TOKENS)),
	username: mostly(2, fc.oneof(fc.constantFrom(...PEOPLE, OLD_USERNAME, 'pending'), email)),
	id: mostly(2, fc.oneof(fc.nat({ max: 5000 }), fc.nat({ max: 5000 }).map(String))),
	access: mostly(9, fc.constantFrom('scopes', 'scopes', 'admin', 'persona', 'subusers', 'keep')),
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
		{ weight: 9, arbitrary: fc.constantFrom<unknown>('', ' ') },
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
	returnAll: mostly(6, fc.boolean()),
	simplify: mostly(6, fc.boolean()),
	emailDomain: mostly(4, fc.constantFrom('', 'example.com', '@EXAMPLE.com')),
	expiresWithinDays: mostly(6, fc.constantFrom<unknown>(0, 2, 8, '3')),
	status: mostly(6, fc.constantFrom('all', 'expired', 'pending')),
	role: mostly(6, fc.constantFrom('admin', 'owner', 'teammate')),
	sso: mostly(6, fc.boolean()),
	subuser: mostly(3, fc.constantFrom('', SUBUSER.username)),
	permission: mostly(6, fc.constantFrom('admin', 'restricted')),
	firstName: mostly(6, fc.constantFrom('Ada', ' Ada\u0301 ')),
	lastName: mostly(6, fc.constantFrom('Lovelace', 'O\u2019Neil')),
	lift: mostly(6, fc.boolean()),
	dryRun: mostly(9, fc.constantFrom(false, false, false, true)),
	allowAdmins: mostly(6, fc.boolean()),
	skip: mostly(6, fc.boolean()),
	ifPending: mostly(9, fc.constantFrom('leave', 'resend', 'resendIfExpiring')),
	ifAccessDiffers: mostly(9, fc.constantFrom('leave', 'update')),
}) as Arbitrary<IDataObject>;

/** Ways in which an item may name an invitation or a teammate. */
export type Naming = 'email' | 'id' | 'list';

/** All fields from the item: each operation takes those that are its own. */
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
};

/** A secret in the middle of a sentence, wherever that is cut off. */
const leak = (secrets: readonly string[]) =>
	fc
		.tuple(
			fc.oneof(fc.nat({ max: 40 }), fc.integer({ min: 120, max: 210 })),
			fc.constantFrom(...secrets),
			fc.constantFrom('', ' is invalid', '"', '\n', ', retry'),
		)
		.map(([before, secret, after]) => {
			const start = 'Nothing here is as it should be and so on and on '.repeat(5).slice(0, before);
			return `${start}${secret}${after}`;
		});

/** Somebody of a list, as nobody has documented them. */
const strangeRecord = fc.record(
	{
		email: mostly(2, fc.constantFrom(...PEOPLE, ...INVITED, 'new1@example.com')),
		username: mostly(2, fc.constantFrom(...PEOPLE, OLD_USERNAME, 'pending', '..', '')),
		token: mostly(1, fc.constantFrom(...TOKENS, '..', 'a/b')),
		pending_id: nastyValue,
		expiration_date: mostly(1, fc.constantFrom<unknown>(1e9, 4e9, 9e15, -9e15, '4e9', 'soon')),
		scopes: mostly(1, fc.constantFrom<unknown>(['stats.read'], [], ['mail.send', 1, null])),
		is_admin: mostly(2, fc.boolean()),
		is_sso: mostly(2, fc.boolean()),
		user_type: mostly(2, fc.constantFrom('owner', 'admin', 'teammate')),
		first_name: nastyValue,
		last_name: nastyValue,
		id: mostly(1, fc.nat({ max: 2000 })),
		permission_type: nastyValue,
	},
	{ requiredKeys: [] },
);

const PROTOTYPES = [
	'{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
	'{"result":[{"__proto__":{"email":"ada@example.com","username":".."}}]}',
	'{"errors":[{"__proto__":{"message":"x"}}],"__proto__":[]}',
	'{"scopes":{"__proto__":["stats.read"]}}',
];
const TEXTS = [
	'',
	'42',
	'null',
	'"text"',
	'true',
	'[]',
	'{}',
	'[[]]',
	'<html>',
	'{"result":',
	'\0',
];

const records = fc.array(fc.oneof(strangeRecord, nastyValue), { maxLength: 4 });
const strangeData: Arbitrary<unknown> = fc.oneof(
	fc.constantFrom(...PROTOTYPES, ...TEXTS),
	strangeRecord,
	records,
	records.map((result) => ({ result })),
	records.map((results) => ({ results })),
	nastyValue.map((result) => ({ result })),
	badScopes.map((granted) => ({ scopes: granted })),
	fc.record({
		has_restricted_subuser_access: nastyValue,
		subuser_access: fc.oneof(records, nastyValue),
		_metadata: fc.oneof(
			nastyValue,
			nastyValue.map((next_params) => ({ next_params })),
			nastyValue.map((after_subuser_id) => ({ next_params: { after_subuser_id } })),
		),
	}),
	fc.jsonValue({ maxDepth: 4 }),
	fc.integer({ min: 10_000, max: 200_000 }).map((size) => ({ result: 'y'.repeat(size) })),
);

const strangeComplaint = (secrets: readonly string[]): Arbitrary<unknown> => {
	const words = fc.oneof(leak(secrets), nastyValue);
	const entry = fc.record(
		{
			message: words,
			field: fc.oneof(fc.constantFrom<unknown>('scopes', null), words),
			help: words,
		},
		{ requiredKeys: [] },
	);
	return fc.oneof(
		fc.array(entry, { maxLength: 3 }).map((errors) => ({ errors })),
		entry.map((one) => ({ errors: [one] })),
		words.map((errors) => ({ errors })),
		words.map((error) => ({ error })),
		fc.array(fc.oneof(words, entry), { maxLength: 3 }),
		words,
		strangeData,
	);
};

const REFUSALS = [
	300, 301, 304, 307, 400, 400, 400, 401, 402, 403, 404, 404, 405, 409, 410, 413, 418,
];
const FAULTS = [422, 431, 451, 499, 500, 500, 501, 502, 503, 504, 511, 529, 599];

const statusFault = (status: number, body: unknown, when: 'after' | 'before') => ({
	kind: 'status' as const,
	status,
	when,
	body,
	contentType: 'application/json',
});

const strangeAnswer = (secrets: readonly string[]) => {
	const when = fc.constantFrom('before' as const, 'after' as const);
	return fc.oneof(
		{
			weight: 4,
			arbitrary: fc
				.tuple(fc.constantFrom(200, 200, 200, 201, 202, 206, 226, 299), strangeData, when)
				.map(([status, body, at]) => statusFault(status, body, at)),
		},
		{
			weight: 5,
			arbitrary: fc
				.tuple(fc.constantFrom(...REFUSALS, ...FAULTS), strangeComplaint(secrets), when)
				.map(([status, body, at]) => statusFault(status, body, at)),
		},
		{
			weight: 1,
			arbitrary: fc.oneof(
				fc.record({ kind: fc.constant('drop' as const), when }),
				fc.constantFrom(
					{ kind: 'truncated-json' as const },
					{ kind: 'empty-body' as const },
					{ kind: 'wrong-content-type' as const },
					{ kind: 'rename' as const, from: 'token', to: 'pending_id' },
					{ kind: 'rename' as const, from: 'username', to: 'user' },
				),
			),
		},
	);
};

/** Strange answers to come: to whatever request, or only to those of one kind. */
export const strangeAnswers = (secrets: readonly string[]): Arbitrary<FaultRule[]> =>
	fc.array(
		fc.record({
			method: fc.constantFrom(undefined, undefined, 'GET', 'POST', 'PATCH', 'DELETE'),
			path: fc.constantFrom(undefined, undefined, /pending$/, /teammates$/, /resend$/, /scopes$/),
			times: fc.constantFrom(1, 1, 1, 1, 3, Infinity),
			fault: strangeAnswer(secrets),
		}),
		{ minLength: 4, maxLength: 24 },
	);
