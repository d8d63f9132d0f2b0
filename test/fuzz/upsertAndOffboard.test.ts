import fc from 'fast-check';

import { BEHAVIOUR_CANDIDATES, type Behaviours } from '../../sandbox/behaviours.mts';
import { movableClock } from '../support/clock';
import { offboardWith, upsertWith } from '../support/parameters';
import { fakeSendGrid } from '../support/fakeSendGrid';

const sendGrid = fakeSendGrid();
const clock = movableClock();

const EMAILS = ['ada@example.com', 'bob@example.com'];
const ACCESSES = [
	{ access: 'scopes', scopes: ['stats.read'] },
	{ access: 'scopes', scopes: ['mail.send', 'stats.read'] },
	{ access: 'admin', scopes: [] },
];

const start = fc.constantFrom('not known', 'pending', 'expired', 'active', 'both');
const who = fc.nat({ max: EMAILS.length - 1 });
const step = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constant('upsert' as const),
			who,
			access: fc.nat({ max: ACCESSES.length - 1 }),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('offboard' as const), who }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('accept' as const), who }) },
);

/** How the live API behaves is unknown: every history runs under some of the candidates. */
const behaviours = fc.record({
	tokenChangesOnResend: fc.constantFrom(...BEHAVIOUR_CANDIDATES.tokenChangesOnResend),
	expiredStayListed: fc.constantFrom(...BEHAVIOUR_CANDIDATES.expiredStayListed),
	resendExpired: fc.constantFrom(...BEHAVIOUR_CANDIDATES.resendExpired),
	duplicateInvite: fc.constantFrom(...BEHAVIOUR_CANDIDATES.duplicateInvite),
	pendingPaging: fc.constantFrom(...BEHAVIOUR_CANDIDATES.pendingPaging),
});

function put(email: string, state: string) {
	const { state: world } = sendGrid;
	const scopes = ['templates.read'];
	if (state === 'pending') world.addPending({ email, scopes });
	if (state === 'expired') world.addPending({ email, scopes, expiresInSeconds: -60 });
	if (state === 'active' || state === 'both') world.addTeammate({ email, scopes });
	if (state === 'both') world.addPending({ email, scopes });
}

const found = (email: string) => {
	const { teammates, invitations } = sendGrid.state.account();
	return {
		teammate: teammates.find(({ profile }) => profile.email === email),
		// What SendGrid keeps of an expired one without listing it doesn't matter.
		invitations: sendGrid.state
			.pending(sendGrid.state.account())
			.filter((invitation) => invitation.email === email),
		all: invitations,
	};
};

const sorted = (scopes: readonly string[]) => [...scopes].sort();

async function upsertOnce(email: string, wanted: (typeof ACCESSES)[number]) {
	const { results, error } = await sendGrid.run({
		items: [{ email }],
		parameters: upsertWith({ ...wanted, options: { allowAdmins: true } }),
	});
	expect(error).toBeUndefined();
	expect(results).toHaveLength(1);
	return results[0].json;
}

function expectWanted(email: string, wanted: (typeof ACCESSES)[number]) {
	const { teammate, invitations } = found(email);
	const isAdmin = wanted.access === 'admin';
	if (teammate) {
		expect(teammate.profile.is_admin).toBe(isAdmin);
		if (!isAdmin) expect(sorted(teammate.scopes)).toEqual(sorted(wanted.scopes));
		return;
	}
	expect(invitations).toHaveLength(1);
	expect(invitations[0].is_admin).toBe(isAdmin);
	expect(sorted(invitations[0].scopes)).toEqual(sorted(wanted.scopes));
}

test('any history of upserts, offboardings and acceptances ends as wanted, without needless emails', async () => {
	// All histories together are more requests than SendGrid allows in a minute.
	sendGrid.state.rateLimits.set({ limit: 1e6, windowMs: 60_000, reset: 'epoch' });
	await fc.assert(
		fc.asyncProperty(
			fc.array(start, { minLength: EMAILS.length, maxLength: EMAILS.length }),
			fc.array(step, { minLength: 1, maxLength: 6 }),
			behaviours,
			async (starts, steps, answers) => {
				const { state: world } = sendGrid;
				for (const account of world.accounts.values()) {
					account.teammates.length = 0;
					account.invitations.length = 0;
				}
				world.sentEmails.length = 0;
				Object.assign(world.behaviours, answers satisfies Partial<Behaviours>);
				EMAILS.forEach((email, index) => put(email, starts[index]));

				for (const taken of steps) {
					// The node waits until lists must show an email that it has just sent.
					clock.advance(10);
					const email = EMAILS[taken.who];
					const mailsBefore = world.sentEmails.length;
					if (taken.do === 'accept') {
						const [invitation] = found(email).invitations;
						const isOpen = invitation && !world.hasExpired(invitation) && !found(email).teammate;
						if (isOpen) world.accept(email);
					} else if (taken.do === 'offboard') {
						const { error } = await sendGrid.run({
							items: [{ email }],
							parameters: offboardWith({ options: { allowAdmins: true } }),
						});
						expect(error).toBeUndefined();
						expect(found(email).teammate).toBeUndefined();
						expect(found(email).invitations).toEqual([]);
						expect(world.sentEmails).toHaveLength(mailsBefore);
					} else {
						const wanted = ACCESSES[taken.access];
						const { action } = await upsertOnce(email, wanted);
						expectWanted(email, wanted);
						const mails = world.sentEmails.length - mailsBefore;
						const isMailed = ['invited', 'reinvited', 'resent'].includes(String(action));
						expect(mails).toBe(isMailed ? 1 : 0);

						// Again, immediately: nothing is left to do.
						clock.advance(10);
						const again = await upsertOnce(email, wanted);
						expect(again).toMatchObject({ action: 'unchanged', changed: false });
						expect(world.sentEmails).toHaveLength(mailsBefore + mails);
					}
				}
			},
		),
		{ numRuns: 200 },
	);
}, 600_000);
