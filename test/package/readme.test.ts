import { POWERFUL_SCOPES } from '../../nodes/SendGridTeammates/sendgrid/scopes';
import { builtPackage } from '../support/builtPackage';
import { filesBelow, inProject, readText } from '../support/machine';

/** Rows of the table below a heading of a page, without its head. */
async function tableBelow(heading: string, page = 'README.md'): Promise<string[][]> {
	const text = `\n${await readText(inProject(page))}`;
	const section = text.split(`\n${heading}\n`)[1] ?? '';
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

/** Resource, operation and request of each operation, as the node describes them. */
async function describedOperations(): Promise<string[][]> {
	const { properties } = (await builtPackage()).node.description;
	const resources = properties.find(({ name }) => name === 'resource')?.options ?? [];
	const nameOf = (value: unknown) =>
		resources.find((resource) => 'value' in resource && resource.value === value)?.name ?? '';
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const { method, url } = ('routing' in option ? option.routing?.request : undefined) ?? {};
				const request = method ? `\`${method} ${url}\`` : 'several';
				return [nameOf(displayOptions?.show?.resource?.[0]), option.name, request];
			}),
		);
}

test("the README's table of operations is the node's description", async () => {
	const nameOf = ([resource, operation]: string[]) => [resource, operation];
	const rows = await tableBelow('## Operations');
	expect(rows.map(nameOf)).toEqual((await describedOperations()).map(nameOf));
});

test("docs/operations.md's table of operations is the node's description", async () => {
	expect(await tableBelow('# Operations', 'docs/operations.md')).toEqual(
		await describedOperations(),
	);
});

test("the README's table of compatibility is what is tested", async () => {
	const tested = ['n8n', 'n8n-1'].map(async (name) => {
		const lock = JSON.parse(
			await readText(inProject('playground/versions', name, 'package-lock.json')),
		) as {
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

test("docs/trigger.md's table of events is the trigger's description", async () => {
	const { trigger } = await builtPackage();
	const { options = [] } =
		trigger.description.properties.find(({ name }) => name === 'events') ?? {};
	const described = options.map((option) => [
		option.name,
		'value' in option ? `\`${option.value}\`` : '',
	]);
	const rows = await tableBelow('## Events', 'docs/trigger.md');
	expect(rows.map(([name, value]) => [name, value])).toEqual(described);
});

test('docs/credential.md lists the scopes that count as admin access', async () => {
	const page = await readText(inProject('docs/credential.md'));
	const [, listed = ''] =
		/count as admin access: ([^.]*(?:`[^`]*`[^.`]*)*)\. With/.exec(page) ?? [];
	expect(listed.split(', ')).toEqual(POWERFUL_SCOPES.map((scope) => `\`${scope}\``));
});

test.each([
	['README.md', '## Credential', ['API URL']],
	['docs/credential.md', '## Fields', []],
])("%s has the credential's fields in a table", async (page, heading, leftOut) => {
	const { properties } = (await builtPackage()).credential;
	const fields = properties
		.map(({ displayName }) => displayName.replace(' (Insecure)', ''))
		.filter((name) => !leftOut.includes(name));
	const named = (await tableBelow(heading, page)).map(([field]) => field);
	expect([...named].sort()).toEqual([...fields].sort());
});

/** Every page of the project, as a path from its root. */
async function allPages(): Promise<string[]> {
	const inFolders = ['docs', 'test', 'sandbox', 'bench'].map(async (folder) =>
		(await filesBelow(inProject(folder))).map((file) => `${folder}/${file}`),
	);
	const found = (await Promise.all(inFolders)).flat().filter((file) => file.endsWith('.md'));
	return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...found];
}

/** How GitHub names the place of a heading. */
const anchorOf = (heading: string) =>
	heading
		.toLowerCase()
		.replace(/[^\w\- ]/g, '')
		.replaceAll(' ', '-');

/** Where a page's links and pictures lead, as paths from the project's root. */
async function targetsOf(page: string): Promise<string[]> {
	const { repository } = JSON.parse(await readText(inProject('package.json'))) as {
		repository: { url: string };
	};
	const [, name = ''] = /github\.com\/(.+)\.git$/.exec(repository.url) ?? [];
	const root = `https://raw.githubusercontent.com/${name}/main/`;
	const text = (await readText(inProject(page))).replace(/^```.*?^```/gms, '');
	return [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)]
		.map(([, link, picture]) => new URL(link ?? picture, root + page).href)
		.filter((target) => target.startsWith(root))
		.map((target) => target.slice(root.length));
}

test('links lead to pages, pictures and headings that exist', async () => {
	const broken: string[] = [];
	let links = 0;
	for (const page of await allPages()) {
		for (const target of await targetsOf(page)) {
			links += 1;
			const [file, anchor] = target.split('#');
			const text = await readText(inProject(file)).catch((error: Error) =>
				error.message.includes('EISDIR') ? '' : undefined,
			);
			const anchors = [...(text ?? '').matchAll(/^#+ (.+)$/gm)].map(([, title]) => anchorOf(title));
			if (text === undefined || (anchor && !anchors.includes(anchor)))
				broken.push(`${page}: ${target}`);
		}
	}
	expect(broken).toEqual([]);
	expect(links).toBeGreaterThan(100);
});

test('the README is short: at most 125 lines and 10,000 bytes', async () => {
	const readme = await readText(inProject('README.md'));
	expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(125);
	expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(10_000);
});

test('npm can show the README: its pictures have whole addresses', async () => {
	const readme = await readText(inProject('README.md'));
	const pictures = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, source]) => source);
	expect(pictures.length).toBeGreaterThan(1);
	expect(pictures.filter((source) => !source.startsWith('https://'))).toEqual([]);
});

test('the README leads to each page for users, which first says for whom it is', async () => {
	const readme = await readText(inProject('README.md'));
	const forDevelopers = ['docs/benchmarks.md', 'docs/verification.md'];
	const pages = (await allPages())
		.filter((page) => page.startsWith('docs/'))
		.filter((page) => !forDevelopers.includes(page));
	expect(pages.length).toBeGreaterThan(5);
	for (const page of pages) {
		expect(readme).toContain(`](${page}`);
		expect(await readText(inProject(page))).toMatch(/^# .+\n\nFor people who /);
	}
});
