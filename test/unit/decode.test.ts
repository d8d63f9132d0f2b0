import {
	decodeList,
	decodeObject,
	decodeOptionalObject,
	isEmptyBody,
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
	])('%j is read', (body, records) => {
		expect(decodeList(body)).toEqual(records);
	});

	test.each([
		{},
		{ errors: [{ message: 'no' }] },
		{ result: [ADA], errors: [{ message: 'no' }] },
		{ result: null },
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
	])('%j is none, which is not the same as an empty one', (body) => {
		expect(decodeList(body)).toBeUndefined();
	});
});

describe('K6: an object', () => {
	test.each([{}, ADA, { ...ADA, errors: [] }])('%j is read', (body) => {
		expect(decodeObject(body)).toEqual(body);
		expect(decodeOptionalObject(body)).toEqual(body);
	});

	test.each([
		{ errors: [{ message: 'no' }] },
		{ ...ADA, errors: { email: ['no'] } },
		[ADA],
		'ada',
		'<html>',
		7,
		true,
	])('%j is none, even where nothing is needed', (body) => {
		expect(decodeObject(body)).toBeUndefined();
		expect(decodeOptionalObject(body)).toBeUndefined();
	});

	test.each([undefined, null, ''])('%j is no body', (body) => {
		expect(isEmptyBody(body)).toBe(true);
		expect(decodeObject(body)).toBeUndefined();
		expect(decodeOptionalObject(body)).toEqual({});
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
	])('%j', (record, isAdmin, isOwner) => {
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
	])('%j says what somebody is: %s', (record, isRoleKnown) => {
		expect(decodeTeammate(record)).toMatchObject({ isAdmin: false, isRoleKnown });
		expect(decodeInvitation(record)).toMatchObject({ isAdmin: false, isRoleKnown });
	});

	test('without scopes has unknown ones, with an empty list none', () => {
		expect(decodeTeammate({}).scopes).toBeUndefined();
		expect(decodeTeammate({ scopes: 'stats.read' }).scopes).toBeUndefined();
		expect(decodeTeammate({ scopes: [] }).scopes).toEqual([]);
		// What holds something else may lack something too.
		expect(decodeTeammate({ scopes: ['stats.read', 7, null] }).scopes).toBeUndefined();
	});
});
