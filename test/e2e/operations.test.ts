import { outputItems } from '../../playground/run.mts';
import { NAMES, sampleOf, sampleParameters } from '../support/operations';
import { getSubusersWith, getTeammatesWith } from '../support/parameters';
import { runOnce, sharedN8n } from './sharedN8n';

const on = sharedN8n('operations');

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
