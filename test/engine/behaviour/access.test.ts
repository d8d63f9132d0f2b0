import { LIVE_SCOPES, PERSONA_SCOPES, UNASSIGNABLE_SCOPES } from '../../../sandbox/scopes.mts';
import { inviteWith } from '../../support/parameters';
import { fakeSendGrid } from '../../support/fakeSendGrid';

const sendGrid = fakeSendGrid();

const ADA = [{ email: 'ada@example.com' }];

const invite = async (parameters: object) =>
	await sendGrid.run({ items: ADA, parameters: inviteWith(parameters as never) });

describe('a persona', () => {
	test.each(['accountant', 'developer', 'marketer', 'observer'] as const)(
		"%s gives SendGrid's own scopes, reduced to what the account has",
		async (persona) => {
			const { results, error } = await invite({ access: 'persona', persona });
			expect(error).toBeUndefined();
			const [{ scopes }] = sendGrid.state.account().invitations;
			const ofSendGrid = PERSONA_SCOPES[persona].filter(
				(scope) => LIVE_SCOPES.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope),
			);
			const slip = 'mail_settings.bounce_purge.update';
			const reading = 'mail_settings.bounce_purge.read';
			expect([...scopes].sort()).toEqual(
				ofSendGrid
					.map((scope) => (persona === 'observer' && scope === slip ? reading : scope))
					.sort(),
			);
			const skipped = (results[0].json.skipped_scopes ?? []) as string[];
			expect([...skipped].sort()).toEqual(
				PERSONA_SCOPES[persona]
					.filter((scope) => !LIVE_SCOPES.includes(scope) && !UNASSIGNABLE_SCOPES.has(scope))
					.sort(),
			);
		},
	);

	test('reports what the account lacks of it', async () => {
		sendGrid.state.addKey({
			key: sendGrid.apiKey,
			scopes: ['teammates.create', 'stats.read', 'billing.read'],
		});
		sendGrid.state.account().scopes.length = 0;
		sendGrid.state.account().scopes.push('teammates.create', 'stats.read', 'billing.read');
		const { results } = await invite({ access: 'persona', persona: 'accountant' });
		expect(results[0].json.scopes).toEqual(expect.arrayContaining(['stats.read', 'billing.read']));
		expect(results[0].json.skipped_scopes).toEqual(expect.arrayContaining(['billing.update']));
	});

	test('takes additional scopes on top, each once', async () => {
		await invite({
			access: 'persona',
			persona: 'accountant',
			additionalScopes: ['mail.send', 'stats.read'],
		});
		const [{ scopes }] = sendGrid.state.account().invitations;
		expect(scopes).toContain('mail.send');
		expect(new Set(scopes).size).toBe(scopes.length);
	});

	test('costs one reading for all items', async () => {
		const items = Array.from({ length: 20 }, (_, i) => ({ email: `new${i}@example.com` }));
		await sendGrid.run({
			items,
			parameters: inviteWith({ access: 'persona', persona: 'observer' }),
		});
		expect(sendGrid.calls().filter((call) => call === 'GET /v3/scopes')).toHaveLength(1);
	});

	test('is refused if the account has nothing of it', async () => {
		sendGrid.state.addKey({ key: sendGrid.apiKey, scopes: ['teammates.create'] });
		const { error } = await invite({ access: 'persona', persona: 'accountant' });
		expect(error?.message).toContain(
			"this API key can't grant anything of the persona beyond what everybody has",
		);
		expect(sendGrid.state.sentEmails).toEqual([]);
	});

	test("is refused if SendGrid doesn't have it", async () => {
		const { error } = await invite({ access: 'persona', persona: 'king' });
		expect(error?.message).toContain(
			"'Persona' must be Accountant, Developer, Marketer or Observer, not 'king'",
		);
		expect(sendGrid.state.requests).toEqual([]);
	});
});

describe('a choice of scopes that nobody can grant', () => {
	test('leaves them out and reports them if that is wanted', async () => {
		const { results } = await invite({
			scopes: ['stats.read', 'user.profile.update'],
			options: { skipUngrantableScopes: true },
		});
		expect(sendGrid.state.account().invitations).toMatchObject([{ scopes: ['stats.read'] }]);
		expect(results[0].json.skipped_scopes).toEqual(['user.profile.update']);
	});

	test('is otherwise refused by name, even among additional scopes', async () => {
		const { error } = await invite({ access: 'persona', additionalScopes: ['2fa_required'] });
		expect(error?.message).toBe(
			"'ada@example.com' was not handled: 'Additional Scope Names or IDs' has scopes that can't be granted to anyone: '2fa_required'",
		);
		expect(sendGrid.state.requests).toEqual([]);
	});
});
