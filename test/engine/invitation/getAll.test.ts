import { getInvitationsWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

test.each(['honoured', 'ignored', 'capped-at-50'] as const)(
	'Get Many returns all invitations, however the list treats limit and offset: %s',
	async (pendingPaging) => {
		sendGrid.state.behaviours.pendingPaging = pendingPaging;
		sendGrid.state.addManyPending(120);
		const { results } = await sendGrid.run({ parameters: getInvitationsWith() });
		expect(new Set(results.map(({ json }) => json.email)).size).toBe(120);
	},
);

describe('the filters of invitations', () => {
	beforeEach(() => {
		const DAY = 24 * 60 * 60;
		const { state } = sendGrid;
		state.addPending({ email: 'soon@example.com', expiresInSeconds: 1.5 * DAY });
		state.addPending({ email: 'fresh@Example.com', expiresInSeconds: 7 * DAY });
		state.addPending({ email: 'late@example.com', expiresInSeconds: -DAY });
		state.addPending({ email: 'other@sub.example.com', expiresInSeconds: 3 * DAY + 60 });
	});

	test.each([
		[{}, ['soon', 'fresh', 'late', 'other']],
		[{ status: 'all' }, ['soon', 'fresh', 'late', 'other']],
		[{ status: 'pending' }, ['soon', 'fresh', 'other']],
		[{ status: 'expired' }, ['late']],
		[{ expiresWithinDays: 2 }, ['soon']],
		[{ expiresWithinDays: 4 }, ['soon', 'other']],
		[{ expiresWithinDays: 0 }, []],
		[{ emailDomain: '@EXAMPLE.com' }, ['soon', 'fresh', 'late']],
		[{ emailDomain: 'example.com', status: 'pending', expiresWithinDays: 30 }, ['soon', 'fresh']],
	])('let through the right ones for %j', async (filters, expected) => {
		const { results } = await sendGrid.run({ parameters: getInvitationsWith({ filters }) });
		expect(results.map(({ json }) => String(json.email).split('@')[0])).toEqual(expected);
	});

	test('add status, expires_at and days_left', async () => {
		const { results } = await sendGrid.run({ parameters: getInvitationsWith() });
		expect(
			results.map(({ json: { status, days_left, expires_at } }, index) => {
				const { expiration_date } = sendGrid.state.account().invitations[index];
				expect(Date.parse(String(expires_at))).toBe(expiration_date * 1000);
				return [status, days_left];
			}),
		).toEqual([
			['pending', 1],
			['pending', 6],
			['expired', 0],
			['pending', 3],
		]);
	});

	test.each([{}, { status: 'pending' }])(
		'K6: do not call an expired invitation pending if n8n is ten minutes slow: %j',
		async (filters) => {
			sendGrid.state.addPending({ email: 'past@example.com', expiresInSeconds: 300 });
			sendGrid.state.advance(600);
			const { results } = await sendGrid.run({ parameters: getInvitationsWith({ filters }) });
			const pending = results.filter(({ json }) => json.status === 'pending');
			expect(pending.map(({ json }) => json.email)).not.toContain('past@example.com');
			expect(pending).toHaveLength(3);
		},
	);

	test('apply the limit to what they let through', async () => {
		const { results } = await sendGrid.run({
			parameters: getInvitationsWith({
				returnAll: false,
				limit: 1,
				filters: { status: 'expired' },
			}),
		});
		expect(results.map(({ json }) => json.email)).toEqual(['late@example.com']);
	});

	test.each([
		[{ status: 'gone' }, "'Status' in 'Filters' must be All, Expired or Pending, not 'gone'"],
		[
			{ expiresWithinDays: 'soon' },
			"'Expires Within Days' in 'Filters' must be a number of days from 0",
		],
		[
			{ expiresWithinDays: -1 },
			"'Expires Within Days' in 'Filters' must be a number of days from 0",
		],
	])('refuse %j', async (filters, message) => {
		const { error } = await sendGrid.run({ parameters: getInvitationsWith({ filters }) });
		expect(error?.message).toContain(message);
		expect(sendGrid.state.requests).toEqual([]);
	});
});
