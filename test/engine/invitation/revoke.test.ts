import { by, revokeWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => addPeople(sendGrid.state));

describe('Revoke', () => {
	test('by e-mail, and says whose invitation it was', async () => {
		const { results } = await sendGrid.run({
			items: [{ email: 'PENNY@example.com' }],
			parameters: revokeWith(),
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, email: 'penny@example.com' },
		]);
		expect(sendGrid.state.account().invitations).toEqual([]);
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test('by token, and says whose invitation it was', async () => {
		const [{ token }] = sendGrid.state.account().invitations;
		const { results } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', token) }),
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, email: 'penny@example.com' },
		]);
	});

	test('an unknown token', async () => {
		const { error } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', 'gone-for-long') }),
		});
		expect(error?.message).toContain("The invitation of 'gone…' was not revoked: SendGrid says");
	});

	test('an address that is a teammate already', async () => {
		const { error } = await sendGrid.run({ items: ADA, parameters: revokeWith() });
		expect(error?.message).toContain('the person has already accepted and is a teammate');
	});
});
