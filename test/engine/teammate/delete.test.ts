import { by, deleteTeammateWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

beforeEach(() => addPeople(sendGrid.state));

const scopesOfAda = () =>
	sendGrid.state.account().teammates.find(({ profile }) => profile.username === 'countess')?.scopes;

describe('Delete', () => {
	test('removes the teammate and says who it was', async () => {
		const { results } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(results.map(({ json }) => json)).toEqual([
			{
				deleted: true,
				email: 'Ada@example.com',
				username: 'countess',
				usernames: ['countess'],
			},
		]);
		expect(scopesOfAda()).toBeUndefined();
	});

	test.each([by('email', 'olga@example.com'), by('username', 'the_owner')])(
		'refuses the owner: %j',
		async (teammate) => {
			const { error } = await sendGrid.run({ parameters: deleteTeammateWith({ teammate }) });
			expect(error?.message).toMatch(/was not deleted: 'olga@example.com' owns the account/);
			expect(sendGrid.writes()).toEqual([]);
		},
	);

	test('D3: refuses admins, unless they are allowed', async () => {
		const adam = { teammate: by('username', 'adam') };
		const { error } = await sendGrid.run({ parameters: deleteTeammateWith(adam) });
		expect(error?.message).toContain('was not deleted: this person is an admin');
		expect(error?.description).toContain("'Allow Admins'");
		expect(sendGrid.writes()).toEqual([]);
		const { results } = await sendGrid.run({
			parameters: deleteTeammateWith({ ...adam, options: { allowAdmins: true } }),
		});
		expect(results).toMatchObject([{ json: { deleted: true, username: 'adam' } }]);
	});

	test('K5: removes all teammates with the address by email', async () => {
		sendGrid.state.addTeammate({ email: 'ADA@example.com', username: 'lovelace' });
		const { results } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(results.map(({ json }) => json)).toEqual([
			{
				deleted: true,
				username: 'countess',
				email: 'Ada@example.com',
				usernames: ['countess', 'lovelace'],
			},
		]);
		expect(scopesOfAda()).toBeUndefined();
	});

	test('K5: removes only that one by username', async () => {
		sendGrid.state.addTeammate({ email: 'ADA@example.com', username: 'lovelace' });
		await sendGrid.run({
			parameters: deleteTeammateWith({ teammate: by('username', 'lovelace') }),
		});
		expect(scopesOfAda()).toBeDefined();
	});

	test('names the scope that the key needs', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['teammates.read'] });
		const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(error?.description).toContain('the scope teammates.delete ');
	});

	test('reports somebody who vanishes just before the deletion as unknown', async () => {
		const fault = { kind: 'status', status: 404, when: 'before' } as const;
		sendGrid.state.faults.add({ method: 'DELETE', fault });
		const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
		expect(error?.message).toContain('HTTP 404)');
		expect(error?.description).toContain('A username may differ from the email address');
	});
});

test('W3: Delete in doubt is unclear, not "was not deleted", if the probe is answered 200 {}', async () => {
	sendGrid.state.faults.add({ method: 'DELETE', fault: { kind: 'drop', when: 'after' } });
	sendGrid.state.faults.add({ method: 'GET', path: /countess$/, fault: { kind: 'slow', ms: 1 } });
	sendGrid.state.faults.add({
		method: 'GET',
		path: /countess$/,
		times: Infinity,
		fault: { kind: 'status', status: 200, when: 'after', body: {} },
	});
	const { error } = await sendGrid.run({ items: ADA, parameters: deleteTeammateWith() });
	expect(scopesOfAda()).toBeUndefined();
	expect(error?.message).toContain("It is unclear whether 'ada@example.com' was deleted");
}, 30_000);
