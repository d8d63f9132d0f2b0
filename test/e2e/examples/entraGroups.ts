/** The example that takes access from the groups of Microsoft Entra ID, on a stand-in of Microsoft Graph. */
import type { Run } from '../../../playground/n8n/run.mts';
import type { DirectoryUser } from '../../../playground/fakes/microsoft-graph.mts';
import type { WorkflowNode } from '../../../playground/n8n/workflow.mts';
import { auditTable, type AuditTable } from '../../../playground/n8n/dataTable.mts';
import { examples, graph, on } from './sharedByAll';

describe('Entra groups', () => {
	let audit: AuditTable;
	beforeAll(async () => {
		audit = await auditTable(on.rest);
	});

	/** n8n 1.x finds a data table only by its id. */
	const withTable = (node: WorkflowNode): WorkflowNode =>
		node.name === 'Audit' && on.n8n.major === 1
			? {
					...node,
					parameters: {
						...node.parameters,
						dataTableId: { __rl: true, mode: 'id', value: audit.id },
					},
				}
			: node;

	async function morning(
		change: (node: WorkflowNode) => WorkflowNode = (node) => node,
	): Promise<Run> {
		const { id } = await examples.save('entra-groups', (node) => change(withTable(node)));
		return await on.rest.finishedExecution(await on.rest.runManually(id, 'Every Morning'));
	}

	const member = (name: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
		displayName: name,
		mail: `${name.toLowerCase()}@acme.example`,
		userPrincipalName: `${name.toLowerCase()}@acme.onmicrosoft.example`,
		accountEnabled: true,
		...more,
	});

	const account = () => on.sandbox.state.account();
	const sentEmails = () =>
		on.sandbox.state.sentEmails.map(({ kind, email }) => `${kind} ${email}`).sort();
	const scopesOf = (email: string) =>
		account().invitations.find((invitation) => invitation.email === email)?.scopes;
	const writes = () => on.sandbox.state.requests.filter(({ method }) => method !== 'GET');

	/** New rows of the data table since the last call, by address. */
	let seen = 0;
	async function newRows() {
		const rows = await audit.rows();
		const added = rows.slice(seen);
		seen = rows.length;
		return added
			.map(({ email, outcome, reason }) => [email, outcome, reason])
			.sort(([one], [other]) => String(one).localeCompare(other));
	}
	beforeEach(async () => {
		await newRows();
	});

	test('members get the access of their groups, disabled accounts lose SendGrid, and each change is recorded', async () => {
		graph.groups = {
			'SendGrid Developers': [
				member('Grace'),
				member('Lee', { accountEnabled: false }),
				member('Fresh', { accountEnabled: false }),
				member('Dev'),
				member('Nobody', { mail: 'not an address' }),
				member('Adam', { accountEnabled: false }),
			],
			'SendGrid Support': [
				member('Grace'),
				member('Katherine', { mail: null }),
				member('Sam', { accountEnabled: false }),
			],
			// His other account.
			'SendGrid Unknown': [member('Mary'), member('Sam')],
			Others: [member('Hedy')],
		};
		const run = await morning();
		expect(run.error).toBeUndefined();
		expect(sentEmails()).toEqual([
			'invitation grace@acme.example',
			'invitation katherine@acme.onmicrosoft.example',
		]);
		expect(scopesOf('grace@acme.example')).toEqual(
			expect.arrayContaining(['mail.send', 'templates.read', 'suppression.read']),
		);
		expect(scopesOf('katherine@acme.onmicrosoft.example')).not.toContain('mail.send');

		const here = account().teammates.map(({ profile }) => profile.email);
		expect(here).not.toContain('lee@acme.example');
		expect(here).toEqual(expect.arrayContaining(['adam@acme.example', 'sam@acme.example']));
		expect(scopesOf('fresh@acme.example')).toBeUndefined();
		// What they had is kept.
		expect(
			account().teammates.find(({ profile }) => profile.email === 'dev@acme.example')?.scopes,
		).toEqual(expect.arrayContaining(['user.webhooks.event.settings.read', 'templates.read']));

		expect(await newRows()).toEqual([
			['adam@acme.example', 'failed', expect.stringContaining('admin')],
			['dev@acme.example', 'updated', ''],
			['fresh@acme.example', 'revoked', ''],
			['grace@acme.example', 'invited', ''],
			['katherine@acme.onmicrosoft.example', 'invited', ''],
			['lee@acme.example', 'deleted', ''],
			['not an address', 'failed', expect.stringContaining('email address')],
		]);
		expect(examples.mails).toEqual([
			{
				to: ['it@example.com'],
				subject: 'SendGrid: 2 of the people in Entra groups failed',
				body: expect.stringMatching(/^not an address: .+\nadam@acme\.example: /),
			},
		]);

		// The next morning nothing is left to do.
		const before = writes().length;
		await morning();
		expect(writes()).toHaveLength(before);
		expect((await newRows()).map(([, outcome]) => outcome)).toEqual(['failed', 'failed']);
	});

	test('nobody waits for the data table to lose their access', async () => {
		graph.groups = {
			'SendGrid Support': [member('Grace'), member('Lee', { accountEnabled: false })],
		};
		const run = await morning((node) =>
			node.name === 'Audit'
				? {
						...node,
						parameters: {
							...node.parameters,
							dataTableId: { __rl: true, mode: 'id', value: 'missing' },
						},
					}
				: node,
		);
		expect(run.status).toBe('error');
		expect(sentEmails()).toEqual(['invitation grace@acme.example']);
		expect(account().teammates.map(({ profile }) => profile.email)).not.toContain(
			'lee@acme.example',
		);
	});

	test('a group of several pages is read to its end', async () => {
		graph.groups = {
			'SendGrid Support': Array.from({ length: 7 }, (_, index) => member(`Person${index}`)),
		};
		expect((await morning()).error).toBeUndefined();
		expect(sentEmails()).toHaveLength(7);
	});

	test('nothing is done if Entra does not say who is disabled', async () => {
		graph.groups = {
			'SendGrid Support': [member('Grace'), member('Lee', { accountEnabled: null })],
		};
		const run = await morning();
		expect(run.status).toBe('error');
		expect(JSON.stringify(run.error)).toContain('User.Read.All');
		expect(writes()).toEqual([]);
		expect(await newRows()).toEqual([]);
	});

	test('the execution fails if Entra does not accept the token', async () => {
		const { type, data } = graph.credential;
		const wrong = await on.rest.createCredential({
			name: 'Wrong',
			type,
			data: { ...data, oauthTokenData: { access_token: 'expired' } },
		});
		const run = await morning((node) =>
			node.credentials?.[type] ? { ...node, credentials: { [type]: wrong } } : node,
		);
		expect(run.status).toBe('error');
		expect(writes()).toEqual([]);
	});
});
