/**
 * `npm run demo`: the node's main job in a real n8n, headless, against the stand-in for SendGrid.
 * Exit code 0 only if the stand-in's ledger of e-mails is exactly as expected.
 */
import path from 'node:path';

import type { LedgerEntry } from '../sandbox/model.mts';
import { outputItems, type Run } from './run.mts';
import { exampleCredential, exampleWorkflow, setScene } from './scene.mts';
import type { Workflow, WorkflowNode } from './workflow.mts';

const projectRoot = path.resolve(import.meta.dirname, '..');

/** What an HR system would send to the webhook. */
const NEW_HIRES = [
	{ email: 'Grace.Hopper@acme.example', scopes: ['mail.send', 'stats.read'] },
	{ email: 'katherine@acme.example' },
	{ email: 'not an address' },
	{ email: 'GRACE.HOPPER@acme.example', scopes: ['mail.send', 'stats.read'] },
	{ email: 'hedy@acme.example', region: 'eu', subuser: 'acme-eu' },
	{ email: 'margaret@acme.example', admin: true },
	{ email: 'ada@acme.example', scopes: ['user.profile.update'] },
	{ email: 'mary@acme.example', region: 'moon' },
];

const RESEND_TO = 'expiring.soon@acme.example';

const EXPECTED_MAILS = [
	'invitation grace.hopper@acme.example global',
	'invitation hedy@acme.example eu',
	'invitation katherine@acme.example global',
	'invitation margaret@acme.example global',
	'resend Expiring.Soon@acme.example global',
];

/**
 * A workflow that runs without a server: its webhook makes way for a manual trigger, followed by a
 * node of the webhook's name that gives out what the webhook would have received.
 */
function withoutServer(workflow: Workflow, body: unknown): Workflow {
	const trigger: WorkflowNode = {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [-220, 0],
		parameters: {},
	};
	let received = '';
	const nodes = workflow.nodes.map((node): WorkflowNode => {
		if (node.type !== 'n8n-nodes-base.webhook') return node;
		received = node.name;
		return {
			...node,
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			webhookId: undefined,
			parameters: { mode: 'raw', jsonOutput: JSON.stringify({ body }), options: {} },
		};
	});
	return {
		...workflow,
		nodes: [trigger, ...nodes],
		connections: {
			...workflow.connections,
			Start: { main: [[{ node: received, type: 'main', index: 0 }]] },
		},
	};
}

interface Row {
	who: string;
	what: string;
	region: string;
	expires: string;
	mails: number;
}

const shorten = (text: string) => (text.length > 74 ? `${text.slice(0, 73)}…` : text);

/** Items that came out of a node of the workflow, on the way for results or for failures. */
function rowsOf(run: Run, node: string, done: string, ledger: LedgerEntry[]): Row[] {
	const rowOf = (json: Record<string, unknown>, what: string): Row => {
		const who = String(json.email);
		const mails = ledger.filter(({ email }) => email.toLowerCase() === who.toLowerCase());
		return {
			who,
			what: shorten(what),
			region: mails.at(-1)?.region ?? '',
			expires: '',
			mails: mails.length,
		};
	};
	const sources = run.nodes[node]?.[0] ? outputItems(run, node) : [];
	const failures = run.nodes[node]?.[0] ? outputItems(run, node, 1) : [];
	return [
		...sources.map(({ json }) => rowOf(json, done)),
		...failures.map(({ json, pairedItem }) => {
			const index =
				typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : 0;
			const input = outputItems(run, 'Each Person Once')[index]?.json ?? {};
			return rowOf({ email: input.email }, String(json.error));
		}),
	];
}

function print(rows: Row[]): void {
	const titles = { who: 'Who', what: 'What happened', region: 'Region', expires: 'Expires' };
	const columns = Object.keys(titles) as Array<keyof typeof titles>;
	const width = (column: keyof typeof titles) =>
		Math.max(titles[column].length, ...rows.map((row) => row[column].length));
	const line = (cells: Record<keyof typeof titles, string>, mails: string) =>
		[...columns.map((column) => cells[column].padEnd(width(column))), mails].join('  ');
	console.log(`\n${line(titles, 'E-mails')}`);
	for (const row of rows) console.log(line(row, String(row.mails)));
}

async function demo(): Promise<boolean> {
	const startedAt = Date.now();
	const step = (text: string) =>
		console.log(`[${((Date.now() - startedAt) / 1000).toFixed(0).padStart(3)} s] ${text}`);

	const scene = await setScene({ projectRoot, name: 'demo', onStep: step });
	const { n8n, sandbox, keys } = scene;
	try {
		const inviting = withoutServer(exampleWorkflow(projectRoot, 'new-hires'), {
			hires: NEW_HIRES,
		});
		const resending = withoutServer(exampleWorkflow(projectRoot, 'resend-invitation'), {
			email: RESEND_TO,
		});
		step('Importing credential and workflows');
		await n8n.importCredentials([exampleCredential(keys)]);
		await n8n.importWorkflows([inviting, resending]);

		step(`Inviting: ${NEW_HIRES.length} rows, as an HR system sends them`);
		const invited = await n8n.execute(inviting.id ?? '');
		step('Resending an invitation that was not accepted');
		const resent = await n8n.execute(resending.id ?? '');

		const { world } = sandbox;
		const invitations = [...world.accounts.values()].flatMap((account) => account.invitations);
		const rows = [
			...rowsOf(invited, 'Invite', 'invited', world.ledger),
			...rowsOf(resent, 'Resend', 'sent again', world.ledger),
		].map((row) => {
			const match = invitations.find(({ email }) => email.toLowerCase() === row.who.toLowerCase());
			const expires = match && new Date(match.expiration_date * 1000).toISOString();
			return { ...row, expires: expires?.slice(0, 16).replace('T', ' ') ?? '' };
		});
		print(rows);

		const mails = world.ledger
			.map(({ kind, email, region }) => `${kind} ${email} ${region}`)
			.sort();
		const isAsExpected = JSON.stringify(mails) === JSON.stringify(EXPECTED_MAILS);
		console.log(
			isAsExpected
				? `\n${mails.length} e-mails, as expected: nobody twice, none for a bad row.`
				: `\nThe e-mails are not as expected.\nexpected: ${EXPECTED_MAILS.join(', ')}\nsent:     ${mails.join(', ')}`,
		);
		return isAsExpected;
	} finally {
		await scene.close();
	}
}

process.exitCode = (await demo()) ? 0 : 1;
