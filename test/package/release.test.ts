import { filesBelow, inProject, readText, run } from '../support/machine';

interface Manifest {
	name: string;
	homepage: string;
	files: string[];
	scripts: Record<string, string>;
	devDependencies: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

const readJson = async <T>(...path: string[]) =>
	JSON.parse(await readText(inProject(...path))) as T;

const manifest = async () => await readJson<Manifest>('package.json');

const matches = (text: string, pattern: RegExp) =>
	[...text.matchAll(pattern)].map((match) => match[1]);

describe('workflows on GitHub', () => {
	const workflow = async (name: string) => await readText(inProject('.github/workflows', name));

	const all = async () => {
		const names = await filesBelow(inProject('.github/workflows'));
		expect(names).toEqual(['ci.yml', 'publish.yml']);
		return await Promise.all(names.map(workflow));
	};

	test('every action is pinned to a commit, one for each', async () => {
		const used = (await all()).flatMap((text) => matches(text, /\buses: *(.+)/g));
		const pins = used.filter((use) => !use.startsWith('./'));
		expect(pins.length).toBeGreaterThan(0);
		for (const pin of pins) expect(pin).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		const actions = new Set(pins.map((pin) => pin.split('@')[0]));
		expect(new Set(pins).size).toBe(actions.size);
	});

	test('no workflow may do more than it needs, and none has a secret', async () => {
		const texts = await all();
		for (const text of texts) {
			expect(text).toMatch(/^permissions: \{\}$/m);
			expect(text).not.toMatch(/secrets|_TOKEN|pull_request_target/);
			const checkouts = matches(text, /(actions\/checkout@)/g);
			expect(matches(text, /(persist-credentials: false)/g)).toHaveLength(checkouts.length);
			const runners = matches(text, /(runs-on:)/g);
			expect(matches(text, /(timeout-minutes: \d+)/g)).toHaveLength(runners.length);
		}
		const [ci, publish] = texts.map((text) => matches(text, /^\s+([\w-]+: (?:read|write)\b.*)$/gm));
		expect(new Set(ci)).toEqual(new Set(['contents: read']));
		expect(publish).toEqual(['contents: read', 'contents: read', 'id-token: write']);
	});

	test("a version tag is published by n8n's own tool, after all checks", async () => {
		const { scripts, devDependencies } = await manifest();
		expect(scripts).toMatchObject({
			release: 'n8n-node release',
			prepublishOnly: 'n8n-node prerelease',
		});
		const [major, minor] = devDependencies['@n8n/node-cli'].split('.').map(Number);
		expect(major > 0 || minor >= 23).toBe(true);

		const publish = await workflow('publish.yml');
		expect(publish).toContain("\non:\n  push:\n    tags: ['*.*.*']\n\n");
		expect(publish).toContain('uses: ./.github/workflows/ci.yml');
		expect(publish).toContain('needs: check');
		expect(publish.trimEnd()).toMatch(/\n {6}- run: npm run release$/);
		expect(await workflow('ci.yml')).toContain('\n  workflow_call:\n');
	});
});

test('nothing is published by hand, but by npm run release', async () => {
	await expect(run('n8n-node', ['prerelease'])).rejects.toThrow('npm run release');
	await run('n8n-node', ['prerelease'], { env: { RELEASE_MODE: 'true' } });
});

test("n8n's tool leaves the changelog alone", async () => {
	const { output } = await readJson<{ output: string }>('.auto-changelog');
	expect((await readText(inProject('.gitignore'))).split('\n')).toContain(output);
});

describe('what n8n asks for', () => {
	test('package.json has what n8n only warns about', async () => {
		const { homepage, files, n8n } = await manifest();
		expect(new URL(homepage).protocol).toBe('https:');
		expect(files).toEqual(['dist']);
		const built = (path: string) => `dist/${path.replace(/\.ts$/, '.js')}`;
		for (const [folder, suffix, registered] of [
			['nodes', '.node.ts', n8n.nodes],
			['credentials', '.credentials.ts', n8n.credentials],
		] as const) {
			const sources = (await filesBelow(inProject(folder))).filter((file) => file.endsWith(suffix));
			expect(registered).toEqual(sources.map((file) => built(`${folder}/${file}`)));
		}
	});

	test("nothing is called as n8n's own SendGrid node is", async () => {
		const { n8n } = await manifest();
		const names = matches([...n8n.nodes, ...n8n.credentials].join('\n'), /(\w+)\.\w+\.js$/gm);
		expect(names).toHaveLength(3);
		for (const name of ['SendGrid', 'SendGridApi']) expect(names).not.toContain(name);
	});

	test('each node has a codex file of this package', async () => {
		const { name, n8n } = await manifest();
		for (const node of n8n.nodes) {
			const codex = await readJson<{ node: string; categories: string[]; resources: object }>(
				node.replace(/\.js$/, '.json'),
			);
			expect(codex).toMatchObject({ node: name, nodeVersion: '1.0', codexVersion: '1.0' });
			expect(['Communication', 'Development', 'Utility']).toEqual(
				expect.arrayContaining(codex.categories),
			);
			expect(Object.keys(codex.resources)).toEqual([
				'primaryDocumentation',
				'credentialDocumentation',
			]);
		}
	});

	test('icons are square, and not the same in light and dark', async () => {
		const files = await filesBelow(inProject('icons'));
		expect(files).toEqual(['sendGridTeammates.dark.svg', 'sendGridTeammates.svg']);
		const icons = await Promise.all(
			files.map(async (file) => await readText(inProject('icons', file))),
		);
		for (const icon of icons) expect(icon).toMatch(/^<svg [^>]*viewBox="0 0 (\d+) \1"/);
		expect(icons[0]).not.toBe(icons[1]);
	});

	test('the README has the parts that n8n asks for', async () => {
		const headings = matches(await readText(inProject('README.md')), /^## (.+)$/gm);
		expect(headings).toEqual(
			expect.arrayContaining([
				'Install',
				'Credential',
				'Operations',
				'Trigger',
				'Compatibility',
				'Version history',
			]),
		);
	});
});

describe('docs/verification.md', () => {
	const page = async () => await readText(inProject('docs/verification.md'));

	test('names tests that are there', async () => {
		let titles = 0;
		for (const [, file, claims] of (await page()).matchAll(
			/\[([\w/.]+\.test\.ts)\]\(\.\.\/\1\): ([^|[]+)/g,
		)) {
			const text = await readText(inProject(file));
			for (const title of matches(claims, /_([^_]+)_/g)) {
				titles += 1;
				const quoted = [`'${title}'`, `"${title}"`];
				expect([file, title, quoted.some((is) => text.includes(is))]).toEqual([file, title, true]);
			}
		}
		expect(titles).toBeGreaterThan(40);
	});

	test('names files and commands that are there', async () => {
		const text = await page();
		for (const file of matches(text, /\]\(\.\.\/([^)#]+)/g)) await readText(inProject(file));
		for (const file of matches(text, /`node (\S+)/g)) await readText(inProject(file));
		const { scripts } = await manifest();
		for (const script of matches(text, /`npm run ([\w:]+)`/g))
			expect(scripts).toHaveProperty(script);
	});

	test('names rules that npm run lint takes for errors', async () => {
		const named = matches(await page(), /`npm run lint` \(([^)]+)\)/g).flatMap((list) =>
			list.split(', '),
		);
		expect(named.length).toBeGreaterThan(40);

		const { n8n } = await manifest();
		const source = (path: string) => path.replace(/^dist\/(.+)\.js$/, '$1.ts');
		const asErrors = await Promise.all(
			['package.json', source(n8n.nodes[0]), source(n8n.credentials[0])].map(async (file) => {
				const printed = await run('eslint', ['--print-config', file]);
				const { rules } = JSON.parse(printed) as { rules: Record<string, [number]> };
				return Object.keys(rules).filter((rule) => rules[rule][0] === 2);
			}),
		);
		const known = new Set(asErrors.flat().map((rule) => rule.split('/').at(-1)));
		expect(named.filter((rule) => !known.has(rule))).toEqual([]);
	});
});
