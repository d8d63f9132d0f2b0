import { run } from '../support/machine';

test('npm run demo invites the list and resends the invitation, as the ledger says', async () => {
	// Fails, with all that it printed, when the demo ends with another exit code than 0.
	const printed = await run('node', ['playground/demo.mts']);
	expect(printed).toContain('5 e-mails, as expected');
	expect(printed).toMatch(/hedy@acme\.example +invited +eu/);
	expect(printed).toMatch(/not an address +'Email' is 'not an address'/);
});
