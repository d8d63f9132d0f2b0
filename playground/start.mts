/**
 * `npm start`: n8n's editor with the node, the example workflows and a credential in place, against the
 * stand-in for SendGrid. Runs until Ctrl-C.
 */
import { once } from 'node:events';
import path from 'node:path';

import { OWNER } from './rest.mts';
import { exampleCredential, exampleWorkflow, setScene } from './scene.mts';

const projectRoot = path.resolve(import.meta.dirname, '..');
const PORT = Number(process.env.PORT ?? 5678);

const scene = await setScene({
	projectRoot,
	name: 'editor',
	port: PORT,
	onStep: (step) => console.log(`${step} …`),
});
try {
	const { n8n, sandbox, keys } = scene;
	await n8n.importCredentials([exampleCredential(keys)]);
	await n8n.importWorkflows(
		['new-hires', 'resend-invitation', 'joined'].map((name) => exampleWorkflow(projectRoot, name)),
	);
	console.log('Starting n8n …');
	await n8n.start();
	await n8n.rest();

	console.log(`
n8n's editor   ${n8n.url}
  e-mail       ${OWNER.email}
  password     ${OWNER.password}

In this n8n, api.sendgrid.com and api.eu.sendgrid.com are a stand-in on this machine: no e-mail
leaves it, and no real API key works. What it would have sent: ${sandbox.controlUrl}/ledger

Ctrl-C ends it.`);
	await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
	console.log('\nStopping …');
} finally {
	await scene.close();
}
