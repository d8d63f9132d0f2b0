import { run } from '../support/machine';

test('npm run demo invites the list once, resends what expires, and counts the emails by row', async () => {
	// Fails, with everything that was printed, if the demo's exit code is not 0.
	const printed = await run('node', ['playground/commands/demo.mts']);
	expect(printed).toContain('5 emails from SendGrid, as expected');
	expect(printed).toMatch(/hedy@acme\.example +invited +eu +1/);
	expect(printed).toMatch(/dev@acme\.example +unchanged: Is a teammate already +0/);
	expect(printed).toMatch(/hedy@acme\.example +unchanged: Was invited before +0/);
	expect(printed).toContain('Expiring.Soon@acme.example: sent again');

	const [first, second] = printed.split('The same list comes a second time');
	const emails = (text: string) =>
		[...text.matchAll(/ (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
	expect([emails(first), emails(second.split('In the night')[0])]).toEqual([4, 0]);
	// The same person in two rows: one email, in the first of them.
	expect(first).toMatch(/^grace\.hopper@acme\.example +invited +global +1$/m);
	expect(first).toMatch(/^grace\.hopper@acme\.example +unchanged: Was invited before +0$/m);
	expect(first).toMatch(/^not an address +failed, see below +0$/m);
	expect(first).toMatch(
		/^ {2}not an address: 'Email' must be an email address, not 'not an address'.+$/m,
	);
	expect(first).toMatch(/^ {2}mary@acme\.example: .*'Region' must be .+, not 'moon'\. .+$/m);
});
