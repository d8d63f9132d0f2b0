import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Account } from '../sendgrid/account';
import type { CredentialPolicy } from './credentialPolicy';
import type { RunMemory } from './runMemory';

/** What an operation has at hand for one item. */
export interface OperationContext {
	/** Reads the item's fields. Read each once: an expression is evaluated every time. */
	item: IExecuteSingleFunctions;
	account: Account;
	policy: CredentialPolicy;
	/** What the item chose under Options. */
	options: IDataObject;
	memory: RunMemory;
	/** Milliseconds that the item may wait for somebody else who works on the same person. */
	maxWait: number;
	/** Whether an AI agent is calling. */
	isAiTool: boolean;
}

/** One operation: its fields, and what it does for one item. */
export interface Operation {
	/** In the order of the panel. */
	fields: readonly INodeProperties[];
	/** @returns the records of the item's output. @throws SendGridError */
	run: (context: OperationContext) => Promise<IDataObject[]>;
	/** SendGrid does not document `on-behalf-of` for the operation's endpoint. */
	ownAccountOnly?: true;
}

/** A resource: its declaration, and what its operations do, by their `value`. */
export interface Resource {
	/** The Operation field: names, texts, and method and path as SendGrid's reference prints them. */
	operation: INodeProperties;
	operations: Readonly<Record<string, Operation>>;
}
