import fc from 'fast-check';

import { SendGridError } from '../../nodes/SendGridTeammates/transport/errors';
import { compilePattern } from '../../nodes/SendGridTeammates/trigger/pattern';

const atom = fc.oneof(
	fc.constantFrom(
		'a',
		'B',
		'@',
		'-',
		'.',
		'\\.',
		'\\d',
		'\\W',
		'\\w',
		'[ab]',
		'[^a-c]',
		'[\\]@]',
		'{',
		']',
	),
	fc.constantFrom('^', '$', '', 'ab'),
);
const repetition = fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{1,}', '{0,2}', '{2,3}?');
/** Groups can be repeated, anchors and nothing cannot. */
const { pattern } = fc.letrec<{ pattern: string; group: string; piece: string }>((tie) => ({
	pattern: fc
		.array(fc.array(tie('piece'), { maxLength: 3 }), { minLength: 1, maxLength: 3 })
		.map((ways) => ways.map((pieces) => pieces.join('')).join('|')),
	group: fc
		.tuple(fc.constantFrom('(', '(?:'), tie('pattern'), repetition)
		.map(([open, inner, times]) => `${open}${inner})${times}`),
	piece: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc
			.tuple(atom, repetition)
			.map(([what, times]) => (/^[\^$]?$/.test(what) ? what : what + times)),
		tie('group'),
	),
}));

const text = fc.string({
	unit: fc.constantFrom('a', 'A', 'b', 'c', '@', '.', '-', '1', '{', ']'),
	maxLength: 8,
});

test("finds what JavaScript's own expression finds", () => {
	let found = 0;
	fc.assert(
		fc.property(pattern, text, (expression, address) => {
			fc.pre(expression.length <= 60);
			const isThere = new RegExp(expression, 'i').test(address);
			if (isThere) found += 1;
			expect(compilePattern(expression)(address)).toBe(isThere);
		}),
		{ numRuns: 5000 },
	);
	// Neither all of them nor none, or this would prove little.
	expect(found).toBeGreaterThan(500);
	expect(found).toBeLessThan(4900);
});

test.each<[string, string, boolean]>([
	['^(hr|sales)-.*@example\\.com$', 'HR-ada@example.com', true],
	['^(hr|sales)-.*@example\\.com$', 'ada@example.com', false],
	['\\+contractor@', 'ada+contractor@example.com', true],
	['@(example|acme)\\.(com|org)$', 'ada@acme.org.evil.example', false],
	['^[^@]{3}@', 'ada@example.com', true],
	['ada|bob', 'bob@example.com', true],
])('%s in %s: %s', (expression, address, isThere) => {
	expect(compilePattern(expression)(address)).toBe(isThere);
});

/** Each would keep JavaScript's own expressions busy beyond the end of the state. */
test.each([
	'^(a+)+$',
	'^(a|a)*$',
	'^(a*)*$',
	'^(a|aa)+$',
	'(.*a){20}$',
	`${'a?'.repeat(60)}${'a'.repeat(60)}`,
])('%s comes to an end', (expression) => {
	expect(compilePattern(expression)(`${'a'.repeat(50)}!`)).toBe(false);
});

test.each<[string, string]>([
	['(', 'is no regular expression'],
	['a**', 'is no regular expression'],
	['[z-a]', 'is no regular expression'],
	['a'.repeat(201), 'is longer than 200 characters'],
	['(?=a)', "has '(?=a)' at a place where that cannot be used"],
	['(?<name>a)', "has '(?<name>a)' at a place where that cannot be used"],
	['(a)\\1', "has '\\1' at a place where that cannot be used"],
	['\\bhr\\b', "has '\\bhr\\b' at a place where that cannot be used"],
	['[]', "has '[]' at a place where that cannot be used"],
	['(((a{20}){20}){20})', 'repeats too much'],
	['((((){99}){99}){99}){99}', 'repeats too much'],
	['a{99999999}', 'repeats too much'],
])('%s is refused', (expression, what) => {
	let thrown: unknown;
	try {
		compilePattern(expression);
	} catch (failure) {
		thrown = failure;
	}
	expect(thrown).toBeInstanceOf(SendGridError);
	expect(thrown).toMatchObject({ message: `'Email Pattern' ${what}`, advice: expect.any(String) });
});
