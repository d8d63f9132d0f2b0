import { outputItems } from '../../../playground/n8n/run.mts';
import { NAMES, sampleOf, sampleParameters } from '../../support/operations';
import {
	by,
	getSubusersWith,
	getTeammatesWith,
	inviteWith,
	syncWith,
} from '../../support/parameters';
import { runOnce } from '../sharedN8n';
import { on } from './sharedByAll';

test.each(NAMES)('%s does its work in a real n8n', async (name) => {
	const [{ id }] = on.sandbox.state.account().accessRequests;
	const run = await runOnce(on, [{ id }], sampleParameters(name));
	expect(run.error).toBeUndefined();
	expect(outputItems(run, 'SendGrid Teammates').map(({ json }) => json)).toEqual([
		expect.objectContaining(sampleOf(name).gives),
	]);
});

test('an operation runs over all subusers, each in its region', async () => {
	on.sandbox.state.addTeammate({ account: 'acme-marketing', email: 'max@acme.example' });
	const subusers = outputItems(
		await runOnce(on, [{}], getSubusersWith()),
		'SendGrid Teammates',
	).map(({ json }) => json);
	const run = await runOnce(
		on,
		subusers,
		// Admins of the account are in each list.
		getTeammatesWith({
			filters: { role: 'teammate' },
			region: '={{ $json.region }}',
			options: { onBehalfOf: '={{ $json.username }}' },
		}),
	);
	expect(run.error).toBeUndefined();
	expect(outputItems(run, 'SendGrid Teammates').map(({ json }) => json.email)).toEqual([
		'max@acme.example',
		'erika@acme.example',
	]);
});

test('a dry run of a list says what a run then does, and a second run changes nothing', async () => {
	const { state } = on.sandbox;
	state.reset();
	state.addAccount({ name: 'acme' });
	state.addKey({ key: on.keys.fullAccess });
	state.addTeammate({ email: 'olga@acme.example', user_type: 'owner' });
	state.addTeammate({ email: 'ada@acme.example', scopes: ['mail.send'] });
	state.addTeammate({ email: 'gone@acme.example' });
	state.addPending({ email: 'late@acme.example' });
	state.addTeammate({ email: 'guest@partner.example' });
	const items = ['ada', 'new', 'ADA'].map((name) => ({ email: `${name}@acme.example` }));
	const sync = async (options: object) => {
		const limits = { offboardOthers: true, maxOffboarded: 2, offboardDomains: 'acme.example' };
		const run = await runOnce(on, items, syncWith({ ...limits, options: options as never }));
		expect(run.error).toBeUndefined();
		return outputItems(run, 'SendGrid Teammates').map(({ json, pairedItem }) => [
			json.action ?? json.would,
			json.email,
			pairedItem,
		]);
	};
	const expected = [
		['updated', 'ada@acme.example', [{ item: 0 }, { item: 2 }]],
		['invited', 'new@acme.example', { item: 1 }],
		['offboarded', 'late@acme.example', []],
		['kept', 'olga@acme.example', []],
		['offboarded', 'gone@acme.example', []],
		['kept', 'guest@partner.example', []],
	];
	expect(await sync({ dryRun: true })).toEqual(expected);
	expect(state.sentEmails).toEqual([]);
	expect(await sync({})).toEqual(expected);
	expect(state.sentEmails).toHaveLength(1);

	const requests = state.requests.length;
	const again = await sync({});
	expect(again.map(([action]) => action)).toEqual(['unchanged', 'unchanged', 'kept', 'kept']);
	expect(state.requests.slice(requests).filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('somebody is invited with the same access as a teammate', async () => {
	const run = await runOnce(
		on,
		[{ email: 'new@acme.example', like: 'lee@acme.example' }],
		inviteWith({ access: 'teammate', sameAs: by('email', '={{ $json.like }}') }),
	);
	expect(run.error).toBeUndefined();
	const [{ json }] = outputItems(run, 'SendGrid Teammates');
	expect(json).toMatchObject({
		email: 'new@acme.example',
		scopes: ['stats.read', 'templates.read', 'suppression.read'],
	});
});
