import { by, getTeammateWith } from '../../support/parameters';
import { addPeople } from '../../support/people';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

beforeEach(() => addPeople(sendGrid.state));

describe('Get', () => {
	test.each([
		['by email, whatever the case', by('email', ' ADA@example.com')],
		['by username', by('username', ' countess ')],
		['from the list', by('list', 'countess')],
	])('finds a teammate %s', async (_, teammate) => {
		const { results, error } = await sendGrid.run({ parameters: getTeammateWith({ teammate }) });
		expect(error).toBeUndefined();
		expect(results).toMatchObject([{ json: { username: 'countess', first_name: 'Ada' } }]);
		expect(results[0].json.scopes).toEqual(expect.arrayContaining(['stats.read']));
		expect(sendGrid.calls().at(-1)).toBe('GET /v3/teammates/countess');
	});

	test('keeps a username with special characters in one part of the path', async () => {
		sendGrid.state.addTeammate({ email: 'a+b@example.com' });
		const { results } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'a+b@example.com') }),
		});
		expect(results).toHaveLength(1);
		expect(sendGrid.calls()).toEqual(['GET /v3/teammates/a%2Bb%40example.com']);
	});

	test.each([
		['penny@example.com', "this person has been invited and hasn't accepted yet"],
		['nobody@example.com', "no teammate has the address 'nobody@example.com'"],
	])('says why there is no record of %s', async (email, message) => {
		const { error } = await sendGrid.run({ items: [{ email }], parameters: getTeammateWith() });
		expect(error?.message).toBe(`The record of '${email}' could not be read: ${message}`);
	});

	test('reports an unknown username', async () => {
		const { error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', 'ghost') }),
		});
		expect(error?.message).toBe(
			"The record of 'ghost' could not be read: no teammate has the username 'ghost' (HTTP 404)",
		);
		expect(error?.description).toContain('A username may differ from the email address');
	});

	test.each(['..', 'a/b', ' '])('sends nothing for the username %j', async (username) => {
		const { error } = await sendGrid.run({
			parameters: getTeammateWith({ teammate: by('username', username) }),
		});
		expect(error?.message).toContain("'Teammate'");
		expect(sendGrid.state.requests).toEqual([]);
	});
});

test('Get names the field if the address is missing', async () => {
	const { error } = await sendGrid.run({ items: [{}], parameters: getTeammateWith() });
	expect(error?.message).toBe("'Teammate' is empty");
});

test('Get returns the essentials of a record with Simplify, otherwise everything', async () => {
	const teammate = by('username', 'countess');
	const [simple] = (await sendGrid.run({ parameters: getTeammateWith({ teammate }) })).results;
	const scopes = expect.arrayContaining(['stats.read', 'templates.read']);
	expect(simple.json).toEqual({
		email: 'Ada@example.com',
		first_name: 'Ada',
		last_name: '',
		username: 'countess',
		user_type: 'teammate',
		is_admin: false,
		is_sso: false,
		mfa: 'required',
		scopes,
	});
	const [raw] = (await sendGrid.run({ parameters: getTeammateWith({ teammate, simplify: false }) }))
		.results;
	expect(raw.json).toMatchObject({ email: 'Ada@example.com', phone: '', scopes });
	expect(raw.json).not.toHaveProperty('mfa');
});
