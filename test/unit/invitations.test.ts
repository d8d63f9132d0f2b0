import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { readEmail } from '../../nodes/SendGridTeammates/parameters/emailAddress';
import { readEpoch } from '../../nodes/SendGridTeammates/transport/decode';
import {
	bestFirst,
	decodeInvitation,
	expiryOf,
	invitationOutput,
	publicOutput,
} from '../../nodes/SendGridTeammates/sendgrid/invitations';
import { simplifiedInvitation } from '../../nodes/SendGridTeammates/sendgrid/simplified';

const MOMENT = '2016-02-25T18:17:43.000Z';

test.each([
	[1456424263, MOMENT],
	['1456424263', MOMENT],
	[1456424263000, MOMENT],
	['1456424263000', MOMENT],
	[MOMENT, MOMENT],
	['2016-02-25T19:17:43+01:00', MOMENT],
	[0, undefined],
	['0', undefined],
	[-5, undefined],
	[1e17, undefined],
	['soon', undefined],
	[' ', undefined],
	[null, undefined],
	[undefined, undefined],
	[{}, undefined],
	[true, undefined],
])('K6: an expiration date of %j is read as %j', (expiration_date, iso) => {
	expect(readEpoch(expiration_date)).toBe(iso && Date.parse(iso));
	expect(expiryOf(decodeInvitation({ expiration_date } as IDataObject))).toBe(iso);
});

test.each([
	[{ token: 'abc' }, 'abc'],
	[{ pending_id: 'abc' }, 'abc'],
	[{ token: '', pending_id: 'abc' }, 'abc'],
	[{ token: 'abc', pending_id: 'def' }, 'abc'],
	[{ token: '' }, ''],
	[{ token: null }, ''],
	[{}, ''],
])('K6: the token of %j is %j', (record, token) => {
	expect(decodeInvitation(record).token).toBe(token);
	expect(invitationOutput(decodeInvitation(record)).token || '').toBe(token);
});

test.each([
	[true, true],
	['true', true],
	['TRUE', true],
	[false, false],
	['false', false],
	[1, true],
	['1', true],
	[0, false],
	[undefined, false],
])('K6: is_admin %j is read as %j', (is_admin, isAdmin) => {
	expect(decodeInvitation({ is_admin }).isAdmin).toBe(isAdmin);
});

test('scopes that SendGrid does not list are unknown, not empty', () => {
	expect(decodeInvitation({}).scopes).toBeUndefined();
	expect(decodeInvitation({ scopes: [] }).scopes).toEqual([]);
});

test('unknown fields of SendGrid are kept', () => {
	const record = { pending_id: 'abc', email: 'a@b.cd', brand_new: [1] };
	expect(invitationOutput(decodeInvitation(record))).toMatchObject({ ...record, token: 'abc' });
	expect(publicOutput(decodeInvitation(record), 0)).toMatchObject({ brand_new: [1] });
});

test('address and expiry date come first, the token last, even under another name', () => {
	const record = { pending_id: 'abc', scopes: [], expiration_date: 9, email: 'a@b.cd' };
	const output = invitationOutput(decodeInvitation(record), { skipped_scopes: [] });
	expect(Object.keys(output)).toEqual([
		'email',
		'expires_at',
		'is_admin',
		'scopes',
		'expiration_date',
		'skipped_scopes',
		'pending_id',
		'token',
	]);
});

test.each([
	[{}, { status: 'pending', expires_at: null, days_left: null }],
	[
		{ expiration_date: 9 },
		{ status: 'expired', expires_at: '1970-01-01T00:00:09.000Z', days_left: 0 },
	],
])('an invitation without the token has its status, with %j', (expiry, standing) => {
	const record = { token: 'abc', pending_id: 'abc', email: 'a@b.cd', ...expiry };
	const output = publicOutput(decodeInvitation(record), 10_000);
	expect(output).toEqual({ email: 'a@b.cd', ...standing, is_admin: null, ...expiry });
	expect(simplifiedInvitation({ ...output, token: 'abc' })).toEqual({
		email: 'a@b.cd',
		...standing,
		is_admin: null,
		scopes: null,
	});
});

test('K5: the best of several invitations is a valid one that lasts longest', () => {
	const now = 10_000;
	const [unknown, expired, short, long] = [undefined, 9, 11, 12].map((expiration_date) =>
		decodeInvitation({ email: String(expiration_date), expiration_date }),
	);
	expect(bestFirst([unknown, expired, short, long], now)).toEqual([long, short, unknown, expired]);
});

const read = (value: unknown): string => readEmail({ getNodeParameter: () => value });

test('ordinary addresses of every kind are accepted', () => {
	fc.assert(
		fc.property(fc.emailAddress(), (email) => {
			fc.pre(email.length <= 255);
			expect(read(` ${email} `)).toBe(email);
		}),
	);
});

test('every accepted text is one address on one line', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()), (value) => {
			let email: string;
			try {
				email = read(value);
			} catch {
				return;
			}
			expect(email).toMatch(/^[^\s@]+@[^\s@]+\.[^\s@]+$/);
			expect(email.length).toBeLessThanOrEqual(255);
		}),
		{ numRuns: 3000 },
	);
});
