import path from 'node:path';

import type { Runtime } from './runtime.mts';

/**
 * The few variables that n8n takes over from the caller. Everything else stays outside, so that no proxy or N8N_
 * setting of the reader changes a run.
 */
const INHERITED = [
	'HOME',
	'USERPROFILE',
	'TMPDIR',
	'TEMP',
	'TMP',
	'LANG',
	'TZ',
	'SystemRoot',
	'ComSpec',
	'APPDATA',
	'LOCALAPPDATA',
];

/**
 * Parts of n8n that ask n8n.io for something at every start and have no switch of their own. n8n 1.x has none of
 * them, and doesn't start if a part that it doesn't know is disabled.
 */
const DISABLED_MODULES = ['mcp-registry', 'instance-ai'];

export interface EnvironmentOptions {
	runtime: Runtime;
	userFolder: string;
	encryptionKey: string;
	/** Port of n8n's task broker, which every n8n process opens, the command line ones too. */
	brokerPort: number;
}

/** The environment of an isolated n8n: no telemetry, no look-ups, no open ports. */
export function n8nVariables(options: EnvironmentOptions): Record<string, string> {
	const { runtime, userFolder, encryptionKey, brokerPort } = options;
	const inherited = INHERITED.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	const searchPath = process.env.PATH ?? process.env.Path ?? '';
	return {
		...Object.fromEntries(inherited),
		// n8n starts its task runner as plain "node".
		PATH: [path.dirname(runtime.node), searchPath].join(path.delimiter),
		// Halves the start time of every n8n process but the first.
		NODE_COMPILE_CACHE: path.join(runtime.cache, 'compiled'),
		GENERIC_TIMEZONE: 'UTC',

		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: encryptionKey,
		// At warn and above `n8n execute` prints nothing.
		N8N_LOG_LEVEL: 'info',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),

		N8N_DIAGNOSTICS_ENABLED: 'false',
		...(runtime.major > 1 && { N8N_DISABLED_MODULES: DISABLED_MODULES.join(',') }),
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	};
}
