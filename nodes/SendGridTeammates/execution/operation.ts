import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Account } from '../sendgrid/account';
import type { RunMemory } from './runMemory';

/** What somebody is given, by a record or in one. */
export interface Given {
	email: string;
	isAdmin: boolean;
	/** `undefined` where nobody knows. */
	scopes?: readonly string[];
}

/** Limits that the credential's owner has set. Each check throws a SendGridError. */
export interface Policy {
	/** Whether there is any limit on who may be given what. */
	readonly limitsGiving: boolean;
	checkEmail(email: string): void;
	/** For whatever gives something to somebody who is known by a record. */
	checkGiving(given: Given): void;
	checkAdmin(): void;
	/** Whether a scope may be given: a persona is cut to those. */
	readonly mayGive: (scope: string) => boolean;
	checkScopes(scopes: readonly string[]): void;
	/** For the feature of an access request. */
	checkGroup(name: string): void;
	checkDeletion(): void;
}

/** What the item chose under Options, as far as operations depend on it. */
export interface Options {
	allowAdmins: boolean;
	dryRun: boolean;
	skipUngrantableScopes: boolean;
}

/** What an operation has at hand for one item. */
export interface OperationContext {
	/** Holds the item's fields, for the readers of `parameters/`. Read each once: an expression is evaluated every time. */
	item: IExecuteSingleFunctions;
	account: Account;
	policy: Policy;
	options: Options;
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
