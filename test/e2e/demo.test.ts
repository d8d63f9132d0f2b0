import { run } from '../support/machine';

test("npm run demo invites the list once and resends what expires, as the sandbox's record of emails says", async () => {
	// Fails, with everything that was printed, if the demo's exit code is not 0.
	const printed = await run('node', ['playground/commands/demo.mts']);
	expect(printed).toContain('5 emails from SendGrid, as expected');
	expect(printed).toMatch(/hedy@acme\.example +invited +eu/);
	expect(printed).toMatch(
		/not an address +failed: 'Email' must be an email address, not 'not an address'/,
	);
	expect(printed).toMatch(/dev@acme\.example +unchanged: Is a teammate already +0/);
	expect(printed).toMatch(/hedy@acme\.example +unchanged: Was invited before +0/);
	expect(printed).toContain('Expiring.Soon@acme.example: sent again');
});
