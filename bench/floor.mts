import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { pack } from '../playground/n8n/n8nEnvironment.mts';

export const FLOOR_TYPE = 'n8n-nodes-bench-floor.bareInvite';

const NODE = 'BareInvite.node.cjs';
const CREDENTIAL = 'BareApi.credentials.cjs';

/**
 * Packs the bare declarative node, which is no part of the published package.
 *
 * @returns the tarball's path
 */
export async function packFloor(folder: string): Promise<string> {
	const source = path.join(folder, 'source');
	await rm(source, { recursive: true, force: true });
	await mkdir(source, { recursive: true });
	for (const file of [NODE, CREDENTIAL]) {
		await copyFile(path.join(import.meta.dirname, 'floor', file), path.join(source, file));
	}
	const manifest = {
		name: FLOOR_TYPE.split('.')[0],
		version: '1.0.0',
		description: 'Measures n8n',
		license: 'MIT',
		n8n: { n8nNodesApiVersion: 1, credentials: [CREDENTIAL], nodes: [NODE] },
	};
	await writeFile(path.join(source, 'package.json'), JSON.stringify(manifest));
	return await pack(source, folder);
}
