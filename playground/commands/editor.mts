import path from 'node:path';

import type { ParsedMail } from 'mailparser';

import { BambooHr } from '../fakes/bamboohr.mts';
import { startFakeSmtp } from '../fakes/fakeSmtp.mts';
import { GoogleSheets } from '../fakes/google-sheets.mts';
import { startMailbox } from '../fakes/mailbox.mts';
import { MicrosoftGraph } from '../fakes/microsoft-graph.mts';
import { Slack } from '../fakes/slack.mts';
import { auditTable } from '../n8n/dataTable.mts';
import {
	FORM_LOGIN,
	playgroundAccounts,
	saveAllExamples,
	WEBHOOK_HEADER,
} from '../n8n/examples.mts';
import {
	createN8nEnvironment,
	type N8nEnvironment,
	type N8nEnvironmentOptions,
} from '../n8n/n8nEnvironment.mts';
import { PINNED_INPUT } from '../n8n/pinnedInput.mts';
import type { SavedWorkflow } from '../n8n/rest.mts';
import { n8nEnvironmentFolder, PROJECT_ROOT } from '../n8n/runtime.mts';

/** What the examples' workflows find in their HR system. */
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

function startServices() {
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
	return services;
}

export interface OpenEditor extends Pick<N8nEnvironment, 'n8n' | 'sandbox' | 'keys'> {
	/** Address of the page with all emails. */
	mailboxUrl: string;
	/** What the examples are saved as, by their names. */
	examples: Record<string, SavedWorkflow>;
	/** What to know and to do next, in plain text. */
	guide: string;
	close(): Promise<void>;
}

const guideTo = ({ n8n, keys }: N8nEnvironment, mailboxUrl: string, folder: string) => `
n8n's editor  ${n8n.url}
  email       ${n8n.owner.email}
  password    ${n8n.owner.password}
Emails        ${mailboxUrl}

In this n8n, SendGrid is a stand-in on your machine, and so are BambooHR, Microsoft Entra ID, Google Sheets, Slack
and the mail server: nobody gets an email, and no real API key works. Only the AI agent's example needs an account
of your own, at OpenAI. The next start resets everything. n8n's password and encryption key are random, and kept in
${path.join(path.relative(PROJECT_ROOT, folder), 'secrets.json')}

Next:
1. Sign in, open "New hires: invite to SendGrid", and click Execute workflow. What comes from outside is pinned
   in the examples with a webhook or a form; the others ask the stand-ins.
2. Execute "New hire form: admin access only after approval", and approve it in the email to security@example.com
   at ${mailboxUrl}
3. Call a webhook as an HR system does, from another terminal:
   curl -X POST ${n8n.url}/webhook/new-hires -H '${WEBHOOK_HEADER.name}: ${WEBHOOK_HEADER.value}' -H 'Content-Type: application/json' -d '{"firstName":"Ada","lastName":"Lovelace","workEmail":"ada.lovelace@acme.example","subuser":""}'
   Or fill in the form, as ${FORM_LOGIN.user} with the password ${FORM_LOGIN.password}: ${n8n.url}/form/new-hire-form
4. Build a workflow of your own: add SendGrid Teammates. It has the credential of the examples already. To see how
   one is made, create another in its list, with the API key
   ${keys.fullAccess}
   or, to see what is refused, with one that may only read statistics:
   ${keys.statsOnly}

Ctrl-C ends it.`;

/**
 * n8n's editor with the node, the examples and what they need, against the sandbox. Webhooks and forms are
 * published.
 *
 * @param options.port of n8n's server. Default: one that is free.
 */
export async function openEditor(
	options: Pick<N8nEnvironmentOptions, 'port' | 'onStep'> & { name?: string },
): Promise<OpenEditor> {
	const { name = 'editor', port, onStep = () => {} } = options;
	const mails: ParsedMail[] = [];
	const fakeSmtp = await startFakeSmtp((mail) => mails.push(mail));
	const services = startServices();
	const environment = await createN8nEnvironment({
		...{ name, port, services, onStep },
	});
	const { n8n, sandbox, keys } = environment;
	const mailbox = await startMailbox(mails, sandbox.state.sentEmails);
	const close = async () => {
		await environment.close();
		await mailbox.close();
		await fakeSmtp.close();
	};
	try {
		onStep('Starting n8n');
		await n8n.start();
		const rest = await n8n.rest();
		onStep('Importing the examples, and publishing those with a webhook or a form');
		await auditTable(rest);
		const examples = await saveAllExamples(rest, playgroundAccounts(keys, fakeSmtp, services));
		for (const example of Object.keys(PINNED_INPUT)) await rest.activate(examples[example]);
		return {
			examples,
			n8n,
			sandbox,
			keys,
			mailboxUrl: mailbox.url,
			guide: guideTo(environment, mailbox.url, n8nEnvironmentFolder(name)),
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}
