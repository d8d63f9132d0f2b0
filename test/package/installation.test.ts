/** What a plain `npm install` of the tarball brings, with the npm of Node.js 20 and 22 and with that of Node.js 24. */
import { createHash } from 'node:crypto';

import {
	environment,
	filesBelow,
	inProject,
	readBytes,
	readText,
	run,
	withTemporaryFolder,
	writeText,
} from '../support/machine';

jest.setTimeout(300_000);

/** Each npm, by the checksum of its own tarball. */
const NPMS = [
	[
		'10.9.9',
		'sha512-1g+6jLQvaIuB4zwvHL7yrXuXcWZwDsCtBX8bbWDqbvJSSr9nPiDDWTHNgwXR27iIcTTW7v3A57hDW9RYv2W4Yg==',
	],
	[
		'11.21.2',
		'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
	],
] as const;

async function pack(spec: string, folder: string): Promise<string> {
	const packed = await run('npm', ['pack', spec, '--json', '--pack-destination', folder]);
	const [{ filename }] = JSON.parse(packed) as Array<{ filename: string }>;
	return `${folder}/${filename}`;
}

/** An npm of this version below the folder. @returns its start script */
async function npmIn(folder: string, version: string, integrity: string): Promise<string> {
	const tarball = await pack(`npm@${version}`, folder);
	const hash = createHash('sha512')
		.update(await readBytes(tarball))
		.digest('base64');
	expect(`sha512-${hash}`).toBe(integrity);
	await run('tar', ['xzf', tarball, '-C', folder]);
	return `${folder}/package/bin/npm-cli.js`;
}

/** As in a fresh shell: npm passes its settings on to what its scripts start. */
const withoutSettings = Object.fromEntries(
	Object.keys(environment)
		.filter((name) => /^npm_/i.test(name))
		.map((name) => [name, undefined]),
);

// The older one refuses lock files of the newer one, but not vice versa.
test('npm 10 accepts each lock file of this project', async () => {
	const [version, integrity] = NPMS[0];
	await withTemporaryFolder(async (folder) => {
		const npm = await npmIn(folder, version, integrity);
		for (const project of ['.', 'playground/versions/n8n', 'playground/versions/n8n-1']) {
			const target = `${folder}/${project}/locked`;
			for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
				await writeText(`${target}/${file}`, await readText(inProject(project, file)));
			}
			// Fails if npm would resolve something differently from the lock file.
			await run('node', [npm, 'ci', '--dry-run', '--loglevel=error'], {
				cwd: target,
				env: withoutSettings,
			});
		}
	});
});

test.each(NPMS)('npm %s installs one package, and runs nothing', async (version, integrity) => {
	await withTemporaryFolder(async (folder) => {
		const npm = await npmIn(folder, version, integrity);
		const tarball = await pack('.', folder);
		const target = `${folder}/nodes`;
		await writeText(`${target}/package.json`, '{ "name": "installed-nodes", "private": true }');
		await run('node', [npm, 'install', tarball], { cwd: target, env: withoutSettings });

		const { packages } = JSON.parse(await readText(`${target}/package-lock.json`)) as {
			packages: Record<string, { hasInstallScript?: boolean }>;
		};
		const installed = Object.keys(packages).filter((name) => name !== '');
		expect(installed).toEqual(['node_modules/n8n-nodes-sendgrid-teammates']);
		expect(packages[installed[0]]).not.toHaveProperty('hasInstallScript');
		const files = await filesBelow(`${target}/node_modules`);
		const others = files.filter((file) => !file.startsWith('n8n-nodes-sendgrid-teammates/'));
		expect(others).toEqual(['.package-lock.json']);
	});
});
