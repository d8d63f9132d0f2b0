import type { Workflow } from '../../playground/n8n/workflow.mts';
import { evaluate, runCode, type Item } from '../support/exampleCode.mts';
import { inProject, readText } from '../support/machine';

/** Parameters of a node of an example. */
async function parametersOf(name: string, node: string) {
	const { nodes } = JSON.parse(await readText(inProject('examples', `${name}.json`))) as Workflow;
	const found = nodes.find((one) => one.name === node);
	if (!found) throw new Error(`${name} has no node ${node}`);
	return found.parameters;
}

const itemsOf = (...rows: Array<Record<string, unknown>>): Item[] => rows.map((json) => ({ json }));

/** The value that a Set node assigns to a field, as an expression. */
async function assigned(name: string, node: string, field: string) {
	const { assignments } = (await parametersOf(name, node)) as {
		assignments: { assignments: Array<{ name: string; value: string }> };
	};
	return assignments.assignments.find((one) => one.name === field)?.value;
}

describe('Entra groups', () => {
	const user = (mail: string | null, accountEnabled: boolean, userPrincipalName = '') => ({
		'@odata.type': '#microsoft.graph.user',
		displayName: 'Somebody',
		mail,
		userPrincipalName,
		accountEnabled,
	});

	/** @param groups each with its members */
	async function people(groups: Record<string, object[]>) {
		const { jsCode } = await parametersOf('entra-groups', 'Access of Each Person');
		const names = Object.keys(groups);
		return runCode(jsCode, {
			input: itemsOf(...Object.values(groups).map((value) => ({ value }))),
			nodes: { 'SendGrid Groups': itemsOf(...names.map((displayName) => ({ displayName }))) },
		}).map(({ json }) => json);
	}

	test('of two accounts with one address, the enabled one counts, and only its groups', async () => {
		for (const [old, developers] of [
			['ada@example.com', 'SendGrid Developers'],
			[' ADA@example.com', 'SendGrid Developers'],
		]) {
			const found = await people({
				[developers]: [user(old, false)],
				'SendGrid Support': [user('Ada@example.com', true)],
			});
			expect(found).toEqual([
				expect.objectContaining({
					email: 'ada@example.com',
					enabled: true,
					scopes: ['stats.read', 'suppression.read', 'messages.read'],
				}),
			]);
		}
	});

	test('somebody all of whose accounts are disabled is not enabled', async () => {
		const twice = [user('ada@example.com', false), user('Ada@example.com', false)];
		expect(await people({ 'SendGrid Support': twice })).toEqual([
			expect.objectContaining({ email: 'ada@example.com', enabled: false, scopes: [] }),
		]);
	});

	test('a blank mail address gives way to the account name', async () => {
		const found = await people({ 'SendGrid Support': [user(' ', true, 'Ada@acme.example')] });
		expect(found).toEqual([expect.objectContaining({ email: 'ada@acme.example' })]);
	});
});
