import { parse } from 'yaml';

import { createListener } from '../../sandbox/listener.mts';
import { builtPackage } from '../support/builtPackage';
import { filesBelow, inProject, readText, run, withTemporaryFolder } from '../support/machine';

interface Manifest {
	name: string;
	homepage: string;
	files: string[];
	scripts: Record<string, string>;
	devDependencies: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

interface Codex {
	node: string;
	categories: string[];
	resources: Record<'primaryDocumentation' | 'credentialDocumentation', Array<{ url: string }>>;
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

	test('every action is pinned to one commit', async () => {
		const used = (await all()).flatMap((text) => matches(text, /\buses: *(.+)/g));
		const pins = used.filter((use) => !use.startsWith('./'));
		expect(pins.length).toBeGreaterThan(0);
		for (const pin of pins) expect(pin).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		const actions = new Set(pins.map((pin) => pin.split('@')[0]));
		expect(new Set(pins).size).toBe(actions.size);
	});

	test('no workflow has more permissions than it needs, and none has a secret', async () => {
		const texts = await all();
		for (const text of texts) {
			expect(text).toMatch(/^permissions: \{\}$/m);
			expect(text).not.toMatch(/secrets|_TOKEN|pull_request_target/);
			const checkouts = matches(text, /(actions\/checkout@)/g);
			expect(matches(text, /(persist-credentials: false)/g)).toHaveLength(checkouts.length);
			const runners = matches(text, /(runs-on:)/g);
			expect(matches(text, /(timeout-minutes: \d+)/g)).toHaveLength(runners.length);
		}
		const [ci] = texts.map((text) => matches(text, /^\s+([\w-]+: (?:read|write)\b.*)$/gm));
		expect(new Set(ci)).toEqual(new Set(['contents: read']));
	});

	interface Step {
		name?: string;
		uses?: string;
		run?: string;
		env?: Record<string, string>;
		with?: Record<string, unknown>;
	}

	interface Job {
		needs?: string;
		uses?: string;
		environment?: string;
		permissions: Record<string, string>;
		outputs?: Record<string, string>;
		steps?: Step[];
	}

	interface Workflow {
		on: {
			push?: { tags?: string[] };
			workflow_call?: { outputs: Record<string, { value: string }> } | null;
		};
		jobs: Record<string, Job>;
	}

	const parsed = async (name: string) => parse(await workflow(name)) as Workflow;

	const commandsOf = ({ steps = [] }: Job) => steps.flatMap(({ run: command }) => command ?? []);

	test('a version tag starts the checks of the tag, then all other checks, then publishing', async () => {
		const { on, jobs } = await parsed('publish.yml');
		expect(on).toEqual({ push: { tags: ['*.*.*'] } });
		expect(Object.keys(jobs)).toEqual(['tag', 'ci', 'publish']);
		expect([jobs.tag.needs, jobs.ci.needs, jobs.publish.needs]).toEqual([undefined, 'tag', 'ci']);
	});

	test('only a commit of main is published, under the version of its package.json', async () => {
		const { tag } = (await parsed('publish.yml')).jobs;
		const [checkout] = tag.steps ?? [];
		expect(checkout.with).toMatchObject({ 'fetch-depth': 0 });
		const commands = commandsOf(tag);
		expect(commands).toContain('git merge-base --is-ancestor HEAD origin/main');
		expect(commands.some((command) => /GITHUB_REF_NAME.*package\.json/.test(command))).toBe(true);
	});

	test('the checks and the tarball are those of ci.yml, without repeated steps', async () => {
		const [ci, publish] = [await parsed('ci.yml'), await parsed('publish.yml')];
		expect(publish.jobs.ci).toMatchObject({ uses: './.github/workflows/ci.yml' });
		expect(publish.jobs.ci).not.toHaveProperty('secrets');
		const called = Object.values(ci.jobs).flatMap(commandsOf);
		expect(called).toEqual(expect.arrayContaining(['npm ci', 'npm run build']));
		const own = Object.values(publish.jobs).flatMap(commandsOf);
		expect(own.length).toBeGreaterThan(3);
		expect(own.filter((command) => called.includes(command))).toEqual([]);
		expect(own.filter((command) => /npm (ci|install|run|test|pack)|npx/.test(command))).toEqual([]);
	});

	test('the jobs that build and pack have no identity and read no cache of another run', async () => {
		const { on, jobs } = await parsed('ci.yml');
		for (const { permissions } of Object.values(jobs)) {
			expect(permissions).toEqual({ contents: 'read' });
		}
		const { steps = [] } = jobs.pack;
		const node = steps.find(({ uses = '' }) => uses.startsWith('actions/setup-node@'));
		expect(node?.with).not.toHaveProperty('cache');
		expect(node?.with).toMatchObject({ 'package-manager-cache': false });
		expect(on.workflow_call?.outputs).toMatchObject({
			artifact: { value: '${{ jobs.pack.outputs.artifact }}' },
			file: { value: '${{ jobs.pack.outputs.file }}' },
			sha256: { value: '${{ jobs.pack.outputs.sha256 }}' },
		});
		const upload = steps.find(({ uses = '' }) => uses.startsWith('actions/upload-artifact@'));
		expect(upload?.with).toMatchObject({ name: jobs.pack.outputs?.artifact });
	});

	test('only one job has an identity; a person lets it go on, and it only publishes', async () => {
		const { jobs } = await parsed('publish.yml');
		const withIdentity = Object.entries(jobs).filter(
			([, { permissions }]) => 'id-token' in permissions,
		);
		expect(withIdentity.map(([name]) => name)).toEqual(['publish']);
		const { permissions, environment, steps = [] } = jobs.publish;
		expect(permissions).toEqual({ 'id-token': 'write' });
		expect(environment).toBe('npm');
		// Nothing from the repository, and no code but npm's.
		const used = steps.flatMap(({ uses }) => uses?.split('@')[0] ?? []);
		expect(used).toEqual(['actions/download-artifact', 'actions/setup-node']);
		const commands = commandsOf(jobs.publish);
		expect(commands).toHaveLength(3);
		expect(commands[0]).toContain('sha256sum --check');
		expect(commands[2]).toBe('npm publish "./$FILE" --provenance --access public --ignore-scripts');
		const order = steps.map(({ run: command = '' }) => command);
		expect(order.indexOf(commands[0])).toBeLessThan(order.indexOf(commands[2]));
		expect(steps.find(({ run: command }) => command === commands[0])?.env).toEqual({
			FILE: '${{ needs.ci.outputs.file }}',
			SHA256: '${{ needs.ci.outputs.sha256 }}',
		});
	});

	test('it goes on only if somebody has to agree', async () => {
		const { tag } = (await parsed('publish.yml')).jobs;
		expect(tag.permissions).toEqual({ contents: 'read', actions: 'read' });
		const asks = commandsOf(tag).find((command) => command.includes('required_reviewers'));
		expect(asks).toContain('/environments/npm');
		expect(asks).toContain('jq --exit-status');
	});

	test('no text from outside becomes part of a command', async () => {
		for (const text of await all()) {
			const commands = Object.values((parse(text) as Workflow).jobs).flatMap(commandsOf);
			expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
		}
	});

	test('n8n asks for a tool that knows provenance, and the tools of a release are pinned', async () => {
		const { scripts, devDependencies } = await manifest();
		expect(scripts).toMatchObject({
			release: 'n8n-node release',
			prepublishOnly: 'n8n-node prerelease',
		});
		const [major, minor] = devDependencies['@n8n/node-cli'].split('.').map(Number);
		expect(major > 0 || minor >= 23).toBe(true);
		// Otherwise n8n's tool would have npm fetch their latest versions.
		expect(devDependencies).toHaveProperty('release-it');
		expect(devDependencies).toHaveProperty('auto-changelog');
		for (const version of Object.values(devDependencies))
			expect(version).toMatch(/^\d+\.\d+\.\d+$/);
	});
});

test('nothing is published by hand, but by npm run release', async () => {
	await expect(run('n8n-node', ['prerelease'])).rejects.toThrow('npm run release');
	await run('n8n-node', ['prerelease'], { env: { RELEASE_MODE: 'true' } });
});

test('npm publishes it from a workflow of GitHub only: elsewhere there is no provenance', async () => {
	const asked: string[] = [];
	const { app, listen } = createListener({ bodyLimit: 16 * 1024 * 1024 });
	app.all('*', async ({ method, url }, reply) => {
		asked.push(`${method} ${url}`);
		return await reply.code(404).send({});
	});
	const registry = await listen(0);
	try {
		await withTemporaryFolder(async (folder) => {
			const packed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
			const [{ filename }] = JSON.parse(packed) as Array<{ filename: string }>;
			const env = {
				npm_config_registry: registry.url,
				[`npm_config_${registry.url.replace('http:', '')}/:_authToken`]: 'of-no-use',
				GITHUB_ACTIONS: undefined,
			};
			const publishing = run('npm', ['publish', `${folder}/${filename}`], { env });
			await expect(publishing).rejects.toThrow(/provenance/i);
			expect(asked.filter((request) => request.startsWith('PUT'))).toEqual([]);
		});
	} finally {
		await registry.close();
	}
});

test("n8n's tool leaves the changelog alone", async () => {
	const { output } = await readJson<{ output: string }>('.auto-changelog');
	expect((await readText(inProject('.gitignore'))).split('\n')).toContain(output);
});

describe('what n8n asks for', () => {
	test('package.json has what n8n only warns about', async () => {
		const { homepage, files, n8n } = await manifest();
		expect(new URL(homepage).protocol).toBe('https:');
		expect(files).toContain('dist');
		const built = (path: string) => `dist/${path.replace(/\.ts$/, '.js')}`;
		for (const [folder, suffix, registered] of [
			['nodes', '.node.ts', n8n.nodes],
			['credentials', '.credentials.ts', n8n.credentials],
		] as const) {
			const sources = (await filesBelow(inProject(folder))).filter((file) => file.endsWith(suffix));
			expect(registered).toEqual(sources.map((file) => built(`${folder}/${file}`)));
		}
	});

	test("nothing has the name of n8n's own SendGrid node", async () => {
		const { n8n } = await manifest();
		const names = matches([...n8n.nodes, ...n8n.credentials].join('\n'), /(\w+)\.\w+\.js$/gm);
		expect(names).toHaveLength(3);
		for (const name of ['SendGrid', 'SendGridApi']) expect(names).not.toContain(name);
	});

	test('each node has a codex file of this package', async () => {
		const { name, n8n } = await manifest();
		for (const node of n8n.nodes) {
			const codex = await readJson<Codex>(node.replace(/\.js$/, '.json'));
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

	test("help leads first to this package's README, at a heading that exists", async () => {
		const { homepage, n8n } = await manifest();
		const readme = await readText(inProject('README.md'));
		const first = n8n.nodes.map(async (node) => {
			const { resources } = await readJson<Codex>(node.replace(/\.js$/, '.json'));
			return [resources.primaryDocumentation[0].url, resources.credentialDocumentation[0].url];
		});
		const { credential } = await builtPackage();
		const links = [...(await Promise.all(first)).flat(), credential.documentationUrl ?? ''];
		expect(links).toHaveLength(5);
		for (const link of links) {
			const [page, heading] = link.split('#');
			expect(page).toBe(homepage.split('#')[0]);
			expect(readme.toLowerCase()).toContain(`\n## ${heading}\n`);
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

	test('the README has the parts that n8n asks for, and no others', async () => {
		const headings = matches(await readText(inProject('README.md')), /^## (.+)$/gm);
		expect(headings).toEqual([
			'Install',
			'Quick start',
			'Try it',
			'Examples',
			'Credential',
			'Operations',
			'Trigger',
			'When something goes wrong',
			'AI agents',
			'Compatibility',
			'More',
		]);
	});
});

describe('docs/verification.md', () => {
	const page = async () => await readText(inProject('docs/verification.md'));

	test('proves by links, and quotes no titles, which change', async () => {
		const text = await page();
		expect(matches(text, /\]\(\.\.\/(test\/[^)#]+)/g).length).toBeGreaterThan(50);
		expect(matches(text, / (_[^_|]+_)[,;.| ]/g)).toEqual([]);
	});

	test('names files and commands that exist', async () => {
		const text = await page();
		for (const file of matches(text, /\]\(\.\.\/([^)#]+)/g)) await readText(inProject(file));
		for (const file of matches(text, /`node (\S+)/g)) await readText(inProject(file));
		const { scripts } = await manifest();
		for (const script of matches(text, /`npm run ([\w:]+)`/g))
			expect(scripts).toHaveProperty(script);
	});

	test('names rules that npm run lint treats as errors', async () => {
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
