import { getTeammatesWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

test('1,000 teammates take at most 4 requests', async () => {
	sendGrid.state.addManyTeammates(1000);
	const { results } = await sendGrid.run({ parameters: getTeammatesWith() });
	expect(results).toHaveLength(1000);
	// K2: each page begins with the last of the one before. 500, 499, 2, and none that is new.
	expect(sendGrid.state.requests.length).toBeLessThanOrEqual(4);
});

describe('filters of teammates', () => {
	beforeEach(() => {
		const { state } = sendGrid;
		state.addTeammate({ email: 'olga@example.com', user_type: 'owner' });
		state.addTeammate({ email: 'adam@example.com', is_admin: true, phone: '123' });
		state.addTeammate({ email: 'sam@example.org', is_sso: true });
		state.addTeammate({ email: 'tim@example.com' });
	});

	const namesOf = (results: Array<{ json: { email?: unknown } }>) =>
		results.map(({ json }) => String(json.email).split('@')[0]);

	test.each([
		[{}, ['olga', 'adam', 'sam', 'tim']],
		[{ role: 'owner' }, ['olga']],
		[{ role: 'admin' }, ['adam']],
		[{ role: 'teammate' }, ['sam', 'tim']],
		[{ sso: true }, ['sam']],
		[{ sso: false }, ['olga', 'adam', 'tim']],
		[{ emailDomain: 'example.org' }, ['sam']],
		[{ role: 'teammate', sso: false }, ['tim']],
	])('%j', async (filters, expected) => {
		const { results } = await sendGrid.run({ parameters: getTeammatesWith({ filters }) });
		expect(namesOf(results)).toEqual(expected);
	});

	test('whoever is not said to sign in by single sign-on does not', async () => {
		sendGrid.state.faults.add({ fault: { kind: 'rename', from: 'is_sso', to: 'sso' } });
		const { results } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { sso: false } }),
		});
		expect(results).toHaveLength(4);
	});

	test('a role that is none is refused', async () => {
		const { error } = await sendGrid.run({
			parameters: getTeammatesWith({ filters: { role: 'king' } }),
		});
		expect(error?.message).toContain(
			"'Role' in 'Filters' must be Admin, Owner or Teammate, not 'king'",
		);
	});

	test('simplified, a record holds the essentials; else all that SendGrid has', async () => {
		const filters = { role: 'admin' };
		const [simple] = (await sendGrid.run({ parameters: getTeammatesWith({ filters }) })).results;
		expect(simple.json).toEqual({
			username: 'adam@example.com',
			email: 'adam@example.com',
			first_name: '',
			last_name: '',
			user_type: 'admin',
			is_admin: true,
			is_sso: false,
		});
		const [raw] = (
			await sendGrid.run({ parameters: getTeammatesWith({ filters, simplify: false }) })
		).results;
		expect(raw.json).toMatchObject({ phone: '123' });
	});
});
