import fc from 'fast-check';

import { isAtDomain } from '../../nodes/SendGridTeammates/sendgrid/teammates';
import { addressMatcher } from '../../nodes/SendGridTeammates/trigger/wildcard';

test.each([
	['*@example.com', 'Ada@Example.com', true],
	['*@example.com', 'ada@example.com.evil', false],
	['hr-*@*', 'hr-ada@example.org', true],
	['hr-*@*', 'ada@hr-x.example', false],
	['ada@example.com', 'ADA@EXAMPLE.COM', true],
	['ada@example.com', 'xada@example.com', false],
	['a.a@example.com', 'aba@example.com', false],
	['*', '', true],
	['a*a', 'a', false],
	['*ab*ab*', 'xabyabz', true],
	['*ab*ab*', 'xaby', false],
	['[a]+?@(x)$', '[a]+?@(x)$', true],
	['*@bücher.example', 'jane@xn--bcher-kva.example', true],
	['*@xn--bcher-kva.example', 'jane@bücher.example', true],
	['josé@*', 'jose\u0301@example.com', true],
])('the wildcard %s and the address %s match: %s', (wildcard, address, fits) => {
	expect(addressMatcher([wildcard])(address)).toBe(fits);
});

test('one of several wildcards is enough', () => {
	const fits = addressMatcher(['*@example.com', 'hr-*']);
	expect(['ada@example.com', 'hr-bob@x.example', 'bob@x.example'].map(fits)).toEqual([
		true,
		true,
		false,
	]);
});

test('a wildcard matches like a regular expression with .* for a star', () => {
	const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
	fc.assert(
		fc.property(text, text, (wildcard, address) => {
			const source = wildcard.replaceAll('.', '[.]').replaceAll('*', '.*');
			expect(addressMatcher([wildcard])(address)).toBe(new RegExp(`^${source}$`).test(address));
		}),
		{ numRuns: 2000 },
	);
});

test('a long wildcard and a long address take no time', () => {
	const startedAt = performance.now();
	const fits = addressMatcher(['*a'.repeat(20_000)]);
	expect(fits('a'.repeat(19_999))).toBe(false);
	expect(performance.now() - startedAt).toBeLessThan(500);
});

test.each([
	['jane@xn--bcher-kva.example', 'bücher.example', true],
	['jane@BÜCHER.example', '@xn--bcher-kva.example', true],
	['jane@sub.bücher.example', 'bücher.example', false],
	['jane@bucher.example', 'bücher.example', false],
])('%s is at the domain %s: %j', (address, domain, isThere) => {
	expect(isAtDomain(address, domain)).toBe(isThere);
});
