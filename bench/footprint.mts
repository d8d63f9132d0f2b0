import { rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { N8n } from '../playground/n8n.mts';
import { pack, n8nEnvironmentFolder } from '../playground/n8nEnvironment.mts';
import type { Footprint } from './figures.mts';
import type { Progress } from './progress.mts';
import { benchFolder, projectRoot } from './measuredN8n.mts';

const STARTS = 5;

/** What npm says about the tarball it would make. */
async function packedSizes(): Promise<{ size: number; unpackedSize: number }> {
	const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], {
		cwd: projectRoot,
		shell: process.platform === 'win32',
	});
	const [sizes] = JSON.parse(stdout) as Array<{ size: number; unpackedSize: number }>;
	return sizes;
}

async function typesOf(n8n: N8n): Promise<Buffer> {
	const rest = await n8n.rest();
	return Buffer.from(JSON.stringify(await rest.offeredTypes()));
}

/** What an n8n has to bear for the package, used or not. */
export async function measureFootprint(progress: Progress): Promise<Footprint> {
	const tarball = await pack(projectRoot, path.join(benchFolder, 'package'));
	const create = async (name: string, packages: string[]) => {
		const userFolder = n8nEnvironmentFolder(projectRoot, `bench-${name}`);
		await rm(userFolder, { recursive: true, force: true });
		return await N8n.create({ projectRoot, userFolder, packages });
	};
	const instances = { with: await create('with', [tarball]), without: await create('without', []) };
	const starts: Footprint['starts'] = { with: [], without: [] };
	const types: Record<'with' | 'without', Buffer> = { with: Buffer.of(), without: Buffer.of() };
	// The first start of each prepares things that later ones find.
	for (let round = 0; round <= STARTS; round += 1) {
		for (const which of ['without', 'with'] as const) {
			const n8n = instances[which];
			const { seconds } = await progress.step(
				`Start ${round} of n8n, ${which} the package`,
				async () => {
					const begun = performance.now();
					await n8n.start();
					return { seconds: (performance.now() - begun) / 1000 };
				},
			);
			try {
				if (round === 0) types[which] = await typesOf(n8n);
				else starts[which].push(seconds);
			} finally {
				await n8n.stop();
			}
		}
	}
	const { size, unpackedSize } = await packedSizes();
	return {
		starts,
		types: {
			with: types.with.length,
			without: types.without.length,
			withGzipped: gzipSync(types.with).length,
			withoutGzipped: gzipSync(types.without).length,
		},
		tarball: size,
		unpacked: unpackedSize,
	};
}
