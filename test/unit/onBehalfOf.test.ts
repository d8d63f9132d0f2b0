import fc from 'fast-check';

import { checkOnBehalfOf } from '../../nodes/SendGridTeammates/transport/onBehalfOf';

test.each([
	[undefined, undefined],
	[null, undefined],
	['', undefined],
	[' acme-marketing ', 'acme-marketing'],
	['account-id 4711', 'account-id 4711'],
	['Account-ID   4711', 'account-id 4711'],
	['account-ideas', 'account-ideas'],
	['my subuser', 'my subuser'],
])('the value %j becomes %j', (value, header) => {
	expect(checkOnBehalfOf(value)).toBe(header);
});

test.each([
	' ',
	'subuser_acme',
	' SUBUSER_acme',
	'account-id',
	'account-id  ',
	'account-id 1 2',
	5,
	{},
])('the value %j is refused', (value) => {
	expect(() => checkOnBehalfOf(value)).toThrow("'On Behalf Of'");
});

test('every accepted value fits into one line of a header', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (value) => {
			let header: string | undefined;
			try {
				header = checkOnBehalfOf(value);
			} catch {
				return;
			}
			expect(header ?? 'left out').toMatch(/^[\x20-\x7e]+$/);
		}),
		{ numRuns: 2000 },
	);
});
