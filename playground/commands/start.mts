/**
 * `npm start`: n8n's editor with the node, the example workflows and a credential in place, against the
 * sandbox. Runs until Ctrl-C.
 */
import { once } from 'node:events';
import path from 'node:path';

import { FORM_LOGIN, WEBHOOK_HEADER, allExamples, playgroundAccounts } from '../n8n/examples.mts';
import { auditTable } from '../n8n/dataTable.mts';
import { startFakeSmtp } from '../fakes/fakeSmtp.mts';
import { createN8nEnvironment } from '../n8n/n8nEnvironment.mts';
import { BambooHr } from '../fakes/bamboohr.mts';
import { GoogleSheets } from '../fakes/google-sheets.mts';
import { MicrosoftGraph } from '../fakes/microsoft-graph.mts';
import { Slack } from '../fakes/slack.mts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const PORT = Number(process.env.PORT ?? 5678);

/** What the examples' workflows find at their HR system. */
const EMPLOYEES = [
	{ displayName: 'Grace Hopper', workEmail: 'grace@acme.example', department: 'Engineering' },
	{ displayName: 'Mary Jackson', workEmail: 'mary@acme.example', department: 'Finance' },
	{ displayName: 'Lee Legacy', workEmail: 'lee@acme.example', department: 'Marketing' },
];

/** What they find in the sheet of the roster. */
const ROSTER = [
	{ email: 'grace@acme.example', persona: 'developer' },
	{ email: 'lee@acme.example', persona: 'observer' },
];

/** What they find in Microsoft Entra ID. */
const directoryUser = (name: string, accountEnabled = true) => ({
	displayName: name,
	mail: `${name.toLowerCase()}@acme.example`,
	userPrincipalName: `${name.toLowerCase()}@acme.example`,
	accountEnabled,
});

const bambooHr = new BambooHr();
const googleSheets = new GoogleSheets();
const graph = new MicrosoftGraph();
const services = [bambooHr, new Slack(), googleSheets, graph];
for (const service of services) service.reset();
bambooHr.employees = EMPLOYEES;
googleSheets.fill('Roster', ROSTER);
graph.groups = {
	'SendGrid Developers': [directoryUser('Grace'), directoryUser('Dev', false)],
	'SendGrid Support': [directoryUser('Mary')],
};

const fakeSmtp = await startFakeSmtp();
const environment = await createN8nEnvironment({
	projectRoot,
	name: 'editor',
	port: PORT,
	services,
	onStep: (step) => console.log(`${step} …`),
});
try {
	const { n8n, sandbox, keys, secrets } = environment;
	const accounts = playgroundAccounts(keys, fakeSmtp, services);
	const { workflows, credentials } = allExamples(projectRoot, accounts);
	await n8n.importCredentials(credentials);
	await n8n.importWorkflows(workflows);
	console.log('Starting n8n …');
	await n8n.start();
	await auditTable(await n8n.rest());

	console.log(`
n8n's editor   ${n8n.url}
  email        ${n8n.owner.email}
  password     ${n8n.owner.password}

Its encryption key is ${secrets.encryptionKey}. Key and password were drawn at random for
this folder of .playground/, and are kept there in secrets.json.

The examples' webhooks want the header ${WEBHOOK_HEADER.name}: ${WEBHOOK_HEADER.value}, their form ${FORM_LOGIN.user} / ${FORM_LOGIN.password}.
What they send by email, to Slack and to Google Sheets stays here, and what they read from there, BambooHR
and Microsoft Entra ID comes from here. Only for the AI agent's example you need an account of your own,
at OpenAI.

In this n8n, api.sendgrid.com and api.eu.sendgrid.com are a stand-in on this machine: no email
leaves it, and no real API key works. What it would have sent: ${sandbox.controlUrl}/sent-emails

Next: sign in, open one of the examples, and run it. Ctrl-C ends it.`);
	await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
	console.log('\nStopping …');
} finally {
	await environment.close();
	await fakeSmtp.close();
}
