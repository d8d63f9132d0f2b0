/**
 * `npm run demo`: the node's main job in a real n8n, headless, against the sandbox.
 * Exit code 0 only if the emails that the sandbox records are exactly as expected.
 */
import type { SentEmail } from '../../sandbox/model.mts';
import {
	WEBHOOK_HEADER,
	playgroundAccounts,
	saveCredentials,
	saveExample,
} from '../n8n/examples.mts';
import { startFakeSmtp } from '../fakes/fakeSmtp.mts';
import type { Rest } from '../n8n/rest.mts';
import { createN8nEnvironment } from '../n8n/n8nEnvironment.mts';

/** What an HR system would send to the webhook. */
const NEW_HIRES = [
	{ firstName: 'Grace', lastName: 'Hopper', workEmail: 'Grace.Hopper@acme.example', subuser: '' },
	{ firstName: 'Katherine', lastName: 'Johnson', workEmail: 'katherine@acme.example', subuser: '' },
	{ firstName: 'Alan', lastName: 'Turing', workEmail: 'not an address', subuser: '' },
	{ firstName: 'Grace', lastName: 'Hopper', workEmail: 'GRACE.HOPPER@acme.example', subuser: '' },
	{
		firstName: 'Hedy',
		lastName: 'Lamarr',
		workEmail: 'hedy@acme.example',
		region: 'eu',
		subuser: 'acme-eu',
	},
	{ firstName: 'Margaret', lastName: 'Hamilton', workEmail: 'margaret@acme.example', subuser: '' },
	{ firstName: 'Dev', lastName: 'Developer', workEmail: 'dev@acme.example', subuser: '' },
	{
		firstName: 'Mary',
		lastName: 'Jackson',
		workEmail: 'mary@acme.example',
		region: 'moon',
		subuser: '',
	},
];

const EXPECTED_MAILS = [
	'invitation grace.hopper@acme.example global',
	'invitation hedy@acme.example eu',
	'invitation katherine@acme.example global',
	'invitation margaret@acme.example global',
	'resend Expiring.Soon@acme.example global',
];

/** A row of the webhook's answer. */
interface Outcome {
	email: string;
	outcome: string;
	reason: string;
}

/**
 * A table with a line for each row, and the failures in full below it.
 *
 * @param sentEmails the emails since the list came. They belong to the first row with their address: the node
 * lets no other send one.
 */
function print(outcomes: Outcome[], sentEmails: SentEmail[]): void {
	const left = new Set(sentEmails);
	const rows = outcomes.map(({ email, outcome, reason }) => {
		const mails = [...left].filter((mail) => mail.email.toLowerCase() === email.toLowerCase());
		for (const mail of mails) left.delete(mail);
		const what = outcome === 'failed' ? 'failed, see below' : [outcome, reason];
		const regions = new Set(mails.map(({ region }) => region));
		return [
			email,
			[what].flat().filter(Boolean).join(': '),
			[...regions].join(),
			`${mails.length}`,
		];
	});
	const table = [['Who', 'What happened', 'Region', 'Emails'], ...rows];
	const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
	const lines = table.map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column]))
			.join('  ')
			.trimEnd(),
	);
	const failures = outcomes
		.filter(({ outcome }) => outcome === 'failed')
		.map(({ email, reason }) => `  ${email}: ${reason}`);
	console.log(['', ...lines, '', 'Failed:', ...failures, ''].join('\n'));
}

/** Sends the list to the webhook, as an HR system does, and reads its answer. */
async function sendList(rest: Rest): Promise<Outcome[]> {
	const secret = { [WEBHOOK_HEADER.name]: WEBHOOK_HEADER.value };
	const response = await rest.callWebhook('new-hires', { employees: NEW_HIRES }, secret);
	if (!response.ok) throw new Error(`the webhook was answered with ${response.status}`);
	return (await response.json()) as Outcome[];
}

async function demo(): Promise<boolean> {
	const startedAt = Date.now();
	const step = (text: string) =>
		console.log(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${text}`);

	const fakeSmtp = await startFakeSmtp();
	const environment = await createN8nEnvironment({ name: 'demo', onStep: step });
	const { n8n, sandbox, keys } = environment;
	const { sentEmails } = sandbox.state;
	try {
		step('Starting n8n');
		await n8n.start();
		const rest = await n8n.rest();
		step('Importing the examples "new hires" and "expiring invitations"');
		const saved = await saveCredentials(rest, playgroundAccounts(keys, fakeSmtp));
		const hires = await saveExample(rest, 'new-hires', saved);
		const expiring = await saveExample(rest, 'expiring-invitations', saved);
		await rest.activate(hires);

		step(`${NEW_HIRES.length} new hires come to the webhook, as an HR system sends them`);
		print(await sendList(rest), sentEmails);
		const sent = sentEmails.length;
		step('The same list comes a second time');
		print(await sendList(rest), sentEmails.slice(sent));
		step('In the night, invitations that are about to expire are sent again. IT is told:');
		const night = await rest.finishedExecution(await rest.runManually(expiring.id, 'Every Night'));
		if (night.error) throw new Error(night.error.message);
		for (const { subject, body } of fakeSmtp.mails) console.log(`\n${subject}\n${body}`);

		const mails = sentEmails.map(({ kind, email, region }) => `${kind} ${email} ${region}`).sort();
		const isAsExpected = JSON.stringify(mails) === JSON.stringify(EXPECTED_MAILS);
		console.log(
			isAsExpected
				? `\n${mails.length} emails from SendGrid, as expected: nobody twice, none for a bad row.`
				: `\nThe emails are not as expected.\nexpected: ${EXPECTED_MAILS.join(', ')}\nsent:     ${mails.join(', ')}`,
		);
		if (isAsExpected) {
			console.log(
				"Next: npm start opens this node and all examples in n8n's editor. In an n8n of your own: docs/install.md",
			);
		}
		return isAsExpected;
	} finally {
		await environment.close();
		await fakeSmtp.close();
	}
}

process.exitCode = (await demo()) ? 0 : 1;
