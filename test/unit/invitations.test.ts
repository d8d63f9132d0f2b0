import { expiryOf, invitationRecord } from '../../nodes/SendGridTeammates/sendgrid/invitations';
import { checkEmail } from '../../nodes/SendGridTeammates/parameters/emailAddress';
import fc from 'fast-check';

test.each([
	[1456424263, '2016-02-25T18:17:43.000Z'],
	['1456424263', '2016-02-25T18:17:43.000Z'],
	[0, '1970-01-01T00:00:00.000Z'],
	[1e15, undefined],
	['soon', undefined],
	['', undefined],
	[null, undefined],
	[undefined, undefined],
])('an expiration date of %j is %j', (expirationDate, iso) => {
	expect(expiryOf(expirationDate)).toBe(iso);
});

test('fields of SendGrid that we do not know stay', () => {
	expect(invitationRecord({ pending_id: 'abc', email: 'a@b.cd', brand_new: [1] })).toEqual({
		pending_id: 'abc',
		token: 'abc',
		email: 'a@b.cd',
		brand_new: [1],
	});
});

test('ordinary addresses of every kind are taken', () => {
	fc.assert(
		fc.property(fc.emailAddress(), (email) => {
			fc.pre(email.length <= 255);
			expect(checkEmail(` ${email} `)).toBe(email);
		}),
	);
});

test('whatever is taken is one address on one line', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()), (value) => {
			let email: string;
			try {
				email = checkEmail(value);
			} catch {
				return;
			}
			expect(email).toMatch(/^[^\s@]+@[^\s@]+\.[^\s@]+$/);
			expect(email.length).toBeLessThanOrEqual(255);
		}),
		{ numRuns: 3000 },
	);
});
