import { readFileSync } from 'node:fs';
import path from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { seedDefault, type SeedKeys } from '../../sandbox/seed.mts';
import { hostCertificate } from '../fakes/hosts/certificate.mts';
import { nearbyHostsEnvironment } from '../fakes/hosts/environment.mts';
import { pack } from './community-package.mts';
import { N8n } from './n8n.mts';
import { n8nEnvironmentFolder, PROJECT_ROOT } from './runtime.mts';
import type { Credential, Workflow } from './workflow.mts';
import { secretsOf, type Secrets } from './secrets.mts';
import type { Service } from '../fakes/service.mts';

/** A real n8n with the packed node, and a sandbox that answers on SendGrid's real host names. */
export interface N8nEnvironment {
	n8n: N8n;
	sandbox: Sandbox;
	keys: SeedKeys;
	secrets: Secrets;
	/** Another n8n with everything that the first one has, in its own folder, as in another container. */
	another(name: string): Promise<N8n>;
	close(): Promise<void>;
}

export interface N8nEnvironmentOptions {
	/** Name of the folder with everything of this environment. */
	name: string;
	/** The packed node. Default: packed first. */
	tarball?: string;
	/** Port of n8n's server. Default: one that is free. */
	port?: number;
	/** How long the sandbox takes for each answer. Default: 0. */
	latencyMs?: number;
	/** Further services that n8n finds on this machine, at their real host names. */
	services?: readonly Service[];
	/** Whether it has the editor, whose code n8n rewrites at each start: a third of the time that takes. Default: true. */
	hasEditor?: boolean;
	/** Further packed community packages to install. */
	packages?: string[];
	/** Further modules to load into n8n before it starts. */
	preloads?: string[];
	/** Further environment variables for n8n. */
	env?: Record<string, string>;
	/** Called before each step that takes a while. */
	onStep?: (step: string) => void;
}

/** The credential that the example workflows refer to. */
export const exampleCredential = (keys: SeedKeys): Credential => ({
	id: 'sendgrid-teammates',
	name: 'SendGrid Teammates account',
	type: 'sendGridTeammatesApi',
	data: { apiKey: keys.fullAccess, region: 'global', apiUrl: '', onBehalfOf: '' },
});

export function exampleWorkflow(name: string): Workflow {
	const file = path.join(PROJECT_ROOT, 'examples', `${name}.json`);
	return JSON.parse(readFileSync(file, 'utf8')) as Workflow;
}

/** The hosts of SendGrid's global and European API. */
const SENDGRID_HOSTS = ['api.sendgrid.com', 'api.eu.sendgrid.com'] as const;

const portOf = (url: string) => Number(new URL(url).port);

/** Everything is in place, nothing imported, n8n's server not started. */
export async function createN8nEnvironment(
	options: N8nEnvironmentOptions,
): Promise<N8nEnvironment> {
	const { name, port, latencyMs, hasEditor = true, onStep = () => {} } = options;
	const { services = [], packages = [], preloads = [], env = {} } = options;
	const folder = n8nEnvironmentFolder(name);
	const secrets = secretsOf(folder);

	let { tarball } = options;
	if (!tarball) {
		onStep('Packing the node');
		tarball = await pack(PROJECT_ROOT, path.join(folder, 'package'));
	}
	onStep('Starting the sandbox');
	const hosts = [...SENDGRID_HOSTS, ...services.flatMap((service) => service.hosts)];
	const { key, cert, certFile } = await hostCertificate(path.join(folder, 'certificate'), hosts);
	const tls = { key, cert };
	const sandbox = await startSandbox({ tls, latencyMs });
	const keys = seedDefault(sandbox.state);
	const closeAll = async () => {
		await sandbox.close();
		for (const service of services) await service.close();
	};
	const others: N8n[] = [];

	try {
		const [global, eu] = SENDGRID_HOSTS;
		const ports: Record<string, number> = {
			[global]: portOf(sandbox.globalUrl),
			[eu]: portOf(sandbox.euUrl),
		};
		for (const service of services) {
			const port = portOf(await service.listen(tls));
			for (const host of service.hosts) ports[host] = port;
		}
		const nearby = nearbyHostsEnvironment({ certFile, ports });
		const required = preloads.map((file) => `--require ${JSON.stringify(file)}`);
		const settings = {
			secrets,
			packages: [tarball, ...packages],
			env: {
				...nearby,
				NODE_OPTIONS: [nearby.NODE_OPTIONS, ...required].join(' '),
				N8N_DISABLE_UI: String(!hasEditor),
				...env,
			},
		};

		onStep('Preparing n8n and installing the node in it');
		const n8n = await N8n.create({ ...settings, userFolder: path.join(folder, 'n8n'), port });
		return {
			n8n,
			sandbox,
			keys,
			secrets,
			async another(instance) {
				const other = await N8n.create({ ...settings, userFolder: path.join(folder, instance) });
				others.push(other);
				return other;
			},
			async close() {
				await Promise.all([n8n, ...others].map(async (one) => await one.stop()));
				await closeAll();
			},
		};
	} catch (error) {
		await closeAll();
		throw error;
	}
}
