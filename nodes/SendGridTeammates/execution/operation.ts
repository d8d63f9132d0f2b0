import type { IDataObject, IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';

import type { Account } from '../sendgrid/account';
import type { ItemKey, RunMemory } from './runMemory';

/** What somebody is given, by a record or in one. */
export interface Given {
	email: string;
	isAdmin: boolean;
	/** Left out: it is. */
	isRoleKnown?: boolean;
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
	/** Whom requests act for; `undefined` for the key's own account. */
	subuser?: string;
	/** Milliseconds that the item may wait for somebody else who works on the same person. */
	maxWait: number;
}

interface OperationFields {
	/** In the order of the panel. */
	fields: readonly INodeProperties[];
	/** SendGrid does not document `on-behalf-of` for the operation's endpoint. */
	ownAccountOnly?: true;
}

/** One operation: its fields, and what it does for one item. */
export interface Operation extends OperationFields {
	/** @returns the records of the item's output. @throws SendGridError */
	run: (context: OperationContext) => Promise<IDataObject[]>;
	/** What is left of a record where the item's Simplify is on. The field is among the operation's. */
	simplify?: (record: IDataObject) => IDataObject;
}

/** What a list of items means for one person: the answer, or what is to be done for it. */
export interface Step {
	/** The item whose credential and options count. */
	item: number;
	/** Items that it answers, the one above first; none where the person is on no item. */
	answers: readonly number[];
	key: ItemKey;
	/** Whom it is about, for messages. */
	email?: string;
	outcome:
		| { records: IDataObject[] }
		| { error: unknown }
		| { write: (context: OperationContext) => Promise<IDataObject[]> };
}

/** An operation that takes all items of a run together: everything is read before anything is written. */
export interface ListOperation<Row = unknown> extends OperationFields {
	/** Reads an item's fields. @throws SendGridError for one that cannot be acted on */
	read(context: OperationContext): Row;
	/**
	 * Decides what is to be done, without doing it.
	 *
	 * @param failed how many items could not be read
	 * @returns what can be done side by side, one group after the other
	 * @throws SendGridError where nothing may be done about anybody
	 */
	plan(rows: readonly Row[], failed: number): Promise<Step[][]>;
}

/** A resource: its declaration, and what its operations do, by their `value`. */
export interface Resource {
	/** The Operation field: names, texts, and method and path as SendGrid's reference prints them. */
	operation: INodeProperties;
	operations: Readonly<Record<string, Operation | ListOperation>>;
}
