/** With the token of an invitation, anybody can join the account. Where it may be, and that it is nowhere else. */
import type { INodeParameters } from 'n8n-workflow';

import { searchInvitations } from '../../support/editor';
import { aboutAda, ADA } from '../../support/ada';
import { fakeSendGrid } from '../../support/fakeSendGrid';
import { NAMES, sampleParameters, seedExampleCompany, type Name } from '../../support/operations';
import { by, revokeWith } from '../../support/parameters';

const sendGrid = fakeSendGrid();
const { fault } = aboutAda(sendGrid);

/** All tokens, under either name. */
const tokens = (): string[] => [
	...sendGrid.state.account().invitations.map(({ token }) => token),
	...sendGrid.state.sentEmails.map(({ token }) => token),
];

const invitationOf = (address: string) => {
	const found = sendGrid.state.account().invitations.find(({ email }) => email === address);
	if (!found) throw new Error(`${address} has no invitation`);
	return found;
};

async function tokensGivenBy(parameters: INodeParameters): Promise<string[]> {
	const item = seedExampleCompany(sendGrid);
	const before = tokens();
	expect(before.length).toBeGreaterThan(1);
	const { results, stored, error } = await sendGrid.run({ items: [item], parameters });
	expect(error).toBeUndefined();
	expect(results.length).toBeGreaterThan(0);
	const known = [...new Set([...before, ...tokens()])];
	return known.filter((token) => JSON.stringify(stored).includes(token));
}

const GIVES_TOKENS: Name[] = ['inviteWith', 'resendWith'];

test.each(NAMES)('%s returns a token only if it is Invite or Resend Invite', async (name) => {
	const given = await tokensGivenBy(sampleParameters(name));
	expect(given).toHaveLength(GIVES_TOKENS.includes(name) ? 1 : 0);
});

test('Get Many of invitations returns tokens if Simplify is off', async () => {
	const raw = sampleParameters('getInvitationsWith', { simplify: false, filters: {} });
	expect(await tokensGivenBy(raw)).toHaveLength(sendGrid.state.account().invitations.length);
});

test.each([
	['leaves it', { email: 'fresh@acme.example', scopes: ['stats.read'], ifPending: 'leave' }],
	['resends', { email: 'fresh@acme.example', scopes: ['stats.read'], ifPending: 'resend' }],
	['sends a new one', { email: 'fresh@acme.example', scopes: ['mail.send'] }],
	['is a dry run', { email: 'fresh@acme.example', options: { dryRun: true } }],
])('Create or Update returns no token if it %s', async (_, fields) => {
	expect(await tokensGivenBy(sampleParameters('upsertWith', fields))).toEqual([]);
});

test.each(['resendWith', 'revokeWith'] as const)(
	'%s names no token when it fails',
	async (name) => {
		seedExampleCompany(sendGrid);
		const { token } = invitationOf('fresh@acme.example');
		sendGrid.state.faults.add({
			method: name === 'resendWith' ? 'POST' : 'DELETE',
			fault: {
				kind: 'status',
				status: 400,
				when: 'before',
				body: { errors: [{ message: `no ${token}`, field: token }] },
			},
		});
		const { error } = await sendGrid.run({
			parameters: sampleParameters(name, { invitation: by('email', 'fresh@acme.example') }),
		});
		const said = JSON.stringify([error?.message, error?.description]);
		expect(said).toContain('SendGrid says');
		expect(said).not.toContain(token);
	},
);

test('the list of invitations to choose from has no tokens', async () => {
	seedExampleCompany(sendGrid);
	const text = JSON.stringify(await searchInvitations(sendGrid.credential));
	for (const token of tokens()) expect(text).not.toContain(token);
});

test('Section 6: a token that SendGrid repeats as it stood in the path is not shown', async () => {
	sendGrid.state.addPending({ email: ADA, token: 'a+token=of ada' });
	const inPath = encodeURIComponent('a+token=of ada');
	fault({
		method: 'DELETE',
		fault: {
			kind: 'status',
			status: 400,
			when: 'before',
			body: { errors: [{ message: `no route for /v3/teammates/pending/${inPath}` }] },
		},
	});
	const { error } = await sendGrid.run({ items: [{ email: ADA }], parameters: revokeWith() });
	expect(error?.message).not.toContain(inPath);
});
