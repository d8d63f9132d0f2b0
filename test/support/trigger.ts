import { PollContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeParameters,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type NodeApiError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { builtPackage, OneCredential } from './builtPackage';
import { CREDENTIAL_TYPE, TRIGGER_TYPE } from './names';
import type { FakeSendGrid } from './fakeSendGrid';

export const ALL_EVENTS = [
	'accessRequested',
	'adminChanged',
	'invitationAccepted',
	'invitationExpired',
	'invitationExpiring',
	'scopesChanged',
	'teammateAdded',
	'teammateRemoved',
];

const DEFAULTS: INodeParameters = {
	events: ALL_EVENTS,
	expiresWithinDays: 2,
	simplify: true,
	filters: {},
	region: 'credential',
	options: {},
};

const namesOf = (items: IDataObject[] | null): string[] =>
	(items ?? []).map(({ event, email }) => `${event} ${email}`);

let workflows = 0;

/** An activated workflow that begins with the built trigger, polled by hand in n8n's own poll context. */
export class ActiveTrigger {
	/** What n8n would have in its database. */
	staticData: IDataObject = {};

	/** Of the node. */
	id = 'trigger';

	/** n8n's time limit for a poll, in milliseconds. */
	budget: number | undefined;

	/** n8n's memory belongs to one workflow. */
	private readonly workflowId: string;

	private workflow: Promise<Workflow> | undefined;

	private name = 'SendGrid Teammates Trigger';

	constructor(
		private readonly sendGrid: FakeSendGrid,
		private parameters: INodeParameters = {},
		private credential: IDataObject = {},
		private credentialId = '1',
	) {
		workflows += 1;
		this.workflowId = `workflow-${workflows}`;
	}

	/** Saves the workflow with other fields or another credential. */
	edit(parameters: INodeParameters, credential: IDataObject = {}, credentialId = '1'): void {
		this.parameters = parameters;
		this.credential = credential;
		this.credentialId = credentialId;
		this.restart();
	}

	/** Saves the workflow with another name for the node, by which n8n keeps what it has stored. */
	rename(name: string): void {
		this.name = name;
		this.restart();
	}

	/** A copy of what n8n has stored. */
	stored(): IDataObject {
		return JSON.parse(JSON.stringify(this.staticData)) as IDataObject;
	}

	/** Stops n8n and starts it again: only what is in the database is left. */
	restart(): void {
		this.staticData = this.stored();
		this.workflow = undefined;
	}

	/**
	 * Lets n8n create a new workflow for each poll from what it has stored: after a poll with events, or with
	 * durable cursors after every poll.
	 */
	perPoll(storesQuietPolls: boolean): { poll: () => Promise<string[]> } {
		return {
			poll: async () => {
				const staticData = this.stored();
				const items = await this.call('trigger', await this.load(staticData));
				if (items ?? storesQuietPolls) this.staticData = staticData;
				return namesOf(items);
			},
		};
	}

	/** The output of a poll, in order; `null` if it starts no execution. */
	async poll(): Promise<IDataObject[] | null> {
		return await this.call('trigger');
	}

	/** What the editor's test button shows. */
	async test(): Promise<IDataObject[] | null> {
		return await this.call('manual');
	}

	/** `invitationAccepted ada@example.com`, in order. */
	async events(): Promise<string[]> {
		return namesOf(await this.poll());
	}

	/** How a poll fails. */
	async failure(): Promise<NodeApiError> {
		return await this.poll().then(
			(items) => {
				throw new Error(`The poll did not fail: ${JSON.stringify(items)}`);
			},
			(thrown: NodeApiError) => thrown,
		);
	}

	private async call(
		mode: WorkflowExecuteMode,
		workflowOfPoll?: Workflow,
	): Promise<IDataObject[] | null> {
		const { trigger, credential: credentialType } = await builtPackage();
		this.workflow ??= this.load(this.staticData);
		const workflow = workflowOfPoll ?? (await this.workflow);
		const node = workflow.getNode(this.name);
		if (!node || !trigger.poll) throw new Error('There is nothing to poll');
		const credential = { ...this.sendGrid.credential, ...this.credential };
		const additionalData = {
			credentialsHelper: new OneCredential(
				credentialType,
				credential as ICredentialDataDecryptedObject,
			),
			variables: {},
			externalSecretsProxy: {},
			webhookWaitingBaseUrl: 'http://localhost/waiting',
			formWaitingBaseUrl: 'http://localhost/form-waiting',
		} as unknown as IWorkflowExecuteAdditionalData;
		const { budget } = this;
		const context = new PollContext(
			workflow,
			node,
			additionalData,
			mode,
			mode === 'manual' ? 'manual' : 'activate',
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
			budget === undefined ? undefined : () => budget,
		);
		const output = await trigger.poll.call(context);
		expect(JSON.stringify([output, workflow.staticData])).not.toContain(this.sendGrid.apiKey);
		return output && output[0].map(({ json }) => json);
	}

	private async load(staticData: IDataObject): Promise<Workflow> {
		const { trigger } = await builtPackage();
		const nodeTypes: INodeTypes = {
			getByName: () => trigger,
			getByNameAndVersion: () => NodeHelpers.getVersionedNodeType(trigger, 1),
			getKnownTypes: () => ({}),
		};
		return new Workflow({
			id: this.workflowId,
			active: true,
			nodeTypes,
			connections: {},
			staticData,
			nodes: [
				{
					id: this.id,
					name: this.name,
					type: TRIGGER_TYPE,
					typeVersion: 1,
					position: [0, 0],
					parameters: { ...DEFAULTS, ...this.parameters },
					credentials: { [CREDENTIAL_TYPE]: { id: this.credentialId, name: 'SendGrid' } },
				},
			],
		});
	}
}
