import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { SeedKeys } from '../../sandbox/seed.mts';
import type { FakeSmtp } from '../fakes/fakeSmtp.mts';
import type { Rest, SavedWorkflow } from './rest.mts';
import { exampleCredential, exampleWorkflow } from './n8nEnvironment.mts';
import type { Service } from '../fakes/service.mts';
import { PROJECT_ROOT } from './runtime.mts';
import { PINNED_INPUT } from './pinnedInput.mts';
import type { Credential, Workflow, WorkflowNode } from './workflow.mts';

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
const pinnedExample = (name: string): Workflow => ({
	...exampleWorkflow(name),
	pinData: PINNED_INPUT[name],
});

/** All examples with the credentials that they refer to; one of an unknown account is empty. */
export function allExamples(accounts: Accounts) {
	const workflows = exampleNames().map(exampleWorkflow);
	const credentials = new Map<string, Credential>();
	for (const { credentials: used = {} } of workflows.flatMap(({ nodes }) => nodes)) {
		for (const [type, { id, name }] of Object.entries(used)) {
			credentials.set(id, { id, name, type, data: accounts[type] ?? {} });
		}
	}
	return { workflows, credentials: [...credentials.values()] };
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

type Change = (node: WorkflowNode) => WorkflowNode;

/** Imports a workflow as the editor does, and chooses the credentials in it. */
async function saveWorkflow(
	rest: Rest,
	workflow: Workflow,
	saved: SavedCredentials,
	change: Change = (node) => node,
): Promise<SavedWorkflow> {
	const nodes = workflow.nodes.map((node) => {
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
	return await rest.createWorkflow({ ...workflow, id: undefined, nodes });
}

/** @param change further changes that a user would make */
export const saveExample = async (
	rest: Rest,
	name: string,
	saved: SavedCredentials,
	change?: Change,
): Promise<SavedWorkflow> => await saveWorkflow(rest, exampleWorkflow(name), saved, change);

/**
 * Saves all examples with what is pinned in them, and their credentials under the names that they have there.
 *
 * @returns what the examples are saved as, by their names
 */
export async function saveAllExamples(
	rest: Rest,
	accounts: Accounts,
): Promise<Record<string, SavedWorkflow>> {
	const saved: SavedCredentials = {};
	for (const credential of allExamples(accounts).credentials) {
		saved[credential.type] = await rest.createCredential(credential);
	}
	const examples: Record<string, SavedWorkflow> = {};
	for (const name of exampleNames()) {
		examples[name] = await saveWorkflow(rest, pinnedExample(name), saved);
	}
	return examples;
}
