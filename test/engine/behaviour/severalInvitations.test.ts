/** D2, D3, K5: what several invitations of one person, or an expired one, give and keep. */
import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { upsertWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { invited, run } = aboutAda(sendGrid);

test('D3/K5: If Access Differs "Add" takes nothing away, even from a second invitation', async () => {
	sendGrid.state.addPending({ email: ADA, scopes: ['stats.read'], expiresInSeconds: 500_000 });
	sendGrid.state.addPending({
		email: 'Ada@example.com',
		scopes: ['mail.send'],
		expiresInSeconds: 400_000,
	});
	await sendGrid.run({
		items: [{ email: ADA }],
		parameters: upsertWith({ scopes: ['alerts.read'], ifAccessDiffers: 'add' }),
	});
	const [invitation] = sendGrid.state.account().invitations;
	expect(invitation.scopes).toEqual(expect.arrayContaining(['alerts.read', 'stats.read']));
	expect(invitation.scopes).toContain('mail.send');
});

test("D2/D3: 'Leave' keeps the access even if an expired invitation cannot be resent", async () => {
	sendGrid.state.behaviours.resendExpired = 'not-found';
	sendGrid.state.addPending({ email: ADA, scopes: ['mail.send'], expiresInSeconds: -1000 });
	const { results } = await run(upsertWith({ scopes: [], ifAccessDiffers: 'leave' }));
	expect(results).toMatchObject([{ json: { action: 'reinvited', scopes: ['mail.send'] } }]);
	expect(sendGrid.state.account().invitations[0]?.scopes).toEqual(['mail.send']);
});

describe('an expired invitation beside a valid one gives nothing:', () => {
	const expired = (details: object) =>
		invited({ email: 'Ada@example.com', expiresInSeconds: -90 * 24 * 3600, ...details });

	test('its scopes are not given again', async () => {
		invited({ scopes: ['stats.read'] });
		expired({ scopes: ['api_keys.create'] });
		await run(upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' }));
		const [{ scopes }] = sendGrid.state.account().invitations;
		expect([...scopes].sort()).toEqual(['mail.send', 'stats.read']);
	});

	test('nobody is an admin by it', async () => {
		invited({ scopes: ['stats.read'] });
		expired({ is_admin: true });
		const { results } = await run(upsertWith({ scopes: ['mail.send'], ifAccessDiffers: 'add' }));
		expect(results).toMatchObject([{ json: { action: 'reinvited' } }]);
	});
});
