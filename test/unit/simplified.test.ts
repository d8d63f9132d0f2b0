import {
	mfaOf,
	simplifiedMember,
	simplifiedPerson,
	simplifiedTeammate,
} from '../../nodes/SendGridTeammates/sendgrid/simplified';

test.each([
	[['stats.read', '2fa_required'], 'required'],
	[['2fa_exempt'], 'exempt'],
	[['2fa_exempt', '2fa_required'], null],
	[['stats.read'], null],
	[[], null],
	[undefined, null],
	['2fa_required', null],
])('the scopes %j mean for the second factor: %j', (scopes, mfa) => {
	expect(mfaOf(scopes)).toBe(mfa);
});

const TEAMMATE = [
	'email',
	'first_name',
	'last_name',
	'username',
	'user_type',
	'is_admin',
	'is_sso',
];

const STANDING = ['status', 'expires_at', 'days_left'];

test("a simplified record has the same fields in the same order, whatever SendGrid's has", () => {
	const full = { phone: '1', scopes: [], username: 'a', email: 'b', first_name: 'c' };
	expect(Object.keys(simplifiedTeammate(full))).toEqual([...TEAMMATE, 'mfa', 'scopes']);
	expect(Object.keys(simplifiedTeammate({}))).toEqual([...TEAMMATE, 'mfa', 'scopes']);
	expect(Object.keys(simplifiedMember({}))).toEqual(TEAMMATE);
	const [email, first, last, ...role] = TEAMMATE;
	const everybody = [email, first, last, ...STANDING, ...role];
	expect(Object.keys(simplifiedMember({ status: 'active' }))).toEqual([...everybody, 'scopes']);
	expect(Object.keys(simplifiedPerson({}))).toEqual([...everybody, 'mfa', 'scopes']);
});

test('the outcome comes first, added and skipped scopes come last', () => {
	const outcome = { would: 'update', dry_run: true, action: 'a', changed: true, reason: null };
	const lists = {
		admin_access: 'added',
		added_scopes: ['b'],
		removed_scopes: [],
		skipped_scopes: [],
	};
	expect(Object.entries(simplifiedTeammate({ ...lists, phone: '1', ...outcome }))).toEqual([
		...Object.entries(outcome),
		...[...TEAMMATE, 'mfa', 'scopes'].map((field) => [field, null]),
		...Object.entries(lists),
	]);
});

test.each([
	[{ is_admin: true }, true],
	[{ is_admin: 'false', user_type: 'admin' }, false],
	[{ is_admin: 'true' }, true],
	[{ user_type: 'admin' }, true],
	[{ user_type: 'owner' }, true],
	[{ user_type: 'teammate' }, false],
	[{}, null],
])('K6: a simplified record of %j has is_admin %j', (record, isAdmin) => {
	expect(simplifiedTeammate(record)).toMatchObject({ is_admin: isAdmin });
});
