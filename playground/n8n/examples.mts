import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { SeedKeys } from '../../sandbox/seed.mts';
import type { FakeSmtp } from '../fakes/fakeSmtp.mts';
import type { Rest, SavedWorkflow } from './rest.mts';
import { exampleCredential, exampleWorkflow } from './n8nEnvironment.mts';
import type { Service } from '../fakes/service.mts';
import { PROJECT_ROOT } from './runtime.mts';
import { PINNED_INPUT } from './pinnedInput.mts';
import type { Credential, Workflow } from './workflow.mts';

/** The secret of the examples' webhooks: anybody who knows it may use them. */
export const WEBHOOK_HEADER = { name: 'X-Api-Key', value: 'playground' } as const;

/** The login of the examples' forms. */
export const FORM_LOGIN = { user: 'playground', password: 'playground' } as const;

/** Credential type -> the data of a credential that works in a playground. */
export type Accounts = Record<string, Record<string, unknown>>;

/** The accounts of a playground that examples need. */
export const playgroundAccounts = (
	keys: SeedKeys,
	fakeSmtp: FakeSmtp,
	services: readonly Service[] = [],
): Accounts => ({
	sendGridTeammatesApi: exampleCredential(keys).data,
	httpHeaderAuth: WEBHOOK_HEADER,
	httpBasicAuth: FORM_LOGIN,
	smtp: fakeSmtp.credential,
	...Object.fromEntries(services.map(({ credential: { type, data } }) => [type, data])),
});

/** Names of the files in examples/, without .json. */
export const exampleNames = () =>
	readdirSync(path.join(PROJECT_ROOT, 'examples'))
		.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
		.sort();

/** An example that runs at one click also where it waits for somebody outside. */
export const pinnedExample = (name: string): Workflow => ({
	...exampleWorkflow(name),
	pinData: PINNED_INPUT[name],
});

/**
 * All examples with the credentials that they refer to; one of an unknown account is empty.
 *
 * @param take how to take an example from its file
 */
export function allExamples(accounts: Accounts, take = exampleWorkflow) {
	const workflows = exampleNames().map((name) => take(name));
	const credentials = new Map<string, Credential>();
	for (const { credentials: used = {} } of workflows.flatMap(({ nodes }) => nodes)) {
		for (const [type, { id, name }] of Object.entries(used)) {
			credentials.set(id, { id, name, type, data: accounts[type] ?? {} });
		}
	}
	return { workflows, credentials: [...credentials.values()] };
}

/**
 * All examples, ready to run at one click, in a running n8n.
 *
 * @returns what they are saved as, by their names
 */
export async function saveAllExamples(
	rest: Rest,
	accounts: Accounts,
): Promise<Record<string, SavedWorkflow>> {
	const { workflows, credentials } = allExamples(accounts, pinnedExample);
	const saved = new Map<string, { id: string; name: string }>();
	for (const credential of credentials) {
		saved.set(credential.id, await rest.createCredential(credential));
	}
	const examples: Record<string, SavedWorkflow> = {};
	for (const [index, name] of exampleNames().entries()) {
		const nodes = workflows[index].nodes.map((node) => ({
			...node,
			...(node.credentials && {
				credentials: Object.fromEntries(
					Object.entries(node.credentials).map(([type, used]) => [
						type,
						saved.get(used.id) ?? used,
					]),
				),
			}),
		}));
		examples[name] = await rest.createWorkflow({ ...workflows[index], id: undefined, nodes });
	}
	return examples;
}

/** Saved credentials by their type, as nodes refer to them. */
export type SavedCredentials = Record<string, { id: string; name: string }>;

export async function saveCredentials(rest: Rest, accounts: Accounts): Promise<SavedCredentials> {
	const saved: SavedCredentials = {};
	for (const [type, data] of Object.entries(accounts)) {
		saved[type] = await rest.createCredential({ name: type, type, data });
	}
	return saved;
}

/**
 * Imports an example as the editor does, and chooses the credentials in it.
 *
 * @param change further changes that a user would make
 */
export async function saveExample(
	rest: Rest,
	name: string,
	saved: SavedCredentials,
	change: (node: Workflow['nodes'][number]) => Workflow['nodes'][number] = (node) => node,
): Promise<SavedWorkflow> {
	const example = exampleWorkflow(name);
	const nodes = example.nodes.map((node) => {
		const types = Object.keys(node.credentials ?? {});
		const credentials = Object.fromEntries(
			types.map((type) => {
				const credential = saved[type];
				if (!credential) throw new Error(`"${node.name}" needs a credential of the type ${type}`);
				return [type, credential];
			}),
		);
		return change({ ...node, ...(types.length > 0 && { credentials }) });
	});
	return await rest.createWorkflow({ ...example, id: undefined, nodes });
}
