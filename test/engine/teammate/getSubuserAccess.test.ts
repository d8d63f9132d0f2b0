import { getSubuserAccessWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { linkOf } from '../../support/link';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => addPeople(sendGrid.state));

describe('Get Subuser Access', () => {
	const COUNT = 250;

	beforeEach(() => {
		const { state } = sendGrid;
		const ids = Array.from(
			{ length: COUNT },
			(_, i) => state.addSubuser({ username: `acme-${i}` }).id,
		);
		state.addTeammate({
			email: 'sam@example.com',
			is_sso: true,
			has_restricted_subuser_access: true,
			subuser_access: ids.map((id) => ({
				id,
				permission_type: 'restricted',
				scopes: ['templates.read'],
			})),
		});
	});

	test.each([
		['number', 'zero'],
		['string', 'null'],
		['number', 'absent'],
	] as const)(
		'reads all pages, with a cursor that is a %s and %s at the end',
		async (type, end) => {
			sendGrid.state.behaviours.subuserCursor = type;
			sendGrid.state.behaviours.subuserCursorEnd = end;
			const { results, error } = await sendGrid.run({
				items: [{ email: 'sam@example.com' }],
				parameters: getSubuserAccessWith(),
			});
			expect(error).toBeUndefined();
			expect(new Set(results.map(({ json }) => json.id)).size).toBe(COUNT);
			expect(results[0].json).toMatchObject({
				teammate: 'sam@example.com',
				has_restricted_subuser_access: true,
				permission_type: 'restricted',
			});
			expect(results.map(linkOf)).toEqual(results.map(() => 0));
		},
	);

	const answer = (ids: number[], next: number) =>
		sendGrid.state.faults.add({
			path: /subuser_access$/,
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: {
					has_restricted_subuser_access: true,
					subuser_access: ids.map((id) => ({ id, username: `acme-${id}` })),
					_metadata: { next_params: { limit: 100, after_subuser_id: next } },
				},
			},
		});

	test('goes on after an empty page that is not the last', async () => {
		answer([1], 1);
		answer([], 2);
		answer([3], 0);
		const { results } = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith(),
		});
		expect(results.map(({ json }) => json.id)).toEqual([1, 3]);
	});

	test('does not take the beginning of a list that comes back to it for the whole', async () => {
		answer([1], 1);
		answer([2], 2);
		answer([1], 1);
		const { error } = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith(),
		});
		expect(error?.message).toContain("SendGrid's list doesn't continue after the first 2");
	});

	test('returns one subuser', async () => {
		const { results } = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith({ filters: { subuser: ' acme-7 ' } }),
		});
		expect(results.map(({ json }) => json.username)).toEqual(['acme-7']);
	});

	const NONE = {
		teammate: 'countess',
		username: null,
		permission_type: null,
		disabled: null,
		email: null,
		id: null,
		scopes: null,
	};

	test.each([undefined, 'acme-7'])(
		'returns an item that says so for somebody who is not restricted, subuser %j',
		async (subuser) => {
			const { results, error } = await sendGrid.run({
				items: ADA,
				parameters: getSubuserAccessWith({ filters: subuser === undefined ? {} : { subuser } }),
			});
			expect(error).toBeUndefined();
			expect(results.map(({ json }) => json)).toEqual([
				{ ...NONE, has_restricted_subuser_access: false },
			]);
		},
	);

	test('returns all subusers for an admin, who is not restricted to them', async () => {
		const { results, error } = await sendGrid.run({
			items: [{ email: 'adam@example.com' }],
			parameters: getSubuserAccessWith(),
		});
		expect(error).toBeUndefined();
		expect(results).toHaveLength(COUNT);
		expect(results[0].json).toMatchObject({
			has_restricted_subuser_access: false,
			username: 'acme-0',
			permission_type: 'admin',
		});
	});

	test('returns no items for somebody restricted to other subusers', async () => {
		const { results, error } = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith({ filters: { subuser: 'nowhere' } }),
		});
		expect(error).toBeUndefined();
		expect(results).toEqual([]);
	});

	test('does not say whether somebody is restricted if SendGrid does not', async () => {
		const from = 'has_restricted_subuser_access';
		sendGrid.state.faults.add({ times: Infinity, fault: { kind: 'rename', from, to: 'gone' } });
		const { results } = await sendGrid.run({ items: ADA, parameters: getSubuserAccessWith() });
		expect(results).toEqual([]);
		const sam = await sendGrid.run({
			items: [{ email: 'sam@example.com' }],
			parameters: getSubuserAccessWith({ filters: { subuser: 'acme-7' } }),
		});
		expect(sam.results).toMatchObject([{ json: { has_restricted_subuser_access: null } }]);
	});
});
