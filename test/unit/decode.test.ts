import {
	decodeAnswer,
	decodeList,
	decodeObject,
	isEmptyBody,
	readEpoch,
} from '../../nodes/SendGridTeammates/transport/decode';
import { decodeInvitation } from '../../nodes/SendGridTeammates/sendgrid/invitations';
import { decodeTeammate, hasAdminAccess } from '../../nodes/SendGridTeammates/sendgrid/teammates';

const ADA = { email: 'ada@example.com' };

describe('K6: a list', () => {
	test.each([
		[{ result: [] }, []],
		[{ result: [ADA] }, [ADA]],
		[{ results: [ADA] }, [ADA]],
		[[ADA], [ADA]],
		[[], []],
		[{ result: [ADA], errors: [] }, [ADA]],
		[{ result: [ADA], errors: null }, [ADA]],
	])('is read from %j', (body, records) => {
		expect(decodeList(body)).toEqual(records);
	});

	test.each([
		{},
		{ errors: [{ message: 'no' }] },
		{ result: [ADA], errors: [{ message: 'no' }] },
		{ result: [ADA], errors: 'no' },
		{ result: [], error: 'no' },
		{ result: null },
		{ result: [], results: [ADA] },
		{ result: {} },
		{ result: 'ada' },
		{ result: [ADA, null] },
		{ result: ['ada'] },
		[[ADA]],
		null,
		undefined,
		'',
		'<html>',
		7,
	])('is not read from %j, which is not an empty one', (body) => {
		expect(decodeList(body)).toBeUndefined();
	});
});

describe('K6: an object', () => {
	test.each([{}, ADA, { ...ADA, errors: [] }])('is read from %j', (body) => {
		expect(decodeObject(body)).toEqual(body);
		expect(decodeAnswer('email')(body)).toEqual(body);
	});

	test.each([
		{ errors: [{ message: 'no' }] },
		{ ...ADA, errors: { email: ['no'] } },
		{ ...ADA, errors: 'no' },
		{ ...ADA, error: 'no' },
		{ ...ADA, success: false },
		[ADA],
		'ada',
		'<html>',
		7,
		true,
	])('is not read from %j, even if no field is needed', (body) => {
		expect(decodeObject(body)).toBeUndefined();
		expect(decodeAnswer('email')(body)).toBeUndefined();
	});

	test.each([undefined, null, '', {}])('has no content in %j', (body) => {
		expect(isEmptyBody(body)).toBe(true);
		expect(decodeAnswer()(body)).toEqual({});
		expect(decodeAnswer('email')(body)).toEqual({});
	});

	test.each([{ message: 'no' }, { detail: 'no' }, { email: '' }, { email: null }, { id: 1 }])(
		'is no answer to a write in %j, which has not what is documented',
		(body) => {
			expect(decodeAnswer('email', 'username')(body)).toBeUndefined();
		},
	);

	test('is no answer to a write that has none', () => {
		expect(decodeAnswer()(ADA)).toBeUndefined();
	});
});

describe('K6: a teammate', () => {
	test.each([
		[{ is_admin: true }, true, false],
		[{ is_admin: 'true' }, true, false],
		[{ is_admin: 'True' }, true, false],
		[{ user_type: 'admin' }, true, false],
		[{ is_admin: false, user_type: 'admin' }, true, false],
		[{ is_admin: true, user_type: 'owner' }, false, true],
		[{ is_admin: false, user_type: 'owner' }, false, true],
		[{ is_admin: 'false', user_type: 'teammate' }, false, false],
		[{ user_type: 'Admin' }, true, false],
		[{ user_type: ' OWNER ' }, false, true],
		[{ is_admin: 0 }, false, false],
		[{}, false, false],
	])('is read from %j', (record, isAdmin, isOwner) => {
		const teammate = decodeTeammate(record);
		expect(teammate).toMatchObject({ isAdmin, isOwner });
		expect(hasAdminAccess(teammate)).toBe(isAdmin || isOwner);
	});

	test.each([
		[{ user_type: 'Teammate' }, true],
		[{ is_admin: false, user_type: 'guest' }, true],
		[{ user_type: 'guest' }, false],
		[{ user_type: '' }, false],
		[{}, false],
	])('has in %j this role: %s', (record, isRoleKnown) => {
		expect(decodeTeammate(record)).toMatchObject({ isAdmin: false, isRoleKnown });
		expect(decodeInvitation(record)).toMatchObject({ isAdmin: false, isRoleKnown });
	});

	test('has unknown scopes without a list, and none with an empty list', () => {
		expect(decodeTeammate({}).scopes).toBeUndefined();
		expect(decodeTeammate({ scopes: 'stats.read' }).scopes).toBeUndefined();
		expect(decodeTeammate({ scopes: [] }).scopes).toEqual([]);
		// A list with anything else in it may also lack something.
		expect(decodeTeammate({ scopes: ['stats.read', 7, null] }).scopes).toBeUndefined();
	});
});

test.each(['2026-12-04 06:00:00', '2026-12-04T06:00:00', 'Dec 4, 2026'])(
	'the date %s, which depends on where n8n runs, says nothing',
	(text) => {
		expect(readEpoch(text)).toBeUndefined();
	},
);
