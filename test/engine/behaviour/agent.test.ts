import { linkOf } from '../../support/link';
import { getInvitationsWith, inviteWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

describe('as the tool of an AI agent', () => {
	test('a failure is an answer that the model can read', async () => {
		const { results, error } = await sendGrid.run({
			items: [{ email: 'nobody' }],
			parameters: inviteWith({}),
			asTool: true,
		});
		expect(error).toBeUndefined();
		expect(results.map(({ json }) => json)).toEqual([
			{
				error: "'Email' must be an email address, not 'nobody'",
				how_to_fix:
					"Enter an address such as nathan@example.com in 'Email'. If it comes from an earlier node, check that this item has one.",
			},
		]);
	});

	test('every answer is linked to its item', async () => {
		sendGrid.state.addManyPending(2);
		const { results } = await sendGrid.run({
			items: [{ limit: 2 }, { limit: 0 }],
			parameters: getInvitationsWith({ returnAll: false, limit: '={{ $json.limit }}' }),
			asTool: true,
		});
		expect(results.map(linkOf)).toEqual([0, 0, 1]);
	});

	test('a success is the invitation, without the token with which somebody else could join', async () => {
		const { results } = await sendGrid.run({
			items: ADA,
			parameters: inviteWith({}),
			asTool: true,
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ email: 'ada@example.com', scopes: ['stats.read'], is_admin: false },
		]);
	});

	test.each(['token', 'pending_id'])('no %s in lists', async (name) => {
		sendGrid.state.faults.add({
			fault: {
				kind: 'status',
				status: 200,
				when: 'before',
				body: { result: [{ email: 'ada@example.com', [name]: 'a-secret' }] },
			},
		});
		const { results } = await sendGrid.run({ parameters: getInvitationsWith(), asTool: true });
		expect(results).toMatchObject([{ json: { email: 'ada@example.com' } }]);
		expect(JSON.stringify(results)).not.toContain('a-secret');
	});

	test('nothing found is said, and not answered with nothing', async () => {
		const { results } = await sendGrid.run({ parameters: getInvitationsWith(), asTool: true });
		expect(results.map(({ json }) => json)).toEqual([{ result: 'Nothing was found' }]);
	});
});
