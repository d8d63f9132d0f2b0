import { outputItems } from '../../playground/run.mts';
import { NAMES, sampleOf, sampleParameters } from '../support/operations';
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
