/** The example in which a sheet decides who has access, on a stand-in of Google Sheets. */
import { outputItems } from '../../../playground/n8n/run.mts';
import { until } from '../../support/machine';
import { openLink } from '../savedExamples';
import { examples, googleSheets, on } from './sharedByAll';

/** Starts Monday's comparison. @returns workflow and execution */
async function monday(): Promise<{ workflow: string; execution: string }> {
	const { id } = await examples.save('roster');
	return { workflow: id, execution: await on.rest.runManually(id, 'Every Monday') };
}

/** Clicks on an answer in the email that arrives next. @returns the email */
async function answer(workflow: string, approved: boolean) {
	await until(() => examples.mails.length > 0);
	const mail = examples.mails.shift();
	const links = [...(mail?.body.matchAll(/href="(http[^"]+)"/g) ?? [])].map(([, link]) => link);
	await on.rest.waitingExecutions(workflow);
	await openLink(links.find((url) => url.includes(`approved=${String(approved)}`)) ?? '');
	return mail;
}

/** Everybody in the account who is neither admin nor owner, except dev and fresh. */
const STAYING = ['lee', 'Mia.Marketer+news', 'Expiring.Soon'].map((name) => ({
	email: `${name}@acme.example`,
	persona: 'observer',
}));

const account = () => on.sandbox.state.account();
const here = () => [
	...account().teammates.map(({ profile }) => profile.email),
	...account().invitations.map(({ email }) => email),
];
const writes = () =>
	on.sandbox.state.requests.flatMap(({ method, path }) =>
		method === 'GET' ? [] : [`${method} ${path}`],
	);

describe('roster', () => {
	// Only single sign-on operations change what he may do in subusers.
	beforeEach(() => {
		account().teammates = account().teammates.filter(
			({ profile }) => profile.email !== 'sam@acme.example',
		);
	});

	const fill = (...more: Array<{ email: string; persona: string }>) => {
		googleSheets.fill('Roster', [...STAYING, ...more]);
	};

	test('the plan is sent for approval, then carried out as it was approved', async () => {
		fill({ email: ' Grace@acme.example', persona: 'Developer' });
		const { workflow, execution } = await monday();
		await until(() => examples.mails.length > 0);
		expect(writes()).toEqual([]);
		// Rows that are added in the meantime were not approved.
		fill({ email: 'mallory@acme.example', persona: 'developer' });
		const mail = await answer(workflow, true);
		expect(mail?.to).toEqual(['security@example.com']);
		for (const planned of [
			/invited? grace@/,
			/offboard(ed)? dev@/,
			/offboard(ed)? fresh@/,
			/updated? lee@/,
		]) {
			expect(mail?.body).toMatch(planned);
		}
		expect(mail?.body).not.toMatch(/adam|olivia/);

		const run = await on.rest.finishedExecution(execution);
		expect(run.error).toBeUndefined();
		expect(here()).toContain('grace@acme.example');
		expect(here()).toEqual(expect.arrayContaining(['adam@acme.example', 'olivia@acme.example']));
		for (const gone of ['dev', 'fresh', 'mallory']) {
			expect(here()).not.toContain(`${gone}@acme.example`);
		}
		expect(examples.mails).toEqual([
			{
				to: ['security@example.com'],
				subject: expect.stringMatching(/^SendGrid: \d+ changed, 0 failed$/),
				body: expect.stringContaining('invited grace@acme.example'),
			},
		]);

		// A second time there is nothing to approve.
		const before = writes().length;
		fill({ email: 'grace@acme.example', persona: 'developer' });
		const again = await on.rest.finishedExecution((await monday()).execution);
		expect(again.error).toBeUndefined();
		expect(outputItems(again, 'Changes')).toEqual([]);
		expect(writes()).toHaveLength(before);
	});

	test('nothing is done if somebody else would be offboarded than was approved', async () => {
		fill();
		const { workflow, execution } = await monday();
		await until(() => examples.mails.length > 0);
		// As many people as in the plan, but not the same.
		account().teammates = account().teammates.filter(
			({ profile }) => profile.email !== 'dev@acme.example',
		);
		on.sandbox.state.addTeammate({ email: 'eve@acme.example', scopes: ['stats.read'] });
		const mail = await answer(workflow, true);
		expect(mail?.body).not.toContain('eve@');

		expect((await on.rest.finishedExecution(execution)).error).toBeUndefined();
		expect(writes()).toEqual([]);
		expect(examples.mails).toEqual([
			{
				to: ['security@example.com'],
				subject: 'SendGrid: nothing was done, because the approved plan no longer fits',
				body: expect.stringMatching(
					/^Approved was:\n[^]*offboarded dev@[^]*\n\nNow it would be:\n[^]*offboarded eve@/,
				),
			},
		]);
	});

	test("nothing is done if somebody's access is no longer the one that was approved", async () => {
		fill();
		const { workflow, execution } = await monday();
		await until(() => examples.mails.length > 0);
		const lee = account().teammates.find(({ profile }) => profile.email === 'lee@acme.example');
		lee?.scopes.push('api_keys.create');
		const mail = await answer(workflow, true);
		expect(mail?.body).toMatch(/updated lee@acme\.example; has [^\n]*stats\.read/);
		expect(mail?.body).not.toContain('api_keys.create');

		expect((await on.rest.finishedExecution(execution)).error).toBeUndefined();
		expect(writes()).toEqual([]);
		expect(examples.mails).toEqual([
			expect.objectContaining({
				body: expect.stringMatching(/Now it would be:\n[^]*updated lee@[^\n]*api_keys\.create/),
			}),
		]);
	});

	test('two logins with one address are offboarded as approved', async () => {
		const twin = { email: 'twin@acme.example', scopes: ['stats.read'] };
		on.sandbox.state.addTeammate({ ...twin, username: 'twin_one' });
		on.sandbox.state.addTeammate({ ...twin, username: 'twin_two' });
		fill();
		const { workflow, execution } = await monday();
		const mail = await answer(workflow, true);
		expect(mail?.body).toContain('offboarded twin@acme.example; as twin_one, twin_two');
		await on.rest.finishedExecution(execution);
		expect(here()).not.toContain('twin@acme.example');
	});

	test('nothing is done if more people would be offboarded than was approved', async () => {
		fill();
		const { workflow, execution } = await monday();
		await until(() => examples.mails.length > 0);
		on.sandbox.state.addTeammate({ email: 'eve@acme.example', scopes: ['stats.read'] });
		await answer(workflow, true);
		await on.rest.finishedExecution(execution);
		expect(writes()).toEqual([]);
		expect(examples.mails).toEqual([
			expect.objectContaining({
				to: ['security@example.com'],
				body: expect.stringMatching(
					/Now it would be:\n[^]*offboarded dev@[^]*offboarded eve@[^]*\n\nRun the/,
				),
			}),
		]);
	});

	test('nothing is done without a yes', async () => {
		fill({ email: 'grace@acme.example', persona: 'developer' });
		const { workflow, execution } = await monday();
		await answer(workflow, false);
		expect((await on.rest.finishedExecution(execution)).error).toBeUndefined();
		expect(writes()).toEqual([]);
	});

	test('a wrong row holds up the whole list, and IT is told which', async () => {
		fill({ email: 'grace', persona: 'developer' }, { email: 'ada@acme.example', persona: 'pilot' });
		const run = await on.rest.finishedExecution((await monday()).execution);
		expect(run.error).toBeUndefined();
		expect(writes()).toEqual([]);
		expect(examples.mails).toEqual([
			{
				to: ['it@example.com'],
				subject: 'SendGrid: the roster was not carried out as it stands',
				body: expect.stringMatching(/grace: .*email address[^]*ada@acme\.example: .*pilot/),
			},
		]);
	});

	test('nobody is offboarded if there are more than five leavers, and IT is told', async () => {
		for (let index = 1; index <= 4; index += 1) {
			on.sandbox.state.addTeammate({ email: `temp${index}@acme.example`, scopes: ['stats.read'] });
		}
		fill();
		const before = here();
		expect((await on.rest.finishedExecution((await monday()).execution)).error).toBeUndefined();
		expect(here()).toEqual(before);
		expect(writes()).toEqual([]);
		expect(examples.mails).toEqual([
			expect.objectContaining({
				to: ['it@example.com'],
				body: expect.stringContaining("6 people would be offboarded, and 'Max Offboarded' is 5"),
			}),
		]);
	});

	test('somebody at another domain is never offboarded', async () => {
		on.sandbox.state.addTeammate({ email: 'agency@elsewhere.example', scopes: ['stats.read'] });
		fill();
		const { workflow, execution } = await monday();
		const mail = await answer(workflow, true);
		expect(mail?.body).not.toContain('agency');
		await on.rest.finishedExecution(execution);
		expect(here()).toContain('agency@elsewhere.example');
	});
});
