import fc, { type Arbitrary } from 'fast-check';

import type { FaultRule } from '../../../sandbox/faults.mts';
import { INVITED, OLD_USERNAME, PEOPLE, TOKENS } from './account';
import { badScopes } from './items';
import { mostly, nastyValue } from './values';

/** A secret in the middle of a sentence, wherever the sentence is cut. */
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

/** An entry of a list in an undocumented form. */
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

/** Strange answers to come: to any request, or only to one kind. */
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
