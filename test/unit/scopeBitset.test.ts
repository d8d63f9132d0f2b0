import fc from 'fast-check';

import { ScopeBitset } from '../../nodes/SendGridTeammates/trigger/scopeBitset';

const scopes = fc.uniqueArray(
	fc.nat({ max: 299 }).map((number) => `scope_${String(number).padStart(3, '0')}.read`),
);

test('a written set is read, even by another code with the same names', () => {
	fc.assert(
		fc.property(fc.array(scopes), (sets) => {
			const code = new ScopeBitset();
			const codes = sets.map((set) => code.encode(set));
			const other = new ScopeBitset([...code.names]);
			expect(codes.map((text) => other.decode(text))).toEqual(sets.map((set) => [...set].sort()));
		}),
	);
});

test('300 scopes take no more than 60 characters', () => {
	const names = Array.from({ length: 300 }, (_, index) => `scope_${index}`);
	expect(new ScopeBitset().encode(names).length).toBeLessThanOrEqual(60);
});

test('an invalid code means some scopes at most, and breaks nothing', () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			const names = ['one', 'other'];
			for (const scope of new ScopeBitset([...names]).decode(text)) expect(names).toContain(scope);
		}),
	);
});
