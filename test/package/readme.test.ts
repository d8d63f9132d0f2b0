import { POWERFUL_SCOPES } from '../../nodes/SendGridTeammates/sendgrid/scopes';
import { builtPackage } from '../support/builtPackage';
import { inProject, readText } from '../support/machine';

/** Rows of the table below a heading of the README, without its head. */
async function tableBelow(heading: string): Promise<string[][]> {
	const readme = await readText(inProject('README.md'));
	const section = readme.split(`\n${heading}\n`)[1] ?? '';
	const table = section.split('\n\n').find((block) => block.trimStart().startsWith('|')) ?? '';
	return table
		.trim()
		.split('\n')
		.slice(2)
		.map((line) =>
			line
				.split('|')
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
}

test("the README's table of operations is the node's description", async () => {
	const { node } = await builtPackage();
	const { properties } = node.description;
	const resources = properties.find(({ name }) => name === 'resource')?.options ?? [];
	const nameOf = (value: unknown) =>
		resources.find((resource) => 'value' in resource && resource.value === value)?.name;
	const described = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const { method, url } = ('routing' in option ? option.routing?.request : undefined) ?? {};
				const request = method ? `\`${method} ${url}\`` : 'several';
				return [nameOf(displayOptions?.show?.resource?.[0]), option.name, request];
			}),
		);
	const rows = await tableBelow('## Operations');
	expect(rows.map(([resource, operation, , request]) => [resource, operation, request])).toEqual(
		described,
	);
});

test("the README's table of compatibility is what is tested", async () => {
	const tested = ['n8n', 'n8n-1'].map(async (name) => {
		const lock = JSON.parse(await readText(inProject('playground', name, 'package-lock.json'))) as {
			packages: Record<string, { version: string }>;
		};
		return ['n8n', 'n8n-core', 'node'].map((part) => lock.packages[`node_modules/${part}`].version);
	});
	expect(await tableBelow('## Compatibility')).toEqual(await Promise.all(tested));
	const { devDependencies } = JSON.parse(await readText(inProject('package.json'))) as {
		devDependencies: Record<string, string>;
	};
	// `npm test` runs the engine tests with that of the first.
	expect(devDependencies['n8n-core']).toBe((await tested[0])[1]);
});

test("the README's table of events is the trigger's description", async () => {
	const { trigger } = await builtPackage();
	const { options = [] } =
		trigger.description.properties.find(({ name }) => name === 'events') ?? {};
	const described = options.map((option) => [
		option.name,
		'value' in option ? `\`${option.value}\`` : '',
	]);
	const rows = await tableBelow('## Trigger');
	expect(rows.map(([name, value]) => [name, value])).toEqual(described);
});

test('the README lists the scopes that count as admin access', async () => {
	const readme = await readText(inProject('README.md'));
	const [, listed = ''] =
		/count as admin access: ([^.]*(?:`[^`]*`[^.`]*)*)\. With/.exec(readme) ?? [];
	expect(listed.split(', ')).toEqual(POWERFUL_SCOPES.map((scope) => `\`${scope}\``));
});

test("the README's table of the credential has all its fields", async () => {
	const { credential } = await builtPackage();
	const rows = await tableBelow('## Credential');
	const named = rows.map(([field]) => field);
	const fields = credential.properties
		.map(({ displayName }) => displayName.replace(' (Insecure)', ''))
		// Described beside the region.
		.filter((name) => name !== 'API URL');
	expect([...named].sort()).toEqual([...fields].sort());
});
