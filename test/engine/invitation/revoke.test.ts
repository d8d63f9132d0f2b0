import { by, revokeWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => addPeople(sendGrid.state));

describe('Revoke', () => {
	test('revokes by email, and says whose invitation it was', async () => {
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

	test('revokes by token, and says whose invitation it was', async () => {
		const [{ token }] = sendGrid.state.account().invitations;
		const { results } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', token) }),
		});
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, email: 'penny@example.com' },
		]);
	});

	test('K5: revokes all invitations of the address by email', async () => {
		sendGrid.state.addPending({ email: 'Penny@Example.com' });
		const { results } = await sendGrid.run({
			items: [{ email: 'penny@example.com' }],
			parameters: revokeWith(),
		});
		expect(results).toMatchObject([{ json: { deleted: true } }]);
		expect(sendGrid.state.account().invitations).toEqual([]);
	});

	test('is not stopped by the domains that a credential allows', async () => {
		const { error } = await sendGrid.run({
			items: [{ email: 'penny@example.com' }],
			parameters: revokeWith(),
			credential: { allowedEmailDomains: 'example.org' },
		});
		expect(error).toBeUndefined();
		expect(sendGrid.state.account().invitations).toEqual([]);
	});

	test('reports an unknown token', async () => {
		const { error } = await sendGrid.run({
			parameters: revokeWith({ invitation: by('token', 'gone-for-long') }),
		});
		expect(error?.message).toContain(
			"The invitation of 'gone…' was not revoked: this invitation no longer exists",
		);
	});

	test('reports an address that is already a teammate', async () => {
		const { error } = await sendGrid.run({ items: ADA, parameters: revokeWith() });
		expect(error?.message).toContain('the person has already accepted and is a teammate');
	});
});
