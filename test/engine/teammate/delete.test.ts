import { by, deleteTeammateWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => addPeople(sendGrid.state));

const scopesOfAda = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess')?.scopes;

describe('Delete', () => {
	test('removes the teammate and says whom', async () => {
		const { results } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(results.map(({ json }) => json)).toEqual([
			{ deleted: true, username: 'countess', email: 'Ada@example.com' },
		]);
		expect(scopesOfAda()).toBeUndefined();
	});

	test.each([by('email', 'olga@example.com'), by('username', 'the_owner')])(
		'refuses the owner: %j',
		async (teammate) => {
			const { error } = await sendGrid.run({ parameters: deleteTeammateWith({ teammate }) });
			expect(error?.message).toMatch(/was not deleted: 'olga@example.com' owns the account/);
			expect(sendGrid.calls().filter((call) => !call.startsWith('GET'))).toEqual([]);
		},
	);

	test('names the scope that the key needs', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['teammates.read'] });
		const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(error?.description).toContain("'teammates.delete'");
	});

	test('somebody who vanishes just before the deletion is told as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'DELETE', fault });
		const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(error?.message).toContain('[HTTP 404]');
		expect(error?.description).toContain('Usernames often differ from the email address');
	});
});
