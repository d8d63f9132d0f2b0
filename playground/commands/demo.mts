/**
 * `npm run demo`: the node's main job in a real n8n, headless, against the sandbox.
 * Exit code 0 only if the emails that the sandbox records are exactly as expected.
 */
import path from 'node:path';

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

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** What an HR system would send to the webhook. */
const NEW_HIRES = [
	{ firstName: 'Grace', lastName: 'Hopper', workEmail: 'Grace.Hopper@acme.example' },
	{ firstName: 'Katherine', lastName: 'Johnson', workEmail: 'katherine@acme.example' },
	{ firstName: 'Alan', lastName: 'Turing', workEmail: 'not an address' },
	{ firstName: 'Grace', lastName: 'Hopper', workEmail: 'GRACE.HOPPER@acme.example' },
	{
		firstName: 'Hedy',
		lastName: 'Lamarr',
		workEmail: 'hedy@acme.example',
		region: 'eu',
		subuser: 'acme-eu',
	},
	{ firstName: 'Margaret', lastName: 'Hamilton', workEmail: 'margaret@acme.example' },
	{ firstName: 'Dev', lastName: 'Developer', workEmail: 'dev@acme.example' },
	{ firstName: 'Mary', lastName: 'Jackson', workEmail: 'mary@acme.example', region: 'moon' },
];

const EXPECTED_MAILS = [
	'invitation grace.hopper@acme.example global',
	'invitation hedy@acme.example eu',
	'invitation katherine@acme.example global',
	'invitation margaret@acme.example global',
	'resend Expiring.Soon@acme.example global',
];

/** A row of what the webhook answers. */
interface Outcome {
	email: string;
	outcome: string;
	reason: string;
}

interface Row {
	who: string;
	what: string;
	region: string;
	mails: number;
}

const shorten = (text: string) => (text.length > 74 ? `${text.slice(0, 73)}…` : text);

/** @param sentEmails the emails that are counted */
const rowsOf = (outcomes: Outcome[], sentEmails: SentEmail[]): Row[] =>
	outcomes.map(({ email, outcome, reason }) => {
		const mails = sentEmails.filter((mail) => mail.email.toLowerCase() === email.toLowerCase());
		return {
			who: email,
			what: shorten([outcome, reason].filter(Boolean).join(': ')),
			region: mails.at(-1)?.region ?? '',
			mails: mails.length,
		};
	});

function print(rows: Row[]): void {
	const titles = { who: 'Who', what: 'What happened', region: 'Region' };
	const columns = Object.keys(titles) as Array<keyof typeof titles>;
	const width = (column: keyof typeof titles) =>
		Math.max(titles[column].length, ...rows.map((row) => row[column].length));
	const line = (cells: Record<keyof typeof titles, string>, mails: string) =>
		[...columns.map((column) => cells[column].padEnd(width(column))), mails].join('  ');
	console.log(`\n${line(titles, 'Emails')}`);
	for (const row of rows) console.log(line(row, String(row.mails)));
	console.log('');
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
	const environment = await createN8nEnvironment({ projectRoot, name: 'demo', onStep: step });
	const { n8n, sandbox, keys } = environment;
	const { sentEmails } = sandbox.state;
	try {
		step('Starting n8n');
		await n8n.start();
		const rest = await n8n.rest();
		step('Importing the examples "new hires" and "expiring invitations"');
		const saved = await saveCredentials(rest, playgroundAccounts(keys, fakeSmtp));
		const hires = await saveExample(rest, projectRoot, 'new-hires', saved);
		const expiring = await saveExample(rest, projectRoot, 'expiring-invitations', saved);
		await rest.activate(hires);

		step(`${NEW_HIRES.length} new hires come to the webhook, as an HR system sends them`);
		print(rowsOf(await sendList(rest), sentEmails));
		const sent = sentEmails.length;
		step('The same list comes a second time');
		print(rowsOf(await sendList(rest), sentEmails.slice(sent)));
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
			console.log("Next: npm start opens this node and all examples in n8n's editor.");
		}
		return isAsExpected;
	} finally {
		await environment.close();
		await fakeSmtp.close();
	}
}

process.exitCode = (await demo()) ? 0 : 1;
