import {
	copy,
	filesBelow,
	inProject,
	linkFolder,
	readText,
	run,
	sizeOf,
	withTemporaryFolder,
} from '../support/machine';

jest.setTimeout(180_000);

const readJson = async (path: string) =>
	JSON.parse(await readText(path)) as Record<string, unknown>;

/** Packs the project as it would be published, and unpacks it into the folder. */
async function packInto(folder: string): Promise<{ root: string; bytes: number }> {
	const packed = await run('npm', ['pack', '--json', '--pack-destination', folder]);
	const [{ filename }] = JSON.parse(packed) as Array<{ filename: string }>;
	await run('tar', ['xzf', `${folder}/${filename}`, '-C', folder]);
	return { root: `${folder}/package`, bytes: await sizeOf(`${folder}/${filename}`) };
}

test("n8n's scanner passes the source", async () => {
	expect(await run('node', ['scripts/scan.mjs', '.', 'source'])).toBe('passed (source)\n');
});

test("n8n's scanner passes the tarball, which holds the node and nothing else", async () => {
	await withTemporaryFolder(async (folder) => {
		const { root, bytes } = await packInto(folder);
		expect(await run('node', ['scripts/scan.mjs', root, 'published'])).toBe('passed (published)\n');

		const files = await filesBelow(root);
		const besideDist = files.filter((file) => !file.startsWith('dist/'));
		expect(besideDist).toEqual(['LICENSE.md', 'README.md', 'package.json']);
		expect(files.filter((file) => !/\.(js|json|svg)$/.test(file))).toEqual([
			'LICENSE.md',
			'README.md',
		]);
		expect(bytes).toBeLessThan(190_000);

		const { n8n } = (await readJson(`${root}/package.json`)) as {
			n8n: { nodes: string[]; credentials: string[] };
		};
		for (const entry of [...n8n.nodes, ...n8n.credentials]) expect(files).toContain(entry);
	});
});

test("the build is the same as that of n8n's own tool", async () => {
	await withTemporaryFolder(async (folder) => {
		// Without docs/ and playground/: n8n's tool would copy their pictures too.
		const parts = ['package.json', 'tsconfig.json', 'nodes', 'credentials', 'icons'];
		for (const part of parts) await copy(inProject(part), `${folder}/${part}`);
		await linkFolder(inProject('node_modules'), `${folder}/node_modules`);
		await run('n8n-node', ['build'], { cwd: folder });

		const files = await filesBelow(inProject('dist'));
		expect(await filesBelow(`${folder}/dist`)).toEqual(files);
		for (const file of files) {
			expect(await readText(`${folder}/dist/${file}`)).toBe(
				await readText(inProject('dist', file)),
			);
		}
	});
});

describe('package.json', () => {
	test('wants nothing at run time but n8n itself', async () => {
		const manifest = await readJson(inProject('package.json'));
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		for (const field of [
			'dependencies',
			'optionalDependencies',
			'bundledDependencies',
			'overrides',
		]) {
			expect(manifest).not.toHaveProperty(field);
		}
	});

	test('runs nothing when it is installed', async () => {
		const { scripts } = await readJson(inProject('package.json'));
		for (const hook of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) {
			expect(scripts).not.toHaveProperty(hook);
		}
	});

	test("n8n's strict mode is on, with its configuration untouched", async () => {
		const { n8n } = (await readJson(inProject('package.json'))) as { n8n: { strict: boolean } };
		expect(n8n.strict).toBe(true);
		expect(await readText(inProject('eslint.config.mjs'))).toBe(
			await readText(
				inProject(
					'node_modules/@n8n/node-cli/dist/template/templates/shared/default/eslint.config.mjs',
				),
			),
		);
	});
});

test('no file names a package registry', async () => {
	const files = (await run('git', ['ls-files', '-z'])).split('\0').filter(Boolean);
	const naming: string[] = [];
	for (const file of files) {
		const text = await readText(inProject(file));
		// Written in two parts, so that this file doesn't name one either.
		if (new RegExp(['registry', '(npmjs|yarnpkg|npmmirror)'].join('\\.')).test(text))
			naming.push(file);
	}
	expect(naming).toEqual([]);
});
